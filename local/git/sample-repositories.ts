import { randomUUID } from "node:crypto";
import { existsSync, renameSync } from "node:fs";
import { git, openRepository } from "./git.ts";

/** A commit on top of a branch. `from` is where a new branch begins, and `merges` a second parent: commits by message. */
interface Commit {
  branch: string;
  from?: string;
  merges?: string;
  message: string;
  author?: string;
  /** Path and whole content of each file that it writes. */
  files: Readonly<Record<string, string>>;
}

/** A tag of a commit, by its message, of another tag, or of no commit at all. Only an annotated one has a message. */
type Tag =
  | { tag: string; of: { commit: string }; message?: string }
  | { tag: string; of: { tag: string } | { content: string }; message: string };

/** A parameters.json as the RDK writes it. */
const rule = (parameters: Readonly<Record<string, unknown>>): string =>
  `${JSON.stringify({ Version: "1.0", Parameters: parameters, Tags: "[]" }, null, 2)}\n`;

/** What Terraform would take for an expression. */
const HCL = ["$", '{file("/etc/passwd")}'].join("");

const PYTHON = "def lambda_handler(event, context):\n    return []\n";

/** What each repository holds, in the order in which it came about. A step in between changes the ids of all after it. */
const HISTORIES: Readonly<Record<string, readonly (Commit | Tag)[]>> = {
  infrastructure: [
    {
      branch: "main",
      message: "Add the network of research",
      files: { "modules/regional/network.tf": "# 10.0.0.0/16\n" },
    },
    { branch: "main", message: "Add the database of risk", files: { "modules/regional/database.tf": "# small\n" } },
    {
      branch: "larger-database",
      from: "Add the database of risk",
      message: "Try a larger database",
      files: { "modules/regional/database.tf": "# large\n" },
    },
    { branch: "main", message: "Add the roles of tooling", files: { "modules/global/roles.tf": "# one role\n" } },
    {
      branch: "main",
      message: "Encrypt the database",
      files: { "modules/regional/database.tf": "# small, encrypted\n" },
    },
    { branch: "imported", message: "Import an older project", files: { "README.md": "An older project.\n" } },

    { tag: "dev_us-east-1/research/1.0", of: { commit: "Add the roles of tooling" } },
    { tag: "qa_eu-central-1/risk/1.4.2", of: { commit: "Add the database of risk" } },
    { tag: "staging_ap-southeast-1/research/2.0-rc.1+build.7", of: { commit: "Encrypt the database" } },
    { tag: "prod_global/tooling/1.0", of: { commit: "Encrypt the database" }, message: "Roles, as reviewed" },
    { tag: "prod_eu-central-1/risk/1.4.2", of: { commit: "Add the database of risk" }, message: "Tried in qa" },
    { tag: "dev_global/tooling/1.1", of: { tag: "prod_global/tooling/1.0" }, message: "A tag of a tag" },
    { tag: "dev_us-east-1/risk/1.5.0", of: { commit: "Try a larger database" } },
    { tag: "qa_us-east-1/risk/1.5.0", of: { commit: "Try a larger database" }, message: "Not merged yet" },
    { tag: "dev_us-east-1/imported/1.0", of: { commit: "Import an older project" } },
    { tag: "dev_us-east-1/research/0.1-notes", of: { content: "Not a commit.\n" }, message: "A note" },
    // The release branch has a namesake.
    { tag: "main", of: { commit: "Try a larger database" } },
  ],

  guardrails: [
    {
      branch: "main",
      message: "Require encryption of buckets",
      files: { "features/encryption.feature": "Feature: encryption of buckets\n" },
    },
    {
      branch: "develop",
      from: "Require encryption of buckets",
      message: "Require tags on instances",
      files: { "features/tags.feature": "Feature: tags on instances\n" },
    },
    {
      branch: "develop",
      message: "Require encryption of volumes",
      files: { "features/encryption.feature": "Feature: encryption of buckets and volumes\n" },
    },
    {
      branch: "main",
      message: "Except the log bucket",
      files: { "features/encryption.feature": "Feature: encryption of buckets, except that of logs\n" },
    },
    {
      branch: "develop",
      merges: "Except the log bucket",
      message: "Take the exception from main",
      files: { "features/encryption.feature": "Feature: encryption of buckets, except that of logs, and volumes\n" },
    },
    {
      branch: "develop",
      message: "Forbid public addresses\n\nAgreed with the network team.",
      author: "Ben Sample <ben@example.com>",
      files: { "features/network.feature": "Feature: no public addresses\n" },
    },
    {
      branch: "develop",
      message:
        "<b>Urgent</b>: log in at https://login.evil.example/aws \u202e\u001b[2J\r\nBcc: attacker@evil.example\nWHAT TO DO NEXT",
      author: "www.evil.example\u202e <attacker@evil.example>",
      files: { "features/www.evil.example/$(reboot);\u202e.feature": "Feature: hostile names\n" },
    },
    {
      branch: "develop",
      message: "Not tested yet",
      files: { "features/draft.feature": "Feature: draft\n" },
    },
    {
      branch: "experiment",
      from: "Except the log bucket",
      message: "Try something",
      files: { "features/experiment.feature": "Feature: experiment\n" },
    },
  ],

  "config-rules": [
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
  ],
};

