import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { elsewhere } from "../../../local/gateway/elsewhere.ts";
import { type Gateway, gateway } from "../../../local/gateway/gateway.ts";
import { git } from "../../../local/git/git.ts";
import { MOTO_ACCOUNT, type Moto, startMoto } from "../../../local/moto/moto.ts";
import { type ContainerCredentials, containerCredentials } from "../../../local/runtime/container-credentials.ts";
import { type Compliance, compliance } from "../../../shared/compliance.ts";
import { complianceProgram } from "../../../shared/compliance-tool.ts";
import type { GuardrailConfiguration } from "../../../shared/guardrail-configuration.ts";
import { createLedger } from "../../../shared/ledger.ts";
import { createMask } from "../../../shared/masked-text.ts";
import { pinnedTools } from "../../../shared/pinned-tools.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { stageResult } from "../../../shared/stage-result.ts";
import type { WorkloadConfiguration } from "../../../shared/workload-configuration.ts";

const REGION = "us-east-1";
const OTHER = "222233334444";
const CODECOMMIT = `https://git-codecommit.${REGION}.amazonaws.com/v1/repos`;
const ARTIFACTS = `palisade-guardrail-artifacts-${MOTO_ACCOUNT}-${REGION}`;
const STATES = `states-${OTHER}`;
const LEDGER = "palisade-releases";
const MADE_UP = { accessKeyId: "made-up", secretAccessKey: "made-up" };
const role = (name: string, account = OTHER) => `arn:aws:iam::${account}:role/${name}`;
const EXTERNAL_ID = "palisade-billing";

const RULES = {
  "kinds.feature": `Feature: Kinds
  Scenario: Inputs are good
    Given I have terraform_data defined
    Then it must have input
    And its value must match the "^good" regex
  @warn
  Scenario: Inputs are short
    Given I have terraform_data defined
    Then it must have input
    And its value must match the "^.?.?.?.?.?.?$" regex
  Scenario: Volumes are encrypted
    Given I have aws_ebs_volume defined
    Then it must have encrypted
`,
};
const MAIN = `
variable "region" {}
variable "inputs" { type = map(string) }
variable "token" {
  default   = "hunter2-token"
  sensitive = true
}
resource "terraform_data" "this" {
  for_each = var.inputs
  input    = each.value
}
resource "terraform_data" "token" { input = "good \${var.token}" }
`;

const temporary = mkdtempSync(join(tmpdir(), "palisade comply-"));
let moto: Moto;
let served: Gateway;
let credentials: ContainerCredentials;
let s3: S3Client;
let dynamodb: DynamoDBClient;
const repositories: Record<string, string> = {};
let executions = 0;

async function inRepository(name: string, ...args: string[]): Promise<string> {
  const identity = ["-c", "user.name=Mary", "-c", "user.email=mary@example.com"];
  return (await git([...identity, ...args], { folder: repositories[name] ?? "" })).output.trim();
}

/** Commits files on a branch; null deletes one. Returns the id of the commit. */
async function commit(name: string, branch: string, files: Record<string, string | null>): Promise<string> {
  await inRepository(name, "checkout", "--quiet", "-B", branch);
  for (const [path, text] of Object.entries(files)) {
    const file = join(repositories[name] ?? "", path);
    mkdirSync(dirname(file), { recursive: true });
    if (text === null) rmSync(file);
    else writeFileSync(file, text);
  }
  await inRepository(name, "add", "--all");
  await inRepository(name, "commit", "--quiet", "--allow-empty", "--message=Change");
  return inRepository(name, "rev-parse", "HEAD");
}

