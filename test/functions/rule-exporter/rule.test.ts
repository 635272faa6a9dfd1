import fc from "fast-check";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { type ExportOptions, readRule } from "../../../functions/rule-exporter/rule.ts";

const OPTIONS: ExportOptions = {
  today: "2026-11-23",
  organization: false,
  lambdaLayers: [],
  lambdaSubnets: [],
  lambdaSecurityGroups: [],
};
/** What Terraform would take for an expression. */
const HCL = ["$", "{x} %", "{y}"].join("");
const CODE = "def lambda_handler(event, context):\n    pass\n";

interface Folder {
  name?: string;
  parameters?: Record<string, unknown>;
  tags?: unknown;
  files?: Record<string, string>;
}

const CUSTOM = { SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket" };
/** A rule of the RDK in a folder; a custom one, unless told otherwise. */
const folderOf = ({ name = "MY_RULE", parameters = CUSTOM, tags, files = { [`${name}.py`]: CODE } }: Folder = {}) => ({
  name,
  problems: [],
  files: new Map(
    Object.entries({
      "parameters.json": JSON.stringify({
        Version: "1.0",
        Parameters: parameters,
        ...(tags !== undefined && { Tags: tags }),
      }),
      ...files,
    }).map(([path, content]) => [path, Buffer.from(content)]),
  ),
});
const locate = (name: string) => ({ file: `${name}.zip` });
const read = (folder: Folder = {}, options: Partial<ExportOptions> = {}) =>
  readRule(folderOf(folder), { ...OPTIONS, ...options }, locate);
/** What is said of the parameters of a custom rule. */
const said = (parameters: Record<string, unknown>, options: Partial<ExportOptions> = {}) =>
  read({ parameters: { ...CUSTOM, ...parameters } }, options).problems.map(
    ({ severity, pointer, message }) => `${severity} ${pointer} ${message}`,
  );
const entryOf = (parameters: Record<string, unknown>, options: Partial<ExportOptions> = {}) =>
  read({ parameters: { ...CUSTOM, ...parameters } }, options).entry;

describe("a custom rule", () => {
  it("comes with its function and its triggers", () => {
    const { kind, entry, problems } = read();
    expect([kind, problems]).toEqual(["custom", []]);
    expect(entry).toEqual({
      kind: "custom",
      organization: false,
      description: "MY_RULE",
      resource_types: ["AWS::S3::Bucket"],
      triggers: ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
      evaluation_modes: ["DETECTIVE"],
      excluded_accounts: [],
      tags: {},
      function: {
        name: "RDK-Rule-Function-MYRULE",
        runtime: "python3.13",
        handler: "MY_RULE.lambda_handler",
        rdklib: false,
        layers: [],
        subnet_ids: [],
        security_group_ids: [],
        assume_role: false,
        code: { file: "MY_RULE.zip", sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) },
      },
    });
  });

  it("that runs on changes and by the clock is one rule", () => {
    expect(entryOf({ SourcePeriodic: "One_Hour" })).toMatchObject({
      triggers: [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
        "ScheduledNotification",
      ],
      frequency: "One_Hour",
    });
  });

  it("by the clock alone has no scope", () => {
    expect(entryOf({ SourceEvents: "", SourcePeriodic: "Six_Hours" })).toMatchObject({
      resource_types: [],
      triggers: ["ScheduledNotification"],
    });
  });

  it.each([
    ["AWS::S3::Bucket, AWS::EC2::Instance,AWS::S3::Bucket,", ["AWS::EC2::Instance", "AWS::S3::Bucket"]],
    [
      ["AWS::S3::Bucket", " AWS::EC2::Instance"],
      ["AWS::EC2::Instance", "AWS::S3::Bucket"],
    ],
    ["ALL", []],
  ])("for the types %j", (SourceEvents, types) => {
    expect(entryOf({ SourceEvents })).toMatchObject({ resource_types: types });
  });

  it("has its handler from the file as it is written", () => {
    expect(read({ name: "My_Rule", files: { "my_rule.py": CODE } }).entry).toMatchObject({
      function: { handler: "my_rule.lambda_handler" },
    });
    expect(entryOf({ SourceHandler: "other.handler" })).toMatchObject({ function: { handler: "other.handler" } });
    expect(read({ files: { "MY_RULE.PY": CODE } }).problems).toMatchObject([
      { severity: "error", pointer: "/Parameters/SourceHandler", message: expect.stringContaining("no MY_RULE.py") },
    ]);
  });

  it("has the layer with rdklib where the RDK says so, or another one", () => {
    const parameters = { SourceRuntime: "python3.13-lib" };
    expect(entryOf(parameters)).toMatchObject({ function: { runtime: "python3.13", rdklib: true, layers: [] } });
    expect(entryOf(parameters, { rdklibLayerArn: "arn:lib", lambdaLayers: ["arn:a"] })).toMatchObject({
      function: { rdklib: false, layers: ["arn:lib", "arn:a"] },
    });
    expect(entryOf(parameters, { runtime: "python3.14" })).toMatchObject({
      function: { runtime: "python3.14", rdklib: true },
    });
  });

  it("has five layers at the most, that with rdklib among them", () => {
    const lambdaLayers = ["arn:a", "arn:b", "arn:c", "arn:d", "arn:e"];
    expect(said({}, { lambdaLayers })).toEqual([]);
    expect(said({ SourceRuntime: "python3.13-lib" }, { lambdaLayers })).toEqual([
      "error /Parameters/SourceRuntime needs the layer with rdklib besides; Lambda takes 5 layers.",
    ]);
  });

  it("assumes a role only where its code says so", () => {
    const files = (mode: string) => ({ "MY_RULE.py": `${CODE}ASSUME_ROLE_MODE = ${mode}\n` });
    expect(read({ files: files("True") }).entry).toMatchObject({ function: { assume_role: true } });
    expect(read({ files: files("False") }).entry).toMatchObject({ function: { assume_role: false } });
  });

  it("takes what is asked for on the command line", () => {
    expect(
      entryOf(
        {},
        { lambdaTimeout: 300, lambdaRoleName: "rules", lambdaSubnets: ["subnet-1"], lambdaSecurityGroups: ["sg-1"] },
      ),
    ).toMatchObject({
      function: { timeout: 300, role_name: "rules", subnet_ids: ["subnet-1"], security_group_ids: ["sg-1"] },
    });
    expect(entryOf({}, { lambdaRoleArn: "arn:role" })).toMatchObject({ function: { role_arn: "arn:role" } });
  });

  it("has a name that Lambda takes, and the same for the same rule", () => {
    const nameOf = (name: string) =>
      (read({ name, parameters: { ...CUSTOM, SourceHandler: "main.run" } }).entry as { function?: { name: string } })
        .function?.name ?? "";
    const names = ["A_B", `it's "odd" ${HCL}`, "x".repeat(100), `${"x".repeat(99)}y`].map(nameOf);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toBe("RDK-Rule-Function-AB");
    expect(entryOf({ CustomLambdaName: "mine" })).toMatchObject({ function: { name: "mine" } });
  });
});

