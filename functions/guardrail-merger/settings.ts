import * as z from "zod";
import {
  accountId,
  branchName,
  bucketName,
  jsonSetting,
  pipelineName,
  repositoryArn,
  repositoryName,
  roleArn,
  tableName,
  topicArn,
} from "../../shared/setting-formats.ts";

const principalArn = z
  .string()
  .regex(/^arn:[\w-]+:iam::\d{12}:(role|user)\/[\w+=,.@/-]{1,576}$/, "must be the ARN of a role or a user");

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
  /** Its ARN; the pipeline is in the same region. Events of other repositories and regions are ignored. */
  REPOSITORY_ARN: repositoryArn,
  /** The account of both: events of others are ignored. */
  ACCOUNT_ID: accountId,
  /** The branch that guardrails are written on. */
  SOURCE_BRANCH: branchName.default("develop"),
  /** The branch whose guardrails are active. */
  TARGET_BRANCH: branchName.default("main"),
  /** What to do with a tested commit that lacks commits of the target branch. */
  ON_DIVERGENCE: z.enum(["refuse", "three-way"], "must be refuse or three-way").default("refuse"),
  /** ARN of the SNS topic that people subscribe to. */
  TOPIC_ARN: topicArn,
  /** The bucket with `targets.json`, in which the checks leave their results. */
  ARTIFACT_BUCKET: bucketName,
  /** The bucket for pages. */
  REPORT_BUCKET: bucketName,
  /** Name of the DynamoDB table: keys `pk` and `sk` (String), time to live `expiration`. */
  TABLE_NAME: tableName,
  /** JSON: ARNs of the roles and users who may force a merge, such as `["arn:aws:iam::111122223333:role/SecurityLead"]`. */
  FORCE_PRINCIPALS: jsonSetting(z.array(principalArn)),
  /** The role that may write to the target branch in an emergency. */
  BREAK_GLASS_ROLE_ARN: roleArn,
  /** The role of this function. */
  MERGER_ROLE_ARN: roleArn,
});

export type Settings = z.output<typeof settingsSchema>;
