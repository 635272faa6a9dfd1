import { expect, it } from "vitest";
import { failedActions } from "../../../functions/guardrail-merger/failed-actions.ts";

const action = (actionName: string, status: "Failed" | "Succeeded" | "InProgress", hour?: number) => ({
  actionName,
  status,
  ...(hour !== undefined && { startTime: new Date(Date.UTC(2026, 9, 14, hour)) }),
});
const namesOf = (...actions: Parameters<typeof failedActions>[0]) => failedActions(actions).map(({ action }) => action);

it.each([
  ["newest first", [action("A", "Succeeded", 13), action("A", "Failed", 12)]],
  ["oldest first", [action("A", "Failed", 12), action("A", "Succeeded", 13)]],
  ["without times, newest first", [action("A", "Succeeded"), action("A", "Failed")]],
  ["with one that is not over", [action("A", "InProgress", 13), action("A", "Failed", 12)]],
])("An action is among the failed actions by its last try, where tries are listed %s.", (_what, actions) => {
  expect(namesOf(...actions)).toEqual([]);
});

it("An action is among the failed actions even where one of the same name in another stage succeeded.", () => {
  const inStage = (stageName: string, status: "Failed" | "Succeeded", hour: number) => ({
    ...action("ComplianceCheck_web", status, hour),
    stageName,
  });
  expect(namesOf(inStage("Later", "Succeeded", 13), inStage("Earlier", "Failed", 12))).toEqual(["ComplianceCheck_web"]);
});

it("The failed actions begin with the checks of workloads, each group sorted by name, capitals first.", () => {
  expect(
    namesOf(
      action("audit", "Failed"),
      action("Scan", "Failed"),
      action("ComplianceCheck_web", "Failed"),
      action("Build", "Failed"),
      action("ComplianceCheck_orders", "Failed"),
    ),
  ).toEqual(["ComplianceCheck_orders", "ComplianceCheck_web", "Build", "Scan", "audit"]);
});

it("The summary of a failed action is what the action says, or else its error.", () => {
  const failed = (executionResult: object) =>
    failedActions([{ actionName: "ComplianceCheck_web", status: "Failed", output: { executionResult } }])[0];
  expect(failed({ externalExecutionSummary: "said", errorDetails: { message: "error" } })).toEqual({
    action: "ComplianceCheck_web",
    workload: "web",
    summary: "said",
    link: "",
  });
  expect(failed({ externalExecutionUrl: "https://a", errorDetails: { message: "error" } })).toMatchObject({
    summary: "error",
    link: "https://a",
  });
  expect(failed({})).toMatchObject({ summary: "", link: "" });
});