describe("the code of a rule", () => {
  it("holds its modules, and no tests, caches, Terraform files, state, zips or VCS folders", () => {
    const code = ["MY_RULE.py", "helper.py", "lib/deep/module.py", "data.json", "lib/test_data/x.json"];
    const others = [
      ...["MY_RULE_test.py", "test_helper.py", "tests/a.py", "lib/test/b.py", "__pycache__/a.pyc", "lib/x.pyc"],
      ...["my_rule_rule.tf", "my_rule.tfvars.json", "terraform.tfstate", "terraform.tfstate.backup", "MY_RULE.zip"],
      ...["terraform.tfstate.1790000000.backup", "errored.tfstate"],
      ...[".terraform/x/y", ".terraform.lock.hcl", ".git/config", ".DS_Store", "lib/.hidden"],
    ];
    const { code: zipped } = read({ files: Object.fromEntries([...code, ...others].map((path) => [path, CODE])) });
    expect(Object.keys(unzipSync(zipped ?? new Uint8Array()))).toEqual([...code].sort());
  });

  it("is the same zip, in whatever order the files come, and another one for other code", () => {
    const files = { "a.py": "1", "b.py": "2", "MY_RULE.py": CODE };
    const turned = Object.fromEntries(Object.entries(files).reverse());
    const zipped = (content: Record<string, string>) =>
      Buffer.from(read({ files: content }).code ?? "").toString("hex");
    expect(zipped(turned)).toBe(zipped(files));
    expect(zipped({ ...files, "a.py": "3" })).not.toBe(zipped(files));
  });

  it("of a rule without any is an error", () => {
    expect(read({ parameters: { ...CUSTOM, SourceHandler: "a.b" }, files: {} }).problems).toMatchObject([
      { severity: "error", file: "", message: "holds no code." },
    ]);
  });
});

