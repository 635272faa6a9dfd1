import { execFile, execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  mkdirSync,
  mkdtempDisposableSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, sep } from "node:path";
import { promisify } from "node:util";
import { pythonCommands } from "../../local/moto/python.ts";
import { Root, terraformEnvironment } from "../../local/terraform/root.ts";
import type { ReleaseConfiguration } from "../../shared/release-configuration.ts";
import { type Ended, givenToApply, releaseWorld, type World } from "../../test/terraform/stages/release-world.ts";
import { alternate, type Contender, comparison, contender, type Measurement } from "../measurement.ts";
import { noteProgramTimes, onlyTime, type ProgramTime, type ProgramTimes } from "./program-times.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const SAMPLE = join(REPOSITORY, "terraform", "release", "samples", "infrastructure");
const VARIABLES = 'auditor_arn = "arn:aws:iam::012345678901:role/auditors"\n';

const LEAST_ROOT = `terraform {
  backend "s3" {}
}

variable "region" {}
variable "environment" {}
variable "team" {}

resource "terraform_data" "this" {
  input = var.team
}
`;

const SCANS: ReleaseConfiguration["scan"] = {
  trivySeverities: ["CRITICAL", "HIGH"],
  checkovChecks: ["CKV_AWS_24", "CKV_AWS_260"],
};
const NO_SCANS: ReleaseConfiguration["scan"] = { trivySeverities: [], checkovChecks: [] };

interface Scope {
  name: string;
  scope: string;
  /** The folder of the root in the repository of the team. */
  root: string;
  rounds: number;
}
const LEAST: Scope = { name: "terraform_data", scope: "us-east-1", root: "regional", rounds: 5 };
const GLOBAL: Scope = { name: "the sample's global root", scope: "global", root: "global", rounds: 3 };
const REGIONAL: Scope = { name: "the sample's regional root", scope: "us-east-1", root: "regional", rounds: 2 };

/**
 * Measures the built programs of Plan and Apply, as CodeBuild runs them one after the other, against Terraform alone with the same
 * root, variables and backend. Without Terraform or Python there is nothing to measure, and the standard error says so.
 */
export async function releaseTime(): Promise<Measurement[]> {
  const found = prepare();
  if (typeof found === "string") {
    console.error(`The release is not measured: ${found}`);
    return [];
  }
  await Root.cacheProvider();
  using temporary = mkdtempDisposableSync(join(tmpdir(), "palisade-bench-"));
  const world = await releaseWorld(found.commands);
  try {
    const times = noteProgramTimes(temporary.path, found.programs);
    const bench: Bench = { world, folder: temporary.path, times, teams: 0 };
    const rows: Measurement[] = [];
    const measure = async (scope: Scope) => rows.push(...(await overhead(bench, scope, "trivy" in found.programs)));
    await world.commit({ "regional/main.tf": LEAST_ROOT });
    await measure(LEAST);
    const root = await commitSample(bench, "global");
    await measure(GLOBAL);
    await commitSample(bench, "regional");
    await world.commit({ "regional/main.tf": "" });
    await measure(REGIONAL);
    return [...rows, await emptyCache(bench, root, found.commands)];
  } finally {
    await world.stop();
  }
}

/** The paths of what is measured, or why there is nothing to measure. */
function prepare(): { commands: string; programs: { terraform: string; checkov: string; trivy?: string } } | string {
  const terraform = programOnPath("terraform");
  if (!terraform) return "it needs Terraform 1.11 or newer on the PATH.";
  try {
    const commands = pythonCommands();
    const trivy = programOnPath("trivy", [commands, process.env.PATH].join(delimiter));
    return { commands, programs: { terraform, checkov: join(commands, "checkov"), ...(trivy && { trivy }) } };
  } catch (error) {
    return `it needs Python 3.11 or newer with venv, and a network for the first run (${error instanceof Error ? error.message.split("\n")[0] : error}).`;
  }
}

function programOnPath(name: string, path = process.env.PATH ?? ""): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** What the benchmark prepares once. */
interface Bench {
  world: World;
  folder: string;
  times: ProgramTimes;
  /** How many teams there are: each run releases to a state of its own, so that all of them create the same. */
  teams: number;
}

