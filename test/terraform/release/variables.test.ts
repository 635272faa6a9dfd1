import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { environmentName, regionName, teamName } from "../../../shared/release-tag.ts";
import { rootWithPrograms } from "../support/root.ts";
import { FIRST, MANAGERS } from "./deployments.ts";

const root = rootWithPrograms("release");
beforeAll(async () => {
  root.useMoto("http://127.0.0.1:1", FIRST.region);
  await root.run("init");
});
afterAll(() => root.remove());

const { prod } = FIRST.environments;
const refusalOf = async (variables: object) => {
  root.give({ ...FIRST, ...variables });
  return (await root.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
};
const environment = (change: object, name = "prod") => ({ environments: { [name]: { ...prod, ...change } } });
const target = (change: object, team = "research") =>
  environment({ targets: { [team]: { account_id: "012345678901", external_id: "made-up", ...change } } });

it.each<[string, object, string]>([
  [
    "a security account as a number",
    { guardrails: { account_id: 12345678901, external_id: "made-up" } },
    'as text, such as "012345678901"',
  ],
  [
    "a short external id of guardrails",
    { guardrails: { account_id: "012345678901", external_id: "x" } },
    "An external id must have 2 to 1224",
  ],
  [
    "a root guardrails that cannot be",
    { guardrails: { account_id: "012345678901", external_id: "made-up", name: "Theirs" } },
    "as the root guardrails has them",
  ],
  ["no environment", { environments: {} }, "Write at least one environment"],
  ["a name that a tag cannot have", environment({}, "prod_1"), "The name of an environment must have 1 to 32"],
  [
    "two names that differ in capitals",
    { environments: { prod, PROD: { ...prod, pipeline: "another" } } },
    "Two environments must differ in more than capital letters",
  ],
  ["a name that is too long for a bucket", environment({}, "a".repeat(20)), "too long for the name of a bucket"],
  ["a pipeline that AWS refuses", environment({ pipeline: "prod/1" }), "The name of a pipeline must have 1 to 100"],
  ["one pipeline for two", { environments: { prod, dev: prod } }, "Each environment needs a pipeline of its own"],
  ["no region", environment({ regions: [] }), "Write at least one region"],
  ["a region that is none", environment({ regions: ["Frankfurt"] }), "Write at least one region"],
  ["a home elsewhere", environment({ home_region: "us-east-1" }), "must be one of its regions"],
  ["no team", environment({ targets: {} }), "Write at least one team"],
  ["a team with capitals", target({}, "Research"), "The name of a team must have 1 to 40"],
  ["an account as a number", target({ account_id: 12345678901 }), 'as text, such as "012345678901"'],
  ["a short external id", target({ external_id: "x" }), "An external id must have 2 to 1224"],
  ["a secret in clear", target({ secrets: { password: "correct horse" } }), "never their values"],
  ["approval without approvers", environment({ approvers: [] }), "Write approvers where approval is on"],
  ["approvers without approval", environment({ approval: false }), "Write approvers where approval is on"],
  ["anybody as approver", environment({ approvers: [MANAGERS.replace(/[^/]+$/, "*")] }), "without wildcards"],
  [
    "the session of a role",
    environment({ approvers: ["arn:aws:sts::111122223333:assumed-role/a/b"] }),
    "Write approvers as ARNs",
  ],
  ["an approval that waits too long", environment({ approval_days: 61 }), "An approval waits 1 to 60 days"],
  ["an approval that waits no day", environment({ approval_days: 0.5 }), "An approval waits 1 to 60 days"],
  ["a protected type with a wildcard", environment({ protected_types: ["aws_*"] }), "Write types of resources"],
  [
    "a plan that expires before its approval",
    { ...environment({ approval_days: 60 }), artifact_days: 60 },
    "must not expire while it waits",
  ],
  [
    "one state bucket for two environments",
    {
      adopted_state_buckets: Object.fromEntries(
        ["dev", "prod"].map((name) => [
          name,
          { bucket: "states", region: "us-east-1", kms_key_arn: "arn:aws:kms:us-east-1:111122223333:key/0a" },
        ]),
      ),
    },
    "dev must not read the states of prod",
  ],
  [
    "more environments than the settings of a function hold",
    {
      environments: Object.fromEntries(
        Array.from({ length: 12 }, (_, index) => [
          `e${index}`,
          {
            ...prod,
            pipeline: `p${index}-${"p".repeat(80)}`,
            targets: Object.fromEntries(
              Array.from({ length: 4 }, (_, team) => [`${team}${"t".repeat(30)}`, prod.targets.research]),
            ),
          },
        ]),
      ),
    },
    "the settings of pipeline-starter have no room for more",
  ],
  [
    "a subscriber of no environment",
    { subscribers: { "a@example.com": { environments: ["qa"] } } },
    "must be in var.environments",
  ],
  ["builds on ARM in an image of CodeBuild", { build: { environment_type: "ARM_CONTAINER" } }, "with checkov in it"],
  ["a subscriber of no team", { subscribers: { "a@example.com": { teams: ["payments"] } } }, "must be in the targets"],
])("A plan with %s says what to write.", async (_wrong, variables, sentence) => {
  expect(await refusalOf(variables)).toContain(sentence);
});

it("Terraform and the code agree on the names of environments, regions and teams.", () => {
  const text = readFileSync("terraform/release/variables.tf", "utf8");
  for (const [before, schema] of [
    ["environment in keys(var.environments) : can(regex(", environmentName],
    ["region in environment.regions : can(regex(", regionName],
    ["team in keys(environment.targets) : can(regex(", teamName],
  ] as const) {
    const [, pattern = ""] = text.split(before)[1]?.split('"') ?? [];
    for (const name of [
      "dev",
      "Dev-2",
      "dev_2",
      "a".repeat(33),
      "a".repeat(41),
      "us-gov-west-1",
      "us-east-1a",
      "",
      "é",
    ])
      expect([name, new RegExp(pattern).test(name)]).toEqual([name, schema.safeParse(name).success]);
  }
});
