import { execFile } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { awsTypesOf, readHcl } from "../../scripts/hcl.ts";
import { providerSchema } from "../../scripts/schema-v6.ts";
import { modulesOf, productFiles, rootsOf, targetsOf, terraformFiles } from "../../scripts/terraform-files.ts";
import schemaFile from "./schema-v6.json" with { type: "json" };
import { Root } from "./support/root.ts";
import { schemaFaults } from "./support/schema-faults.ts";

const repository = resolve(".");
const chosen = inject("targets");
const isChosen = (target: string) => chosen.length === 0 || chosen.includes(target);
const targets = [...targetsOf(repository)].filter(([target]) => isChosen(target));
/** The folders of the chosen targets and of their tests. */
const folders = targets.flatMap(([target, folder]) => [`${folder}/`, `test/terraform/${target}/`]);
const files = terraformFiles(repository).filter(
  (file) => chosen.length === 0 || folders.some((folder) => file.startsWith(folder)),
);
const products = productFiles(repository).filter((file) => files.includes(file));
const schema = providerSchema.parse(schemaFile);
const roots = rootsOf(repository).filter(isChosen);
const modules = modulesOf(repository).filter(isChosen);

it("The checks of files cover each chosen target, and the templates of rule-exporter where none is chosen.", () => {
  for (const [target, folder] of targets)
    expect([target, products.some((file) => file.startsWith(`${folder}/`))]).toEqual([target, true]);
  if (chosen.length === 0) expect(products).toContain("functions/rule-exporter/templates/config-rules.tf");
});

it("Every Terraform file has the format of terraform fmt.", async () => {
  const root = new Root();
  await root.run("fmt", ["-check", "-diff", ...files.map((file) => resolve(file))]);
  root.remove();
});

it.each(products)("%s names no partition.", (file) => {
  expect(readFileSync(file, "utf8")).not.toMatch(/arn:aws/);
});

it.each(products)("%s is valid on version 6 of the provider.", async (file) => {
  expect(await schemaFaults(await readHcl(file), schema)).toEqual([]);
});

it("schema-v6.json has exactly the types in our files: `npx node scripts/provider-schema.ts` writes it.", async () => {
  const bodies = await Promise.all(productFiles(repository).map(readHcl));
  for (const kind of ["resource", "data"] as const) expect(Object.keys(schema[kind])).toEqual(awsTypesOf(bodies, kind));
});

// The provider refuses it before version 6.19, so the tests set another one.
it.each(products.filter((file) => readFileSync(file, "utf8").includes('variable "lambda_runtime"')))(
  "%s has nodejs24.x as the default of lambda_runtime.",
  (file) => {
    expect(readFileSync(file, "utf8")).toMatch(/variable "lambda_runtime" \{[^}]*\n {2}default += "nodejs24\.x"\n/);
  },
);

it.each(roots)("terraform/%s has tests that apply it.", (name) => {
  expect(existsSync(`test/terraform/${name}/${name}.test.ts`)).toBe(true);
});

it.each([...roots, ...modules])("terraform/%s has a README, and updates by Dependabot.", (name) => {
  expect(existsSync(`terraform/${name}/README.md`)).toBe(true);
  expect(readFileSync(".github/dependabot.yml", "utf8")).toContain(`\n      - /terraform/${name}\n`);
});

describe.each([...roots, ...modules])("terraform/%s", (name) => {
  const root = Root.of(name);
  beforeAll(() => root.run("init"));
  afterAll(() => root.remove());

  it(`terraform/${name} is valid, without a warning.`, async () => {
    expect(await root.diagnostics()).toEqual([]);
  });

  it(`terraform/${name} passes its *.tftest.hcl on a mocked provider.`, async () => {
    expect(await root.test(`${name}/${basename(name)}.tftest.hcl`)).toBeGreaterThan(0);
  });
});

it("checkov finds nothing that a comment in place does not justify.", async () => {
  const root = new Root();
  for (const file of products) cpSync(file, join(root.folder, file));
  const { stdout } = await new Promise<{ stdout: string }>((done) => {
    const python = join(inject("commands"), "python");
    const args = ["--directory", root.folder, "--framework", "terraform", "--skip-download", "--output", "json"];
    execFile(python, ["-m", "checkov.main", ...args], { maxBuffer: 100_000_000 }, (_error, output) =>
      done({ stdout: output }),
    );
  });
  const { results, summary } = JSON.parse(stdout);
  expect(results.failed_checks.map((check: Record<string, unknown>) => `${check.check_id} ${check.resource}`)).toEqual(
    [],
  );
  expect(summary.parsing_errors).toBe(0);
  expect(summary.passed).toBeGreaterThan(chosen.length === 0 ? 200 : products.length);
  root.remove();
});