beforeAll(async () => {
  moto = await startMoto(inject("commands"));
  served = await gateway([], { elsewhere: elsewhere(moto.aws, []) });
  credentials = await containerCredentials(moto.aws, REGION);
  const client = {
    endpoint: moto.aws,
    region: REGION,
    credentials: MADE_UP,
  };
  s3 = new S3Client(client);
  for (const Bucket of [ARTIFACTS, STATES]) await s3.send(new CreateBucketCommand({ Bucket }));
  dynamodb = new DynamoDBClient(client);
  for (const name of ["guardrails", "billing"]) {
    repositories[name] = join(temporary, name);
    mkdirSync(join(temporary, name));
    await inRepository(name, "init", "--quiet", "--initial-branch=main");
  }
  await commit("guardrails", "main", RULES);
  await commit("billing", "main", { "infra/main.tf": MAIN, "infra/all.tfvars": 'inputs = { "a.b" = "good" }' });
});
afterAll(async () => {
  await served.close();
  credentials.close();
  moto.stop();
  rmSync(temporary, { recursive: true, force: true });
});

const guardrailPipeline = (): GuardrailConfiguration => ({
  kind: "guardrails",
  pipeline: "palisade-guardrails",
  accountId: MOTO_ACCOUNT,
  region: REGION,
  repository: { name: "guardrails", url: `${CODECOMMIT}/guardrails`, branch: "develop" },
  workloads: {
    billing: {
      repository: {
        url: `${CODECOMMIT}/billing`,
        branch: "main",
        role: { roleArn: role("palisade-pull-billing"), externalId: EXTERNAL_ID },
      },
      path: "infra",
      variableFiles: ["infra/all.tfvars"],
      state: {
        bucket: STATES,
        key: "billing.tfstate",
        region: REGION,
        role: { roleArn: role("palisade-state-billing"), externalId: EXTERNAL_ID },
      },
      planRoleArn: role("palisade-plan-billing"),
      externalId: EXTERNAL_ID,
      owner: "billing@example.com",
    },
  },
});

const workloadPipeline = (): WorkloadConfiguration => ({
  kind: "workload",
  pipeline: "palisade-billing",
  accountId: MOTO_ACCOUNT,
  region: REGION,
  repository: { name: "billing", url: `${CODECOMMIT}/billing`, branch: "main" },
  workload: "billing",
  path: "infra",
  variableFiles: ["infra/all.tfvars"],
  state: {
    bucket: STATES,
    key: "billing.tfstate",
    region: REGION,
    kmsKeyArn: `arn:aws:kms:${REGION}:${MOTO_ACCOUNT}:key/12345678-1234-4234-8234-123456789012`,
  },
  plan: { roleArn: role("palisade-plan-billing"), externalId: EXTERNAL_ID },
  apply: { roleArn: role("palisade-apply-billing"), externalId: EXTERNAL_ID },
  secrets: {},
  startRuleArn: `arn:aws:events:${REGION}:${MOTO_ACCOUNT}:rule/palisade-billing-start`,
  approverRoleArn: null,
  protectedTypes: [],
  scan: { trivySeverities: [], checkovChecks: [] },
  planTwice: false,
  guardrails: {
    url: `${CODECOMMIT}/guardrails`,
    branch: "main",
    pullRole: { roleArn: role("palisade-pull-guardrails"), externalId: EXTERNAL_ID },
  },
});

