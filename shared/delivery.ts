import { join } from "node:path";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { clientConfiguration, namingResource } from "./aws-client.ts";
import { type Checkout, checkOut } from "./checkout.ts";
import { createLedger, type Ledger, type LedgerRelease } from "./ledger.ts";
import { type Build, buildOf, toolPath } from "./pinned-tools.ts";
import { plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";
import type { ReleaseConfiguration } from "./release-configuration.ts";
import { type ReleaseExecution, readExecution } from "./release-execution.ts";
import { readSecrets } from "./release-secrets.ts";
import { type Release, readReleaseTag } from "./release-tag.ts";
import { readSettings } from "./settings.ts";
import type { Configuration, Environment, Stage, Subject } from "./stage.ts";
import { openTerraform, type Terraform } from "./terraform.ts";
import { ownWorkload, releasedWorkload, type Workload } from "./workload.ts";
import type { WorkloadConfiguration } from "./workload-configuration.ts";
import { readStart } from "./workload-execution.ts";

/** What a pipeline brings to an account: a tagged release, or a commit of a workload. */
export type Delivered = Subject & {
  workload: Workload;
  /** The folder in the checkout that holds `allow-destroy.txt` and `scan-waivers.json`. */
  exceptions: string;
} & (
    | { configuration: ReleaseConfiguration; release: Release }
    | { configuration: WorkloadConfiguration; release?: undefined }
  );

/** What the stories of Lint, Plan and Apply have. */
export type Delivery = Stage & Delivered;

/** What a pipeline delivers. Only a release has a tag. */
export function deliveredBy(configuration: Configuration, environment: Environment): Delivered {
  if (configuration.kind === "workload") {
    const { workload: name, path } = configuration;
    const workload = ownWorkload(configuration);
    return { configuration, workload, exceptions: path, names: [name, path, workload.region] };
  }
  if (configuration.kind === "guardrails") throw new Error("targets.json is of guardrails, which deliver nothing.");
  const release = releaseOf(readSettings(z.object({ TAG: z.string() }), environment, "build").TAG, configuration);
  const { tag, environment: name, team, scope, region, version } = release;
  return {
    ...{ configuration, release },
    workload: releasedWorkload(release, configuration),
    exceptions: join("environments", name, team),
    names: [tag, name, team, scope, region, version],
  };
}

function releaseOf(tag: string, { environment, regions, homeRegion, targets }: ReleaseConfiguration): Release {
  const read = readReleaseTag(tag, { [environment]: { regions, homeRegion, teams: Object.keys(targets) } });
  if (!read) throw new Refusal(`The tag ${plainText(tag, 200)} is no release of ${environment}.`);
  if ("refusal" in read) throw read.refusal;
  return read.release;
}

/** What a release has, and a workload has not. */
export interface Released {
  release: Release;
  execution: ReleaseExecution;
  ledger: Ledger;
  /** What the ledger calls this release. */
  ledgerRelease: LedgerRelease;
}

/** What Plan and Apply begin with. */
export interface Opened {
  codepipeline: CodePipelineClient;
  /** Missing for a workload. */
  released?: Released;
  /** The ARN of who started the pipeline of a workload; missing for a push, and for a release. */
  startedBy?: string;
}

/** Checks who started the execution, before anything of the repository is read. */
export async function openDelivery(delivery: Delivery): Promise<Opened> {
  const { commitId, executionId } = delivery;
  const { pipeline } = delivery.configuration;
  const codepipeline = namingResource(new CodePipelineClient(clientConfiguration()), `pipeline ${pipeline}`);
  if (!delivery.release)
    return { codepipeline, ...(await readStart(codepipeline, delivery.configuration, { executionId, commitId })) };
  const { release, configuration } = delivery;
  const { ledgerTable } = configuration;
  const { environment, team, scope, version, tag } = release;
  const execution = await readExecution(codepipeline, configuration, { executionId, tag, commitId });
  return {
    codepipeline,
    released: {
      ...{ release, execution },
      ledger: createLedger(
        namingResource(new DynamoDBClient(clientConfiguration()), `table ${ledgerTable}`),
        ledgerTable,
      ),
      ledgerRelease: {
        ...{ environment, team, scope, version, commitId, tag, executionId, pipeline },
        requestedAt: execution.requestedAt,
        taggedBy: execution.taggedBy,
      },
    },
  };
}

/** The checkout and Terraform in it, as one of the two roles of the workload's account. */
export async function openRoot(
  delivery: Delivery,
  role: "planRole" | "applyRole",
): Promise<{ checkout: Checkout; terraform: Terraform; build: Build }> {
  const { workload, release, commitId, folder, run, mask } = delivery;
  const { [role]: assumed, repository } = workload;
  if (!assumed) throw new Error(`Nobody applies ${workload.name}.`);
  const build = await buildOf(delivery);
  const [checkout, secrets, program] = await Promise.all([
    checkOut({ run, tag: release?.tag, commitId, folder: join(folder, "repository") }, repository),
    readSecrets(workload, mask),
    toolPath("terraform", build),
  ]);
  const terraform = await openTerraform(delivery, {
    ...{ workload, program, secrets },
    checkout: checkout.folder,
    role: assumed,
  });
  return { checkout, terraform, build };
}
