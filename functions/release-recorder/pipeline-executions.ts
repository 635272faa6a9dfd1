import {
  type CodePipelineClient,
  GetPipelineExecutionCommand,
  type PipelineExecution,
  type PipelineExecutionSummary,
  paginateListPipelineExecutions,
} from "@aws-sdk/client-codepipeline";
import { actionExecutions } from "../../shared/action-executions.ts";

const GONE = new Set(["PipelineNotFoundException", "PipelineExecutionNotFoundException"]);

export type PipelineExecutions = ReturnType<typeof createPipelineExecutions>;

/** Reads what CodePipeline knows of executions. */
export function createPipelineExecutions(client: CodePipelineClient) {
  /** @returns undefined where there is no such execution */
  async function get(
    pipelineName: string,
    pipelineExecutionId: string,
    abortSignal: AbortSignal,
  ): Promise<PipelineExecution | undefined> {
    const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
    try {
      return (await client.send(command, { abortSignal })).pipelineExecution;
    } catch (error) {
      if (error instanceof Error && GONE.has(error.name)) return undefined;
      throw error;
    }
  }

  /** Every try of every action of an execution, newest first. */
  const actions = (pipelineName: string, pipelineExecutionId: string, abortSignal: AbortSignal) =>
    actionExecutions(client, { pipelineName, pipelineExecutionId }, { abortSignal });

  /** The executions that started since then, and the rest of their page; newest first. */
  async function since(pipelineName: string, moment: Date, abortSignal: AbortSignal) {
    const found: PipelineExecutionSummary[] = [];
    for await (const { pipelineExecutionSummaries = [] } of paginateListPipelineExecutions(
      { client },
      { pipelineName },
      { abortSignal },
    )) {
      found.push(...pipelineExecutionSummaries);
      const oldest = pipelineExecutionSummaries.at(-1)?.startTime;
      if (oldest && oldest < moment) break;
    }
    return found;
  }

  return { get, actions, since };
}