/** Runs the built program of ComplianceCheck as CodeBuild runs it. */
async function check(
  configuration: GuardrailConfiguration | WorkloadConfiguration,
  commitId: string,
  { path = dirname(inject("compliance")) }: { path?: string | null } = {},
) {
  executions += 1;
  const executionId = `00000000-0000-4000-8000-${String(executions).padStart(12, "0")}`;
  const folder = mkdtempSync(join(temporary, "build "));
  for (const [file, bytes] of Object.entries(unzipSync(readFileSync("dist/stages.zip")))) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), bytes);
  }
  mkdirSync(join(folder, "cache"));
  symlinkSync(join(process.cwd(), "test/terraform/.terraform/plugins"), join(folder, "cache", "plugins"));
  const tmp = join(folder, "tmp");
  mkdirSync(tmp);
  await s3.send(new PutObjectCommand({ Bucket: ARTIFACTS, Key: "targets.json", Body: JSON.stringify(configuration) }));
  const from = served.calls.length;
  const environment = {
    ...{
      PATH: [...(path === null ? [] : [path]), process.env.PATH].join(":"),
      HOME: folder,
      LANG: "C.UTF-8",
      TMPDIR: tmp,
    },
    ...(process.env.TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE }),
    ...Object.fromEntries(
      Object.entries(process.env).filter(([name]) => /^(PIP_|SSL_|REQUESTS_|https?_proxy$)/i.test(name)),
    ),
    ...{ AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION },
    ...{ AWS_ENDPOINT_URL: served.endpoint, AWS_ENDPOINT_URL_STS: served.endpoint },
    ...credentials.environmentOf(role("palisade-compliance-build", MOTO_ACCOUNT), "AWSCodeBuild-1"),
    ...{ CODEBUILD_SRC_DIR: folder, CODEBUILD_INITIATOR: `codepipeline/${configuration.pipeline}` },
    ...{ COMMIT_ID: commitId, EXECUTION_ID: executionId, TARGETS: `s3://${ARTIFACTS}/targets.json` },
    ...(configuration.kind === "guardrails" && { WORKLOAD: "billing" }),
    ...{
      TF_CLI_ARGS_init: "-backend-config=use_path_style=true",
      TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
    },
    ...{ GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_COUNT: "2" },
    ...{ GIT_CONFIG_KEY_0: `url.${repositories.guardrails}.insteadOf`, GIT_CONFIG_VALUE_0: `${CODECOMMIT}/guardrails` },
    ...{ GIT_CONFIG_KEY_1: `url.${repositories.billing}.insteadOf`, GIT_CONFIG_VALUE_1: `${CODECOMMIT}/billing` },
  };
  const { code, log } = await new Promise<{ code: number; log: string }>((resolve) => {
    const options = { cwd: folder, env: environment, maxBuffer: 100_000_000 };
    execFile(process.execPath, [join(folder, "comply", "index.mjs")], options, (error, stdout, stderr) =>
      resolve({ code: error ? (typeof error.code === "number" ? error.code : 99) : 0, log: stdout + stderr }),
    );
  });
  const action = configuration.kind === "guardrails" ? "ComplianceCheck_billing" : "ComplianceCheck";
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: ARTIFACTS, Key: `results/${configuration.pipeline}/${executionId}/${action}.json` }),
  );
  const text = (await Body?.transformToString()) ?? "";
  const result = stageResult.parse(JSON.parse(text));
  const report = (name: string) => readFileSync(join(folder, "reports", name), "utf8");
  expect(readdirSync(tmp)).toEqual([]);
  return { code, log, text, result, report, folder, calls: served.calls.slice(from), action: result.action };
}
const complianceOf = ({ result }: Awaited<ReturnType<typeof check>>): Compliance =>
  compliance.parse(result.details.compliance);
const verdicts = (ended: Awaited<ReturnType<typeof check>>) =>
  complianceOf(ended).scenarios.map(({ scenario, level, verdict, resources }) => [
    scenario,
    level,
    verdict,
    resources.map((one) => `${one.verdict} ${one.address}`),
  ]);

