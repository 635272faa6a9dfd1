import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";

/**
 * The last try of each action, by its name. A stage that is retried keeps its execution and starts its actions anew.
 *
 * @param actions every try, newest first, as CodePipeline lists them
 */
export function lastTries(actions: readonly ActionExecutionDetail[]): ReadonlyMap<string, ActionExecutionDetail> {
  const started = ({ startTime }: ActionExecutionDetail) => startTime?.getTime() ?? 0;
  return new Map(
    [...actions]
      .reverse()
      .sort((a, b) => started(a) - started(b))
      .map((action) => [action.actionName ?? "", action]),
  );
}
