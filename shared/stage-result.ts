import * as z from "zod";

/**
 * What a stage program leaves behind, whatever happened: a build cannot set the summary of its action, and a failed action
 * gives no variables.
 */
export const stageResult = z.object({
  /** The name of the action in the pipeline. */
  action: z.string(),
  /** `refused`: by a rule, and a repeat changes nothing. `failed`: by a fault. */
  outcome: z.enum(["succeeded", "refused", "failed"]),
  /** What happened, in one or more sentences for people. Text from outside in it is plain text. */
  sentence: z.string(),
  /** What people do next, one step a line; a command is an indented line of its own. */
  nextSteps: z.array(z.string()).default([]),
  /** More, by action. */
  details: z.record(z.string(), z.unknown()).default({}),
});
export type StageResult = z.output<typeof stageResult>;

/** Where a stage program leaves its result: the key in the artifact bucket of the environment. */
export const resultKey = (pipeline: string, executionId: string, action: string): string =>
  `results/${pipeline}/${executionId}/${action}.json`;