describe("new guardrails on a workload of another account", () => {
  it("A workload that keeps them passes; the result says both commits, and Terraform read its own state and wrote nothing.", async () => {
    const planned = await inRepository("billing", "rev-parse", "main");
    const commitId = await commit("guardrails", "develop", {});
    const ended = await check(guardrailPipeline(), commitId);
    expect([ended.code, ended.result.outcome, ended.action]).toEqual([0, "succeeded", "ComplianceCheck_billing"]);
    expect(ended.result.sentence).toBe(
      "Guardrails on billing: 1 passed, 1 failed, 1 not applicable. What does not stop it: Inputs are short (terraform_data.token).",
    );
    expect(complianceOf(ended)).toMatchObject({
      workload: "billing",
      owner: "billing@example.com",
      guardrails: { repository: "guardrails", commitId },
      planned: { repository: "billing", commitId: planned, path: "infra" },
      terraformCompliance: "1.16.0",
      notes: [],
    });
    expect(verdicts(ended)).toEqual([
      ["Inputs are good", "block", "passed", []],
      ["Inputs are short", "warn", "failed", ["failed terraform_data.token"]],
      ["Volumes are encrypted", "block", "not applicable", []],
    ]);
    expect(JSON.parse(ended.report("compliance.json"))).toEqual(complianceOf(ended));
    expect(ended.report("compliance.xml")).toContain('tests="3" failures="0" errors="0" skipped="1"');
    expect(JSON.parse(ended.report("guardrails.json"))[0].uri).toBe("kinds.feature");

    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: STATES }));
    expect(Contents).toEqual([]);
    const assumed = ended.calls
      .filter(({ operation }) => operation === "AssumeRole")
      .map(({ input }) => input as Record<string, string>);
    expect([...new Set(assumed.map(({ RoleArn }) => RoleArn))]).toEqual([role("palisade-state-billing")]);
    for (const input of assumed) expect(input).toMatchObject({ ExternalId: EXTERNAL_ID, RoleSessionName: "billing" });
  });

  it("A value that the workload marks as sensitive, and credentials of a session, are in no log, report or result.", async () => {
    const ended = await check(guardrailPipeline(), await inRepository("guardrails", "rev-parse", "develop"));
    const keys = [...new Set(ended.calls.map(({ caller }) => caller?.accessKeyId ?? ""))].filter(Boolean);
    expect(keys.length).toBeGreaterThan(1);
    for (const text of [
      ended.log,
      ended.text,
      ended.report("compliance.json"),
      ended.report("compliance.xml"),
      ended.report("guardrails.json"),
    ]) {
      expect(text).not.toContain("hunter2");
      for (const key of keys) expect(text).not.toContain(key);
      expect(text).not.toMatch(/AWS_(SECRET|SESSION|CONTAINER)/);
    }
    expect(existsSync(join(ended.folder, "terraform", "plan.json"))).toBe(false);
  });

  it("A guardrail of level block that fails is refused with each address; waivers exempt to the end of their day, and expired and unused ones are noted.", async () => {
    await commit("billing", "main", { "infra/all.tfvars": 'inputs = { "a.b" = "bad", c = "bad", "d\\"e" = "bad" }' });
    const waiver = (address: string, expires: string) => ({
      ...{ scenario: "Inputs are good", address, reason: "ticket 4711", owner: "billing", approvedBy: "security" },
      expires,
    });
    const today = new Date().toISOString().slice(0, 10);
    const waivers = [
      waiver('terraform_data.this["a.b"]', today),
      waiver('terraform_data.this["c"]', "2026-01-01"),
      waiver("terraform_data.gone", "2099-01-01"),
    ];
    const commitId = await commit("guardrails", "develop", { "waivers/billing.json": JSON.stringify(waivers) });
    const ended = await check(guardrailPipeline(), commitId);
    expect([ended.code, ended.result.outcome]).toEqual([1, "refused"]);
    expect(verdicts(ended)[0]).toEqual([
      "Inputs are good",
      "block",
      "failed",
      ['exempted terraform_data.this["a.b"]', 'failed terraform_data.this["c"]', 'failed terraform_data.this["d\\"e"]'],
    ]);
    expect(ended.result.sentence).toContain(
      'What stops it: Inputs are good (terraform_data.this["c"], terraform_data.this["d\\"e"]).',
    );
    expect(complianceOf(ended).notes).toEqual([
      'The waiver of Inputs are good for terraform_data.this["c"] expired on 2026-01-01, and does not count.',
      "The waiver of Inputs are good for terraform_data.gone fits nothing that fails: take it out.",
    ]);
    expect(ended.report("compliance.xml")).toContain(`Exempted until ${today}, approved by security: ticket 4711`);
    expect(ended.result.nextSteps.join(" ")).toContain("waivers/billing.json");
  });

  it("The commit that the ledger says was applied last is planned where the workload is released, and the head of its branch before the first release.", async () => {
    await dynamodb.send(
      new CreateTableCommand({
        TableName: LEDGER,
        AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "sk", KeyType: "RANGE" },
        ],
        BillingMode: "PAY_PER_REQUEST",
      }),
    );
    const place = { environment: "dev", team: "research", scope: "us-east-1" };
    const configuration = guardrailPipeline();
    const billing = configuration.workloads.billing as GuardrailConfiguration["workloads"][string];
    billing.released = {
      ...{ ...place, scope: "us-east-1", ledgerTable: LEDGER, region: REGION },
      role: { roleArn: role("palisade-trial-dev", MOTO_ACCOUNT), externalId: EXTERNAL_ID },
    };
    const applied = await inRepository("billing", "rev-parse", "main~1");
    const commitId = await commit("guardrails", "develop", {});
    const first = complianceOf(await check(configuration, commitId));
    expect(first.planned.commitId).toBe(await inRepository("billing", "rev-parse", "main"));
    const release = {
      ...{
        ...place,
        version: "1.0",
        commitId: applied,
        tag: "dev_us-east-1/research/1.0",
        executionId: "e",
        pipeline: "p",
      },
      ...{ requestedAt: "2026-11-24T10:00:00Z", taggedBy: "mary" },
    };
    await createLedger(dynamodb, LEDGER).applied(release, {
      ...{ outcome: "released", appliedAt: "2026-11-24T10:00:00Z", changes: 1, planSha256: "a", planFingerprint: "b" },
    });
    const ended = await check(configuration, commitId);
    expect(complianceOf(ended).planned.commitId).toBe(applied);
    expect(
      ended.calls.some(
        ({ operation, input }) =>
          operation === "AssumeRole" &&
          (input as { RoleArn: string }).RoleArn === role("palisade-trial-dev", MOTO_ACCOUNT),
      ),
    ).toBe(true);
  });

  it("What stands in the way of a check is no verdict: it could not check, with the reason, and no compliance.", async () => {
    const develop = await inRepository("guardrails", "rev-parse", "develop");
    const main = await inRepository("guardrails", "rev-parse", "main");
    await inRepository("guardrails", "checkout", "--quiet", "--orphan", "elsewhere");
    const elsewhere = await commit("guardrails", "elsewhere", {});
    await inRepository("guardrails", "checkout", "--quiet", "develop");
    const missing = guardrailPipeline();
    (missing.workloads.billing as GuardrailConfiguration["workloads"][string]).repository.branch = "gone";
    const noFile = guardrailPipeline();
    (noFile.workloads.billing as GuardrailConfiguration["workloads"][string]).variableFiles = ["infra/none.tfvars"];
    const broken = await commit("guardrails", "develop", {
      "kinds.feature": RULES["kinds.feature"].replace("it must have encrypted", "it must glow"),
    });
    const cases = [
      [
        guardrailPipeline(),
        elsewhere,
        `The guardrails of develop could not be checked out. Commit ${elsewhere} is not on the branch develop.`,
      ],
      [missing, develop, "The workload billing could not be checked out. The repository could not be read:"],
      [noFile, develop, "The commit has no infra/none.tfvars."],
      [guardrailPipeline(), broken, "terraform-compliance did not run the guardrails."],
    ] as const;
    for (const [configuration, commitId, sentence] of cases) {
      const ended = await check(configuration, commitId);
      expect([ended.code, ended.result.outcome, ended.result.details]).toEqual([1, "failed", {}]);
      expect(ended.result.sentence).toContain(sentence);
      expect(ended.report("compliance.xml")).toContain("Could not check: ");
    }
    await commit("billing", "main", { "infra/more.tf": 'resource "terraform_data" "late" { input = file("none") }' });
    const unplanned = await check(guardrailPipeline(), develop);
    expect([unplanned.result.outcome, unplanned.result.sentence]).toEqual([
      "failed",
      expect.stringMatching(/plan ended with exit code 1.*none/),
    ]);
    await commit("billing", "main", { "infra/more.tf": null });
    expect(main).not.toBe(develop);
  });
});

