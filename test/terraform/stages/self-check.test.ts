import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { readWaivers } from "../../../shared/guardrail-waivers.ts";
import { createMask } from "../../../shared/masked-text.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { type CheckedGuardrail, checkGuardrails } from "../../../stages/self-check/fixtures.ts";

const SAMPLES = "terraform/guardrails/samples/guardrails";
const temporary = mkdtempSync(join(tmpdir(), "palisade self-check-"));
afterAll(() => rmSync(temporary, { recursive: true }));

const { run } = createRunner({ ...process.env, AWS_PROFILE: "none" }, createMask(), () => {});

async function selfCheck(repository: string): Promise<CheckedGuardrail[]> {
  const build = mkdtempSync(join(temporary, "build-"));
  mkdirSync(join(build, "cache"));
  symlinkSync(join(process.cwd(), "test/terraform/.terraform/plugins"), join(build, "cache", "plugins"));
  return checkGuardrails({
    ...{ run, repository, folder: join(build, "work"), cache: build },
    program: { terraform: "terraform", compliance: inject("compliance") },
  });
}

describe("the sample guardrails", () => {
  let all: CheckedGuardrail[];
  beforeAll(async () => {
    all = await selfCheck(SAMPLES);
  });
  const failing = (scenario: string) => all.find((one) => one.scenario === scenario)?.failing;
  const failingIn = (beginning: string) =>
    [...new Set(all.filter(({ scenario }) => scenario.startsWith(beginning)).flatMap((one) => one.failing))].sort();
  /** The keys of what fails in `for_each` of the rules, as the fixture names them: network and mistake. */
  const mistakes = (beginning: string) =>
    failingIn(beginning)
      .map((address) => /\["(.*)"\]/.exec(address)?.[1] ?? address)
      .sort();

  it("Every guardrail passes its good fixture, and fails its bad one.", () => {
    expect(all.filter(({ problem }) => problem !== null)).toEqual([]);
    expect(all.map(({ compliant, nonCompliant }) => [compliant, nonCompliant])).toEqual(
      all.map(() => ["passed", "failed"]),
    );
    expect(new Set(all.map(({ feature }) => feature))).toEqual(
      new Set(["alarms", "buckets", "encryption", "iam", "lambda", "logging", "security-groups", "tags"]),
    );
  });

  it("encrypted = false, an encryption that is not set, and one that nobody knows yet fail, in modules and with keys too.", () => {
    expect(failing("Storage is encrypted: aws_ebs_volume")).toEqual([
      "aws_ebs_volume.counted[0]",
      "aws_ebs_volume.counted[1]",
      "aws_ebs_volume.late",
      'aws_ebs_volume.this["a.b"]',
      'aws_ebs_volume.this["unset"]',
    ]);
    expect(failing("Storage is encrypted: aws_db_instance")).toEqual(['module.database["x.y"].aws_db_instance.this']);
    expect(failing("Disks of instances are encrypted: ebs_block_device")).toEqual(["aws_instance.this"]);
  });

  const networks = (names: string[]) =>
    names.flatMap((name) =>
      ["a.b", "datagrams", "everything", "low", "span", "ssh"].map((mistake) => `${name} ${mistake}`),
    );

  it.each([
    ["Rules open port 443", ["half", "v4", "v6"], ["aws_vpc_security_group_ingress_rule.late"]],
    ["Older rules open port 443", ["half", "v4", "v6"], []],
    ["Rules inside a group open port 443", ["v4"], ["aws_security_group.late"]],
    ["Rules inside a group open nothing to halves", ["half"], ["aws_security_group.late"]],
  ])(
    "%s: port 22, ports below 1024, ranges that span 443, all protocols and datagrams fail.",
    (beginning, names, late) => {
      expect(mistakes(beginning)).toEqual([...networks(names), ...late].sort());
    },
  );

  it("IPv6 networks of the world fail inside a group.", () => {
    expect(mistakes("Rules inside a group open nothing to large IPv6")).toEqual(
      expect.arrayContaining(networks(["v6"])),
    );
  });

  it("Runtimes that are no longer in support fail, also those that the prior guardrail let pass.", () => {
    expect(failing("Functions have a runtime that is in support")).toEqual([
      ...["java8", "nodejs18.x", "python3.10", "python3.6", "python3.9"].map(
        (key) => `aws_lambda_function.this["${key}"]`,
      ),
      "module.old.aws_lambda_function.this",
    ]);
  });

  it("Wildcards fail in each statement that allows, as NotAction does, and a policy that nobody knows yet.", () => {
    expect(failing("Policies allow no wildcard of actions: aws_iam_policy")).toEqual([
      "aws_iam_policy.late",
      ...["all", "not_action", "second", "service"].map((key) => `aws_iam_policy.this["${key}"]`),
    ]);
    expect(failing("Policies allow no wildcard of actions: aws_iam_role_policy")).toEqual([
      "module.role.aws_iam_role_policy.this",
    ]);
  });

  it("Tags, alarms, buckets and trails fail by module, key and value that nobody knows yet.", () => {
    expect(failing("Resources have an owner")).toEqual([
      "aws_sqs_queue.blank",
      "aws_sqs_queue.late",
      "aws_sqs_queue.none",
      'module.queues["a.b"].aws_sqs_queue.this',
    ]);
    expect(failing("Alarms on CPU and healthy hosts look each minute")).toEqual([
      'aws_cloudwatch_metric_alarm.cpu["a.b"]',
      "aws_cloudwatch_metric_alarm.late",
      "module.alarm.aws_cloudwatch_metric_alarm.hosts",
    ]);
    expect(failing("Each bucket has its block of public access")).toEqual(["aws_s3_bucket.none"]);
    expect(failing("No access control list is public")).toEqual([
      "aws_s3_bucket_acl.late",
      'module.acl["authenticated-read"].aws_s3_bucket_acl.this',
      'module.acl["public-read"].aws_s3_bucket_acl.this',
    ]);
    expect(failing("Trails have enable_logging switched on")).toEqual(["aws_cloudtrail.late", "aws_cloudtrail.plain"]);
  });

  it("The sample waiver is a waiver of a sample guardrail.", async () => {
    const { readFileSync } = await import("node:fs");
    const waivers = readWaivers(readFileSync(`${SAMPLES}/waivers/example.json`, "utf8"), "example.json");
    expect(waivers.map(({ scenario }) => all.some((one) => one.scenario === scenario))).toEqual([true]);
  });
});

