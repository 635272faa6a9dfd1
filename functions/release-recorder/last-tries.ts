import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { oldestFirst } from "../../shared/action-executions.ts";

/**
 * The last try of each action, by its name.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function lastTries(actions: readonly ActionExecutionDetail[]): ReadonlyMap<string, ActionExecutionDetail> {
  return new Map(oldestFirst(actions).map((action) => [action.actionName ?? "", action]));
}
