import { join } from "node:path";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { clientConfiguration, namingResource } from "./aws-client.ts";
import { type Checkout, checkOut } from "./checkout.ts";
import { createLedger, type Ledger, type LedgerRelease } from "./ledger.ts";
import { type Build, buildOf, toolPath } from "./pinned-tools.ts";
import { Refusal } from "./refusal.ts";
import { type ReleaseExecution, readExecution } from "./release-execution.ts";
import { readSecrets } from "./release-secrets.ts";
import type { Stage } from "./stage.ts";
import { openTerraform, type Terraform } from "./terraform.ts";

/** What Plan and Apply begin with. */
export interface ReleaseStage {
  codepipeline: CodePipelineClient;
  execution: ReleaseExecution;
  ledger: Ledger;
  /** What the ledger calls this release. */
  ledgerRelease: LedgerRelease;
}

/** Checks who started the release, before anything of the repository is read. */
export async function openRelease({ configuration, release, commitId, executionId }: Stage): Promise<ReleaseStage> {
  const { pipeline, ledgerTable } = configuration;
  const codepipeline = namingResource(new CodePipelineClient(clientConfiguration()), `pipeline ${pipeline}`);
  const { environment, team, scope, version, tag } = release;
  const execution = await readExecution(codepipeline, configuration, { executionId, tag, commitId });
  return {
    codepipeline,
    execution,
    ledger: createLedger(
      namingResource(new DynamoDBClient(clientConfiguration()), `table ${ledgerTable}`),
      ledgerTable,
    ),
    ledgerRelease: {
      ...{ environment, team, scope, version, commitId, tag, executionId, pipeline },
      requestedAt: execution.requestedAt,
      taggedBy: execution.taggedBy,
    },
  };
}

/** The checkout and Terraform in it, as one of the two roles of the team's account. */
export async function openRoot(
  stage: Stage,
  role: "planRoleArn" | "applyRoleArn",
): Promise<{ checkout: Checkout; terraform: Terraform; build: Build }> {
  const { configuration, release, commitId, folder, run, mask } = stage;
  const target = configuration.targets[release.team];
  if (!target) throw new Refusal(`${release.team} has no account in ${release.environment}.`);
  const build = await buildOf(stage);
  const [checkout, secrets, program] = await Promise.all([
    checkOut({ run, tag: release.tag, commitId, folder: join(folder, "repository") }, configuration.repository),
    readSecrets(target.secrets, mask),
    toolPath("terraform", build),
  ]);
  const { externalId, [role]: roleArn } = target;
  const terraform = await openTerraform(stage, {
    program,
    checkout: checkout.folder,
    role: { roleArn, externalId },
    secrets,
  });
  return { checkout, terraform, build };
}
