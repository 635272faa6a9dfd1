import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import { expect, it } from "vitest";
import { factsOf, situationOf } from "../../../functions/release-recorder/situation.ts";
import type { StageResult } from "../../../shared/stage-result.ts";
import {
  APPLIED,
  APPROVED,
  APPROVER,
  actionOf,
  at,
  EXECUTION_ID,
  LINT,
  PLAN,
  RELEASE,
  SOURCE,
  summaryOf,
  WAITING,
} from "../../support/release-recorder.ts";

const detail = (action: ReturnType<typeof actionOf>): ActionExecutionDetail =>
  ({
    ...action,
    startTime: new Date(action.startTime),
    lastUpdateTime: new Date(action.lastUpdateTime),
  }) as ActionExecutionDetail;

const situation = (
  status: PipelineExecution["status"],
  actions: readonly ReturnType<typeof actionOf>[],
  {
    results = {},
    days = 2,
    statusSummary = "",
  }: { results?: Record<string, Partial<StageResult>>; days?: number | null; statusSummary?: string } = {},
) =>
  situationOf(
    {
      execution: { pipelineExecutionId: EXECUTION_ID, status, statusSummary },
      actions: [...actions].reverse().map(detail),
      results: new Map(
        Object.entries(results).map(([action, result]) => [
          action,
          { action, outcome: "failed", sentence: `${action} says why.`, nextSteps: [], details: {}, ...result },
        ]),
      ),
    },
    RELEASE.requestedAt,
    days ?? undefined,
  );

const PLANNED = [SOURCE, LINT, PLAN];
const failed = (name: string) => actionOf(name, "Failed", { start: "10:30:10", end: "10:31:00" });

it.each<[string, PipelineExecution["status"], ReturnType<typeof actionOf>[], string]>([
  ["in progress", "InProgress", PLANNED, "running"],
  ["that waits", "InProgress", [...PLANNED, WAITING], "waiting"],
  ["that is being stopped while it waits", "Stopping", [...PLANNED, WAITING], "running"],
  ["that was stopped", "Stopped", [...PLANNED, WAITING], "stopped"],
  ["whose pipeline was changed", "Cancelled", PLANNED, "stopped"],
  ["that was superseded", "Superseded", PLANNED, "stopped"],
  ["that succeeded with Apply", "Succeeded", [...PLANNED, APPROVED, APPLIED], "released"],
  ["that succeeded without Apply", "Succeeded", [...PLANNED, APPROVED], "failed"],
  ["without a single action", "Failed", [], "failed"],
])("An execution %s (%s) is %4$s.", (_what, status, actions, outcome) => {
  expect(situation(status, actions).outcome).toBe(outcome);
});

it.each([
  ["refused", { Lint: { outcome: "refused" }, Plan: { outcome: "refused" } }],
  ["failed", { Lint: { outcome: "refused" }, Plan: { outcome: "failed" } }],
  ["failed", { Lint: { outcome: "refused" } }],
] as const)("A release is %s where its stages left %j.", (outcome, results) => {
  const { outcome: found, failed: actions } = situation("Failed", [SOURCE, failed("Lint"), failed("Plan")], {
    results,
  });
  expect(found).toBe(outcome);
  expect(actions.map(({ action }) => action)).toEqual(["Lint", "Plan"]);
});

it("A release is in place where Apply left success, although its build failed afterwards.", () => {
  const results = { Apply: { outcome: "succeeded", details: { appliedAt: at("10:30:40") } } } as const;
  expect(situation("Failed", [...PLANNED, APPROVED, failed("Apply")], { results })).toMatchObject({
    outcome: "released",
    appliedAt: at("10:30:40"),
  });
});

it.each([
  ["rejected", "a moment before its time is over", "2026-11-26T10:02:09.999Z", APPROVER, 2],
  ["expired", "when its time is over", "2026-11-26T10:02:10.000Z", undefined, 2],
  ["rejected", "in its time, although AWS names nobody", at("10:20:00"), undefined, 2],
  ["expired", "when its time is over, although AWS names somebody", "2026-11-26T10:02:10.000Z", APPROVER, 2],
  ["rejected", "by somebody, where the time is not known", "2026-11-30T10:02:10.000Z", APPROVER, null],
  ["expired", "by nobody, where the time is not known", at("10:20:00"), undefined, null],
])("An approval is %s that fails %s.", (outcome, _when, end, updatedBy, days) => {
  const approve = actionOf("Approve", "Failed", {
    start: "10:02:10",
    end,
    ...(updatedBy !== undefined && { updatedBy }),
  });
  expect(situation("Failed", [...PLANNED, approve], { days }).outcome).toBe(outcome);
});

it("What CodePipeline says stands in for a result that is missing, and for a success of a build that failed.", () => {
  const plan = actionOf("Plan", "Failed", { result: { errorDetails: { message: "Build terminated" } } });
  for (const results of [{}, { Plan: { outcome: "succeeded" } }] as const)
    expect(situation("Failed", [SOURCE, plan], { results }).failed).toMatchObject([
      { sentence: "It left no result. CodePipeline says: Build terminated" },
    ]);
  expect(situation("Failed", [], { statusSummary: "Too many executions" }).reason).toBe("Too many executions");
});

it("Only the last try of an action counts.", () => {
  const again = actionOf("Apply", "Succeeded", { start: "10:40:00", end: "10:45:00", id: "Apply-2" });
  expect(situation("Succeeded", [...PLANNED, APPROVED, failed("Apply"), again])).toMatchObject({
    outcome: "released",
    asOf: at("10:45:00"),
  });
});

it("The number of changes comes from Plan's variable, or from a summary with nothing to apply.", () => {
  expect(situation("InProgress", PLANNED).changes).toBe(3);
  const plan = actionOf("Plan", "Succeeded");
  const results = { Plan: { outcome: "succeeded", details: { summary: summaryOf({ applyable: false }) } } } as const;
  expect(situation("Succeeded", [SOURCE, plan], { results })).toMatchObject({ changes: 0, outcome: "released" });
  expect(situation("InProgress", [SOURCE, plan]).changes).toBeUndefined();
});

it("A summary of another release is no summary of this one.", () => {
  const results = { Plan: { details: { summary: summaryOf({ executionId: "another" }) } } };
  expect(situation("InProgress", PLANNED, { results }).summary).toBeUndefined();
  expect(
    situation("InProgress", PLANNED, { results: { Plan: { details: { summary: summaryOf() } } } }).summary,
  ).toEqual(summaryOf());
});

it.each([
  ["changes, and a summary that has none", "3", false],
  ["no changes, and a summary that has some", "0", true],
])("With %s, nothing is known of what is there now.", (_, CHANGES, applyable) => {
  const plan = actionOf("Plan", "Succeeded", { outputVariables: { CHANGES } });
  const details = { summary: summaryOf({ applyable }), plannedAt: at("10:01:59") };
  const results = { Plan: { outcome: "succeeded", details } } as const;
  expect(situation("Succeeded", [SOURCE, LINT, plan], { results }).there).toBeUndefined();
});

it("A release without an action is as old as its request, and its facts have no approver.", () => {
  const start = situation("InProgress", []);
  expect(start.asOf).toBe("2026-11-24T10:00:00.000Z");
  expect(factsOf(start)).toEqual({ outcome: "running", endedAt: start.asOf });
});

it("A token that is none of CodePipeline's is left out.", () => {
  const approve = actionOf("Approve", "InProgress", { result: { externalExecutionId: "$(reboot)" } });
  expect(situation("InProgress", [...PLANNED, approve]).approval?.token).toBe("");
});
