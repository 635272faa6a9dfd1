import { expect, it } from "vitest";
import { readGuardrailEvent } from "../../../functions/guardrail-merger/event.ts";
import {
  branchEvent,
  forceEvent,
  GUARDRAILS,
  HOME,
  pipelineEvent,
  waiversEvent,
} from "../../support/guardrail-merger.ts";

const read = (event: unknown) => readGuardrailEvent(event, HOME);
const EXECUTION = "12345678-1234-4234-8bcd-12345678abcd";
const foreign = "arn:aws:codecommit:us-east-1:999999999999:guardrails";

it.each(["SUCCEEDED", "FAILED"])(
  "An event of guardrail-merger says that our pipeline ended in the state %s.",
  (state) => {
    expect(read(pipelineEvent(state, EXECUTION))).toEqual({
      kind: "pipeline",
      region: "us-east-1",
      at: "2026-10-14T12:01:07Z",
      pipeline: "guardrails-develop",
      executionId: EXECUTION,
      state,
    });
  },
);

it("An event of a pull request for a force merge names its commit.", () => {
  expect(read(forceEvent(GUARDRAILS.ahead))).toEqual({
    kind: "pull request",
    region: "us-east-1",
    pullRequestId: "7",
    commitId: GUARDRAILS.ahead,
  });
});

it("An event of a write to main says who wrote what, as far as it is known.", () => {
  const known = { kind: "branch", region: "us-east-1", at: "2026-10-14T12:01:07Z", change: "referenceUpdated" };
  expect(read(branchEvent("arn:eve"))).toEqual({
    ...{ ...known, by: "arn:eve", commitId: GUARDRAILS.ahead, oldCommitId: GUARDRAILS.main },
  });
  const bare = { commitId: "x", oldCommitId: undefined, referenceFullName: undefined };
  expect(read(branchEvent(undefined, bare))).toEqual({ ...known, by: "", commitId: undefined, oldCommitId: undefined });
});

it("An event of the daily schedule is read by its type.", () => {
  expect(read(waiversEvent())).toEqual({ kind: "waivers" });
});

const ours = [pipelineEvent(), forceEvent(GUARDRAILS.ahead), branchEvent("arn:eve"), waiversEvent()];

it.each<readonly [string, unknown]>([
  ["another pipeline", { ...pipelineEvent(), detail: { ...pipelineEvent().detail, pipeline: "other" } }],
  ...["STARTED", "RESUMED", "STOPPING", "STOPPED", "CANCELED", "SUPERSEDED", "constructor"].map(
    (state) => [`the state ${state}`, pipelineEvent(state)] as const,
  ),
  ["a stage", { ...pipelineEvent(), "detail-type": "CodePipeline Stage Execution State Change" }],
  ["a notification", { source: "aws.codepipeline", detailType: "CodePipeline Pipeline Execution State Change" }],
  ["the pipeline of the same name of another account", { ...pipelineEvent(), resources: [foreign] }],
  ["a force merge into another branch", forceEvent(GUARDRAILS.ahead, { destinationReference: "refs/heads/develop" })],
  ["a pull request of another branch", forceEvent(GUARDRAILS.ahead, { sourceReference: "refs/heads/develop" })],
  [
    "a pull request of a branch with force in its name",
    forceEvent(GUARDRAILS.ahead, { sourceReference: "refs/heads/x/force/1" }),
  ],
  ["a pull request that was updated", forceEvent(GUARDRAILS.ahead, { event: "pullRequestSourceBranchUpdated" })],
  ["a pull request of another repository", { ...forceEvent(GUARDRAILS.ahead), resources: [foreign] }],
  ["a write to develop", branchEvent("arn:eve", { referenceName: "develop", referenceFullName: "refs/heads/develop" })],
  ["a tag that is called main", branchEvent("arn:eve", { referenceType: "tag", referenceFullName: "refs/tags/main" })],
  ["a write to another repository", branchEvent("arn:eve", { repositoryName: "other" })],
  ["a write to the repository of another account", { ...branchEvent("arn:eve"), resources: [foreign] }],
  ["something else from our source", { ...waiversEvent(), "detail-type": "Guardrail Force Merge Requested" }],
  ...ours.map(
    (event) => [`${event["detail-type"]} of another account`, { ...event, account: "999999999999" }] as const,
  ),
  ...ours.map((event) => [`${event["detail-type"]} of no account`, { ...event, account: undefined }] as const),
  ...ours
    .slice(0, 3)
    .map((event) => [`${event["detail-type"]} of another region`, { ...event, region: "eu-west-1" }] as const),
  ...ours.map((event) => [`${event["detail-type"]} from another source`, { ...event, source: "elsewhere" }] as const),
])("An event about %s is not one of guardrail-merger.", (_what, event) => {
  expect(read(event)).toBeUndefined();
});

it.each([null, {}, "text", []])("The input %j is no event of guardrail-merger, and an error.", (event) => {
  expect(() => read(event)).toThrow("not an event of EventBridge: correct what invokes this function");
});

it.each([
  ['detail["execution-id"]', { ...pipelineEvent(), detail: { pipeline: "guardrails-develop", state: "SUCCEEDED" } }],
  ['detail["execution-id"]', pipelineEvent("SUCCEEDED", "../x")],
  ["time", { ...pipelineEvent(), time: undefined }],
  ["detail.sourceCommit", forceEvent("develop")],
  ["detail.pullRequestId", forceEvent(GUARDRAILS.ahead, { pullRequestId: "x" })],
])("An event of guardrail-merger with a wrong %s is an error that names the field.", (field, event) => {
  expect(() => read(event)).toThrow(`→ at ${field}`);
});
