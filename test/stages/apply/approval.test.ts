import { CodePipelineClient, ListActionExecutionsCommand } from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { judgeApproval, readApproval } from "../../../stages/apply/approval.ts";

const ROLE = "arn:aws:iam::111122223333:role/palisade-approve-dev";
const MARY = "arn:aws:sts::111122223333:assumed-role/palisade-approve-dev/mary";
const action = (more: object = {}) => ({
  ...{ stageName: "Approve", actionName: "Approve", status: "Succeeded" as const, updatedBy: MARY },
  ...{ startTime: new Date("2026-11-24T10:00:00Z"), lastUpdateTime: new Date("2026-11-24T10:05:00Z") },
  ...more,
});

it("An approval by a session of the role is read, with its time.", () => {
  expect(judgeApproval([action()], ROLE)).toEqual({ approver: MARY, approvedAt: "2026-11-24T10:05:00.000Z" });
});

it.each([
  ["no approval", []],
  ["an approval that waits", [action({ status: "InProgress" })]],
  ["a rejection", [action({ status: "Failed" })]],
  ["an action of another stage", [action({ stageName: "Plan" })]],
  [
    "a rejection after an approval",
    [action(), action({ status: "Failed", startTime: new Date("2026-11-24T11:00:00Z") })],
  ],
])("With %s, nobody approved.", (_, actions) => {
  expect(() => judgeApproval(actions, ROLE)).toThrow("Nobody approved this release.");
});

it.each([
  ["another role", MARY.replace("approve-dev", "approve-prod")],
  ["a role of this name in another account", MARY.replace("111122223333", "222233334444")],
  ["nobody that AWS names", undefined],
])("An approval by %s is refused.", (_, updatedBy) => {
  expect(() => judgeApproval([action({ updatedBy })], ROLE)).toThrow(
    /only sessions of the role palisade-approve-dev may/,
  );
});

it("The approval is found on a later page.", async () => {
  const mock = mockClient(CodePipelineClient);
  mock
    .on(ListActionExecutionsCommand)
    .resolves({ actionExecutionDetails: [action()] })
    .on(ListActionExecutionsCommand, { nextToken: undefined })
    .resolves({ actionExecutionDetails: [action({ stageName: "Plan", actionName: "Plan" })], nextToken: "2" })
    .on(ListActionExecutionsCommand, { nextToken: "2" })
    .resolves({ actionExecutionDetails: [action()] });
  const asked = { pipeline: "dev", executionId: "1", approverRoleArn: ROLE };
  expect(await readApproval(new CodePipelineClient({}), asked)).toMatchObject({ approver: MARY });
  expect(mock).toHaveReceivedCommandWith(ListActionExecutionsCommand, {
    pipelineName: "dev",
    filter: { pipelineExecutionId: "1" },
  });
  expect(mock).toHaveReceivedCommandTimes(ListActionExecutionsCommand, 2);
});
