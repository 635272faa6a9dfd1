import { ACCOUNT, REGION, topicArn } from "../account.ts";
import type { History } from "../git/history.ts";
import type { Job } from "../job.ts";

const PIPELINE = "guardrails-develop";
const TOPIC_ARN = topicArn("guardrails");
const TABLE_NAME = "palisade-guardrails";
const ARTIFACT_BUCKET = `palisade-guardrail-artifacts-${ACCOUNT}-${REGION}`;
const REPORT_BUCKET = `palisade-guardrail-reports-${ACCOUNT}-${REGION}`;

const OWNERS = { orders: "orders@example.com", payments: "team payments", web: "web@example.com" };

const waiver = (fields: object) =>
  JSON.stringify([
    {
      scenario: "Volumes are encrypted",
      address: "aws_ebs_volume.data",
      reason: "Moves to new volumes",
      owner: "team payments",
      approvedBy: "security",
      expires: "2026-01-31",
      ...fields,
    },
    { scenario: "Instances have tags", address: "", reason: "r", owner: "o", approvedBy: "a", expires: "9999-12-31" },
  ]);

const guardrails: History = [
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
  {
    branch: "waived",
    from: "Except the log bucket",
    message: "Waive what payments cannot change yet",
    files: { "waivers/payments.json": waiver({}), "waivers/web.json": "not JSON", "waivers/README.md": "Waivers\n" },
  },
  {
    branch: "waived-hostile",
    from: "Except the log bucket",
    message: "Waive something hostile",
    files: {
      "waivers/web.json": waiver({ scenario: "See https://login.evil.example/aws", owner: "attacker@evil.example" }),
      "waivers/$(reboot).json": waiver({}),
    },
  },
];

export const job: Job = {
  settings: {
    PIPELINE,
    REPOSITORY: "guardrails",
    REPOSITORY_ARN: `arn:aws:codecommit:${REGION}:${ACCOUNT}:guardrails`,
    ACCOUNT_ID: ACCOUNT,
    TOPIC_ARN,
    ARTIFACT_BUCKET,
    REPORT_BUCKET,
    TABLE_NAME,
    FORCE_PRINCIPALS: JSON.stringify([
      `arn:aws:iam::${ACCOUNT}:role/security/SecurityLead`,
      `arn:aws:iam::${ACCOUNT}:user/ben`,
    ]),
    BREAK_GLASS_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/palisade-break-glass`,
    MERGER_ROLE_ARN: `arn:aws:iam::${ACCOUNT}:role/palisade-guardrail-merger-${REGION}`,
  },
  topics: [TOPIC_ARN],
  tables: { [TABLE_NAME]: ["pk", "sk"] },
  buckets: [ARTIFACT_BUCKET, REPORT_BUCKET],
  objects: [
    {
      bucket: ARTIFACT_BUCKET,
      key: "targets.json",
      lastModified: "2026-10-01T08:00:00Z",
      content: {
        kind: "guardrails",
        workloads: Object.fromEntries(Object.entries(OWNERS).map(([workload, owner]) => [workload, { owner }])),
      },
    },
  ],
  pipelines: [
    { name: PIPELINE, pipelineType: "V2", executionMode: "QUEUED", sourceActions: ["Source"], variables: [] },
  ],
  repositories: { guardrails },
};
