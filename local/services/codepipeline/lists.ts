import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import type { Execution, Pipeline, Runner } from "./execution.ts";

const MOST_EXECUTIONS_PER_PAGE = 100;

const listInput = z.object({
  pipelineName: z.string(),
  filter: z.undefined("The local AWS lists all executions").optional(),
  maxResults: z.number().default(MOST_EXECUTIONS_PER_PAGE),
  nextToken: pageToken,
});
const stopInput = z.object({
  pipelineName: z.string(),
  pipelineExecutionId: z.string(),
  abandon: z.boolean().default(false),
  reason: z.string().default(""),
});

/** The output of an approval that waits has its token. */
const waiting = z.object({ executionResult: z.object({ externalExecutionId: z.string() }) });

/** Operations on the executions of a pipeline as a whole. `executions` are in the order of their starts. */
export function pipelineLists(
  executions: readonly Execution[],
  pipelineNamed: (name: string) => Pipeline,
  executionOf: (name: string, id: string) => Execution,
  runner: Runner | undefined,
) {
  function listPipelineExecutions(input: unknown) {
    const { pipelineName, maxResults, nextToken } = listInput.parse(input);
    pipelineNamed(pipelineName);
    const all = executions.filter((one) => one.pipelineName === pipelineName).reverse();
    const { page, next } = pageOf(all, nextToken, maxResults);
    return {
      pipelineExecutionSummaries: page.map(
        ({ actionExecutions, artifactRevisions, variables, pipelineName: _name, pipelineVersion, ...summary }) =>
          summary,
      ),
      nextToken: next,
    };
  }

  function stopPipelineExecution(input: unknown) {
    const { pipelineName, pipelineExecutionId, abandon, reason } = stopInput.parse(input);
    const execution = executionOf(pipelineName, pipelineExecutionId);
    if (!runner || execution.status !== "InProgress")
      throw new AwsError(
        execution.status === "Stopping" ? "DuplicatedStopRequestException" : "PipelineExecutionNotStoppableException",
        `The execution ${pipelineExecutionId} is ${execution.status}`,
      );
    runner.stop(execution, abandon, reason);
    return { pipelineExecutionId };
  }

  function getPipelineState(input: unknown) {
    const { name } = z.object({ name: z.string() }).parse(input);
    const { executionMode } = pipelineNamed(name);
    const latest = executions.filter((one) => one.pipelineName === name).at(-1);
    const actions = latest?.actionExecutions ?? [];
    const stages = [...new Set(actions.map(({ stageName }) => String(stageName)))].reverse();
    // In PARALLEL, the state of the pipeline says nothing of its executions:
    // https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
    if (executionMode === "PARALLEL")
      return { pipelineName: name, stageStates: stages.map((stageName) => ({ stageName })) };
    return {
      pipelineName: name,
      stageStates: stages.map((stageName) => ({
        stageName,
        latestExecution: { pipelineExecutionId: latest?.pipelineExecutionId, status: latest?.status },
        actionStates: actions
          .filter((action) => action.stageName === stageName)
          .map(({ actionName, actionExecutionId, status, output }) => {
            const token =
              status === "InProgress" ? waiting.safeParse(output).data?.executionResult.externalExecutionId : undefined;
            return {
              actionName,
              latestExecution: { actionExecutionId, status, ...(token !== undefined && { token }) },
            };
          }),
      })),
    };
  }

  return {
    ListPipelineExecutions: listPipelineExecutions,
    StopPipelineExecution: stopPipelineExecution,
    GetPipelineState: getPipelineState,
  };
}
