import { execFile, execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";

/** One test file in the report of vitest. */
interface TestResult {
  message: string;
  assertionResults: { failureMessages: string[] | null }[];
}

const MODULES = ["modules/build", "modules/event-processor", "modules/key", "modules/topic"];
const repository = resolve(".");
const checkout = mkdtempSync(join(tmpdir(), "palisade checkout-"));
const requests: string[] = [];
const account = createServer(({ method, url }, response) => {
  requests.push(`${method} ${url}`);
  response.writeHead(500).end();
});
let endpoint = "";

beforeAll(async () => {
  await new Promise<void>((listening) => account.listen(0, "127.0.0.1", listening));
  endpoint = `http://127.0.0.1:${(account.address() as AddressInfo).port}`;
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository, encoding: "utf8" });
  for (const file of git("ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0").filter(Boolean))
    cpSync(file, join(checkout, file));
  for (const folder of ["node_modules", "test/terraform/.venv", "test/terraform/.terraform"])
    symlinkSync(join(repository, folder), join(checkout, folder));
  git("init", "--quiet", checkout);
});
afterAll(() => {
  account.close();
  rmSync(checkout, { recursive: true, force: true });
});

it("A deployed checkout passes its tests, which read nothing of the deployment and call nothing in its account.", async () => {
  const backend = `
    bucket = "made-up-states", key = "egress/terraform.tfstate", region = "eu-central-1"
    endpoints = { s3 = "${endpoint}" }`;
  const files = {
    "terraform/egress/backend.tf": `terraform {\nbackend "s3" {${backend.replaceAll(", ", "\n")}
      kms_key_id = "arn:aws:kms:eu-central-1:111122223333:key/made-up"\n}\n}\n\n`,
    "terraform/egress/terraform.tfvars": 'name = "Not allowed"\n',
    "terraform/egress/allowed_domains.auto.tfvars.json": '{ "allowed_domains": ["https://not-allowed"] }',
    "terraform/egress/.terraform.lock.hcl":
      'provider "made-up/aws" {\n  version = "5.99.0"\n  hashes = ["h1:made-up"]\n}\n',
    "terraform/egress/.terraform/terraform.tfstate": JSON.stringify({
      version: 3,
      backend: { type: "s3", config: { bucket: "made-up-states", key: "egress", region: "eu-central-1" }, hash: 1 },
    }),
    "terraform/egress/.terraform/environment": "production",
    "terraform/egress/terraform.tfstate": "This is no state.",
    "terraform/sni-collector/backend.tf": `terraform {\nbackend "s3" {${backend.replaceAll(", ", "\n")}\n}\n}\n\n`,
    "terraform/sni-collector/terraform.tfvars": 'name = "Not allowed"\n',
    "terraform/release/terraform.tfvars": 'name = "Not allowed"\n',
    "terraform/release-target/terraform.tfvars": 'name = "Not allowed"\n',
    "terraform/bootstrap/backend.tf": `terraform {\nbackend "s3" {${backend.replaceAll(", ", "\n")}\n}\n}\n\n`,
    "terraform/bootstrap/terraform.tfvars": 'prefix = "Not allowed"\n',
    ...Object.fromEntries(
      MODULES.flatMap((module) => [
        [`terraform/${module}/terraform.tfvars`, 'name = "Not allowed"\n'],
        [`terraform/${module}/.terraform.lock.hcl`, "This is no lock file."],
      ]),
    ),
  };
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(checkout, dirname(file)), { recursive: true });
    writeFileSync(join(checkout, file), content);
  }
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("VITEST"))),
    AWS_ACCESS_KEY_ID: "made-up",
    AWS_SECRET_ACCESS_KEY: "made-up",
    AWS_ENDPOINT_URL: endpoint,
    TF_CLI_ARGS_plan: "-var=mode=not-allowed",
    TF_VAR_mode: "not-allowed",
    TF_WORKSPACE: "production",
  };
  // Without the tests that apply: they take a minute, and start as these do.
  const args = [
    ...["bootstrap", "egress", "release", "release-target", "sni-collector"],
    ...MODULES,
    "--testNamePattern",
    "format|partition|valid|mocked|checkov|wrong",
  ];
  const report = join(checkout, "report.json");
  const output = await new Promise<string>((done) => {
    const command = ["test/terraform/run.ts", ...args, "--reporter", "json", "--outputFile", report];
    execFile(process.execPath, command, { cwd: checkout, env, maxBuffer: 100_000_000 }, (_error, stdout, stderr) =>
      done(stdout + stderr),
    );
  });
  if (!existsSync(report)) throw new Error(output);
  const { testResults, numPassedTests } = JSON.parse(readFileSync(report, "utf8"));
  const failures = testResults.flatMap(({ message, assertionResults }: TestResult) => [
    ...(message === "" ? [] : [message]),
    ...assertionResults.flatMap(({ failureMessages }) => failureMessages ?? []),
  ]);
  expect(failures).toEqual([]);
  expect(numPassedTests).toBeGreaterThan(20);
  expect(requests).toEqual([]);
});