describe("a managed rule", () => {
  it("needs no code, and runs on the clock at the level of the rule", () => {
    const parameters = {
      SourceIdentifier: "ACCESS_KEYS_ROTATED",
      SourceRuntime: null,
      SourcePeriodic: "TwentyFour_Hours",
    };
    expect(read({ parameters, files: {} })).toMatchObject({
      kind: "managed",
      problems: [],
      code: undefined,
      entry: { identifier: "ACCESS_KEYS_ROTATED", frequency: "TwentyFour_Hours", triggers: [], resource_types: [] },
    });
  });
});

describe("a Guard rule", () => {
  const parameters = { SourceRuntime: "guard-2.x.x", SourceEvents: "AWS::S3::Bucket" };
  const files = { "MY_RULE.guard": "rule x { }\n" };

  it("brings its policy", () => {
    expect(read({ parameters, files })).toMatchObject({
      kind: "guard",
      problems: [],
      code: undefined,
      entry: {
        policy: { runtime: "guard-2.x.x", text: "rule x { }\n" },
        triggers: expect.arrayContaining(["ConfigurationItemChangeNotification"]),
      },
    });
  });

  it.each([
    ["without a policy", parameters, {}, "is missing or empty"],
    ["with a policy that is too long", parameters, { "MY_RULE.guard": "x".repeat(10_001) }, "Config takes 10000"],
    ["by the clock", { ...parameters, SourcePeriodic: "One_Hour" }, files, "runs on changes only"],
    ["in another runtime", { ...parameters, SourceRuntime: "guard-3" }, files, "must be guard-2.x.x"],
    ["in one version of it", { ...parameters, SourceRuntime: "guard-2.1.4" }, files, "must be guard-2.x.x"],
  ])("%s is refused", (_what, given, with_, message) => {
    expect(read({ parameters: given, files: with_ }).problems).toMatchObject([
      { severity: "error", message: expect.stringContaining(message) },
    ]);
  });
});

describe("parameters are merged as the RDK merges them", () => {
  const merged = (InputParameters: unknown, OptionalParameters: unknown) =>
    (entryOf({ InputParameters, OptionalParameters }) as { input_parameters?: string }).input_parameters;

  it.each([
    ['{"a":"1","b":"2"}', '{"b":"3","c":"","d":0,"e":false,"f":[],"g":{},"h":null}', '{"a":"1","b":"3"}'],
    [{ a: ["x"] }, undefined, '{"a":["x"]}'],
    ["{}", "{}", undefined],
    ["", null, undefined],
    [undefined, `{"a":"${HCL}"}`, `{"a":"${HCL}"}`],
  ])("%j and %j", (input, optional, expected) => {
    expect(merged(input, optional)).toBe(expected);
  });
});

describe("tags are read in each form that RDK has written", () => {
  it.each([
    ['[{"Key":"k","Value":"v"},{"Key":"l","Value":""}]', { k: "v", l: "" }],
    [[{ Key: "k", Value: "v" }], { k: "v" }],
    [[{ k: "v" }, { l: "w" }], { k: "v", l: "w" }],
    [{ k: "v" }, { k: "v" }],
    ["[]", {}],
    ["", {}],
    [null, {}],
    [undefined, {}],
  ])("%j", (tags, expected) => {
    expect(read({ tags }).entry).toMatchObject({ tags: expected });
  });
});

