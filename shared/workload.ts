import { commandLine } from "./email-text.ts";
import type { GuardrailConfiguration } from "./guardrail-configuration.ts";
import { Refusal } from "./refusal.ts";
import { releaseAgain } from "./release-again.ts";
import type { ReleaseConfiguration } from "./release-configuration.ts";
import type { Release } from "./release-tag.ts";
import type { AssumableRole } from "./setting-formats.ts";
import type { WorkloadConfiguration } from "./workload-configuration.ts";

/** What Terraform has to know of a root in a repository, whatever configuration it came from. */
export interface Workload {
  /** For people and for names of sessions: the tag of a release, or the name of the workload. */
  name: string;
  /** `role` pulls it; without one the build does. */
  repository: { url: string; branch: string; role?: AssumableRole };
  /** The path of the root in the checkout. */
  root: string;
  /** In the checkout; a later one wins. */
  variableFiles: { path: string; needed: boolean }[];
  /** Given in a file, after all others: Terraform only warns of one that the root does not declare. */
  variables: Record<string, string>;
  /** The region to deploy to. */
  region: string;
  /** `role` reads it; without one the build does. */
  state: { bucket: string; key: string; region: string; kmsKeyArn?: string; role?: AssumableRole };
  planRole: AssumableRole;
  /** Missing where nobody applies it. */
  applyRole?: AssumableRole;
  /** ARNs by the Terraform variable that takes the value. */
  secrets: Record<string, string>;
  /** What people read of it. */
  words: {
    /** `research in dev us-east-1`, or the name of the workload. */
    title: string;
    /** How a corrected commit gets here, such as `push a new tag`. */
    push: string;
    /** The steps that start it again. */
    again: string[];
  };
}

/** The root of a release. */
export function releasedWorkload(release: Release, configuration: ReleaseConfiguration): Workload {
  const { repository, state, targets } = configuration;
  const { tag, environment, team, scope, scopeKind, region, stateKey } = release;
  const target = targets[team];
  if (!target) throw new Refusal(`${team} has no account in ${environment}.`);
  const { externalId, planRoleArn, applyRoleArn, secrets } = target;
  const folder = `environments/${environment}/${team}`;
  return {
    name: tag,
    repository: { url: repository.url, branch: repository.branch },
    root: scopeKind,
    variableFiles: [
      { path: `${folder}/team.tfvars`, needed: true },
      { path: `${folder}/${scope}.tfvars`, needed: false },
    ],
    variables: { region, environment, team },
    region,
    state: { ...state, key: stateKey },
    planRole: { roleArn: planRoleArn, externalId },
    applyRole: { roleArn: applyRoleArn, externalId },
    secrets,
    words: { title: `${team} in ${environment} ${scope}`, push: "push a new tag", again: releaseAgain(tag) },
  };
}

/** The root of a workload, in its own pipeline. */
export function ownWorkload(configuration: WorkloadConfiguration): Workload {
  const { workload: name, pipeline, region, repository, path, variableFiles, state, plan, apply } = configuration;
  return {
    name,
    repository: { url: repository.url, branch: repository.branch },
    root: path,
    variableFiles: variableFiles.map((file) => ({ path: file, needed: true })),
    variables: { region },
    region,
    state,
    planRole: plan,
    applyRole: apply,
    secrets: configuration.secrets,
    words: {
      title: name,
      push: `push to ${repository.branch}`,
      again: [
        "Start the pipeline again, with a fresh plan:",
        commandLine(`aws codepipeline start-pipeline-execution --name ${pipeline} --region ${region}`),
      ],
    },
  };
}

/**
 * The root of a workload of another account, on which guardrails are tried. It is only read.
 *
 * @param name its key in the configuration
 */
export function triedWorkload(name: string, configuration: GuardrailConfiguration): Workload {
  const workload = Object.hasOwn(configuration.workloads, name) ? configuration.workloads[name] : undefined;
  if (!workload) throw new Refusal(`The configuration has no workload ${name}.`, "Correct the action in the pipeline.");
  const { repository, path, variableFiles, state, planRoleArn, externalId, released } = workload;
  const region = workload.region ?? configuration.region;
  return {
    name,
    repository,
    root: path,
    variableFiles: variableFiles.map((file) => ({ path: file, needed: true })),
    variables: { region, ...(released && { environment: released.environment, team: released.team }) },
    region,
    state,
    planRole: { roleArn: planRoleArn, externalId },
    secrets: {},
    words: {
      title: name,
      push: `push to ${configuration.repository.branch} of ${configuration.repository.name}`,
      again: [
        "Try the guardrails again:",
        commandLine(
          `aws codepipeline start-pipeline-execution --name ${configuration.pipeline} --region ${configuration.region}`,
        ),
      ],
    },
  };
}
