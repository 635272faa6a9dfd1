import { CodePipelineClient, GetPipelineExecutionCommand, type TriggerType } from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { readExecution } from "../../shared/release-execution.ts";

const ROLE = "arn:aws:iam::111122223333:role/palisade-pipeline-starter";
const STARTER = "arn:aws:sts::111122223333:assumed-role/palisade-pipeline-starter/palisade-pipeline-starter";

const read = (tag: string, commitId: string, triggerType: TriggerType = "StartPipelineExecution") => {
  const variables = {
    TAG: "a",
    COMMIT_ID: "c",
    TAGGED_BY: "unknown",
    REQUESTED_AT: "2026-11-24T10:00:00Z",
    REASON: "-",
  };
  mockClient(CodePipelineClient)
    .on(GetPipelineExecutionCommand)
    .resolves({
      pipelineExecution: {
        trigger: { triggerType, triggerDetail: STARTER },
        variables: Object.entries(variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
      },
    });
  const configuration = { pipeline: "dev", starterRoleArn: ROLE };
  return readExecution(new CodePipelineClient({}), configuration, { executionId: "1", tag, commitId });
};

it("An execution of the starter is read for its own tag and commit only.", async () => {
  expect(await read("a", "c")).toMatchObject({ taggedBy: "unknown", reason: null });
  await expect(read("b", "c")).rejects.toThrow("another tag or commit");
  await expect(read("a", "d")).rejects.toThrow("another tag or commit");
});

it("An execution that was not started by StartPipelineExecution is refused, whoever is named.", async () => {
  await expect(read("a", "c", "ManualRollback")).rejects.toThrow("Only pipeline-starter may start a release.");
});
