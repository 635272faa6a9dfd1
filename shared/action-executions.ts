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