/** Commits a root of the sample, with a lock file as its README asks for. Returns the folder of an initialized copy. */
async function commitSample({ world, folder }: Bench, name: "regional" | "global"): Promise<string> {
  const root = join(folder, name);
  cpSync(join(SAMPLE, name), root, { recursive: true });
  execFileSync("terraform", ["init", "-backend=false"], { cwd: root, env: terraformEnvironment, stdio: "pipe" });
  const files = readdirSync(root).filter((file) => file !== ".terraform");
  await world.commit(
    Object.fromEntries(files.map((file) => [`${name}/${file}`, readFileSync(join(root, file), "utf8")])),
  );
  return root;
}

async function newTeam(bench: Bench): Promise<{ team: string; file: string; commitId: string }> {
  bench.teams += 1;
  const team = `team-${bench.teams}`;
  const [file = ""] = Object.keys(bench.world.team(team));
  return { team, file, commitId: await bench.world.commit({ [file]: VARIABLES }) };
}

/** Terraform by somebody who has a checkout, credentials, and providers in a cache. Returns seconds. */
async function alone(bench: Bench, { root: name }: Scope): Promise<number> {
  const { world, folder, times } = bench;
  const { team, file } = await newTeam(bench);
  const root = join(folder, team);
  cpSync(join(world.repository, name), root, { recursive: true });
  const env = {
    ...terraformEnvironment,
    ...times.environment,
    ...{ AWS_ENDPOINT_URL: world.endpoint, AWS_ACCESS_KEY_ID: "made-up", AWS_SECRET_ACCESS_KEY: "made-up" },
    TF_CLI_ARGS_init: "-backend-config=use_path_style=true",
    // Nobody sets it.
    GOGC: undefined,
  };
  const { bucket, region, kmsKeyArn } = world.configuration.state;
  const backend = { bucket, key: `${team}.tfstate`, region, encrypt: true, kms_key_id: kmsKeyArn, use_lockfile: true };
  const settings = Object.entries(backend).map(([name, value]) => `-backend-config=${name}=${value}`);
  writeFileSync(join(root, "release.auto.tfvars.json"), JSON.stringify({ region, environment: "dev", team }));
  // The gateway runs in this process.
  const terraform = (...args: string[]) => promisify(execFile)("terraform", args, { cwd: root, env });
  const from = performance.now();
  await terraform("init", ...settings);
  await terraform("plan", "-out=tfplan", `-var-file=${join(world.repository, file)}`);
  await terraform("apply", "tfplan");
  const to = performance.now();
  times.take();
  rmSync(root, { recursive: true });
  return (to - from) / 1_000;
}

/** What Plan and Apply left, and which programs they ran. */
interface Released {
  programs: ProgramTime[];
  planned: Ended;
  applied: Ended;
}

/** Plan and Apply, each in a folder and a process of its own. */
async function release(bench: Bench, { scope }: Scope): Promise<Released> {
  const { world, times } = bench;
  const { team, commitId } = await newTeam(bench);
  const execution = await world.release(`dev_${scope}/${team}/1.0`, commitId);
  const planned = succeeded(await world.run("Plan", execution, { environment: times.environment }));
  world.approve(execution);
  const environment = { ...times.environment, ...givenToApply(planned) };
  const applied = succeeded(await world.run("Apply", execution, { environment }));
  return { programs: times.take(), planned, applied };
}

function succeeded(ended: Ended): Ended {
  if (ended.result.outcome !== "succeeded") throw new Error(ended.log);
  return ended;
}

const secondsOf = ({ from, to }: Ended): number => (to - from) / 1_000;
const wholeTime = ({ planned, applied }: Released): number => secondsOf(planned) + secondsOf(applied);

/** The second plan, of Apply, and its `show`. */
const secondPlanTime = ({ programs, applied }: Released): number =>
  onlyTime(programs.filter(({ command, from }) => from >= applied.from && ["plan", "show"].includes(command)));
/** The `show` of Plan, without which nobody could judge the plan. */
const showTime = ({ programs, planned }: Released): number =>
  onlyTime(programs.filter(({ command, to }) => command === "show" && to <= planned.to));
const scanTime = ({ programs }: Released): number =>
  onlyTime(
    programs.filter(isScan),
    programs.filter(({ name }) => name === "terraform"),
  );
