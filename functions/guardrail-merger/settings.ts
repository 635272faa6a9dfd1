import * as z from "zod";

const branch = z.string().regex(/^[\w./-]{1,256}$/, "must be the name of a branch");

export const settingsSchema = z.object({
  /** Name of the pipeline that tries guardrails on every workload. */
  PIPELINE: z.string().regex(/^[A-Za-z0-9.@_-]{1,100}$/, "must be the name of a pipeline"),
  /** Name of the artifact that its source action makes of the guardrail repository. */
  SOURCE_ARTIFACT: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, "must be the name of an artifact")
    .default("Source"),
  /** Name of the CodeCommit repository that holds the guardrails. */
  REPOSITORY: z.string().regex(/^[\w.-]{1,100}$/, "must be the name of a CodeCommit repository"),
  /** The branch that guardrails are written on. */
  SOURCE_BRANCH: branch.default("develop"),
  /** The branch whose guardrails are active. */
  TARGET_BRANCH: branch.default("main"),
  /** What happens to a tested commit that lacks commits of the target branch. */
  ON_DIVERGENCE: z.enum(["refuse", "three-way"], "must be refuse or three-way").default("refuse"),
  /** ARN of the SNS topic that people subscribe to. */
  TOPIC_ARN: z.string().regex(/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}$/, "must be the ARN of a standard SNS topic"),
});
