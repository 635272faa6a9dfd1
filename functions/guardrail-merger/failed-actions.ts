import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { byCodeUnits } from "../../shared/code-unit-order.ts";

/** An action of the pipeline that failed. */
export interface FailedAction {
  /** The workload that the action checks; undefined for any other action. */
  workload: string | undefined;
  action: string;
  /** What the action says about its failure, and where to read more. Both come from outside. */
  summary: string;
  link: string;
}

const CHECK = "ComplianceCheck_";

/**
 * The actions that failed in an execution, checks of workloads first. The last try of an action counts.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function failedActions(actions: readonly ActionExecutionDetail[]): FailedAction[] {
  const lastTries = new Map<string, ActionExecutionDetail>();
  const started = ({ startTime }: ActionExecutionDetail) => startTime?.getTime() ?? 0;
  for (const action of [...actions].reverse().sort((a, b) => started(a) - started(b)))
    lastTries.set(`${action.stageName} ${action.actionName}`, action);
  return [...lastTries.values()]
    .filter(({ status }) => status === "Failed")
    .map(({ actionName = "", output }) => {
      const { externalExecutionSummary = "", externalExecutionUrl = "", errorDetails } = output?.executionResult ?? {};
      return {
        action: actionName,
        workload: actionName.startsWith(CHECK) ? actionName.slice(CHECK.length) : undefined,
        summary: externalExecutionSummary || (errorDetails?.message ?? ""),
        link: externalExecutionUrl,
      };
    })
    .sort(
      (a, b) => Number(a.workload === undefined) - Number(b.workload === undefined) || byCodeUnits(a.action, b.action),
    );
}
