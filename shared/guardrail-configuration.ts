import * as z from "zod";
import { environmentName, regionName, teamName } from "./release-tag.ts";
import {
  accountId,
  assumableRole,
  branchName,
  bucketName,
  externalId,
  pipelineName,
  repositoryName,
  repositoryPath,
  repositoryUrl,
  roleArn,
  stateKey,
  tableName,
  workloadName,
} from "./setting-formats.ts";

/** Where the root `release` releases a workload: the last applied commit is in this ledger. */
const released = z.strictObject({
  ledgerTable: tableName,
  region: regionName,
  role: assumableRole,
  environment: environmentName,
  team: teamName,
  scope: z.union([regionName, z.literal("global")]),
});
export type ReleasedWorkload = z.output<typeof released>;

/** A workload of another account, and the roles that the trial of guardrails takes there. */
const workload = z.strictObject({
  repository: z.strictObject({ url: repositoryUrl, branch: branchName, role: assumableRole }),
  path: repositoryPath,
  variableFiles: z.array(repositoryPath),
  state: z.strictObject({ bucket: bucketName, key: stateKey, region: regionName, role: assumableRole }),
  planRoleArn: roleArn,
  externalId,
  /** Who answers for it: an e-mail address or a team. */
  owner: z.string().min(1).max(200),
  /** The region that it is deployed to; by default the one of the guardrail pipeline. */
  region: regionName.optional(),
  released: released.optional(),
});

/** What the stages of the guardrail pipeline have to know. The root `guardrails` writes it to `targets.json` in its artifact bucket. */
export const guardrailConfiguration = z.strictObject({
  kind: z.literal("guardrails"),
  pipeline: pipelineName,
  accountId,
  region: regionName,
  /** The guardrails, and the branch on which new ones are tried. */
  repository: z.strictObject({ name: repositoryName, url: repositoryUrl, branch: branchName }),
  /** By name. */
  workloads: z.record(workloadName, workload),
});
export type GuardrailConfiguration = z.output<typeof guardrailConfiguration>;