/** The first commit of a sample repository was made at this time; one minute lies between two of them (epoch, s). */
const FIRST_COMMIT = Date.parse("2026-10-01T08:00:00Z") / 1_000;
const AUTHOR = "Ana Sample <ana@example.com>";

/**
 * Makes a sample repository, bare, unless it is there. Its dates are fixed, so its commits have the same ids everywhere.
 * A name that is none of a sample makes nothing.
 */
export async function makeSampleRepository(name: string, folder: string): Promise<void> {
  const history = Object.hasOwn(HISTORIES, name) ? HISTORIES[name] : undefined;
  if (!history || existsSync(folder)) return;
  const unfinished = `${folder}.${randomUUID()}`;
  await git(["init", "--quiet", "--bare", "--initial-branch=main", "--object-format=sha1", unfinished]);
  await openRepository(unfinished)?.git(["fast-import", "--quiet", "--date-format=raw"], {
    input: streamOf(history),
  });
  renameSync(unfinished, folder);
}

/** https://git-scm.com/docs/git-fast-import#_input_format */
function streamOf(history: readonly (Commit | Tag)[]): string {
  const marks = new Map<string, number>();
  return history
    .map((step, index) => {
      const mark = index + 1;
      const at = `${FIRST_COMMIT + index * 60} +0000`;
      if ("branch" in step) {
        const parents = [
          ...(step.from === undefined ? [] : [`from :${marks.get(step.from)}\n`]),
          ...(step.merges === undefined ? [] : [`merge :${marks.get(step.merges)}\n`]),
        ];
        marks.set(step.message, mark);
        const files = Object.entries(step.files).map(([path, content]) => `M 100644 inline ${path}\n${data(content)}`);
        return `commit refs/heads/${step.branch}\nmark :${mark}\ncommitter ${step.author ?? AUTHOR} ${at}\n${data(step.message)}${parents.join("")}${files.join("")}`;
      }
      const { tag, of, message } = step;
      marks.set(tag, mark);
      const target = "content" in of ? history.length + mark : marks.get("commit" in of ? of.commit : of.tag);
      const blob = "content" in of ? `blob\nmark :${target}\n${data(of.content)}` : "";
      return message === undefined
        ? `reset refs/tags/${tag}\nfrom :${target}\n`
        : `${blob}tag ${tag}\nmark :${mark}\nfrom :${target}\ntagger ${AUTHOR} ${at}\n${data(message)}`;
    })
    .join("");
}

const data = (content: string): string => `data ${Buffer.byteLength(content)}\n${content}\n`;
