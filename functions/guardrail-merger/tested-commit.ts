import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";

/**
 * Refuses an execution that tried no guardrails: a rollback, and one that is not in the state that the event tells.
 *
 * @throws Refusal
 */
export function refuseUntried(
  { status, executionType }: PipelineExecution,
  expectedStatus: "Succeeded" | "Failed",
): void {
  if (executionType !== "STANDARD")
    throw new Refusal(
      `The execution is of the type ${plainText(executionType ?? "unknown", 50)}, not STANDARD: it tried no guardrails.`,
      "Nothing, if the pipeline was rolled back. To try the guardrails, start the pipeline.",
    );
  if (status !== expectedStatus)
    throw new Refusal(
      `The event says that the execution is ${expectedStatus}, CodePipeline says ${plainText(status ?? "nothing", 50)}.`,
      "Look at the execution. If it was tried again, the end of that is told on its own.",
    );
}

/**
 * The commit that an execution of the guardrail pipeline tried: the revision of its source, whatever the branch points to
 * by now.
 *
 * @param sourceArtifact name of the artifact of the source action; one that is alone may have any name
 * @returns undefined where the execution names none
 */
export function testedCommit(
  { artifactRevisions = [] }: PipelineExecution,
  sourceArtifact: string,
): string | undefined {
  const revision =
    artifactRevisions.find(({ name }) => name === sourceArtifact) ??
    (artifactRevisions.length === 1 ? artifactRevisions[0] : undefined);
  return /^[0-9a-f]{40}$/.test(revision?.revisionId ?? "") ? revision?.revisionId : undefined;
}
