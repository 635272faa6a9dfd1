import { afterAll, beforeAll, expect, it } from "vitest";
import { startMoto } from "../support/moto.ts";
import { FIRST, FULL, guardrailsRoot, payments } from "./deployments.ts";

const root = guardrailsRoot();
beforeAll(async () => {
  // With an AWS that answers, the provider waits for no retries.
  const { aws, stop } = await startMoto();
  root.useMoto(aws, FIRST.region);
  await root.run("init");
  return stop;
});
afterAll(() => root.remove());

const refusalOf = async (variables: object) => {
  root.give({ ...FIRST, subscribers: {}, ...variables });
  return (await root.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
};
const workload = (change: object, name = "payments") => ({ workloads: { [name]: { ...payments, ...change } } });
const released = (change: object) => workload({ released: { ...FIRST.workloads.research.released, ...change } });

it.each<[string, object, string]>([
  ["no workload", { workloads: {} }, "Write 1 to 50 workloads"],
  ["51 workloads", { workloads: { ...FULL.workloads, one: payments } }, "at most 50 actions in a stage"],
  ["a name with capitals", workload({}, "Payments"), "The name of a workload must have 1 to 32"],
  ["a long name", workload({}, "a".repeat(33)), "The name of a workload must have 1 to 32"],
  [
    "a repository elsewhere",
    workload({ repository: "https://github.com/example/payments" }),
    "repository of CodeCommit",
  ],
  [
    "a repository with a password",
    workload({ repository: payments.repository.replace("//", "//user:password@") }),
    "repository of CodeCommit",
  ],
  ["a role by its name", workload({ plan_role_arn: "palisade-plan-payments" }), "Write roles as ARNs"],
  ["any role", workload({ repository_role_arn: "arn:aws:iam::222233334444:role/*" }), "without wildcards"],
  ["any role for the ledger", released({ role_arn: "arn:aws:iam::*:role/trial" }), "without wildcards"],
  ["a branch that is a flag", workload({ branch: "--upload-pack=x" }), "The name of a branch must have"],
  ["a path out of the repository", workload({ path: "infra/../.." }), "Write paths in the repository"],
  ["a path from the top", workload({ var_files: ["/etc/passwd"] }), "Write paths in the repository"],
  ["a state without a key", workload({ state: { ...payments.state, key: "" } }), "the key of the state"],
  ["a bucket that is none", workload({ state: { ...payments.state, bucket: "My_Bucket" } }), "the name of the bucket"],
  ["a region that is none", workload({ region: "Frankfurt" }), "Write regions such as"],
  ["a short external id", workload({ external_id: "x" }), "An external id must have 2 to 1224"],
  ["a short external id of a trial", released({ external_id: "x" }), "An external id must have 2 to 1224"],
  ["an owner in markup", workload({ owner: "<b>me</b>" }), "The owner of a workload is"],
  ["an owner in lines", workload({ owner: "me\nSubject: you" }), "The owner of a workload is"],
  ["a scope that is none", released({ scope: "mars-1" }), "as in a tag"],
  ["an environment with _", released({ environment: "dev_1" }), "as in a tag"],
  ["anybody for emergencies", { break_glass: { principals: ["*"] } }, "at least one role or user as ARN"],
  [
    "more people who force than a function holds",
    {
      force_principals: Array.from(
        { length: 40 },
        (_, index) => `arn:aws:iam::111122223333:role/${"r".repeat(50)}${index}`,
      ),
    },
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
])("A plan of guardrails with %s says what to write.", async (_wrong, variables, sentence) => {
  expect(await refusalOf(variables)).toContain(sentence);
});
