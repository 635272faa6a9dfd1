import { execFile, execFileSync } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { exportRules } from "../support/export-rules.ts";
import { Root } from "./root.ts";

const tracked = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.tf", "*.tftest.hcl"],
  {
    encoding: "utf8",
  },
);
const files = tracked.trim().split("\n");
const products = files.filter((file) => !file.startsWith("test/"));
const roots = new Set(
  products.filter((file) => file.startsWith("terraform/")).map((file) => relative("terraform", dirname(file))),
);

it("every Terraform file is formatted as Terraform has it", async () => {
  expect(files).toContain("functions/rule-exporter/templates/config-rules.tf");
  const root = new Root();
  await root.run("fmt", ["-check", "-diff", ...files.map((file) => resolve(file))]);
  root.remove();
});

it.each(products)("%s names no partition", (file) => {
  expect(readFileSync(file, "utf8")).not.toMatch(/arn:aws/);
});

describe.each([...roots])("terraform/%s", (folder) => {
  const root = Root.of(folder);
  beforeAll(() => root.run("init"));
  afterAll(() => root.remove());

  it("is valid, without a warning", async () => {
    const { valid, diagnostics } = JSON.parse(await root.run("validate", ["-json"]));
    expect([valid, diagnostics]).toEqual([true, []]);
  });

  it("makes what it should, as a provider that is made up sees it", async () => {
    root.add(`${basename(folder)}.tftest.hcl`);
    expect(await root.run("test", ["-no-color"])).toMatch(/Success! [1-9]\d* passed, 0 failed\./);
  });
});

// Version 5 of the provider, which the tests run with, refuses it.
it.each(["egress", "modules/event-processor"])("terraform/%s has nodejs24.x for a default", (folder) => {
  const variables = readFileSync(join("terraform", folder, "variables.tf"), "utf8");
  expect(variables).toMatch(/variable "lambda_runtime" \{[^}]*\n {2}default += "nodejs24\.x"\n/);
});

describe("the export to", () => {
  // The Terraform files of a layout are the same for all rules: test/cli/golden-rules.test.ts.
  it.each([
    ["a root of one rule", "CUSTOM_CHANGE", ["CUSTOM_CHANGE"], []],
    ["an estate", "estate", ["--all", "--layout", "estate"], ["estate"]],
  ])("%s is valid, without a warning", async (_what, name, args, folders) => {
    const root = new Root(name);
    await exportRules(...args, "-o", join(dirname(root.folder), ...folders));
    await root.run("init");
    const { valid, diagnostics } = JSON.parse(await root.run("validate", ["-json"]));
    expect([valid, diagnostics]).toEqual([true, []]);
    root.remove();
  });

  it.each([
    ["an account", "rules.tftest.hcl", ["--all"]],
    [
      "an organization",
      "organization.tftest.hcl",
      [
        ...["CUSTOM_CHANGE", "CUSTOM_HYBRID", "CUSTOM_PERIODIC", "EXCLUDED_ACCOUNTS", "GUARD_POLICY"],
        ...["MANAGED_CHANGE", "MANAGED_PERIODIC", "-v", "1.x_organization"],
      ],
    ],
  ])("%s makes what moto lacks, as a provider that is made up sees it", async (_what, test, args) => {
    const root = new Root();
    await exportRules(...args, "--layout", "estate", "-o", root.folder);
    root.add(test);
    await root.run("init");
    expect(await root.run("test", ["-no-color"])).toMatch(/Success! \d passed, 0 failed\./);
    root.remove();
  });
});

it("checkov finds nothing that is not justified in place", async () => {
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
  expect([summary.parsing_errors, summary.passed > 200]).toEqual([0, true]);
  root.remove();
});
