import { expect, it } from "vitest";
import { settingsSchema } from "../../../functions/pipeline-starter/settings.ts";
import { readSettings } from "../../../shared/settings.ts";

const dev = {
  pipeline: "dev-infrastructure",
  sourceAction: "Source",
  regions: ["us-east-1"],
  homeRegion: "us-east-1",
  teams: ["research"],
};
const given = {
  ENVIRONMENTS: JSON.stringify({ dev }),
  ACCOUNT_ID: "111122223333",
  REPOSITORY: "infrastructure",
  REPOSITORY_ARN: "arn:aws-cn:codecommit:cn-north-1:111122223333:infrastructure",
  TABLE_NAME: "palisade-starts",
  TOPIC_ARN: "arn:aws-cn:sns:cn-north-1:111122223333:releases",
};

it("The settings of pipeline-starter have the documented defaults.", () => {
  expect(readSettings(settingsSchema, given)).toEqual({ ...given, ENVIRONMENTS: { dev }, BRANCH: "main" });
});

it("The settings of pipeline-starter may name another release branch.", () => {
  expect(readSettings(settingsSchema, { ...given, BRANCH: "release/2" })).toHaveProperty("BRANCH", "release/2");
});

const changed = (change: Record<string, unknown>) => JSON.stringify({ dev: { ...dev, ...change } });

it.each<readonly [string, string, string]>([
  ["ENVIRONMENTS", "{dev", "ENVIRONMENTS: must be JSON"],
  ["ENVIRONMENTS", "[]", "ENVIRONMENTS: Invalid input"],
  ["ENVIRONMENTS", "{}", "ENVIRONMENTS: must name an environment"],
  ["ENVIRONMENTS", JSON.stringify({ a_b: dev }), "ENVIRONMENTS.a_b: "],
  ["ENVIRONMENTS", changed({ regions: [] }), "ENVIRONMENTS.dev.regions: must name a region"],
  ["ENVIRONMENTS", changed({ regions: ["mars"] }), "ENVIRONMENTS.dev.regions.0: must be a region"],
  ["ENVIRONMENTS", changed({ homeRegion: "" }), "ENVIRONMENTS.dev.homeRegion: must be a region"],
  ["ENVIRONMENTS", changed({ pipeline: "a/b" }), "ENVIRONMENTS.dev.pipeline: must be a name"],
  ["ENVIRONMENTS", changed({ sourceAction: "" }), "ENVIRONMENTS.dev.sourceAction: must be a name"],
  ["ENVIRONMENTS", changed({ region: "us-east-1" }), "ENVIRONMENTS.dev: Unrecognized key"],
  ["ENVIRONMENTS", changed({ teams: [] }), "ENVIRONMENTS.dev.teams: must name a team"],
  ["ENVIRONMENTS", changed({ teams: ["Research"] }), "ENVIRONMENTS.dev.teams.0: must be a name"],
  ["REPOSITORY", "a/b", "REPOSITORY: must be"],
  ["ACCOUNT_ID", "1234", "ACCOUNT_ID: must be the id of an account"],
  ["ACCOUNT_ID", "999999999999", "REPOSITORY_ARN: must be the ARN of REPOSITORY in ACCOUNT_ID"],
  ["REPOSITORY", "structure", "REPOSITORY_ARN: must be the ARN of REPOSITORY in ACCOUNT_ID"],
  ["REPOSITORY_ARN", "infrastructure", "REPOSITORY_ARN: must be the ARN of a CodeCommit repository"],
  ...["a b", "refs/heads/main", "HEAD", "ma..in", "-x", "a//b", "a/", "a.lock", "a".repeat(40)].map(
    (branch) => ["BRANCH", branch, "BRANCH: must be"] as const,
  ),
  ["REPOSITORY", "..", "REPOSITORY: must be"],
  ["TABLE_NAME", "a", "TABLE_NAME: must be"],
  ["TOPIC_ARN", "releases", "TOPIC_ARN: must be"],
])("The settings of pipeline-starter refuse %s=%s with the reason.", (name, value, fault) => {
  expect(() => readSettings(settingsSchema, { ...given, [name]: value })).toThrow(fault);
});

it.each(["us-gov-west-1", "us-iso-east-1", "cn-northwest-1", "ap-southeast-7", "eusc-de-east-1"])(
  "The settings of pipeline-starter may name the region %s.",
  (region) => {
    expect(() =>
      readSettings(settingsSchema, { ...given, ENVIRONMENTS: changed({ homeRegion: region }) }),
    ).not.toThrow();
  },
);
