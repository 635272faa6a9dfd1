import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, inject, it } from "vitest";
import { Fault } from "../../../shared/fault.ts";
import { createMask } from "../../../shared/masked-text.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { type GuardrailRun, runGuardrails } from "../../../shared/terraform-compliance.ts";

const temporary = mkdtempSync(join(tmpdir(), "palisade guardrails-"));
afterAll(() => rmSync(temporary, { recursive: true }));

interface Planned {
  address: string;
  values?: Record<string, unknown>;
  unknown?: Record<string, unknown>;
  sensitive?: unknown;
  /** What the root sets. */
  set?: Record<string, unknown>;
}

/** The JSON of a plan that creates these resources of the root. */
function planOf(resources: readonly Planned[], more: object = {}): object {
  const parts = (address: string) => {
    const [type = "", name = ""] = address.split(".");
    return { address, mode: "managed", type, name: name.split("[")[0] };
  };
  return {
    format_version: "1.2",
    terraform_version: "1.15.8",
    planned_values: {
      root_module: { resources: resources.map(({ address, values = {} }) => ({ ...parts(address), values })) },
    },
    resource_changes: resources.map(({ address, values = {}, unknown = {}, sensitive = {} }) => ({
      ...parts(address),
      change: {
        actions: ["create"],
        before: null,
        after: values,
        after_unknown: unknown,
        before_sensitive: false,
        after_sensitive: sensitive,
      },
    })),
    configuration: {
      root_module: {
        resources: resources.map(({ address, set = {} }) => ({
          ...parts(address),
          address: address.split("[")[0],
          expressions: set,
        })),
      },
    },
    ...more,
  };
}

