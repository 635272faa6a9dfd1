import { afterAll, beforeAll, expect, it } from "vitest";
import { startMoto } from "../support/moto.ts";
import { rootWithPrograms } from "../support/root.ts";
import { FIRST, FULL, payments } from "./deployments.ts";

const root = rootWithPrograms("guardrails");
beforeAll(async () => {
  // With an AWS that answers, the provider waits for no retries.
  const { aws, stop } = await startMoto();
  root.useMoto(aws, FIRST.region);
  await root.run("init");
  return stop;
});
afterAll(() => root.remove());

const { released } = FIRST.workloads.research;
const { state } = payments;
const workload = (change: object, name = "payments") => ({ workloads: { [name]: { ...payments, ...change } } });
const arn = (name: string) => `arn:aws:iam::222233334444:role/${name}`;

const COUNT = "Write 1 to 50 workloads";
const NAME = "The name of a workload must have 1 to 32";
const REPOSITORY = "Write the URL of a repository of CodeCommit";
const ROLE = "Write roles as ARNs, with their paths and without wildcards";
const BRANCH = "The name of a branch must have 1 to 256";
const PATH = "Write paths in the repository";
const STATE = "Write the name of the bucket with the state, and the key of the state in it";
const REGION = "Write regions such as";
const EXTERNAL_ID = "An external id must have 2 to 1224";
const OWNER = "The owner of a workload is";
const RELEASED = "Write released with the name of the ledger table";
const OF_WORKLOADS = [COUNT, NAME, REPOSITORY, ROLE, BRANCH, PATH, STATE, REGION, EXTERNAL_ID, OWNER, RELEASED];

// A plan refuses all wrong values at once, each with its own sentence.
it.each<[string, object, string[]]>([
  ["no workload", { workloads: {} }, [COUNT]],
  ["51 workloads", { workloads: { ...FULL.workloads, one: payments } }, [COUNT]],
  [
    "values that are of another form",
    workload(
      {
        ...{ repository: "https://github.com/example/payments", plan_role_arn: "palisade-plan-payments" },
        ...{
          branch: "--upload-pack=x",
          path: "infra/../..",
          region: "Frankfurt",
          external_id: "x",
          owner: "<b>me</b>",
        },
        ...{ state: { ...state, key: "" }, released: { ...released, scope: "mars-1" } },
      },
      "Payments",
    ),
    [NAME, REPOSITORY, ROLE, BRANCH, PATH, STATE, REGION, EXTERNAL_ID, OWNER, RELEASED],
  ],
  [
    "values that reach further than one workload",
    workload(
      {
        ...{ repository: payments.repository.replace("//", "//user:password@"), repository_role_arn: arn("*") },
        ...{ branch: "a b", var_files: ["/etc/passwd"], owner: "me\nSubject: you" },
        ...{
          state: { ...state, bucket: "My_Bucket" },
          released: { ...released, environment: "dev_1", external_id: "x" },
        },
      },
      "a".repeat(33),
    ),
    [NAME, REPOSITORY, ROLE, BRANCH, PATH, STATE, EXTERNAL_ID, OWNER, RELEASED],
  ],
  [
    "roles and regions of a state or a ledger that are none",
    workload({
      state: { ...state, role_arn: "arn:aws:iam::*:role/state", region: "eu" },
      released: { ...released, role_arn: arn("?"), region: "eu", team: "Research" },
    }),
    [ROLE, REGION, RELEASED],
  ],
])("A plan of guardrails with %s says what to write.", async (_wrong, variables, sentences) => {
  const refusal = await refusalOf(variables);
  expect(OF_WORKLOADS.filter((sentence) => refusal.includes(sentence))).toEqual(sentences);
});

it.each<[string, object, string]>([
  ["anybody for emergencies", { break_glass: { principals: ["*"] } }, "at least one role or user as ARN"],
  [
    "more people who force than a function holds",
    { force_principals: Array.from({ length: 40 }, (_, index) => arn(`${"r".repeat(50)}${index}`)) },
    "the settings of guardrail-merger have no room for more",
  ],
  [
    "a subscriber of no workload",
    { subscribers: { "a@example.com": { workloads: ["web"] } } },
    "must be in var.workloads",
  ],
  [
    "a filter that SNS refuses",
    {
      workloads: FULL.workloads,
      subscribers: { "a@example.com": { workloads: Object.keys(FULL.workloads), kinds: ["a", "b", "c", "d"] } },
    },
    "at most 150 combinations",
  ],
])("A plan of guardrails with %s says what is wrong.", async (_wrong, variables, sentence) => {
  expect(await refusalOf(variables)).toContain(sentence);
});

async function refusalOf(variables: object): Promise<string> {
  root.give({ ...FIRST, subscribers: {}, ...variables });
  return (await root.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
}
