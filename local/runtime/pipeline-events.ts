import { randomUUID } from "node:crypto";
import type { Execution } from "../services/codepipeline/execution.ts";
import type { Action } from "./deployment.ts";

/** An event of EventBridge. */
export interface BusEvent {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  /** ISO time, in seconds. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
}

/** Where events come from. */
export interface Place {
  account: string;
  region: string;
}

export const busEvent = (
  { account, region }: Place,
  event: Pick<BusEvent, "source" | "detail-type" | "resources" | "detail">,
): BusEvent => ({
  version: "0",
  id: randomUUID(),
  "detail-type": event["detail-type"],
  source: event.source,
  account,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region,
  resources: event.resources,
  detail: event.detail,
});

export type PipelineState = "STARTED" | "SUCCEEDED" | "FAILED" | "STOPPING" | "STOPPED";

/** What an action did, as its event has it. */
export interface ExecutionResult {
  "external-execution-url"?: string;
  "external-execution-summary"?: string;
  "external-execution-id"?: string;
  "error-code"?: string;
}

/**
 * The events of CodePipeline about one execution, with the fields and values of real ones.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
 *
 * @param started ISO time
 */
export function pipelineEvents(place: Place, execution: Execution, started: string) {
  const { pipelineName: pipeline, pipelineExecutionId } = execution;
  const event = (level: string, detail: Record<string, unknown>): BusEvent =>
    busEvent(place, {
      source: "aws.codepipeline",
      "detail-type": `CodePipeline ${level} Execution State Change`,
      resources: [`arn:aws:codepipeline:${place.region}:${place.account}:${pipeline}`],
      detail: { pipeline, "execution-id": pipelineExecutionId, ...detail, version: 1, "pipeline-execution-attempt": 1 },
    });
  return {
    pipeline: (state: PipelineState, more: Record<string, unknown> = {}) =>
      event("Pipeline", { "start-time": started, ...triggerOf(execution), state, ...more }),
    stage: (stage: string, startTime: string, state: PipelineState) =>
      event("Stage", { "start-time": startTime, stage, state }),
    action: (
      stage: string,
      { name, owner, category, provider, version }: Action,
      id: string,
      startTime: string,
      state: PipelineState | "ABANDONED",
      result: ExecutionResult = {},
    ) =>
      event("Action", {
        "start-time": startTime,
        stage,
        ...(Object.keys(result).length > 0 && { "execution-result": result }),
        "action-execution-id": id,
        action: name,
        state,
        region: place.region,
        type: { owner, category, provider, version },
      }),
  };
}

function triggerOf({ trigger }: Execution): Record<string, unknown> {
  if (typeof trigger !== "object" || trigger === null || !("triggerType" in trigger)) return {};
  return {
    "execution-trigger": {
      "trigger-type": trigger.triggerType,
      ...("triggerDetail" in trigger && { "trigger-detail": trigger.triggerDetail }),
    },
  };
}
