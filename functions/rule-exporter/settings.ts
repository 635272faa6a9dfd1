import * as z from "zod";
import { branchName, jsonSetting, repositoryName } from "../../shared/setting-formats.ts";

const text = z.string().min(1, "must not be empty");

/** How all rules are exported: the options of `npm run export-rules`. */
const exportOptions = z
  .strictObject({
    organization: z.boolean().default(false),
    runtime: text.exactOptional(),
    lambdaTimeout: z.int().min(1).max(900).exactOptional(),
    lambdaRoleArn: text.exactOptional(),
    lambdaRoleName: text.exactOptional(),
    lambdaLayers: z.array(text).max(5, "must name five layers at the most").default([]),
    lambdaSubnets: z.array(text).default([]),
    lambdaSecurityGroups: z.array(text).default([]),
    rdklibLayerArn: text.exactOptional(),
  })
  .refine(
    ({ lambdaSubnets, lambdaSecurityGroups }) => lambdaSubnets.length > 0 === lambdaSecurityGroups.length > 0,
    "must have lambdaSubnets and lambdaSecurityGroups together",
  )
  .refine(
    ({ lambdaRoleArn, lambdaRoleName }) => lambdaRoleArn === undefined || lambdaRoleName === undefined,
    "must have one of lambdaRoleArn and lambdaRoleName",
  );

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
