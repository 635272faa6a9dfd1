import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import type { ExecutionEvent } from "./event.ts";

/** Whether CodePipeline does not know yet what its own event says, or contradicts itself. */
export function isBehind(
  { status }: PipelineExecution,
  actions: readonly ActionExecutionDetail[],
  says: ExecutionEvent["says"] | undefined,
): boolean {
  const goesOn = status === "InProgress" || status === "Stopping";
  if (!goesOn) return actions.some((action) => action.status === "InProgress");
  if (says?.ended) return true;
  const wanted = says?.approval;
  if (!wanted) return false;
  const approval = actions.find(({ actionExecutionId }) => actionExecutionId === wanted.id);
  const isOpen = approval?.status === "InProgress";
  return wanted.ended ? isOpen : !approval || (isOpen && !approval.output?.executionResult?.externalExecutionId);
}
