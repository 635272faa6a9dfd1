import { topicArn } from "../account.ts";
import type { History } from "../git/history.ts";
import type { Job } from "../job.ts";

const PIPELINE = "guardrails-develop";
const TOPIC_ARN = topicArn("guardrails");

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
];

export const job: Job = {
  settings: { PIPELINE, REPOSITORY: "guardrails", TOPIC_ARN },
  topics: [TOPIC_ARN],
  pipelines: [
    { name: PIPELINE, pipelineType: "V2", executionMode: "QUEUED", sourceActions: ["Source"], variables: [] },
  ],
  repositories: { guardrails },
};