const shown: string[] = [];
const { run } = createRunner(
  { ...process.env, AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", PYTHONPATH: "/nowhere", TFC_ERROR: "Other" },
  createMask(),
  (line) => shown.push(line),
);

/** Runs features on a plan, as text or as resources. */
function runOf(
  features: string | Record<string, string>,
  plan: readonly Planned[] | string,
  { program = inject("compliance"), more = {} }: { program?: string; more?: object } = {},
): Promise<GuardrailRun> {
  const world = mkdtempSync(join(temporary, "run-"));
  const given = typeof features === "string" ? { "a.feature": features } : features;
  for (const [name, text] of Object.entries(given)) writeFileSync(join(world, name), text);
  const file = join(world, "plan.json");
  writeFileSync(file, typeof plan === "string" ? plan : JSON.stringify(planOf(plan, more)));
  return runGuardrails({ run, program, features: world, plan: file, folder: join(world, "work") }).finally(() => {
    if (existsSync(join(world, "work"))) throw new Error("The folder, which holds values of the plan, is left.");
  });
}

const feature = (...steps: string[]) => `Feature: F
  Scenario: S
${steps.map((step) => `    ${step}\n`).join("")}`;
const ENCRYPTED = feature(
  "Given I have aws_ebs_volume defined",
  "Then it must have encrypted",
  "And its value must be true",
);
const volume = (name: string, values: Record<string, unknown> = {}, more: Partial<Planned> = {}): Planned => ({
  address: `aws_ebs_volume.${name}`,
  values,
  ...more,
});
const verdict = async (...args: Parameters<typeof runOf>) => {
  const { scenarios } = await runOf(...args);
  const [only] = scenarios;
  return [only?.verdict, ...(only?.resources.map(({ address }) => address) ?? [])];
};

describe("verdicts", () => {
  it("A guardrail that each resource keeps has passed, one that a resource breaks has failed with the address and the reason, and one that finds none is not applicable.", async () => {
    const { version, terraform, scenarios } = await runOf(ENCRYPTED, [volume("a", { encrypted: true })]);
    expect([version, terraform]).toEqual(["1.16.0", "1.15.8"]);
    expect(scenarios).toEqual([
      { feature: "a", scenario: "S", tags: [], level: "block", verdict: "passed", resources: [] },
    ]);
    const failed = await runOf(ENCRYPTED, [volume("a", { encrypted: false }), volume("b", { encrypted: true })]);
    expect(failed.scenarios).toEqual([
      {
        feature: "a",
        scenario: "S",
        tags: [],
        level: "block",
        verdict: "failed",
        resources: [
          {
            address: "aws_ebs_volume.a",
            reason:
              "encrypted property in aws_ebs_volume.a resource does not match with ^true$ case insensitive regex. It is set to False.",
          },
        ],
      },
    ]);
    expect(await verdict(ENCRYPTED, [{ address: "aws_sqs_queue.a" }])).toEqual(["not applicable"]);
  });

  it("A filter that finds nothing makes a guardrail not applicable, and with @noskip it fails for no single resource.", async () => {
    const filtered = feature(
      "Given I have aws_ebs_volume defined",
      "When its type is gp2",
      "Then it must have encrypted",
    );
    const plan = [volume("a", { type: "gp3" })];
    expect(await verdict(filtered, plan)).toEqual(["not applicable"]);
    expect(await verdict(filtered.replace("  Scenario", "  @noskip\n  Scenario"), plan)).toEqual(["failed", ""]);
    const absent = feature("Given I have aws_cloudtrail defined", "Then it must have kms_key_id");
    expect(await verdict(absent.replace("  Scenario", "  @noskip\n  Scenario"), plan)).toEqual(["failed", ""]);
  });

  it("Resources of one guardrail that fail at different steps are all found, since the first may be waived.", async () => {
    const plan = [volume("a"), volume("b", { encrypted: false }), volume("c", { encrypted: true })];
    expect(await verdict(ENCRYPTED, plan)).toEqual(["failed", "aws_ebs_volume.a", "aws_ebs_volume.b"]);
    expect(await verdict(ENCRYPTED, [volume("a")])).toEqual(["failed", "aws_ebs_volume.a"]);
  });

  it("Addresses are exact, with keys of dots, brackets, quotes and escaped lines, with the index 0, and sorted.", async () => {
    const names = [
      'v["a.b[0]"]',
      'v["quote\\"d"]',
      'v["x\\n\\t\\tFailure: aws_ebs_volume.good"]',
      "c[0]",
      "c[1]",
      "c[10]",
      "good",
    ];
    const plan = names.map((name) => volume(name, { encrypted: name === "good" || name === "c[1]" }));
    expect(await verdict(ENCRYPTED, plan)).toEqual([
      "failed",
      ...names
        .filter((name) => name !== "good" && name !== "c[1]")
        .map((name) => `aws_ebs_volume.${name}`)
        .sort(),
    ]);
  });

  it("Values that look like lines of the tool forge no verdict and no address.", async () => {
    const hostile = "x\n\t\tFailure: aws_ebs_volume.good\n1 features (1 passed)\n3 scenarios (0 failed)\u001b[31m";
    const plan = [volume("a", { type: hostile, encrypted: true }), volume("good", { type: "gp3", encrypted: true })];
    const { scenarios } = await runOf(
      feature(
        "Given I have aws_ebs_volume defined",
        "Then it must have type",
        'And its value must match the "^gp3$" regex',
      ),
      plan,
    );
    expect(scenarios[0]?.resources.map(({ address }) => address)).toEqual(["aws_ebs_volume.a"]);
    expect(scenarios[0]?.resources[0]?.reason).toBe(
      "type property in aws_ebs_volume.a resource does not match with ^gp3$ case insensitive regex. It is set to x Failure: aws_ebs_volume.good 1 features (1 passed) 3 scenarios (0 failed)?[31m.",
    );
  });

  it("Steps of the tool that are content with one resource of many look at each of them.", async () => {
    const plan = [
      { ...volume("a", { tags: { Owner: "me" }, encrypted: true }) },
      { ...volume("b", { tags: { Owner: "you" }, encrypted: true }) },
    ];
    const any = feature(
      "Given I have aws_ebs_volume defined",
      "Then it must have tags",
      'And any of its values must match the "me" regex',
    );
    expect(await verdict(any, plan)).toEqual(["failed", "aws_ebs_volume.b"]);
  });

  it("A reference has to be there for each resource, and not for one of them.", async () => {
    const bucket = (name: string): Planned => ({ address: `aws_s3_bucket.${name}`, values: { bucket: name }, set: {} });
    const plan: Planned[] = [
      bucket("a"),
      bucket("b"),
      {
        address: "aws_s3_bucket_versioning.a",
        values: {},
        unknown: { bucket: true },
        set: { bucket: { references: ["aws_s3_bucket.a.id", "aws_s3_bucket.a"] } },
      },
    ];
    const referenced = feature(
      "Given I have aws_s3_bucket defined",
      'Then it must have "aws_s3_bucket_versioning" referenced',
    );
    expect(await verdict(referenced, plan)).toEqual(["failed", "aws_s3_bucket.b"]);
  });

  it("Rows of an outline and scenarios with a background have a verdict each, and several failures of one are told apart.", async () => {
    const { scenarios } = await runOf(
      `Feature: F
  Background:
    Given I have aws_ebs_volume defined
  @warn
  Scenario Outline: Volumes have <key>
    Then it must have <key>
    Examples:
      | key |
      | size |
      | kms_key_id |
  Scenario: Volumes are not large
    When it has size
    Then it must have size
    And its value must be less than 100
`,
      [volume("a", { size: 1 }), volume("b", { size: 200 })],
    );
    expect(
      scenarios.map(({ scenario, verdict, level, resources }) => [
        scenario,
        verdict,
        level,
        resources.map(({ address }) => address),
      ]),
    ).toEqual([
      ["Volumes have size", "passed", "warn", []],
      ["Volumes have kms_key_id", "failed", "warn", ["aws_ebs_volume.a", "aws_ebs_volume.b"]],
      ["Volumes are not large", "failed", "block", ["aws_ebs_volume.b"]],
    ]);
  });

  it("Resources of modules with and without keys are found, each by its address.", async () => {
    const resource = (module: string, name: string, encrypted: boolean) => ({
      address: `${module}.aws_ebs_volume.${name}`,
      module_address: module,
      mode: "managed",
      type: "aws_ebs_volume",
      name,
      values: { encrypted },
    });
    const all = [
      resource('module.m["a.b"]', "v", false),
      resource('module.m["c"].module.inner', "v", true),
      resource("module.n", "v", false),
    ];
    const { scenarios } = await runOf(ENCRYPTED, [], {
      more: {
        planned_values: {
          root_module: { child_modules: all.map((one) => ({ address: one.module_address, resources: [one] })) },
        },
        resource_changes: all.map(({ values, ...one }) => ({
          ...one,
          change: { actions: ["create"], after: values, after_unknown: {} },
        })),
      },
    });
    expect(scenarios[0]?.resources.map(({ address }) => address)).toEqual([
      'module.m["a.b"].aws_ebs_volume.v',
      "module.n.aws_ebs_volume.v",
    ]);
  });

  it("A property that has to be there and is null fails, and a step about null decides by itself.", async () => {
    const plan = [volume("a", { kms_key_id: null })];
    const steps = ["Given I have aws_ebs_volume defined", "Then it must have kms_key_id"];
    expect(await verdict(feature(...steps), plan)).toEqual(["failed", "aws_ebs_volume.a"]);
    expect(await verdict(feature(...steps, "And its value must be null"), plan)).toEqual(["passed"]);
    expect(await verdict(feature(...steps, "And its value must not be null"), plan)).toEqual([
      "failed",
      "aws_ebs_volume.a",
    ]);
  });

  it("A filter within a property looks at each part of it, and what fails has the address of its resource.", async () => {
    const policy = (...Statement: object[]) => ({ policy: JSON.stringify({ Statement }) });
    const plan: Planned[] = [
      {
        address: "aws_iam_policy.wide",
        values: policy({ Effect: "Allow", Action: "s3:Get*" }, { Effect: "Allow", Action: "*" }),
      },
      {
        address: "aws_iam_policy.good",
        values: policy({ Effect: "Deny", Action: "*" }, { Effect: "Allow", Action: "s3:Get*" }),
      },
      { address: "aws_iam_policy.denies", values: policy({ Effect: "Deny", Action: "*" }) },
    ];
    const wide = feature(
      "Given I have aws_iam_policy defined",
      "Then it must have policy",
      "And it must have Statement",
      "When its Effect is Allow",
      "Then it must have Action",
      'And its value must not match the "^\\*$" regex',
    );
    expect(await verdict(wide, plan)).toEqual(["failed", "aws_iam_policy.wide"]);
    expect(await verdict(wide, plan.slice(2))).toEqual(["not applicable"]);
    expect(await verdict(wide.replace("  Scenario", "  @noskip\n  Scenario"), plan.slice(2))).toEqual(["failed", ""]);
    expect(await verdict(wide.replace("  Scenario", "  @noskip\n  Scenario"), plan.slice(1))).toEqual(["passed"]);
  });

  it("Resources that refer to each other are judged by their own values, where the tool by itself crashes.", async () => {
    const group = (name: string, ingress?: object, peer?: string): Planned => ({
      address: `aws_security_group.${name}`,
      values: { name, ...(ingress && { ingress: [{ from_port: 22, to_port: 22, protocol: "tcp", ...ingress }] }) },
      ...(peer && {
        set: { ingress: { references: [`aws_security_group.${peer}.id`, `aws_security_group.${peer}`] } },
      }),
    });
    const rule: Planned = {
      address: "aws_security_group_rule.r",
      values: { type: "ingress", from_port: 443, to_port: 443, protocol: "tcp", cidr_blocks: ["0.0.0.0/0"] },
      set: {
        type: { constant_value: "ingress" },
        security_group_id: { references: ["aws_security_group.b.id", "aws_security_group.b"] },
      },
    };
    const open = feature(
      "Given I have aws_security_group defined",
      "When it has ingress",
      "Then it must have ingress",
      "And it must not have tcp protocol and port 1-442 for 0.0.0.0/0",
    );
    expect(await verdict(open, [group("a", { cidr_blocks: ["0.0.0.0/0"] }, "b"), group("b"), rule])).toEqual([
      "failed",
      "aws_security_group.a",
    ]);
  });

  it("A resource that the plan destroys does not count.", async () => {
    const plan = planOf([volume("a", { encrypted: true })]) as { resource_changes: object[] };
    plan.resource_changes.push({
      address: "aws_ebs_volume.old",
      mode: "managed",
      type: "aws_ebs_volume",
      name: "old",
      change: { actions: ["delete"], before: { encrypted: false }, after: null, after_unknown: {} },
    });
    expect(await verdict(ENCRYPTED, JSON.stringify(plan))).toEqual(["passed"]);
  });

  it("Tags that default_tags of the provider gives are in tags_all.", async () => {
    const owner = (key: string) =>
      feature("Given I have aws_ebs_volume defined", `Then it must have ${key}`, "And it must have Owner");
    const plan = [volume("a", { tags: null, tags_all: { Owner: "me" } })];
    expect(await verdict(owner("tags_all"), plan)).toEqual(["passed"]);
    expect(await verdict(owner("tags"), plan)).toEqual(["failed", "aws_ebs_volume.a"]);
  });
});

describe("values that are known only after the apply", () => {
  const late = (set: object = { references: ["aws_x.y.z"] }) =>
    volume("late", {}, { unknown: { encrypted: true }, set: { encrypted: set } });

  it("A value that the root sets and nobody knows yet fails with that reason, also beside resources that pass.", async () => {
    const { scenarios } = await runOf(ENCRYPTED, [late(), volume("a", { encrypted: true })]);
    expect(scenarios[0]?.resources).toEqual([
      { address: "aws_ebs_volume.late", reason: "encrypted is known only after the apply." },
    ]);
  });

  it("A filter does not leave it out.", async () => {
    for (const filter of ["When it has encrypted", "When its encrypted is false"])
      expect(
        await verdict(feature("Given I have aws_ebs_volume defined", filter, "Then it must have kms_key_id"), [late()]),
      ).toEqual(["failed", "aws_ebs_volume.late"]);
  });

  it("A part of a value that nobody knows yet fails a step about the whole value.", async () => {
    const tags = feature(
      "Given I have aws_ebs_volume defined",
      "Then it must have tags",
      'And its value must not match the "^secret" regex',
    );
    const plan = [volume("a", { tags: { Owner: "me" } }, { unknown: { tags: { Other: true } }, set: { tags: {} } })];
    const { scenarios } = await runOf(tags, plan);
    expect(scenarios[0]?.resources).toEqual([
      { address: "aws_ebs_volume.a", reason: "tags.Other is known only after the apply." },
    ]);
  });

  it("A property that must not be there is not passed by one that nobody knows yet.", async () => {
    const forbidden = feature("Given I have aws_ebs_volume defined", "Then it must not have encrypted");
    expect(await verdict(forbidden, [late()])).toEqual(["failed", "aws_ebs_volume.late"]);
  });

  it("A reference shows that a value is there, where only that is asked.", async () => {
    const plan: Planned[] = [
      volume(
        "a",
        {},
        { unknown: { kms_key_id: true }, set: { kms_key_id: { references: ["aws_kms_key.k.arn", "aws_kms_key.k"] } } },
      ),
      { address: "aws_kms_key.k", values: {}, unknown: { arn: true } },
    ];
    expect(await verdict(feature("Given I have aws_ebs_volume defined", "Then it must have kms_key_id"), plan)).toEqual(
      ["passed"],
    );
    const matched = feature(
      "Given I have aws_ebs_volume defined",
      "Then it must have kms_key_id",
      'And its value must match the "kms" regex',
    );
    expect(await verdict(matched, plan)).toEqual(["failed", "aws_ebs_volume.a"]);
  });

  it("A value that the root does not set is the provider's, and counts as not set.", async () => {
    const plan = [volume("a", {}, { unknown: { encrypted: true } })];
    expect(
      await verdict(feature("Given I have aws_ebs_volume defined", "Then it must not have encrypted"), plan),
    ).toEqual(["passed"]);
    expect(await verdict(ENCRYPTED, plan)).toEqual(["failed", "aws_ebs_volume.a"]);
  });

  it("A rule of a security group whose networks nobody knows yet fails, and other unknown values of the rule do not.", async () => {
    const group = (ingress: object, unknown: object): Planned => ({
      address: "aws_security_group.a",
      values: { ingress: [{ from_port: 22, to_port: 22, protocol: "tcp", ...ingress }] },
      unknown: { ingress: [unknown] },
    });
    const open = feature(
      "Given I have aws_security_group defined",
      "When it has ingress",
      "Then it must have ingress",
      "Then it must not have tcp protocol and port 22 for 0.0.0.0/0",
    );
    expect(await verdict(open, [group({}, { cidr_blocks: true })])).toEqual(["failed", "aws_security_group.a"]);
    expect(await verdict(open, [group({ cidr_blocks: ["10.0.0.0/8"] }, { security_groups: true })])).toEqual([
      "passed",
    ]);
  });
});

describe("secrets", () => {
  it("A value that the plan marks as sensitive is neither in a reason nor in the report, and the address stays.", async () => {
    const plan = [
      volume("hunter2", { type: 'hunter2 "quoted" \\ text', encrypted: true }, { sensitive: { type: true } }),
      volume("b", { type: '{"password":"correct-horse"}' }, { sensitive: { type: true } }),
    ];
    const { scenarios, cucumber } = await runOf(
      feature(
        "Given I have aws_ebs_volume defined",
        "Then it must have type",
        'And its value must match the "^gp3$" regex',
      ),
      plan,
    );
    const [a, b] = scenarios[0]?.resources ?? [];
    expect([a?.address, b?.address]).toEqual(["aws_ebs_volume.b", "aws_ebs_volume.hunter2"]);
    for (const text of [a?.reason, b?.reason, cucumber]) expect(text).not.toMatch(/hunter2 "|quoted|correct-horse/);
    expect(b?.reason).toContain("It is set to ***.");
  });

  it("The tool gets neither credentials nor settings of the build, and its output is not shown.", async () => {
    shown.length = 0;
    const spy = join(temporary, "spy");
    writeFileSync(spy, `#!/bin/sh\nenv > '${temporary}/environment'\nexec '${inject("compliance")}' "$@"\n`, {
      mode: 0o755,
    });
    expect((await runOf(ENCRYPTED, [volume("a", { encrypted: false })], { program: spy })).scenarios[0]?.verdict).toBe(
      "failed",
    );
    const { readFileSync } = await import("node:fs");
    const names = readFileSync(join(temporary, "environment"), "utf8")
      .split("\n")
      .map((line) => line.split("=")[0])
      .filter(Boolean)
      .sort();
    expect(names).toEqual(expect.arrayContaining(["HOME", "PALISADE_RECORD", "PATH"]));
    expect(names.filter((name) => /AWS|PYTHONPATH|TFC/.test(name ?? ""))).toEqual([]);
    expect(shown).toEqual([]);
  });
});

it("The report in the Cucumber format has every scenario with its steps, and the reason of each failure.", async () => {
  const { cucumber } = await runOf(ENCRYPTED, [volume("a"), volume("b", { encrypted: false })]);
  expect(JSON.parse(cucumber)).toMatchObject([
    {
      uri: "a.feature",
      elements: [
        {
          name: "S",
          steps: [
            { result: { status: "passed" } },
            {
              result: {
                status: "failed",
                error_message: expect.stringContaining("aws_ebs_volume.a (aws_ebs_volume) does not have encrypted"),
              },
            },
            {
              result: {
                status: "failed",
                error_message: expect.stringContaining("aws_ebs_volume.b: encrypted property"),
              },
            },
          ],
        },
      ],
    },
  ]);
});

describe("faults", () => {
  const good = [volume("a", { encrypted: true })];
  const fault = async (...args: Parameters<typeof runOf>) => {
    const error = await runOf(...args).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(Fault);
    return (error as Fault).message;
  };

  it("A step that the tool does not know is a fault, and not a failure.", async () => {
    expect(await fault(feature("Given I have aws_ebs_volume defined", "Then it must glow"), good)).toMatch(
      /^terraform-compliance did not run the guardrails\. .*it must glow/,
    );
  });

  it("A guardrail that raises an exception is a fault with its name and step, also where another resource fails before.", async () => {
    const broken = feature(
      "Given I have aws_ebs_volume defined",
      "When it has size",
      "Then it must have size",
      'And its value must match the "(" regex',
    );
    expect(await fault(broken, [volume("a", { size: 1 })])).toMatch(
      /^terraform-compliance cannot run the guardrail S: And its value must match the "\(" regex: error: /,
    );
    expect(await fault(broken, [volume("a", { size: 1 }), volume("b")])).toMatch(/cannot run the guardrail S/);
    expect(
      await fault(feature("Given I have aws_ebs_volume defined", "When it has size", "Then its size maybe be 1"), [
        volume("a", { size: 1 }),
      ]),
    ).toContain("TerraformComplianceNotImplemented");
  });

  it("A version of Terraform that the tool does not know is a fault with its number.", async () => {
    expect(await fault(ENCRYPTED, good, { more: { terraform_version: "1.99.0" } })).toMatch(
      /Unsupported terraform version \(1\.99\.0\)/,
    );
  });

  it("Terraform as tools.json pins it, and the Terraform of this machine, go with the pinned terraform-compliance.", async () => {
    const { readFileSync } = await import("node:fs");
    const { execFileSync } = await import("node:child_process");
    const tools: { terraform: { version: string } } = JSON.parse(readFileSync("stages/tools.json", "utf8"));
    const here: { terraform_version: string } = JSON.parse(
      execFileSync("terraform", ["version", "-json"], { encoding: "utf8" }),
    );
    for (const terraform_version of [tools.terraform.version, here.terraform_version])
      expect(await verdict(ENCRYPTED, good, { more: { terraform_version } })).toEqual(["passed"]);
  });

  it.each([
    ["no JSON", "{", "The plan is no JSON."],
    ["JSON of several lines", JSON.stringify(planOf([]), null, 1), "The JSON of the plan has more than one line."],
    ["an empty object", "{}", "The JSON of the plan is none of Terraform."],
    [
      "a state",
      '{"format_version":"1.0","terraform_version":"1.15.8","values":{}}',
      "The JSON of the plan is none of Terraform.",
    ],
    [
      "a plan of another format",
      JSON.stringify({ ...planOf([]), format_version: "9.0" }),
      "Unsupported terraform plan output format version",
    ],
  ])("A plan that is %s is a fault.", async (_, plan, message) => {
    expect(await fault(ENCRYPTED, plan)).toContain(message);
  });

  it("A plan without resources has nothing to judge, and is no fault.", async () => {
    expect(await verdict(ENCRYPTED, [])).toEqual(["not applicable"]);
  });

  /** A tool that is a few lines of shell: `$RECORD` is the record of the plug-in, and `$REAL` the tool whose place it takes. */
  const standIn = (script: string) => {
    const path = join(temporary, `tool-${readdirSync(temporary).length}`);
    writeFileSync(
      path,
      ["#!/bin/sh", `REAL='${inject("compliance")}'`, 'RECORD="$PALISADE_RECORD"', script].join("\n"),
      { mode: 0o755 },
    );
    return path;
  };

  it.each([
    [
      "says that nothing passed, and does nothing",
      'echo "30 features (0 passed)"; exit 0',
      "did not run the guardrails",
    ],
    ["crashes", "kill -9 $$", "did not run the guardrails"],
    ["is not there", "exec /nowhere/tool", "did not run the guardrails"],
    [
      "runs one guardrail less",
      `"$REAL" "$@"; sed -i 's/"scenarios": .*/"scenarios": []}/' "$RECORD"`,
      "ran 0 guardrails, and 1 are written.",
    ],
    [
      "runs a guardrail under another name",
      `"$REAL" "$@"; sed -i 's/"name": "S"/"name": "T"/' "$RECORD"`,
      "It did not run: S.",
    ],
    [
      "does not run a guardrail to its end",
      `sed -i 's/false/true/g' "$4"; "$REAL" "$@"; sed -i 's/"state": "passed"/"state": "untested"/' "$RECORD"`,
      "did not run the guardrail S to its end",
    ],
    ["ends well although a guardrail fails", `"$REAL" "$@"; exit 0`, "ended with exit code 0, and a guardrail fails."],
    [
      "ends badly although no guardrail fails",
      `"$REAL" "$@"; sed -i 's/"failures": .{"[^]]*]/"failures": []/g; s/"state": "failed"/"state": "passed"/' "$RECORD"; exit 1`,
      "ended with exit code 1, and no guardrail fails.",
    ],
  ])("A tool that %s is a fault.", async (_, script, message) => {
    expect(await fault(ENCRYPTED, [volume("a", { encrypted: false })], { program: standIn(script) })).toContain(
      message,
    );
  });

  it("A fault shows no secret of the plan.", async () => {
    const message = await fault(
      feature("Given I have aws_ebs_volume defined", "Then it must have type", "And its value must be less than 3"),
      [volume("a", { type: "hunter2-secret" }, { sensitive: { type: true } })],
    );
    expect(message).toContain("ValueError");
    expect(message).not.toContain("hunter2");
  });
});
