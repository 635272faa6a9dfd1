import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MOTO_ACCOUNT } from "../moto/moto.ts";
import { type Rehearsal, type RehearsalOptions, startRehearsal } from "../runtime/rehearsal.ts";
import { Root } from "../terraform/root.ts";

export const REGION = "us-east-1";
export const REPOSITORY = "infrastructure";

/** Who may approve. */
const MANAGERS = `arn:aws:iam::${MOTO_ACCOUNT}:role/release-managers`;

/** The accounts that teams release to. */
export const TARGETS = {
  dev: { research: "222233334444", risk: "222233335555" },
  prod: { research: "333344444444", risk: "333344445555" },
};
type Environment = keyof typeof TARGETS;

const externalId = (environment: string, team: string): string => `${team}-${environment}`;

const environment = (name: Environment) => ({
  pipeline: `${name}-infrastructure`,
  regions: [REGION, "eu-central-1"],
  home_region: REGION,
  approvers: [MANAGERS],
  targets: Object.fromEntries(
    Object.entries(TARGETS[name]).map(([team, account_id]) => [
      team,
      { account_id, external_id: externalId(name, team) },
    ]),
  ),
});

/** The variables of the root `release` in a rehearsal. */
export const RELEASE = {
  region: REGION,
  // The newest that the provider knows before version 6.19.
  lambda_runtime: "nodejs22.x",
  deletion_protection: false,
  environments: { dev: environment("dev"), prod: environment("prod") },
  subscribers: { "team@example.com": {} },
};

export interface ReleaseOptions extends Omit<RehearsalOptions, "root" | "region"> {
  /** Variables of the root in place of those above. */
  variables?: object;
  /** The files of the repository, by path; by default the files of the sample. */
  files?: Readonly<Record<string, string>>;
  /** The environments whose target accounts are there; by default `dev`. */
  targets?: readonly Environment[];
}

/** The rehearsal of the release system, and what its stories ask of it. */
export interface Release extends Rehearsal {
  /** The id of the first commit of the repository. */
  firstCommit: string;
  /** The role whose sessions approve releases to an environment. */
  approver(environment: string, sessionName?: string): { roleArn: string; sessionName: string };
}

/** Starts the release system with its target accounts, and pushes the first commit to its repository. */
export async function startRelease({
  variables = {},
  files = sampleFiles(),
  targets = ["dev"],
  machine = {},
  ...options
}: ReleaseOptions = {}): Promise<Release> {
  const root = Root.of("release");
  root.override("release", "modules/build", "modules/event-processor");
  for (const name of ["release", "modules/event-processor"])
    root.overrideWith(join(import.meta.dirname, "overrides", name), name);
  root.give({ ...RELEASE, ...variables });
  const rehearsal = await startRehearsal({
    root,
    others: targets.flatMap((name) =>
      Object.entries(TARGETS[name]).map(([team, account]) => ({ root: targetRoot(name, team), account })),
    ),
    region: REGION,
    // tflint is in no package registry.
    tools: [join(import.meta.dirname, "stand-ins")],
    // moto has no host for each bucket.
    machine: { TF_CLI_ARGS_init: "-backend-config=use_path_style=true", ...machine },
    ...options,
  });
  const firstCommit = await rehearsal.push(REPOSITORY, "main", "First version", files);
  return {
    ...rehearsal,
    firstCommit,
    approver: (name, sessionName = "mary") => ({
      roleArn: `arn:aws:iam::${rehearsal.account}:role/palisade-approve-${name}`,
      sessionName,
    }),
  };
}

function targetRoot(name: string, team: string): Root {
  const root = Root.of("release-target");
  const policies = ["PowerUserAccess", "IAMFullAccess"].map((policy) => `arn:aws:iam::aws:policy/${policy}`);
  root.give({
    region: REGION,
    tooling_account_id: MOTO_ACCOUNT,
    environments: { [name]: { external_ids: [externalId(name, team)], apply_policy_arns: policies } },
  });
  return root;
}

const REPOSITORY_FOLDER = join(import.meta.dirname, "..", "..");

/** The files of a team's infrastructure repository, as the sample has them. */
export function sampleFiles(): Record<string, string> {
  const folder = join(REPOSITORY_FOLDER, "terraform", "release", "samples", "infrastructure");
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(join(folder, path)).isFile() && !/(^|\/)\.terraform(\/|$)/.test(path))
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), "utf8")]),
  );
}