const isScan = ({ name }: ProgramTime): boolean => name !== "terraform";
/** Node, our code, git, the version of Terraform, and calls of AWS. */
const ownTime = (run: Released): number =>
  wholeTime(run) - onlyTime(run.programs.filter(({ command }) => command !== "--version"));

/** Plan and Apply of a root against Terraform alone, and the parts of it. */
async function overhead(bench: Bench, scope: Scope, hasTrivy: boolean): Promise<Measurement[]> {
  const releases = (scan: ReleaseConfiguration["scan"], planTwice: boolean) => {
    const made: Released[] = [];
    const whole = contender(async () => {
      Object.assign(bench.world.configuration, { scan, planTwice });
      const one = await release(bench, scope);
      made.push(one);
      return wholeTime(one);
    });
    return { whole, of: (time: (one: Released) => number) => ({ ...whole, samples: made.map(time) }) };
  };
  const terraform = contender(() => alone(bench, scope));
  const plain = releases(NO_SCANS, false);
  const scanned = releases(SCANS, false);
  const twice = releases(SCANS, true);
  await alternate([terraform, plain.whole, ...(hasTrivy ? [scanned.whole, twice.whole] : [])], scope.rounds, 0);
  const row = (name: string, measured: Contender, aim?: number): Measurement => ({
    ...{ name: `${scope.name}: ${name}`, unit: "s", against: "Terraform alone" },
    ...comparison(measured, terraform),
    ...(aim !== undefined && { aim }),
  });
  return [
    row(
      "Plan and Apply, less scans and second plan",
      plain.of((one) => wholeTime(one) - secondPlanTime(one)),
      1.1,
    ),
    ...(hasTrivy
      ? [
          row("Plan and Apply", scanned.whole, 1.5),
          row("Plan and Apply with planTwice", twice.whole, 1.5),
          row("of it the scans", scanned.of(scanTime)),
        ]
      : []),
    row("of it the second plan", plain.of(secondPlanTime)),
    row("of it terraform show in Plan", plain.of(showTime)),
    row("of it what is neither Terraform nor scanner", plain.of(ownTime)),
  ];
}

/** Plan with an empty cache of providers against a full one. The mirror on disk is packed, as registries serve a provider. */
async function emptyCache(bench: Bench, root: string, commands: string): Promise<Measurement> {
  const { world, folder, times } = bench;
  const scope = GLOBAL;
  Object.assign(world.configuration, { scan: NO_SCANS, planTwice: false });
  const settings = join(folder, "packed.tfrc");
  const mirror = packedMirror(root, join(folder, "mirror"), join(commands, "python"));
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`,
  );
  const plan = async (plugins: string): Promise<number> => {
    const { team, commitId } = await newTeam(bench);
    const execution = await world.release(`dev_${scope.scope}/${team}/1.0`, commitId);
    const environment = { ...times.environment, TF_CLI_CONFIG_FILE: settings };
    const ended = succeeded(await world.run("Plan", execution, { plugins, environment }));
    times.take();
    return secondsOf(ended);
  };
  const cache = join(folder, "cache");
  const [empty, full] = [join(cache, "empty"), join(cache, "full")];
  mkdirSync(full, { recursive: true });
  const cold = contender(() => {
    rmSync(empty, { recursive: true, force: true });
    mkdirSync(empty);
    return plan(empty);
  });
  const warm = contender(() => plan(full));
  await alternate([cold, warm], 3, 0);
  return {
    ...{ name: `${scope.name}: Plan with an empty cache of providers`, unit: "s", against: "a full cache" },
    ...comparison(cold, warm),
  };
}

/** Packs the providers of an initialized root. */
function packedMirror(root: string, mirror: string, python: string): string {
  const providers = join(root, ".terraform", "providers");
  for (const path of readdirSync(providers, { recursive: true, encoding: "utf8" })) {
    const [host = "", namespace = "", name = "", version = "", platform, ...more] = path.split(sep);
    if (platform === undefined || more.length > 0) continue;
    const packed = join(mirror, host, namespace, name);
    mkdirSync(packed, { recursive: true });
    const pack = "import shutil, sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
    const archive = join(packed, `terraform-provider-${name}_${version}_${platform}`);
    execFileSync(python, ["-c", pack, archive, realpathSync(join(providers, path))]);
  }
  return mirror;
}
