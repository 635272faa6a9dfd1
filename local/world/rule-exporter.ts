import { topicArn } from "../account.ts";
import type { History } from "../git/history.ts";
import type { Job } from "../job.ts";

const CODE_BUCKET = "palisade-config-rules";

/** A parameters.json as the RDK writes it. */
const rule = (parameters: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ Version: "1.0", Parameters: parameters, Tags: "[]" }, null, 2)}\n`;

/** Terraform would take this for an expression. */
const HCL = ["$", '{file("/etc/passwd")}'].join("");

const PYTHON = "def lambda_handler(event, context):\n    return []\n";

const configRules: History = [
  {
    branch: "main",
    message: "Begin with three rules",
    files: {
      "README.md": "Rules of the security team.\n",
      "rules/S3_VERSIONING_ON/parameters.json": rule({
        RuleName: "S3_VERSIONING_ON",
        Description: "Buckets keep versions",
        SourceRuntime: "python3.13",
        SourceEvents: "AWS::S3::Bucket",
        InputParameters: "{}",
      }),
      "rules/S3_VERSIONING_ON/S3_VERSIONING_ON.py": PYTHON,
      "rules/S3_VERSIONING_ON/S3_VERSIONING_ON_test.py": "import unittest\n",
      "rules/KEYS_ROTATED/parameters.json": rule({
        RuleName: "KEYS_ROTATED",
        SourceRuntime: null,
        SourceIdentifier: "ACCESS_KEYS_ROTATED",
        SourcePeriodic: "TwentyFour_Hours",
        InputParameters: '{"maxAccessKeyAge": "90"}',
      }),
      "rules/VOLUMES_ENCRYPTED/parameters.json": rule({
        RuleName: "VOLUMES_ENCRYPTED",
        SourceRuntime: "guard-2.x.x",
        SourceEvents: "AWS::EC2::Volume",
      }),
      "rules/VOLUMES_ENCRYPTED/VOLUMES_ENCRYPTED.guard":
        'rule encrypted when resourceType == "AWS::EC2::Volume" {\n  configuration.encrypted == true\n}\n',
    },
  },
  {
    branch: "main",
    message: "Look at tags once a day, and at rotation more strictly",
    files: {
      "rules/team/TAGS_PRESENT/parameters.json": rule({
        RuleName: "TAGS_PRESENT",
        SourceRuntime: "python3.13-lib",
        SourceEvents: "AWS::EC2::Instance, AWS::S3::Bucket",
        SourcePeriodic: "TwentyFour_Hours",
        InputParameters: '{"tag": "owner"}',
      }),
      "rules/team/TAGS_PRESENT/TAGS_PRESENT.py": PYTHON,
      "rules/team/TAGS_PRESENT/tags/names.py": 'NAMES = ["owner"]\n',
      "rules/KEYS_ROTATED/parameters.json": rule({
        RuleName: "KEYS_ROTATED",
        SourceRuntime: null,
        SourceIdentifier: "ACCESS_KEYS_ROTATED",
        SourcePeriodic: "TwentyFour_Hours",
        InputParameters: '{"maxAccessKeyAge": "30"}',
      }),
    },
  },
  {
    branch: "main",
    message: "Close open groups by an automation",
    files: {
      "rules/GROUPS_CLOSED/parameters.json": rule({
        RuleName: "GROUPS_CLOSED",
        SourceIdentifier: "INCOMING_SSH_DISABLED",
        SourceEvents: "AWS::EC2::SecurityGroup",
        Remediation: {
          Automatic: true,
          MaximumAutomaticAttempts: "5",
          RetryAttemptSeconds: "60",
          TargetId: "Close",
          TargetType: "SSM_DOCUMENT",
          Parameters: {
            AutomationAssumeRole: { StaticValue: { Values: ["role"] } },
            GroupId: { ResourceValue: { Value: "RESOURCE_ID" } },
          },
        },
        SSMAutomation: { Document: "GROUPS_CLOSED/close.json", IAM: ["ec2:RevokeSecurityGroupIngress"] },
      }),
      "rules/GROUPS_CLOSED/close.json":
        '{"schemaVersion": "0.3", "assumeRole": "{{ AutomationAssumeRole }}", "mainSteps": []}\n',
    },
  },
  {
    branch: "broken",
    from: "Close open groups by an automation",
    message: "Break two rules",
    files: {
      "rules/KEYS_ROTATED/parameters.json": '{"Parameters": {"SourceIdentifier": "ACCESS_KEYS_ROTATED",}}\n',
      "rules/S3_VERSIONING_ON/parameters.json": rule({
        RuleName: "S3_VERSIONING_ON",
        SourceRuntime: "python3.6",
        SourceEvents: "Bucket",
      }),
    },
  },
  {
    branch: "hostile",
    from: "Begin with three rules",
    message: "Hostile names and values",
    files: {
      "rules/www.evil.example\u202e<b>/parameters.json": rule({
        RuleName: " ",
        SourceRuntime: "www.evil.example/$(reboot)",
        SourceEvents: "AWS::S3::Bucket\r\nBcc: attacker@evil.example",
      }),
      "rules/INTERPOLATION/parameters.json": rule({
        SourceIdentifier: HCL,
        Description: `%${HCL.slice(1)} ${HCL}`,
        SourcePeriodic: "One_Hour",
        InputParameters: JSON.stringify({ a: HCL }),
      }),
    },
  },
];

export const job: Job = {
  // The state machine sends its messages; its pull requests go to the repository of pipeline-starter.
  settings: { CODE_BUCKET, TARGET_REPOSITORY: "infrastructure" },
  topics: [topicArn("config-rules")],
  buckets: [CODE_BUCKET],
  repositories: { "config-rules": configRules },
};
