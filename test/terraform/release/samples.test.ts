import { cpSync, globSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rootsOf, targetsOf } from "../../../scripts/terraform-files.ts";
import { readWaivers } from "../../../stages/plan/scan-waivers.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root } from "../support/root.ts";

const SAMPLE = "terraform/release/samples/infrastructure";
const scopes = globSync(`${SAMPLE}/environments/*/*/*.tfvars`)
  .map((file) => file.split("/").slice(-3))
  .filter(([, , file]) => file !== "team.tfvars")
  .map(([environment = "", team = "", file = ""]) => ({ environment, team, scope: file.replace(".tfvars", "") }));

/** A root of the sample, as a stage runs it: with a backend of its own, and variable files in their order. */
function sampleRoot(kind: "regional" | "global", release: { environment: string; team: string; scope: string }): Root {
  const root = new Root("infrastructure");
  cpSync(SAMPLE, root.folder, { recursive: true });
  for (const file of globSync("*.tf", { cwd: join(root.folder, kind) }))
    renameSync(join(root.folder, kind, file), join(root.folder, file));
  writeFileSync(
    join(root.folder, "backend_override.tf.json"),
    JSON.stringify({ terraform: { backend: { local: {} } } }),
  );
  writeFileSync(
    join(root.folder, "given.tfvars.json"),
    JSON.stringify({ region: release.scope, environment: release.environment, team: release.team }),
  );
  return root;
}

const variableFiles = ({ environment, team, scope }: { environment: string; team: string; scope: string }) =>
  [
    `environments/${environment}/${team}/team.tfvars`,
    `environments/${environment}/${team}/${scope}.tfvars`,
    "given.tfvars.json",
  ].map((file) => `-var-file=${file}`);

it("The sample is no root of ours, and no target of the Terraform tests.", () => {
  expect(rootsOf(resolve(".")).filter((root) => /regional|global|infrastructure/.test(root))).toEqual([]);
  expect([...targetsOf(resolve(".")).values()].filter((folder) => folder.includes("samples"))).toEqual([]);
});

it("Each environment has both teams, and each of them its variables.", () => {
  expect(
    globSync(`${SAMPLE}/environments/*/*/team.tfvars`)
      .map((file) => file.split("/").slice(-3, -1).join(" "))
      .sort(),
  ).toEqual(
    ["dev", "prod", "qa", "staging"].flatMap((environment) => [`${environment} research`, `${environment} risk`]),
  );
  for (const file of globSync(`${SAMPLE}/environments/**/*.tfvars`))
    expect([file, /account_id += [^"]/.test(readFileSync(file, "utf8"))]).toEqual([file, false]);
});

it("No two networks of the sample overlap.", () => {
  const networks = globSync(`${SAMPLE}/environments/*/*/*.tfvars`).flatMap(
    (file) => /cidr_block += "(.+)"/.exec(readFileSync(file, "utf8"))?.[1] ?? [],
  );
  expect(new Set(networks).size).toBe(networks.length);
  expect(networks).toHaveLength(scopes.length);
});

it("The waivers of the sample have the form that the scans read.", () => {
  const files = globSync(`${SAMPLE}/environments/*/*/scan-waivers.json`);
  expect(files).toHaveLength(1);
  for (const file of files) expect(readWaivers(readFileSync(file, "utf8"), file)).toHaveLength(1);
  expect(readFileSync(`${SAMPLE}/README.md`, "utf8")).toContain(readFileSync(files[0] ?? "", "utf8").trim());
});

it("The files of variables have the format of terraform fmt.", async () => {
  const root = new Root();
  await root.run("fmt", ["-check", "-diff", ...globSync(`${SAMPLE}/**/*.tfvars`).map((file) => resolve(file))]);
  root.remove();
});

it("The provider and the backend of the sample have nothing that would get into a saved plan.", () => {
  for (const kind of ["regional", "global"]) {
    expect(readFileSync(`${SAMPLE}/${kind}/provider.tf`, "utf8")).toBe('provider "aws" {\n  region = var.region\n}\n');
    expect(readFileSync(`${SAMPLE}/${kind}/versions.tf`, "utf8")).toContain('\n  backend "s3" {}\n');
  }
});

describe("the sample on moto", () => {
  const release = { environment: "dev", team: "risk", scope: "us-east-1" };
  let aws = "";
  const roots: Root[] = [];
  beforeAll(async () => {
    const moto = await startMoto();
    aws = moto.aws;
    return moto.stop;
  });
  afterAll(() => {
    for (const root of roots) root.remove();
  });
  const applied = async (kind: "regional" | "global"): Promise<Resource[]> => {
    const root = sampleRoot(kind, release);
    roots.push(root);
    root.useMoto(aws, "us-east-1");
    await root.run("init");
    expect(await root.diagnostics()).toEqual([]);
    await root.apply(...variableFiles(release));
    await root.run("plan", ["-detailed-exitcode", ...variableFiles(release)], 0);
    return root.resources();
  };

  it("The root regional is valid, applies, and then changes nothing.", async () => {
    const resources = await applied("regional");
    const balancer = resources.find(({ type }) => type === "aws_lb");
    expect(balancer?.values).toMatchObject({ name: "dev-risk", internal: true, drop_invalid_header_fields: true });
    expect(resources.find(({ type }) => type === "aws_vpc")?.values.cidr_block).toBe("10.1.0.0/20");
  });

  it("The root global is valid, applies, and then changes nothing.", async () => {
    const resources = await applied("global");
    const role = resources.find(({ type }) => type === "aws_iam_role");
    expect(role?.values.name).toBe("dev-risk-auditor");
    expect(role?.values.assume_role_policy).toContain("012345678901");
  });
});
