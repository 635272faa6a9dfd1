import * as z from "zod";
import { environmentName } from "../../shared/release-tag.ts";
import {
  accountId,
  bucketName,
  jsonSetting,
  pipelineName,
  roleArn,
  tableName,
  topicArn,
} from "../../shared/setting-formats.ts";

const environment = z.strictObject({
  /** The pipeline that releases to this environment. */
  pipeline: pipelineName,
  /** The bucket that its stages leave their results in. */
  artifactBucket: bucketName,
  /** Null where releases need no approval. */
  approval: z
    .strictObject({
      /** The role whose sessions approve. */
      roleArn,
      /** How long a release waits; CodePipeline takes up to 60 days. */
      days: z.number().min(1, "must be 1 to 60 days").max(60, "must be 1 to 60 days"),
    })
    .nullable(),
});
export type Environment = z.output<typeof environment>;

/** By name. */
const environments = z
  .record(environmentName, environment)
  .refine((all) => Object.keys(all).length > 0, "must name an environment");
export type Environments = Readonly<z.output<typeof environments>>;

export const settingsSchema = z.object({
  /** JSON: `{"dev":{"pipeline":"…","artifactBucket":"…","approval":{"roleArn":"…","days":2}}}` */
  ENVIRONMENTS: jsonSetting(environments),
  /** The account of the pipelines: events of others are ignored. */
  ACCOUNT_ID: accountId,
  /** Name of the DynamoDB table of releases: keys `pk` and `sk` (String). */
  TABLE_NAME: tableName,
  /** ARN of the SNS topic that people subscribe to; its region is the one of the pipelines. */
  TOPIC_ARN: topicArn,
});

export type Settings = z.output<typeof settingsSchema>;
