import { expect, it } from "vitest";
import { readGuardrailEvent } from "../../../functions/guardrail-merger/event.ts";
import { forceEvent, GUARDRAILS, pipelineEvent } from "../../support/guardrail-merger.ts";

const read = (event: unknown) =>
  readGuardrailEvent(event, { pipeline: "guardrails-develop", repository: "guardrails" });

it.each(["SUCCEEDED", "FAILED"])(
  "An event of guardrail-merger says that our pipeline ended in the state %s.",
  (state) => {
    expect(read(pipelineEvent(state, "1"))).toEqual({
      kind: "pipeline",
      region: "us-east-1",
      pipeline: "guardrails-develop",
      executionId: "1",
      state,
    });
  },
);

it("An event that asks for a force merge without its fields is read with empty ones.", () => {
  expect(read(forceEvent("", { commitId: 7, reason: undefined, requestedBy: null }))).toEqual({
    kind: "force merge",
    repository: "guardrails",
    commitId: "",
    reason: "",
    requestedBy: "",
  });
});

it.each<readonly [string, unknown]>([
  ["another pipeline", { ...pipelineEvent(), detail: { ...pipelineEvent().detail, pipeline: "other" } }],
  ...["STARTED", "RESUMED", "STOPPING", "STOPPED", "CANCELED", "SUPERSEDED", "constructor"].map(
    (state) => [`the state ${state}`, pipelineEvent(state)] as const,
  ),
  ["a stage", { ...pipelineEvent(), "detail-type": "CodePipeline Stage Execution State Change" }],
  ["the pipeline from another source", { ...pipelineEvent(), source: "elsewhere" }],
  ["a notification", { source: "aws.codepipeline", detailType: "CodePipeline Pipeline Execution State Change" }],
  ["a force merge from another source", { ...forceEvent(GUARDRAILS.ahead), source: "elsewhere" }],
  ["something else from our source", { ...forceEvent(GUARDRAILS.ahead), "detail-type": "Other" }],
  ["a force merge in another repository", forceEvent(GUARDRAILS.ahead, { repository: "other" })],
])("An event about %s is not one of guardrail-merger.", (_what, event) => {
  expect(read(event)).toBeUndefined();
});

it.each([null, {}, "text", []])("The input %j is no event of guardrail-merger, and an error.", (event) => {
  expect(() => read(event)).toThrow("not an event of EventBridge: correct what invokes this function");
});

it.each([
  ['detail["execution-id"]', { ...pipelineEvent(), detail: { pipeline: "guardrails-develop", state: "SUCCEEDED" } }],
  ["region", { ...pipelineEvent(), region: "us-east-1.evil.example/" }],
])("An event of the guardrail pipeline with a wrong %s is an error that names the field.", (field, event) => {
  expect(() => read(event)).toThrow(`→ at ${field}`);
});
