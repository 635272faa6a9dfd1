import * as z from "zod";
import { environmentName, regionName, teamName } from "../../shared/release-tag.ts";
import {
  accountId,
  branchName,
  jsonSetting,
  pipelineName,
  repositoryArn,
  repositoryName,
  tableName,
  topicArn,
} from "../../shared/setting-formats.ts";

const environment = z.strictObject({
  /** The pipeline that releases to this environment: type V2, mode PARALLEL. */
  pipeline: pipelineName,
  /** The action of that pipeline that fetches the repository. */
  sourceAction: pipelineName,
  /** The regions that teams may release to. */
  regions: z.array(regionName).min(1, "must name a region"),
  /** The region that releases of scope `global` are deployed from. */
  homeRegion: regionName,
  /** The teams that may release to it. */
  teams: z.array(teamName).min(1, "must name a team"),
});

/** By the name that tags begin with. */
const environments = z
  .record(environmentName, environment)
  .refine((all) => Object.keys(all).length > 0, "must name an environment");
export type Environments = Readonly<z.output<typeof environments>>;

export const settingsSchema = z
  .object({
    /** JSON: `{"dev":{"pipeline":"…","sourceAction":"Source","regions":["us-east-1"],"homeRegion":"us-east-1","teams":["research"]}}` */
    ENVIRONMENTS: jsonSetting(environments),
    /** The account whose events start releases: 12 digits. */
    ACCOUNT_ID: accountId,
    /** Name of the CodeCommit repository whose tags release. */
    REPOSITORY: repositoryName,
    /** Its ARN: an event from another region, about a repository of the same name, starts nothing. */
    REPOSITORY_ARN: repositoryArn,
    /** The release branch: a commit must be on it to be released. */
    BRANCH: branchName.default("main"),
    /** Name of the DynamoDB table: key `id` (String), time to live in `expiration`. */
    TABLE_NAME: tableName,
    /** ARN of the SNS topic that people subscribe to. */
    TOPIC_ARN: topicArn,
  })
  .refine(({ ACCOUNT_ID, REPOSITORY, REPOSITORY_ARN }) => REPOSITORY_ARN.endsWith(`:${ACCOUNT_ID}:${REPOSITORY}`), {
    path: ["REPOSITORY_ARN"],
    error: "must be the ARN of REPOSITORY in ACCOUNT_ID",
  });

export type Settings = z.output<typeof settingsSchema>;
