import * as z from "zod";
import type { Caller } from "../../gateway/service.ts";

/** The parts of a pipeline that decide about a start. */
export const pipelineSchema = z.strictObject({
  name: z.string(),
  pipelineType: z.enum(["V1", "V2"]),
  executionMode: z.enum(["QUEUED", "SUPERSEDED", "PARALLEL"]),
  sourceActions: z.array(z.string()),
  /** Names of its declared variables. */
  variables: z.array(z.string()),
});
export type Pipeline = z.output<typeof pipelineSchema>;

/** An execution in the shape of GetPipelineExecution, with its actions in the shape of ListActionExecutions, newest first. */
export const executionSchema = z.looseObject({
  pipelineName: z.string(),
  pipelineExecutionId: z.string(),
  status: z.string(),
  actionExecutions: z.array(z.looseObject({})).default([]),
});
export type Execution = z.output<typeof executionSchema>;

export const sourceRevision = z.object({ actionName: z.string(), revisionType: z.string(), revisionValue: z.string() });
export type SourceRevision = z.output<typeof sourceRevision>;

/** What runs the executions that start. */
export interface Runner {
  /** ARN of the session that calls. */
  callerArn(caller: Caller): Promise<string>;
  start(execution: Execution, sourceRevisions: readonly SourceRevision[]): void;
  /** @throws AwsError where the execution cannot be stopped */
  stop(execution: Execution, abandon: boolean, reason: string): void;
}
