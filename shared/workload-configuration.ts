import * as z from "zod";
import { activeGuardrails, scan, secrets } from "./release-configuration.ts";
import { regionName } from "./release-tag.ts";
import {
  accountId,
  assumableRole,
  branchName,
  bucketName,
  kmsKeyArn,
  pipelineName,
  repositoryName,
  repositoryPath,
  repositoryUrl,
  roleArn,
  ruleArn,
  stateKey,
  workloadName,
} from "./setting-formats.ts";

/** What the stages of a workload have to know. The root `workload` writes it to `targets.json` in its artifact bucket. */
export const workloadConfiguration = z.strictObject({
  kind: z.literal("workload"),
  pipeline: pipelineName,
  accountId,
  /** Where the pipeline runs, and the region to deploy to. */
  region: regionName,
  repository: z.strictObject({ name: repositoryName, url: repositoryUrl, branch: branchName }),
  workload: workloadName,
  /** Of the root in the repository. It also holds `allow-destroy.txt` and `scan-waivers.json`. */
  path: repositoryPath,
  /** In the repository; a later one wins. */
  variableFiles: z.array(repositoryPath),
  state: z.strictObject({ bucket: bucketName, key: stateKey, region: regionName, kmsKeyArn }),
  plan: assumableRole,
  apply: assumableRole,
  secrets,
  /** The event rule that starts the pipeline for a push. */
  startRuleArn: ruleArn,
  /** The role whose sessions approve; null where no approval is needed. */
  approverRoleArn: roleArn.nullable(),
  /** Types of resources that may not be destroyed or replaced without `allow-destroy.txt`. */
  protectedTypes: z.array(z.string().regex(/^[a-z0-9_]+$/)),
  scan,
  /** Plans twice, and reports what differs between two plans of one state. */
  planTwice: z.boolean(),
  guardrails: activeGuardrails.nullable(),
});
export type WorkloadConfiguration = z.output<typeof workloadConfiguration>;
