import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import { commandLine } from "../../shared/email-text.ts";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";

const STATUS = { SUCCEEDED: "Succeeded", FAILED: "Failed" } as const;

/**
 * How old an event may be (ms) while CodePipeline still calls its execution InProgress. Lambda tries one minute after the first
 * failure and two minutes after the second: the third try is older.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const PATIENCE = 150_000;

/**
 * Refuses an execution that tested no guardrails: a rollback, and one whose status is not the state of the event.
 *
 * @param age of the event (ms)
 * @throws Refusal; Error where CodePipeline may only not know yet that the execution ended
 */
export function refuseUntested(
  { status, executionType }: PipelineExecution,
  state: keyof typeof STATUS,
  age: number,
): void {
  if (executionType !== "STANDARD")
    throw new Refusal(
      `The execution is of the type ${plainText(executionType ?? "unknown", 50)}, not STANDARD: it tested no guardrails.`,
      "If the pipeline was rolled back, do nothing.",
      "To test the guardrails, start the pipeline.",
    );
  if (status === "InProgress" && age < PATIENCE)
    throw new Error("CodePipeline does not know yet that the execution ended. Lambda asks again.");
  if (status !== STATUS[state])
    throw new Refusal(
      `The event has the status ${STATUS[state]}, but CodePipeline has the status ${plainText(status ?? "unknown", 50)} for this execution.`,
      "Look at the execution. If somebody retried it, the retry sends its own message when it ends.",
    );
}

/**
 * The commit that an execution of the guardrail pipeline tested: the revision of its source, wherever the branch points
 * meanwhile.
 *
 * @param sourceArtifact name of the artifact of the source action; a single artifact may have any name
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

/**
 * The tested commit of an execution that succeeded.
 *
 * @throws Refusal where the execution names none
 */
export function commitToMerge(execution: PipelineExecution, sourceArtifact: string): string {
  const commitId = testedCommit(execution, sourceArtifact);
  if (commitId === undefined)
    throw new Refusal(
      `The artifact ${sourceArtifact} of the execution names no commit.`,
      "Correct this setting of the function guardrail-merger. It names the output artifact of the source action:",
      commandLine("SOURCE_ARTIFACT"),
      "Start the pipeline again.",
    );
  return commitId;
}
