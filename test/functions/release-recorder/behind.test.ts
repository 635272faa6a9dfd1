import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import { expect, it } from "vitest";
import { isBehind } from "../../../functions/release-recorder/behind.ts";

const approval = (status: ActionExecutionDetail["status"], externalExecutionId?: string): ActionExecutionDetail => ({
  actionExecutionId: "a",
  status,
  output: { executionResult: { externalExecutionId } },
});
const began = { ended: false, approval: { id: "a", ended: false } };
const answered = { ended: false, approval: { id: "a", ended: true } };
const ended = { ended: true, approval: undefined };

it.each<[string, boolean, PipelineExecution["status"], ActionExecutionDetail[], Parameters<typeof isBehind>[2]]>([
  ["does not know that the execution ended", true, "InProgress", [], ended],
  ["is stopping an execution that ended", true, "Stopping", [], ended],
  ["knows that the execution ended, and lists an action in progress", true, "Failed", [approval("InProgress")], ended],
  ["knows all of an execution that ended", false, "Failed", [approval("Failed")], ended],
  ["does not list the approval", true, "InProgress", [], began],
  ["lists the approval without its token", true, "InProgress", [approval("InProgress")], began],
  ["lists the approval", false, "InProgress", [approval("InProgress", "token")], began],
  ["lists the approval as answered already", false, "InProgress", [approval("Succeeded")], began],
  ["does not know the answer", true, "InProgress", [approval("InProgress", "token")], answered],
  ["knows the answer", false, "InProgress", [approval("Succeeded", "token")], answered],
  ["is asked by a schedule", false, "InProgress", [approval("InProgress")], undefined],
])("CodePipeline that %s is behind its event: %s.", (_what, behind, status, actions, says) => {
  expect(isBehind({ status }, actions, says)).toBe(behind);
});
