import * as z from "zod";
import {
  branchName,
  jsonSetting,
  pipelineName,
  repositoryName,
  tableName,
  topicArn,
} from "../../shared/setting-formats.ts";

const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, "must be a region such as us-east-1");

const environment = z.strictObject({
  /** The pipeline that releases to this environment: type V2, mode QUEUED. */
  pipeline: pipelineName,
  /** The action of that pipeline that fetches the repository. */
  sourceAction: pipelineName,
  /** The regions that teams may release to. */
  regions: z.array(region).min(1, "must name a region"),
  /** The region that releases of scope `global` are deployed from. */
  homeRegion: region,
});

/** By the name that tags begin with. The name has no `_`, because `_` ends it in a tag. */
const environments = z
  .record(z.string().regex(/^[A-Za-z0-9-]{1,32}$/, "must be a name of 1 to 32 of A-Z a-z 0-9 -"), environment)
  .refine((all) => Object.keys(all).length > 0, "must name an environment");
export type Environments = Readonly<z.output<typeof environments>>;

const teams = z
  .array(z.string().regex(/^[a-z0-9-]{1,40}$/, "must be a name of 1 to 40 of a-z 0-9 -"))
  .min(1, "must name a team");

export const settingsSchema = z.object({
  /** JSON: `{"dev":{"pipeline":"…","sourceAction":"Source","regions":["us-east-1"],"homeRegion":"us-east-1"}}` */
  ENVIRONMENTS: jsonSetting(environments),
  /** JSON list of the teams that may release; by default any team may. */
  TEAMS: jsonSetting(teams).optional(),
  /** Name of the CodeCommit repository whose tags release. */
  REPOSITORY: repositoryName,
  /** The release branch: a commit must be on it to be released. */
  BRANCH: branchName.default("main"),
  /** Name of the DynamoDB table: key `id` (String), time to live in `expiration`. */
  TABLE_NAME: tableName,
  /** ARN of the SNS topic that people subscribe to. */
  TOPIC_ARN: topicArn,
});

export type Settings = z.output<typeof settingsSchema>;