describe("a workload against the active guardrails", () => {
  it("The head of main of the guardrails judges the commit of the execution, and not the head of the workload.", async () => {
    const good = await commit("billing", "main", { "infra/all.tfvars": "inputs = {}" });
    const bad = await commit("billing", "main", { "infra/all.tfvars": 'inputs = { x = "bad" }' });
    const passed = await check(workloadPipeline(), good);
    expect([passed.code, passed.action, complianceOf(passed).planned.commitId]).toEqual([0, "ComplianceCheck", good]);
    expect(complianceOf(passed).guardrails.commitId).toBe(await inRepository("guardrails", "rev-parse", "main"));
    const refused = await check(workloadPipeline(), bad);
    expect([refused.code, refused.result.outcome]).toEqual([1, "refused"]);
    expect(refused.result.nextSteps[0]).toBe("Correct these resources, and push to main.");
  });

  it("A secret of the workload is in no log, report or result, also where an address has it.", async () => {
    const Value = "phrase-that-is-secret";
    await new SSMClient({ endpoint: moto.aws, region: REGION, credentials: MADE_UP }).send(
      new PutParameterCommand({ Name: "/billing/phrase", Value, Type: "SecureString" }),
    );
    const root = `variable "phrase" {}\nresource "terraform_data" "secret" {\n  for_each = toset([var.phrase])\n  input = "bad"\n}\n`;
    const commitId = await commit("billing", "main", { "infra/secret.tf": root });
    const secrets = { phrase: `arn:aws:ssm:${REGION}:${MOTO_ACCOUNT}:parameter/billing/phrase` };
    const ended = await check({ ...workloadPipeline(), secrets }, commitId);
    await commit("billing", "main", { "infra/secret.tf": null });
    expect(ended.result.sentence).toContain('Inputs are good (terraform_data.secret["***"]');
    const reports = ["compliance.json", "compliance.xml", "guardrails.json"].map(ended.report);
    expect([ended.log, ended.text, ...reports].join("\n")).not.toContain(Value);
  });
});