describe("a remediation", () => {
  const Remediation = {
    Automatic: true,
    ConfigRuleName: "MY_RULE",
    ExecutionControls: { SsmControls: { ConcurrentExecutionRatePercentage: "10", ErrorPercentage: "20" } },
    MaximumAutomaticAttempts: "5",
    RetryAttemptSeconds: "60",
    Parameters: {
      AutomationAssumeRole: { StaticValue: { Values: ["arn"] } },
      BucketName: { ResourceValue: { Value: "RESOURCE_ID" } },
    },
    TargetId: "AWS-EnableS3BucketEncryption",
    TargetType: "SSM_DOCUMENT",
    TargetVersion: "1",
  };
  const SSMAutomation = { Document: "MY_RULE/doc.json", IAM: ["s3:PutEncryptionConfiguration", "kms:Encrypt"] };
  const files = { "MY_RULE.py": CODE, "doc.json": '{"schemaVersion":"0.3"}' };

  it("has a document of its own, though its name has what SSM refuses", () => {
    const names = ["my rule", "my-rule", "my,rule", `${"r".repeat(120)}1`, `${"r".repeat(120)}2`];
    const parameters = {
      ...CUSTOM,
      Remediation,
      SSMAutomation: { Document: "doc.json" },
      SourceHandler: "MY_RULE.main",
    };
    const documents = names.map((name) => JSON.stringify(read({ name, parameters, files }).entry?.remediation));
    const documentNames = documents.map((text) => /"name":"(RDK-Remediation-[\w.-]{1,112})"/.exec(text)?.[1]);
    expect(documentNames).not.toContain(undefined);
    expect(new Set(documentNames).size).toBe(names.length);
  });

  it("has numbers where the RDK has texts", () => {
    expect(entryOf({ Remediation })).toMatchObject({
      remediation: {
        target_id: "AWS-EnableS3BucketEncryption",
        target_version: "1",
        resource_type: "AWS::S3::Bucket",
        automatic: true,
        maximum_automatic_attempts: 5,
        retry_attempt_seconds: 60,
        concurrent_execution_rate_percentage: 10,
        error_percentage: 20,
        parameters: { AutomationAssumeRole: { static_values: ["arn"] }, BucketName: { resource_value: "RESOURCE_ID" } },
      },
    });
  });

  it("brings its document and what its role may do", () => {
    const { entry, problems } = read({ parameters: { ...CUSTOM, Remediation, SSMAutomation }, files });
    expect(problems).toEqual([]);
    expect(entry).toMatchObject({
      remediation: {
        document: {
          name: "RDK-Remediation-MY_RULE",
          content: '{"schemaVersion":"0.3"}',
          actions: ["kms:Encrypt", "s3:PutEncryptionConfiguration"],
        },
      },
    });
  });

  it.each([
    [
      "a function of CloudFormation",
      { Parameters: { A: { StaticValue: { Values: [{ "Fn::Sub": "x" }] } } } },
      {},
      "are not translated",
    ],
    ["no target", { TargetId: undefined }, {}, "expected string"],
    ["more attempts than Config takes", { MaximumAutomaticAttempts: "26" }, {}, "must be a number from 1 to 25"],
    ["half a second", { RetryAttemptSeconds: 0.5 }, {}, "must be a number from 1 to 2678000"],
    [
      "a share that is no number",
      { ExecutionControls: { SsmControls: { ErrorPercentage: "some" } } },
      {},
      "must be a number from 1 to 100",
    ],
    ["26 values", { Parameters: { A: { StaticValue: { Values: Array(26).fill("x") } } } }, { IAM: [] }, "with 1 to 25"],
    ["a document that is not there", {}, { Document: "../../etc/passwd" }, "is not the path of a file"],
    ["an action that is none", {}, { IAM: ["*"] }, "must list actions"],
    ["a role that nothing gets", { Parameters: {} }, {}, "lacks AutomationAssumeRole"],
  ])("with %s is refused", (_what, remediation, automation, message) => {
    const parameters = {
      ...CUSTOM,
      Remediation: { ...Remediation, ...remediation },
      SSMAutomation: { ...SSMAutomation, ...automation },
    };
    const { entry, problems } = read({ parameters, files });
    expect(entry).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", message: expect.stringContaining(message) }]);
  });
});

describe("a rule of an organization", () => {
  it("leaves out accounts, and has neither evaluation mode nor remediation", () => {
    expect(entryOf({ ExcludedAccounts: "111122223333, 444455556666" }, { organization: true })).toMatchObject({
      organization: true,
      excluded_accounts: ["111122223333", "444455556666"],
      evaluation_modes: [],
    });
    expect(said({ Remediation: { TargetId: "AWS-X" } }, { organization: true })).toEqual([
      "warning /Parameters/Remediation is left out: a rule of an organization has no remediation.",
    ]);
    expect(read({ name: "x".repeat(65) }, { organization: true }).problems).toMatchObject([
      { severity: "error", message: expect.stringContaining("in an organization has 1 to 64") },
    ]);
    expect(said({ EvaluationMode: "BOTH" }, { organization: true })).toEqual([
      "error /Parameters/EvaluationMode A rule of an organization is DETECTIVE only.",
    ]);
  });
});

