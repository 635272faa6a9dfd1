import { CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { createStartPipeline } from "../../../functions/pipeline-starter/start-pipeline.ts";

const { signal } = new AbortController();
const request = { name: "dev-infrastructure" };

it("what CodePipeline says makes no link and no line of its own", async () => {
  const error = Object.assign(new Error("See https://evil.example\r\nBcc: all"), { name: "ValidationException" });
  mockClient(CodePipelineClient).on(StartPipelineExecutionCommand).rejects(error);
  await expect(createStartPipeline(new CodePipelineClient())(request, signal)).rejects.toThrow(
    "CodePipeline refused to start dev-infrastructure: See https[:]//evil[.]example??Bcc: all",
  );
});

it("a start without an id is no start", async () => {
  mockClient(CodePipelineClient).on(StartPipelineExecutionCommand).resolves({});
  await expect(createStartPipeline(new CodePipelineClient())(request, signal)).rejects.toThrow("named no execution");
});
