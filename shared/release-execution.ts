import { type CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";
import type { ReleaseConfiguration } from "./release-configuration.ts";
import { isSessionOf } from "./role-session.ts";

/** What the execution got from pipeline-starter, besides what the tag says. */
export interface ReleaseExecution {
  /** An ARN, or `unknown`. */
  taggedBy: string;
  /** ISO 8601. */
  requestedAt: string;
  /** Why a release was started again; null for a pushed tag. */
  reason: string | null;
}

/**
 * Reads the execution of a stage.
 *
 * @throws Refusal where not pipeline-starter started it, or where it is of another commit or tag
 */
export async function readExecution(
  codepipeline: CodePipelineClient,
  { pipeline, starterRoleArn }: Pick<ReleaseConfiguration, "pipeline" | "starterRoleArn">,
  { executionId, tag, commitId }: { executionId: string; tag: string; commitId: string },
): Promise<ReleaseExecution> {
  const { pipelineExecution: { trigger, variables = [] } = {} } = await codepipeline.send(
    new GetPipelineExecutionCommand({ pipelineName: pipeline, pipelineExecutionId: executionId }),
  );
  const by = trigger?.triggerDetail ?? "";
  if (trigger?.triggerType !== "StartPipelineExecution" || !isSessionOf(by, starterRoleArn))
    throw new Refusal(
      `Only pipeline-starter may start a release. This execution was started by ${plainText(by, 200) || "nobody that AWS names"} (${trigger?.triggerType ?? "no trigger"}).`,
      "Push a release tag, or start a released tag again with npm run release-again.",
    );
  const variableOf = (name: string): string => {
    const value = variables.find((variable) => variable.name === name)?.resolvedValue;
    if (!value) throw new Error(`The execution has no variable ${name}.`);
    return value;
  };
  if (variableOf("TAG") !== tag || variableOf("COMMIT_ID") !== commitId)
    throw new Refusal("The build has another tag or commit than its execution.", "Correct the action in the pipeline.");
  const reason = variableOf("REASON");
  return {
    taggedBy: variableOf("TAGGED_BY"),
    requestedAt: variableOf("REQUESTED_AT"),
    reason: reason === "-" ? null : reason,
  };
}
