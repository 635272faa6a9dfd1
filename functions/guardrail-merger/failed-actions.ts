import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { oldestFirst } from "../../shared/action-executions.ts";
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

/** How the name of an action begins that checks a workload; its name follows. */
export const CHECK = "ComplianceCheck_";

/**
 * The last try of each action of each stage.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function lastTries(actions: readonly ActionExecutionDetail[]): ActionExecutionDetail[] {
  return [
    ...new Map(oldestFirst(actions).map((action) => [`${action.stageName} ${action.actionName}`, action])).values(),
  ];
}

/**
 * The actions that failed in an execution, checks of workloads first. The last try of an action counts.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function failedActions(actions: readonly ActionExecutionDetail[]): FailedAction[] {
  return lastTries(actions)
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
