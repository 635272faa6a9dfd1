import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { deliveredBy } from "../../../shared/delivery.ts";
import { createMask } from "../../../shared/masked-text.ts";
import type { ReleaseConfiguration } from "../../../shared/release-configuration.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { lint } from "../../../stages/lint/lint.ts";

const TAG = "dev_us-east-1/research/1.0";
const temporary = mkdtempSync(join(tmpdir(), "palisade lint-"));
afterAll(() => rmSync(temporary, { recursive: true }));

/**
 * Lints a repository with these files. tflint cannot be had here: a few lines of shell stand in for it, and keep what they are
 * called with.
 */
async function lintOf(files: Record<string, string>, tflint = "exit 99") {
  const world = mkdtempSync(join(temporary, "world-"));
  const [repository, folder, image] = ["repository", "build", "image"].map((name) => join(world, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [repository, folder, image]) mkdirSync(path);
  const write = (path: string, text: string, mode = 0o644) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
  };
  for (const [name, text] of Object.entries(files)) write(join(repository, name), text);
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Mary", "-c", "user.email=mary@example.com", ...args], {
      cwd: repository,
      encoding: "utf8",
    });
  git("init", "--quiet", "--initial-branch=main");
  git("add", "--all");
  git("commit", "--quiet", "--message=first");
  git("tag", TAG);
  write(
    join(image, "tflint"),
    `#!/bin/sh\necho "$PWD $*" >> '${world}/calls'\n[ "$1" = --init ] || [ "$1" = --version ] && exit 0\n${tflint}\n`,
    0o755,
  );
  cpSync("stages/tools.json", join(folder, "tools.json"));

  const shown: string[] = [];
  const show = (line: string) => shown.push(line);
  const environment = { ...process.env, PATH: `${image}:${process.env.PATH}` };
  const mask = createMask();
  const configuration = {
    ...{ kind: "release", environment: "dev", regions: ["us-east-1"], homeRegion: "us-east-1" },
    repository: { name: "infrastructure", url: repository, branch: "main" },
    targets: { research: {} },
  } as unknown as ReleaseConfiguration;
  const ending = await lint({
    ...deliveredBy(configuration, { TAG }),
    commitId: git("rev-parse", "HEAD").trim(),
    executionId: "1391d619-5e87-1a63-cc32-f458a0905a90",
    environment,
    folder,
    now: Date.now,
    show,
    run: createRunner(environment, mask, show).run,
    mask,
  });
  return {
    ...ending,
    findings: ending.details?.findings,
    report: readFileSync(join(folder, "reports", "lint.xml"), "utf8"),
    file: (name: string) => readFileSync(join(folder, "repository", name), "utf8"),
    calls: () => readFileSync(join(world, "calls"), "utf8").replaceAll(folder, "BUILD"),
    shown,
  };
}

const GOOD = 'resource "terraform_data" "a" {\n  input = "1"\n}\n';
const BADLY_FORMATTED = 'resource "terraform_data" "a" {\n input="1"\n}\n';

it("A root with the format of terraform fmt, that is valid, is released; tflint does not run without its settings.", async () => {
  const { outcome, sentence, findings, report, shown } = await lintOf({ "regional/main.tf": GOOD });
  expect([outcome, sentence, findings]).toEqual(["succeeded", "The root is formatted and valid.", []]);
  expect(report).toContain('tests="1" failures="0"');
  expect(shown).toContain("The repository has no .tflint.hcl: tflint does not run.");
});

it("Files without the format are refused by name, in the root and in modules of the repository, and are not rewritten.", async () => {
  const { outcome, sentence, nextSteps, report, file } = await lintOf({
    "regional/main.tf": `${BADLY_FORMATTED}module "m" {\n  source = "../modules/m"\n}\n`,
    "modules/m/main.tf": BADLY_FORMATTED,
    "modules/unused/main.tf": BADLY_FORMATTED,
    "global/main.tf": BADLY_FORMATTED,
  });
  expect([outcome, sentence]).toEqual([
    "refused",
    "Lint found what stops a release: terraform fmt: format in main.tf; terraform fmt: format in ../modules/m/main.tf.",
  ]);
  expect(nextSteps).toEqual([
    "Format the files:",
    "  terraform fmt -recursive",
    "Correct the findings, and push a new tag.",
  ]);
  expect(report).toContain('tests="3" failures="2"');
  expect(file("regional/main.tf")).toContain(BADLY_FORMATTED);
});

it("A root that is invalid is refused with the reason, the file and the line.", async () => {
  const { outcome, sentence, findings } = await lintOf({
    "regional/main.tf": 'output "a" {\n  value = var.missing\n}\n',
  });
  expect([outcome, sentence]).toEqual([
    "refused",
    "Lint found what stops a release: terraform validate: Reference to undeclared input variable in main.tf line 2.",
  ]);
  expect(findings).toMatchObject([
    { tool: "terraform validate", line: 2, message: expect.stringContaining("missing") },
  ]);
});

it("A root that is no Terraform is refused, and not taken for one without findings.", async () => {
  const { outcome, findings } = await lintOf({ "regional/main.tf": 'resource "terraform_data" {\n' });
  expect([outcome, findings]).toMatchObject([
    "refused",
    [{ rule: "syntax", message: expect.stringContaining("main.tf line 1") }],
  ]);
});

it("A backend of the root is not asked.", async () => {
  const backend = 'terraform {\n  backend "s3" {}\n}\n';
  expect((await lintOf({ "regional/main.tf": backend })).outcome).toBe("succeeded");
});

const issue = (severity: string, message = "unused") =>
  JSON.stringify({
    issues: [
      { rule: { name: "terraform_unused", severity }, message, range: { filename: "main.tf", start: { line: 3 } } },
    ],
    errors: [],
  });

it("tflint (a stand-in) runs in the root where .tflint.hcl is there, and its errors and warnings stop the release.", async () => {
  const files = { "regional/main.tf": GOOD, ".tflint.hcl": "" };
  for (const severity of ["error", "warning"])
    expect(await lintOf(files, `echo '${issue(severity)}'; exit 2`)).toMatchObject({
      outcome: "refused",
      sentence: "Lint found what stops a release: tflint: terraform_unused in main.tf line 3.",
    });
  const informed = await lintOf(files, `echo '${issue("info", "</testcase>")}'; exit 2`);
  expect([informed.outcome, informed.findings]).toMatchObject(["succeeded", [{ tool: "tflint", stops: false }]]);
  expect(informed.report).toContain("<system-out>&#60;/testcase&#62;</system-out>");
  expect(informed.calls()).toBe(
    [
      "BUILD/tools --version\n",
      "BUILD/repository/regional --init --config=BUILD/repository/.tflint.hcl\n",
      "BUILD/repository/regional --format=json --call-module-type=local --config=BUILD/repository/.tflint.hcl\n",
    ].join(""),
  );
});

it("tflint (a stand-in) that fails by itself is refused, and one that says nothing or crashes is an error.", async () => {
  const files = { "regional/main.tf": GOOD, ".tflint.hcl": "" };
  const failed = JSON.stringify({ issues: [], errors: [{ message: "no such plugin" }] });
  expect(await lintOf(files, `echo '${failed}'; exit 1`)).toMatchObject({ outcome: "refused" });
  await expect(lintOf(files, "exit 0")).rejects.toThrow("tflint printed no JSON.");
  await expect(lintOf(files, "echo '{}'")).rejects.toThrow("tflint printed something else than findings.");
  await expect(lintOf(files, "exit 3")).rejects.toThrow("ended with exit code 3");
});
