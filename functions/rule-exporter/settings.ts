import * as z from "zod";
import { branchName, jsonSetting, repositoryName } from "../../shared/setting-formats.ts";
import { exportOptions } from "./export-options.ts";

export const settingsSchema = z.object({
  /** S3 bucket for the code of the rules. */
  CODE_BUCKET: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of an S3 bucket"),
  /** CodeCommit repository that Terraform is applied from. */
  TARGET_REPOSITORY: repositoryName,
  /** The branch that pull requests are for. */
  TARGET_BRANCH: branchName.default("main"),
  /** The folder in it that holds the root with the rules. */
  TARGET_FOLDER: z
    .string()
    .regex(/^(?!.*(^|\/)\.)[\w.-]+(\/[\w.-]+)*$/, "must be a folder such as terraform/config-rules")
    .default("config-rules"),
  /** JSON, such as `{"organization":true}`. */
  EXPORT_OPTIONS: jsonSetting(exportOptions).prefault("{}"),
});

export type Settings = z.output<typeof settingsSchema>;
