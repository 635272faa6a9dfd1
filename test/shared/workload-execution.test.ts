import { CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { readStart } from "../../shared/workload-execution.ts";

const COMMIT = "98180b5656644d8b712112613b9e73a63ed0048f";
const RULE = "arn:aws:events:us-east-1:111122223333:rule/palisade-billing-start";
const MARY = "arn:aws:sts::111122223333:assumed-role/Developer/mary";
const settings = { pipeline: "palisade-billing", startRuleArn: RULE };

/** What the stage learns of an execution that CodePipeline describes so. */
function start(trigger: object | undefined, revisions = [{ name: "Source", revisionId: COMMIT }]) {
  const client = mockClient(CodePipelineClient);
  client
    .on(GetPipelineExecutionCommand, { pipelineName: "palisade-billing", pipelineExecutionId: "1" })
    .resolves({ pipelineExecution: { ...(trigger && { trigger }), artifactRevisions: revisions } });
  return readStart(new CodePipelineClient(), settings, { executionId: "1", commitId: COMMIT });
}

it("A push and the creation of the pipeline name nobody, and people who start it are named.", async () => {
  expect(await start({ triggerType: "CloudWatchEvent", triggerDetail: RULE })).toEqual({});
  expect(await start({ triggerType: "CreatePipeline", triggerDetail: MARY })).toEqual({});
  expect(await start({ triggerType: "StartPipelineExecution", triggerDetail: MARY })).toEqual({ startedBy: MARY });
});

it.each([
  { triggerType: "CloudWatchEvent", triggerDetail: `${RULE}-2` },
  { triggerType: "CloudWatchEvent" },
  { triggerType: "ManualRollback", triggerDetail: MARY },
  { triggerType: "AutomatedRollback", triggerDetail: RULE },
  { triggerType: "PutActionRevision", triggerDetail: RULE },
  { triggerType: "WebhookV2", triggerDetail: RULE },
  undefined,
])("Whatever else starts the pipeline is refused: %j.", async (trigger) => {
  await expect(start(trigger)).rejects.toMatchObject({
    name: "Refusal",
    message: expect.stringContaining("Only a push and people may start this pipeline."),
  });
});

it("An execution whose source is another commit, or is not known, is refused.", async () => {
  const push = { triggerType: "CloudWatchEvent", triggerDetail: RULE };
  for (const revisions of [
    [],
    [{ name: "Source", revisionId: "0".repeat(40) }],
    [{ name: "Programs", revisionId: COMMIT }],
  ])
    await expect(start(push, revisions)).rejects.toThrow("The build has another commit than its execution.");
});
