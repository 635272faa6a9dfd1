import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awsConfiguration, STATE_PROFILE } from "./aws-profiles.ts";
import { rootFolder } from "./checkout.ts";
import { listedNames } from "./listed-names.ts";
import { Refusal } from "./refusal.ts";
import type { ReleaseConfiguration } from "./release-configuration.ts";
import { type Ended, ProgramFailure } from "./run-program.ts";
import { optionalFile, type Stage } from "./stage.ts";
import { lockHeld, lockVanished } from "./state-lock.ts";
import { terraformEnvironment } from "./terraform-environment.ts";
import { readPlan, type TerraformPlan } from "./terraform-plan.ts";

/** Terraform in the root of a release. Paths of plans are absolute. */
export interface Terraform {
  /** The folder of the root. */
  root: string;
  init(...args: readonly string[]): Promise<void>;
  /** Plans and saves the plan. */
  plan(file: string): Promise<void>;
  /** A saved plan, as JSON and as what we use of it. */
  show(file: string): Promise<{ json: string; plan: TerraformPlan }>;
  /**
   * Applies a saved plan. Every exit code is an answer: Terraform may crash when a part is applied.
   *
   * @param onLine takes each line of `terraform apply -json`
   */
  apply(file: string, onLine: (line: string) => void): Promise<Ended>;
}

/** How long Terraform waits for the lock of a state: another release of the scope may run. */
const LOCK_TIMEOUT = "30m";

/** How often it begins, where the lock was gone each time that it asked who holds it. */
const MOST_TRIES = 5;

/**
 * How much garbage Terraform and its providers keep, in percent of what they use (Go's default is 100). Each of their runs reads
 * the schema of a whole provider, which takes a third less CPU time so.
 */
const GOGC = "400";

/**
 * Prepares the root of a release in a checkout: its variables, its backend, and who Terraform is.
 *
 * @param program the path or name of Terraform
 * @param role the role in the account of the team
 * @param secrets variables of the environment, `TF_VAR_…`
 */
export async function openTerraform(
  { configuration, release, environment, folder, run }: Stage,
  {
    program,
    checkout,
    role,
    secrets,
  }: {
    program: string;
    checkout: string;
    role: { roleArn: string; externalId: string };
    secrets: Record<string, string>;
  },
): Promise<Terraform> {
  const root = await rootFolder(checkout, release.scopeKind);
  const work = join(folder, "terraform");
  const variableFiles = await variableFilesOf(checkout, release, work);
  await refuseOverrides(root, release.scopeKind);
  // One that is committed says where another state is, and brings programs of providers.
  await rm(join(root, ".terraform"), { recursive: true, force: true });
  await writeFile(join(root, "palisade_override.tf.json"), JSON.stringify({ terraform: { backend: { s3: {} } } }));
  const awsConfig = join(work, "aws-config");
  await writeFile(
    awsConfig,
    awsConfiguration({ ...role, region: release.region, tag: release.tag }, configuration.state.region),
  );

  const given = {
    ...secrets,
    ...(await terraformEnvironment(folder)),
    AWS_CONFIG_FILE: awsConfig,
    AWS_SHARED_CREDENTIALS_FILE: join(work, "no-credentials"),
    AWS_SDK_LOAD_CONFIG: "1",
    // CodeBuild sets its own region, which would win over the profile.
    AWS_REGION: release.region,
    AWS_DEFAULT_REGION: release.region,
    GOGC: environment.GOGC || GOGC,
  };
  const terraform = (args: readonly string[], options = {}) =>
    run(program, args, { folder: root, environment: given, ...options });
  const variables = variableFiles.map((path) => `-var-file=${path}`);
  const lockTimeout = `-lock-timeout=${environment.LOCK_TIMEOUT || LOCK_TIMEOUT}`;

  return {
    root,
    init: async (...args) => {
      await terraform(["init", "-no-color", ...args, ...backendSettings(configuration, release.stateKey)]);
    },
    plan: async (file) => {
      for (let tries = 1; ; tries += 1)
        try {
          await terraform(["plan", "-no-color", lockTimeout, ...variables, `-out=${file}`]);
          return;
        } catch (error) {
          const complaint = error instanceof ProgramFailure ? error.ended.complaint : "";
          if (!lockVanished(complaint) || tries === MOST_TRIES) throw lockHeld(complaint, release) ?? error;
        }
    },
    show: async (file) => {
      const { output } = await terraform(["show", "-json", file], { hidden: true });
      return { json: output, plan: readPlan(output) };
    },
    apply: async (file, onLine) => {
      for (let tries = 1; ; tries += 1) {
        let vanished = false;
        const take = (line: string) => {
          if (lockVanished(line) && tries < MOST_TRIES) vanished = true;
          else onLine(line);
        };
        const ended = await terraform(["apply", "-json", lockTimeout, ...variables, file], {
          onLine: take,
          expected: "any",
        });
        if (!vanished) return ended;
      }
    },
  };
}

/** An override file of the root could win over ours, and give the backend credentials, which a saved plan would hold. */
async function refuseOverrides(root: string, name: string): Promise<void> {
  // https://developer.hashicorp.com/terraform/language/files/override
  const overrides = (await readdir(root)).filter((file) => /^(.*_)?override\.tf(\.json)?$/.test(file)).sort();
  if (overrides.length > 0)
    throw new Refusal(
      `The root ${name} has override files: ${listedNames(overrides)}. They could change where its state is.`,
      "Move what they say into the files that they override, delete them, and push a new tag.",
    );
}

/**
 * The files with the values of variables; a later one wins. Terraform only warns of a value that the root does not declare, so the
 * last one holds what every root may declare.
 */
async function variableFilesOf(
  checkout: string,
  { environment, team, scope, region }: Stage["release"],
  work: string,
): Promise<string[]> {
  const folder = join("environments", environment, team);
  const ofTeam = join(folder, "team.tfvars");
  const ofScope = join(folder, `${scope}.tfvars`);
  if ((await optionalFile(checkout, ofTeam)) === undefined)
    throw new Refusal(
      `The tagged commit has no ${ofTeam}.`,
      `Add it, also if it is empty: it says that ${team} releases to ${environment}. Then push a new tag.`,
    );
  const hasScope = (await optionalFile(checkout, ofScope)) !== undefined;
  await mkdir(work, { recursive: true });
  const ofRelease = join(work, "release.tfvars.json");
  await writeFile(ofRelease, JSON.stringify({ region, environment, team }));
  return [join(checkout, ofTeam), ...(hasScope ? [join(checkout, ofScope)] : []), ofRelease];
}

const backendSettings = ({ state }: Pick<ReleaseConfiguration, "state">, key: string): string[] =>
  Object.entries({
    bucket: state.bucket,
    key,
    region: state.region,
    encrypt: "true",
    kms_key_id: state.kmsKeyArn,
    use_lockfile: "true",
    profile: STATE_PROFILE,
  }).map(([name, value]) => `-backend-config=${name}=${value}`);