describe("the tool", () => {
  it("Another version on the PATH than the pinned one could not check.", async () => {
    const image = join(temporary, "image");
    mkdirSync(image);
    writeFileSync(join(image, "terraform-compliance"), "#!/bin/sh\necho 1.15.0\n", { mode: 0o755 });
    const ended = await check(workloadPipeline(), await inRepository("billing", "rev-parse", "main"), { path: image });
    expect([ended.result.outcome, ended.result.sentence]).toEqual([
      "failed",
      expect.stringContaining("The image has terraform-compliance 1.15.0, and 1.16.0 is pinned"),
    ]);
  });

  it("Without one on the PATH the pinned one is installed from the cache of the build, whose packages are checked on each use.", async () => {
    const commitId = await commit("billing", "main", { "infra/all.tfvars": "inputs = {}" });
    const ended = await check(workloadPipeline(), commitId, { path: null });
    expect(ended.log).toContain("terraform-compliance is the pinned one: 1.16.0");
    expect([ended.code, ended.result.outcome]).toEqual([0, "succeeded"]);

    const cache = join(ended.folder, "cache", "tools");
    const packages = join(cache, "terraform-compliance");
    const [first = "", ...others] = readdirSync(packages).sort();
    expect(others.length).toBeGreaterThan(30);
    const honest = readFileSync(join(packages, first));
    writeFileSync(join(packages, first), "changed");
    const asked: string[] = [];
    const install = async (): Promise<string> => {
      const { run } = createRunner(process.env, createMask(), () => {});
      const spied: typeof run = (program, args, options) => {
        if (args.includes("pip")) asked.push(args.find((arg) => /^(download|install)$/.test(arg)) ?? "");
        return run(program, args, options);
      };
      const build = { path: "/usr/bin:/bin", cache, architecture: process.arch, run: spied, show: () => {} };
      const folder = mkdtempSync(join(temporary, "tools-"));
      const tools = pinnedTools.parse(JSON.parse(readFileSync("stages/tools.json", "utf8")));
      return complianceProgram({ ...build, folder, tools }, resolve("stages/comply/requirements.txt"));
    };
    const program = await install();
    expect(existsSync(program)).toBe(true);
    expect(asked).toContain("download");
    expect(readFileSync(join(packages, first)).equals(honest)).toBe(true);

    asked.length = 0;
    await install();
    expect(asked).toEqual(["install", "install"]);
  });
});
