import * as z from "zod";
import { environmentName, regionName, teamName } from "./release-tag.ts";
import {
  accountId,
  assumableRole,
  branchName,
  bucketName,
  externalId,
  kmsKeyArn,
  pipelineName,
  repositoryName,
  repositoryUrl,
  roleArn,
  tableName,
} from "./setting-formats.ts";

const secretArn = z
  .string()
  .regex(
    /^arn:[\w-]+:(secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]+|ssm:[\w-]+:\d{12}:parameter\/[\w./-]+)$/,
    "must be the ARN of a secret or a parameter",
  );

/** Terraform variables by name: each has the value of this secret. */
export const secrets = z.record(
  z.string().regex(/^[A-Za-z_][\w-]{0,99}$/, "must be the name of a variable"),
  secretArn,
);

export const scan = z.strictObject({
  /** A finding of trivy with one of these severities stops a release. */
  trivySeverities: z.array(z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"])),
  /** A finding of one of these checks of checkov stops a release. */
  checkovChecks: z.array(z.string().regex(/^CKV2?_[A-Z0-9_]+$/)),
});

/** The guardrails of the security account, and the role that pulls them. */
export const activeGuardrails = z.strictObject({ url: repositoryUrl, branch: branchName, pullRole: assumableRole });

/** The account that a team releases to. */
const target = z.strictObject({
  accountId,
  externalId,
  planRoleArn: roleArn,
  applyRoleArn: roleArn,
  secrets,
});

/**
 * What the stages of one environment have to know. The root `release` writes it to `targets.json` in the artifact bucket of
 * the environment.
 */
export const releaseConfiguration = z.strictObject({
  kind: z.literal("release"),
  environment: environmentName,
  pipeline: pipelineName,
  /** Where the pipeline runs. */
  accountId,
  region: regionName,
  repository: z.strictObject({ name: repositoryName, url: repositoryUrl, branch: branchName }),
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
  scan,
  /** Plans twice, and reports what differs between two plans of one state. */
  planTwice: z.boolean(),
  /** Null where releases pass no guardrails. */
  guardrails: activeGuardrails.nullable().optional(),
});

export type ReleaseConfiguration = z.output<typeof releaseConfiguration>;
