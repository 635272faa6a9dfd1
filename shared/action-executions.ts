import {
  type ActionExecutionDetail,
  type CodePipelineClient,
  paginateListActionExecutions,
} from "@aws-sdk/client-codepipeline";

/** Every try of every action of an execution, newest first. */
export async function actionExecutions(
  client: CodePipelineClient,
  { pipelineName, pipelineExecutionId }: { pipelineName: string; pipelineExecutionId: string },
  call: { abortSignal?: AbortSignal } = {},
): Promise<ActionExecutionDetail[]> {
  const found: ActionExecutionDetail[] = [];
  const pages = paginateListActionExecutions({ client }, { pipelineName, filter: { pipelineExecutionId } }, call);
  for await (const { actionExecutionDetails = [] } of pages) found.push(...actionExecutionDetails);
  return found;
}

/**
 * Every try, oldest first. A stage that is retried keeps its execution and starts its actions anew.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function oldestFirst(actions: readonly ActionExecutionDetail[]): ActionExecutionDetail[] {
  const started = ({ startTime }: ActionExecutionDetail) => startTime?.getTime() ?? 0;
  return [...actions].reverse().sort((a, b) => started(a) - started(b));
}
