import { expect, it } from "vitest";
import type { Configuration } from "../../../shared/stage.ts";
import { actionOf, checkedBy } from "../../../stages/comply/subject.ts";

const CODECOMMIT = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos";
const role = (name: string) => ({ roleArn: `arn:aws:iam::222233334444:role/${name}`, externalId: "palisade-billing" });
const guardrails: Configuration = {
  kind: "guardrails",
  pipeline: "palisade-guardrails",
  accountId: "111122223333",
  region: "us-east-1",
  repository: { name: "guardrails", url: `${CODECOMMIT}/guardrails`, branch: "develop" },
  workloads: {
    billing: {
      repository: { url: `${CODECOMMIT}/billing`, branch: "main", role: role("palisade-pull-billing") },
      path: "infra",
      variableFiles: [],
      state: { bucket: "states", key: "billing.tfstate", region: "us-east-1", role: role("palisade-state-billing") },
      planRoleArn: role("palisade-plan-billing").roleArn,
      externalId: "palisade-billing",
      owner: "billing@example.com",
    },
  },
};
const release: Configuration = {
  kind: "release",
  environment: "dev",
  pipeline: "dev-infrastructure",
  accountId: "111122223333",
  region: "us-east-1",
  repository: { name: "infrastructure", url: `${CODECOMMIT}/infrastructure`, branch: "main" },
  regions: ["us-east-1"],
  homeRegion: "us-east-1",
  state: { bucket: "states", region: "us-east-1", kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1" },
  artifactBucket: "artifacts",
  ledgerTable: "palisade-releases",
  starterRoleArn: role("starter").roleArn,
  approverRoleArn: null,
  targets: {
    research: {
      accountId: "222233334444",
      externalId: "palisade-research",
      planRoleArn: role("plan").roleArn,
      applyRoleArn: role("apply").roleArn,
      secrets: {},
    },
  },
  protectedTypes: [],
  scan: { trivySeverities: [], checkovChecks: [] },
  planTwice: false,
  guardrails: { url: `${CODECOMMIT}/guardrails`, branch: "main", pullRole: role("palisade-pull-guardrails") },
};

it("The action has the name of the workload in the guardrail pipeline only, and a name that is none makes no key.", () => {
  expect(actionOf({ WORKLOAD: "billing" })).toBe("ComplianceCheck_billing");
  expect(actionOf({})).toBe("ComplianceCheck");
  expect(actionOf({ WORKLOAD: "../x" })).toBe("ComplianceCheck");
});

it("The guardrail pipeline checks its commit of develop on the workload that the action names.", () => {
  expect(checkedBy(guardrails, { WORKLOAD: "billing" })).toMatchObject({
    name: "billing",
    owner: "billing@example.com",
    commitOf: "guardrails",
    guardrails: { name: "guardrails", branch: "develop" },
    workload: { root: "infra", planRole: role("palisade-plan-billing") },
  });
  expect(() => checkedBy(guardrails, { WORKLOAD: "other" })).toThrow("The configuration has no workload other.");
  expect(() => checkedBy(guardrails, {})).toThrow("WORKLOAD is missing");
});

it("A release is checked against the active guardrails, and its waivers are named by team, environment and scope.", () => {
  const TAG = "dev_us-east-1/research/1.0";
  expect(checkedBy(release, { TAG })).toMatchObject({
    name: "research-dev-us-east-1",
    owner: "research",
    tag: TAG,
    commitOf: "workload",
    guardrails: { name: "guardrails", branch: "main", role: role("palisade-pull-guardrails") },
  });
});

it("A pipeline without guardrails has nothing to check against, and that is an error.", () => {
  expect(() => checkedBy({ ...release, guardrails: null }, { TAG: "dev_us-east-1/research/1.0" })).toThrow(
    "targets.json has no guardrails.",
  );
});