describe("what is wrong is said with its place", () => {
  it.each([
    [{ RuleName: " MY_RULE" }, "warning /Parameters/RuleName differs from the name of the folder"],
    [{ Description: "x".repeat(257) }, "error /Parameters/Description has 257 characters; Config takes 256."],
    [{ SourceHandler: "my file.run" }, "error /Parameters/SourceHandler would be my file.run; Lambda takes"],
    [{ SourceEvents: 7 }, "error /Parameters/SourceEvents must be a text with commas, or a list"],
    [{ SourceEvents: "Bucket" }, "error /Parameters/SourceEvents Bucket: write resource types"],
    [{ SourceEvents: null }, "error /Parameters has neither SourceEvents nor SourcePeriodic"],
    [{ SourcePeriodic: "Daily" }, "error /Parameters/SourcePeriodic Invalid option"],
    [{ InputParameters: "{a}" }, "error /Parameters/InputParameters is not JSON"],
    [{ InputParameters: "[1]" }, "error /Parameters/InputParameters must be an object"],
    [{ InputParameters: { a: "x".repeat(1_024) } }, "error /Parameters/InputParameters come to 1032 characters"],
    [{ EvaluationMode: "PROACTIVE", SourceEvents: "ALL" }, "error /Parameters/EvaluationMode PROACTIVE needs"],
    [{ CustomLambdaName: "a b" }, "error /Parameters/CustomLambdaName has to be 1 to 64"],
    [{ ExcludedAccounts: "123" }, "error /Parameters/ExcludedAccounts 123: an account has twelve digits."],
    [
      { SourceRuntime: "python3.6" },
      "error /Parameters/SourceRuntime python3.6 is retired, and AWS creates no function",
    ],
    [{ SourceRuntime: "python3.9" }, "warning /Parameters/SourceRuntime python3.9 is not supported since 2025-12-15"],
    [{ SourceRuntime: "java8" }, "error /Parameters/SourceRuntime java8 is retired"],
    [{ SourceRuntime: "cobol" }, "error /Parameters/SourceRuntime is no runtime that Lambda has"],
    [{ SourceRuntime: "constructor" }, "error /Parameters/SourceRuntime is no runtime"],
    [{ SourceIdentifier: " " }, "error /Parameters/SourceIdentifier must not be empty"],
    [{ Remediation: { TargetId: "" } }, "error /Parameters/Remediation/TargetId must not be empty"],
    [{ SourceRuntime: null }, "error /Parameters/SourceRuntime is no runtime"],
    [{ SSMAutomation: { Document: "x" } }, "error /Parameters/SSMAutomation has a meaning together with Remediation"],
  ])("%j", (parameters, problem) => {
    expect(said(parameters)[0]).toContain(problem);
  });

  it("a retired runtime may be replaced", () => {
    expect(said({ SourceRuntime: "python3.6-lib" }, { runtime: "python3.14" })).toEqual([]);
  });

  it("all of it, at once", () => {
    expect(said({ Description: "x".repeat(257), CustomLambdaName: "", SourceEvents: "Bucket" })).toHaveLength(3);
  });

  it.each([
    ["no JSON", '{"Parameters":{},}', "is not JSON"],
    ["not of the RDK", '{"parameters":[]}', "this is not a parameters.json of the RDK"],
    ["not text", "\u0000", "is not JSON"],
  ])("a parameters.json that is %s", (_what, content, message) => {
    const folder = { name: "X", problems: [], files: new Map([["parameters.json", Buffer.from(content)]]) };
    expect(readRule(folder, OPTIONS, locate)).toMatchObject({
      entry: undefined,
      problems: [{ severity: "error", file: "parameters.json", message: expect.stringContaining(message) }],
    });
  });

  it("one that is missing", () => {
    expect(readRule({ name: "X", problems: [], files: new Map() }, OPTIONS, locate).problems).toMatchObject([
      { message: "is missing: a rule of the RDK has one." },
    ]);
  });

  it("with line breaks of Windows and without Version is fine", () => {
    const content = JSON.stringify({ Parameters: CUSTOM }, null, 2).replaceAll("\n", "\r\n");
    const files = new Map(
      Object.entries({ "parameters.json": content, "X.py": CODE }).map(([path, text]) => [path, Buffer.from(text)]),
    );
    expect(readRule({ name: "X", problems: [], files }, OPTIONS, locate).problems).toEqual([]);
  });
});

it("no text of a rule leaves the JSON that holds it", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      const { entry } = read({
        parameters: { ...CUSTOM, Description: text, InputParameters: { text } },
        tags: [{ Key: "k", Value: text }],
      });
      const back = JSON.parse(JSON.stringify(entry));
      expect(back).toMatchObject({ description: text.trim(), tags: { k: text } });
      expect(JSON.parse(back.input_parameters)).toEqual({ text });
    }),
  );
});
