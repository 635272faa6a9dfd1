import { type CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { commandLine } from "../../shared/email-text.ts";
import { unlinkedText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { releaseAgainCommand } from "../../shared/release-again.ts";
import type { startRequest } from "./start-request.ts";

/**
 * Errors of CodePipeline that a retry does not change. ConflictException and
 * ConcurrentPipelineExecutionsLimitExceededException are not among them: they say that the pipeline is busy.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
 */
const PERMANENT = new Set(["ValidationException", "PipelineNotFoundException"]);

/**
 * Makes the function that starts a pipeline.
 *
 * @returns the id of the execution
 * @throws Refusal where the pipeline cannot take the request
 */
export const createStartPipeline =
  (codepipeline: CodePipelineClient) =>
  async (request: ReturnType<typeof startRequest>, tag: string, abortSignal: AbortSignal): Promise<string> => {
    try {
      const { pipelineExecutionId } = await codepipeline.send(new StartPipelineExecutionCommand(request), {
        abortSignal,
      });
      if (pipelineExecutionId === undefined) throw new Error("CodePipeline answered without the id of an execution.");
      return pipelineExecutionId;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (PERMANENT.has(error.name))
        throw new Refusal(
          `CodePipeline refused to start the pipeline ${request.name}: ${unlinkedText(error.message, 500)}`,
          "Correct the pipeline. It must exist, have type V2 and run in mode PARALLEL.",
          "It must have this source action:",
          ...request.sourceRevisions.map(({ actionName }) => commandLine(actionName)),
          "It must declare these variables:",
          ...request.variables.map(({ name }) => commandLine(name)),
          "Then release the tag:",
          commandLine(releaseAgainCommand(tag)),
        );
      error.message = `The pipeline ${request.name} could not be started: ${error.message}`;
      throw error;
    }
  };