describe("guardrails with mistakes", () => {
  const write = (repository: string, files: Record<string, string>) => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repository, name)), { recursive: true });
      writeFileSync(join(repository, name), text);
    }
  };
  const feature = (name: string, ...steps: string[]) =>
    `Feature: F\n  Scenario: ${name}\n${steps.map((step) => `    ${step}\n`).join("")}`;
  const DATA = "Given I have terraform_data defined";

  it("Those that cannot fail, have no fixture, find nothing, cannot run, or whose fixture is no root are refused by name, and a good one beside them is not.", async () => {
    const repository = mkdtempSync(join(temporary, "guardrails-"));
    const fixtures = (name: string, compliant: string | null, other: string | null) => ({
      ...(compliant !== null && { [`test/${name}/compliant/main.tf`]: compliant }),
      ...(other !== null && { [`test/${name}/non-compliant/main.tf`]: other }),
    });
    const a = (input: string) => `resource "terraform_data" "a" {\n  input = "${input}"\n}\n`;
    write(repository, {
      "good.feature": feature("good", DATA, "Then it must have input", 'And its value must match the "^x$" regex'),
      ...fixtures("good", a("x"), a("y")),
      "toothless.feature": feature("toothless", DATA, "Then it must have input "),
      ...fixtures("toothless", a("x"), a("y")),
      "bare.feature": feature("bare", DATA, "Then it must have output"),
      ...fixtures("bare", null, a("y")),
      "absent.feature": feature("absent", DATA, "When its input is never", "Then it must have output"),
      ...fixtures("absent", a("x"), a("y")),
      "unknown.feature": feature("unknown", DATA, "Then it must glow"),
      ...fixtures("unknown", a("x"), a("y")),
      "hollow.feature": feature("hollow", DATA, "Then it must have input", "And its value must be x"),
      ...fixtures("hollow", "resource {", a("y")),
    });
    const result = await selfCheck(repository).catch((error: Error) => error);
    expect(Array.isArray(result) ? result.map(({ feature, problem }) => [feature, problem]) : result).toEqual([
      ["absent", "It finds nothing in what is compliant. It cannot fail: it finds nothing in what is not compliant."],
      ["bare", expect.stringContaining("It has no fixture: test/bare/compliant has no *.tf.")],
      ["good", null],
      [
        "hollow",
        expect.stringMatching(/^test\/hollow\/compliant has no answer: terraform (init|plan) ended with exit code 1/),
      ],
      ["toothless", "It cannot fail: it passes what is not compliant."],
      [
        "unknown",
        expect.stringMatching(
          /^test\/unknown\/compliant has no answer: terraform-compliance did not run the guardrails/,
        ),
      ],
    ]);
  });

  it("A sample guardrail that accepts what the prior one accepted is refused.", async () => {
    const repository = mkdtempSync(join(temporary, "prior-"));
    cpSync(join(SAMPLES, "test", "encryption"), join(repository, "test", "prior"), { recursive: true });
    // It is content with `encrypted = false`.
    write(repository, {
      "prior.feature": feature("prior", "Given I have aws_efs_file_system defined", "Then it must have encrypted"),
    });
    write(repository, {
      "test/prior/non-compliant/efs_override.tf": 'resource "aws_efs_file_system" "this" {\n  encrypted = false\n}\n',
    });
    expect((await selfCheck(repository)).map(({ problem }) => problem)).toEqual([
      "It cannot fail: it passes what is not compliant.",
    ]);
  });
});
