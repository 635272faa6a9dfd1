import { CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, expect, it } from "vitest";
import { createStartPipeline } from "../../../functions/pipeline-starter/start-pipeline.ts";

const codepipeline = mockClient(CodePipelineClient);
afterEach(() => codepipeline.reset());

const start = () =>
  createStartPipeline(new CodePipelineClient({ region: "us-east-1" }))(
    {
      name: "dev-infrastructure",
      variables: [
        { name: "ENV", value: "dev" },
        { name: "TEAM", value: "research" },
      ],
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "a".repeat(40) }],
      clientRequestToken: "token",
    },
    "dev_us-east-1/research/1.0",
    new AbortController().signal,
  );
const refuse = (name: string, message: string) =>
  codepipeline.on(StartPipelineExecutionCommand).rejects(Object.assign(new Error(message), { name }));

it("The call that starts a pipeline returns the id of the execution.", async () => {
  codepipeline.on(StartPipelineExecutionCommand).resolves({ pipelineExecutionId: "1" });
  expect(await start()).toBe("1");
});

it("The call that starts a pipeline fails where the answer has no id of an execution.", async () => {
  codepipeline.on(StartPipelineExecutionCommand).resolves({});
  await expect(start()).rejects.toThrow(
    "The pipeline dev-infrastructure could not be started: CodePipeline answered without the id of an execution.",
  );
});

it.each(["ValidationException", "PipelineNotFoundException"])(
  "The call that starts a pipeline turns CodePipeline's %s into a refusal that lists what the pipeline has to have.",
  async (name) => {
    refuse(name, "No.");
    await expect(start()).rejects.toMatchObject({
      name: "Refusal",
      message: "CodePipeline refused to start the pipeline dev-infrastructure: No.",
      steps: [
        "Correct the pipeline. It must exist, have type V2 and run in mode PARALLEL.",
        "It must have this source action:",
        "  Source",
        "It must declare these variables:",
        "  ENV",
        "  TEAM",
        "Then release the tag:",
        '  npm run release-again -- dev_us-east-1/research/1.0 --reason "..."',
      ],
    });
  },
);

it.each(["ConflictException", "ConcurrentPipelineExecutionsLimitExceededException", "AccessDeniedException"])(
  "The call that starts a pipeline throws CodePipeline's %s with the name of the pipeline, so that Lambda retries.",
  async (name) => {
    refuse(name, "Busy.");
    await expect(start()).rejects.toMatchObject({
      name,
      message: "The pipeline dev-infrastructure could not be started: Busy.",
    });
  },
);

it("The call that starts a pipeline lets the words of CodePipeline add no link and no line to a refusal.", async () => {
  refuse("ValidationException", "See https://evil.example\r\nBcc: all");
  await expect(start()).rejects.toThrow(": See https[:]//evil[.]example??Bcc: all");
});
