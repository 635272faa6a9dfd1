import * as z from "zod";
import { branchName, pipelineName, repositoryName, topicArn } from "../../shared/setting-formats.ts";

export const settingsSchema = z.object({
  /** Name of the pipeline that tests guardrails on every workload. */
  PIPELINE: pipelineName,
  /** Name of the output artifact of its source action. */
  SOURCE_ARTIFACT: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, "must be the name of an artifact")
    .default("Source"),
  /** Name of the CodeCommit repository that holds the guardrails. */
  REPOSITORY: repositoryName,
  /** The branch that guardrails are written on. */
  SOURCE_BRANCH: branchName.default("develop"),
  /** The branch whose guardrails are active. */
  TARGET_BRANCH: branchName.default("main"),
  /** What to do with a tested commit that lacks commits of the target branch. */
  ON_DIVERGENCE: z.enum(["refuse", "three-way"], "must be refuse or three-way").default("refuse"),
  /** ARN of the SNS topic that people subscribe to. */
  TOPIC_ARN: topicArn,
});

export type Settings = z.output<typeof settingsSchema>;
