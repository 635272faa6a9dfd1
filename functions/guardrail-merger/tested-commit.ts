import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";

/**
 * The commit that an execution of the guardrail pipeline tried: the revision of its source, whatever the branch points to
 * by now.
 *
 * @param expectedStatus what the event says that the execution came to
 * @param sourceArtifact name of the artifact of the source action; one that is alone may have any name
 * @throws Refusal for a rollback, which tries nothing, for an execution in another state, and for one without a commit
 */
export function testedCommit(
  { status, executionType, artifactRevisions = [] }: PipelineExecution,
  expectedStatus: "Succeeded" | "Failed",
  sourceArtifact: string,
): string {
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
  const revision =
    artifactRevisions.find(({ name }) => name === sourceArtifact) ??
    (artifactRevisions.length === 1 ? artifactRevisions[0] : undefined);
  if (!/^[0-9a-f]{40}$/.test(revision?.revisionId ?? ""))
    throw new Refusal(
      `The execution names no commit for the artifact ${sourceArtifact}.`,
      "Set SOURCE_ARTIFACT of the function guardrail-merger to the output artifact of the source action, and start the pipeline again.",
    );
  return revision?.revisionId ?? "";
}
