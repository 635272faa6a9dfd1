import { ACCOUNT, REGION, topicArn } from "../account.ts";
import type { History } from "../git/history.ts";
import type { Job } from "../job.ts";

const TABLE_NAME = "palisade-starts";
const TOPIC_ARN = topicArn("releases");

const ENVIRONMENTS = ["dev", "qa", "staging", "prod"].map((name) => ({
  name,
  pipeline: `${name}-infrastructure`,
  sourceAction: "Source",
  regions: ["us-east-1", "eu-central-1", "ap-southeast-1"],
  homeRegion: REGION,
  teams: ["research", "risk", "tooling", "imported"],
}));

/** What pipeline-starter sets. */
const VARIABLES = [
  ...[
    "ENV",
    "TARGET_DEPLOYMENT_SCOPE",
    "SCOPE_KIND",
    "TEAM",
    "VERSION",
    "TAG",
    "COMMIT_ID",
    "REGION",
    "STATE_KEY",
    "TAGGED_BY",
  ],
  ...["REQUESTED_AT", "REASON"],
];

const infrastructure: History = [
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
];

export const job: Job = {
  settings: {
    ENVIRONMENTS: JSON.stringify(
      Object.fromEntries(ENVIRONMENTS.map(({ name, ...environment }) => [name, environment])),
    ),
    ACCOUNT_ID: ACCOUNT,
    REPOSITORY: "infrastructure",
    REPOSITORY_ARN: `arn:aws:codecommit:${REGION}:${ACCOUNT}:infrastructure`,
    TABLE_NAME,
    TOPIC_ARN,
  },
  topics: [TOPIC_ARN],
  tables: { [TABLE_NAME]: ["id"] },
  pipelines: ENVIRONMENTS.map(({ pipeline, sourceAction }) => ({
    name: pipeline,
    pipelineType: "V2",
    executionMode: "PARALLEL",
    sourceActions: [sourceAction],
    variables: VARIABLES,
  })),
  repositories: { infrastructure },
};
