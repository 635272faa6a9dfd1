import { type CodePipelineClient, StartPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { Refusal } from "./refusal.ts";
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
  async (request: ReturnType<typeof startRequest>, abortSignal: AbortSignal): Promise<string> => {
    try {
      const { pipelineExecutionId } = await codepipeline.send(new StartPipelineExecutionCommand(request), {
        abortSignal,
      });
      if (pipelineExecutionId === undefined) throw new Error("CodePipeline answered without the id of an execution.");
      return pipelineExecutionId;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (PERMANENT.has(error.name))
        throw new Refusal({
          kind: "start refused",
          pipeline: request.name,
          sourceActions: request.sourceRevisions.map(({ actionName }) => actionName),
          variables: request.variables.map(({ name }) => name),
          answer: error.message,
        });
      error.message = `The pipeline ${request.name} could not be started: ${error.message}`;
      throw error;
    }
  };
