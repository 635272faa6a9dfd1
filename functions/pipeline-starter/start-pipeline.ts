import {
  type CodePipelineClient,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionCommandInput,
} from "@aws-sdk/client-codepipeline";
import { unlinkedText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";

/**
 * What CodePipeline says where trying again changes nothing. ConflictException and
 * ConcurrentPipelineExecutionsLimitExceededException are not among them: the pipeline is busy.
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
  async (request: StartPipelineExecutionCommandInput, abortSignal: AbortSignal): Promise<string> => {
    try {
      const { pipelineExecutionId } = await codepipeline.send(new StartPipelineExecutionCommand(request), {
        abortSignal,
      });
      if (pipelineExecutionId === undefined)
        throw new Error(`CodePipeline started ${request.name} and named no execution.`);
      return pipelineExecutionId;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      if (!PERMANENT.has(error.name)) {
        error.message = `The pipeline ${request.name} could not be started: ${error.message}`;
        throw error;
      }
      const variables = request.variables?.map(({ name }) => name).join(", ");
      const sourceActions = request.sourceRevisions?.map(({ actionName }) => actionName).join(", ");
      throw new Refusal(
        `CodePipeline refused to start ${request.name}: ${unlinkedText(error.message, 500)}`,
        `The pipeline ${request.name} must exist, be of type V2 with execution mode QUEUED, have the source action ${sourceActions}, and declare the variables ${variables}. Correct it, delete the tag and push it again.`,
      );
    }
  };
