import { type CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";
import type { WorkloadConfiguration } from "./workload-configuration.ts";

/** The artifact of the action Source. */
const SOURCE = "Source";

/**
 * Reads who started the pipeline of a workload: the rule for pushes to its branch, the creation of the pipeline, or whoever may start
 * it. All of them bring a commit of the branch, and the approval decides. A rollback would bring an old plan.
 *
 * @returns the ARN of who started it by hand
 * @throws Refusal where something else started it, or where the execution is of another commit
 */
export async function readStart(
  codepipeline: CodePipelineClient,
  { pipeline, startRuleArn }: Pick<WorkloadConfiguration, "pipeline" | "startRuleArn">,
  { executionId, commitId }: { executionId: string; commitId: string },
): Promise<{ startedBy?: string }> {
  const { pipelineExecution: { trigger, artifactRevisions = [] } = {} } = await codepipeline.send(
    new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId: executionId }),
  );
  const { triggerType, triggerDetail: by = "" } = trigger ?? {};
  const byHand = triggerType === "StartPipelineExecution";
  if (!byHand && triggerType !== "CreatePipeline" && !(triggerType === "CloudWatchEvent" && by === startRuleArn))
    throw new Refusal(
      `Only a push and people may start this pipeline. This execution was started by ${plainText(by, 200) || "nobody that AWS names"} (${triggerType ?? "no trigger"}).`,
      "Push to the branch, or start the pipeline.",
    );
  if (artifactRevisions.find(({ name }) => name === SOURCE)?.revisionId !== commitId)
    throw new Refusal("The build has another commit than its execution.", "Correct the action in the pipeline.");
  return byHand ? { startedBy: by } : {};
}
