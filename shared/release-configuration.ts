import * as z from "zod";
import { environmentName, regionName, teamName } from "./release-tag.ts";
import { accountId, branchName, pipelineName, repositoryName, tableName } from "./setting-formats.ts";

export const roleArn = z
  .string()
  .regex(/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/, "must be the ARN of a role");
export const bucketName = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be the name of a bucket");
const kmsKeyArn = z.string().regex(/^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/, "must be the ARN of a KMS key");
const secretArn = z
  .string()
  .regex(
    /^arn:[\w-]+:(secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+|ssm:[\w-]+:\d{12}:parameter\/[\w./-]+)$/,
    "must be the ARN of a secret or a parameter",
  );

/** The account that a team releases to. */
const target = z.strictObject({
  accountId,
  externalId: z.string().regex(/^[\w+=,.@:/-]{2,1224}$/, "must be an external id"),
  planRoleArn: roleArn,
  applyRoleArn: roleArn,
  /** Terraform variables by name: each has the value of this secret. */
  secrets: z.record(z.string().regex(/^[A-Za-z_][\w-]{0,99}$/, "must be the name of a variable"), secretArn),
});

/**
 * What the stages of one environment have to know. The root `release` writes it to `targets.json` in the artifact bucket of
 * the environment.
 */
export const releaseConfiguration = z.strictObject({
  environment: environmentName,
  pipeline: pipelineName,
  /** Where the pipeline runs. */
  accountId,
  region: regionName,
  repository: z.strictObject({ name: repositoryName, url: z.url({ protocol: /^https$/ }), branch: branchName }),
  regions: z.array(regionName).min(1),
  homeRegion: regionName,
  state: z.strictObject({ bucket: bucketName, region: regionName, kmsKeyArn }),
  artifactBucket: bucketName,
  ledgerTable: tableName,
  /** The role of pipeline-starter: nobody else starts a release. */
  starterRoleArn: roleArn,
  /** The role whose sessions approve; null where the environment needs no approval. */
  approverRoleArn: roleArn.nullable(),
  /** By team. */
  targets: z.record(teamName, target).refine((all) => Object.keys(all).length > 0, "must name a team"),
  /** Types of resources that a release may not destroy or replace without `allow-destroy.txt`. */
  protectedTypes: z.array(z.string().regex(/^[a-z0-9_]+$/)),
  scan: z.strictObject({
    /** A finding of trivy with one of these severities stops a release. */
    trivySeverities: z.array(z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])),
    /** A finding of one of these checks of checkov stops a release. */
    checkovChecks: z.array(z.string().regex(/^CKV2?_[A-Z0-9_]+$/)),
  }),
  /** Plans twice, and reports what differs between two plans of one state. */
  planTwice: z.boolean(),
});

export type ReleaseConfiguration = z.output<typeof releaseConfiguration>;
