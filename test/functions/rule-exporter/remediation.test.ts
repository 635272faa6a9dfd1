import { describe, expect, it } from "vitest";
import { CODE, CUSTOM, entryOf, problemsOf, read } from "../../support/rdk-rule.ts";

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

  it("A remediation has a document with a name of its own, and one that SSM takes.", () => {
    const names = ["my rule", "my-rule", "my,rule", `${"r".repeat(120)}1`, `${"r".repeat(120)}2`];
    const parameters = {
      ...CUSTOM,
      Remediation,
      SSMAutomation: { Document: "doc.json" },
      SourceHandler: "MY_RULE.main",
    };
    const documentNames = names.map(
      (name) => read({ name, parameters, files }).entry?.remediation?.document?.name ?? "",
    );
    for (const name of documentNames) expect(name).toMatch(/^RDK-Remediation-[\w.-]{1,112}$/);
    expect(new Set(documentNames).size).toBe(names.length);
  });

  it("A remediation has numbers where the RDK writes texts.", () => {
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

  it("A remediation has its document, and the actions of its role in order.", () => {
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
    ["a role that no parameter passes on", { Parameters: {} }, {}, "lacks AutomationAssumeRole"],
    ["a document that is no JSON", {}, { Document: "MY_RULE.py" }, "is not JSON."],
  ])("A remediation with %s is refused.", (_what, remediation, automation, message) => {
    const parameters = {
      ...CUSTOM,
      Remediation: { ...Remediation, ...remediation },
      SSMAutomation: { ...SSMAutomation, ...automation },
    };
    const { entry, problems } = read({ parameters, files });
    expect(entry).toBeUndefined();
    expect(problems).toMatchObject([{ severity: "error", message: expect.stringContaining(message) }]);
  });

  it("A remediation has the only resource type of the rule, unless it names another.", () => {
    const typeOf = (SourceEvents: string, ResourceType?: string) =>
      entryOf({ SourceEvents, Remediation: { ...Remediation, ResourceType } })?.remediation?.resource_type;
    expect(typeOf("AWS::S3::Bucket", "AWS::EC2::Instance")).toBe("AWS::EC2::Instance");
    expect(typeOf("AWS::S3::Bucket,AWS::EC2::Instance")).toBeUndefined();
    expect(typeOf("ALL")).toBeUndefined();
  });

  it("A remediation must be there where a rule has an automation, or the rule is refused.", () => {
    expect(problemsOf({ SSMAutomation: { Document: "x" } })).toEqual([
      "error /Parameters/SSMAutomation has no effect without Remediation: write both, or neither.",
    ]);
  });
});
