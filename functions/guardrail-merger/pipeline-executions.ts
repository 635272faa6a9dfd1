import {
  type CodePipelineClient,
  GetPipelineExecutionCommand,
  type PipelineExecution,
} from "@aws-sdk/client-codepipeline";
import { actionExecutions } from "../../shared/action-executions.ts";
import { Refusal } from "../../shared/refusal.ts";

const GONE = new Set(["PipelineNotFoundException", "PipelineExecutionNotFoundException", "ValidationException"]);

export type PipelineExecutions = ReturnType<typeof createPipelineExecutions>;

/** Reads what CodePipeline knows of executions. */
export function createPipelineExecutions(codepipeline: CodePipelineClient) {
  /** @throws Refusal where there is no such execution */
  async function get(
    pipelineName: string,
    pipelineExecutionId: string,
    abortSignal: AbortSignal,
  ): Promise<PipelineExecution> {
    const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
    try {
      return (await codepipeline.send(command, { abortSignal })).pipelineExecution ?? {};
    } catch (error) {
      if (!(error instanceof Error && GONE.has(error.name))) throw error;
      throw new Refusal(
        "CodePipeline has no such execution, so nobody knows which commit it tested.",
        "If the pipeline was replaced, start it again.",
      );
    }
  }

  /** Every try of every action of an execution, newest first. */
  const actions = (pipelineName: string, pipelineExecutionId: string, abortSignal: AbortSignal) =>
    actionExecutions(codepipeline, { pipelineName, pipelineExecutionId }, { abortSignal });

  return { get, actions };
}
