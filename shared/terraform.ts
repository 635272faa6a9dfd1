import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { awsConfiguration, STATE_PROFILE } from "./aws-profiles.ts";
import { listedNames } from "./listed-names.ts";
import { Refusal } from "./refusal.ts";
import { type Ended, ProgramFailure } from "./run-program.ts";
import type { AssumableRole } from "./setting-formats.ts";
import { optionalFile, type Stage } from "./stage.ts";
import { lockHeld, lockVanished } from "./state-lock.ts";
import { terraformEnvironment } from "./terraform-environment.ts";
import { readPlan, type TerraformPlan } from "./terraform-plan.ts";
import type { Workload } from "./workload.ts";

/** Terraform in the root of a workload. Paths of plans are absolute. */
export interface Terraform {
  /** The folder of the root. */
  root: string;
  init(...args: readonly string[]): Promise<void>;
  /** Plans and saves the plan. Without the lock it writes nothing beside the state, and needs no right to. */
  plan(file: string, options?: { lock: boolean }): Promise<void>;
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
 * Prepares the root of a workload in a checkout: its variables, its backend, and who Terraform is.
 *
 * @param program the path or name of Terraform
 * @param checkout the folder of the checkout
 * @param role who Terraform is in the account of the workload
 * @param secrets variables of the environment, `TF_VAR_…`
 */
export async function openTerraform(
  { environment, folder, run }: Pick<Stage, "environment" | "folder" | "run">,
  {
    workload,
    program,
    checkout,
    role,
    secrets,
  }: {
    workload: Workload;
    program: string;
    checkout: string;
    role: AssumableRole;
    secrets: Record<string, string>;
  },
): Promise<Terraform> {
  const root = join(checkout, workload.root);
  const work = join(folder, "terraform");
  const variableFiles = await variableFilesOf(checkout, workload, work);
  await refuseOverrides(root, workload);
  await writeFile(join(root, "palisade_override.tf.json"), JSON.stringify({ terraform: { backend: { s3: {} } } }));
  const awsConfig = join(work, "aws-config");
  await writeFile(awsConfig, awsConfiguration(workload, role));

  const given = {
    ...secrets,
    ...(await terraformEnvironment(folder)),
    AWS_CONFIG_FILE: awsConfig,
    AWS_SHARED_CREDENTIALS_FILE: join(work, "no-credentials"),
    AWS_SDK_LOAD_CONFIG: "1",
    // CodeBuild sets its own region, which would win over the profile.
    AWS_REGION: workload.region,
    AWS_DEFAULT_REGION: workload.region,
    GOGC: environment.GOGC || GOGC,
  };
  const terraform = (args: readonly string[], options = {}) =>
    run(program, args, { folder: root, environment: given, ...options });
  const lockTimeout = `-lock-timeout=${environment.LOCK_TIMEOUT || LOCK_TIMEOUT}`;

  return {
    root,
    init: async (...args) => {
      await terraform(["init", "-no-color", ...args, ...backendSettings(workload.state)]);
    },
    plan: async (file, { lock } = { lock: true }) => {
      const variables = variableFiles.map((path) => `-var-file=${path}`);
      for (let tries = 1; ; tries += 1)
        try {
          await terraform(["plan", "-no-color", lock ? lockTimeout : "-lock=false", ...variables, `-out=${file}`]);
          return;
        } catch (error) {
          const complaint = error instanceof ProgramFailure ? error.ended.complaint : "";
          if (!lockVanished(complaint) || tries === MOST_TRIES) throw lockHeld(complaint, workload) ?? error;
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
        const ended = await terraform(["apply", "-json", lockTimeout, file], { onLine: take, expected: "any" });
        if (!vanished) return ended;
      }
    },
  };
}

/** An override file of the root could win over ours, and give the backend credentials, which a saved plan would hold. */
async function refuseOverrides(root: string, { root: name, words }: Workload): Promise<void> {
  // https://developer.hashicorp.com/terraform/language/files/override
  const overrides = (await readdir(root)).filter((file) => /^(.*_)?override\.tf(\.json)?$/.test(file)).sort();
  if (overrides.length > 0)
    throw new Refusal(
      `The root ${name} has override files: ${listedNames(overrides)}. They could change where its state is.`,
      `Move what they say into the files that they override, delete them, and ${words.push}.`,
    );
}

/**
 * The files with the values of variables; a later one wins. Terraform only warns of a value that the root does not declare, so the
 * last one holds what every root may declare.
 */
async function variableFilesOf(
  checkout: string,
  { variableFiles, variables, words }: Workload,
  work: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const { path, needed } of variableFiles) {
    if ((await optionalFile(checkout, path)) !== undefined) found.push(join(checkout, path));
    else if (needed) throw new Refusal(`The commit has no ${path}.`, `Add it; it may be empty. Then ${words.push}.`);
  }
  await mkdir(work, { recursive: true });
  const given = join(work, "given.tfvars.json");
  await writeFile(given, JSON.stringify(variables));
  return [...found, given];
}

const backendSettings = ({ bucket, key, region, kmsKeyArn }: Workload["state"]): string[] =>
  Object.entries({
    ...{ bucket, key, region },
    encrypt: "true",
    ...(kmsKeyArn !== undefined && { kms_key_id: kmsKeyArn }),
    use_lockfile: "true",
    profile: STATE_PROFILE,
  }).map(([name, value]) => `-backend-config=${name}=${value}`);
