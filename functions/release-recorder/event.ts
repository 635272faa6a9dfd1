import * as z from "zod";
import { parsedEvent } from "../../shared/parsed-event.ts";
import type { Environments } from "./settings.ts";

/** Fields that every event of EventBridge has. */
const anyEvent = z.object({ source: z.string(), "detail-type": z.string() });

const SCHEDULED = "Scheduled Event";
const EXECUTION = "CodePipeline Pipeline Execution State Change";
const ACTION = "CodePipeline Action Execution State Change";

const scheduledEvent = z.object({
  source: z.enum(["aws.events", "aws.scheduler"]),
  "detail-type": z.literal(SCHEDULED),
  account: z.string(),
  time: z.iso.datetime(),
});

/** Where a pipeline's event comes from. */
const origin = { source: z.literal("aws.codepipeline"), account: z.string(), region: z.string() };

/** CodePipeline takes no other, and it becomes a part of a key. */
const executionId = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be the id of an execution");

const executionEvent = z.object({
  ...origin,
  "detail-type": z.literal(EXECUTION),
  detail: z.object({
    pipeline: z.string(),
    "execution-id": executionId,
    state: z.string(),
  }),
});

const approvalEvent = z.object({
  ...origin,
  "detail-type": z.literal(ACTION),
  detail: z.object({
    pipeline: z.string(),
    "execution-id": executionId,
    "action-execution-id": z.string(),
    state: z.string(),
    type: z.object({ category: z.string() }),
  }),
});

/** An execution to look at. What the event says of it may be old: CodePipeline is asked. */
export interface ExecutionEvent {
  kind: "execution";
  environment: string;
  executionId: string;
  /** What the event says, which CodePipeline may not know yet. */
  says: { ended: boolean; approval: { id: string; ended: boolean } | undefined };
}

/** What wakes the function, or why it is ignored. */
export type RecorderEvent = ExecutionEvent | { kind: "schedule"; time: string } | { kind: "ignored"; reason: string };

/** The pipelines that the function serves. */
export interface Home {
  accountId: string;
  region: string;
  environments: Environments;
}

const ENDS = new Set(["SUCCEEDED", "FAILED", "STOPPED", "CANCELED", "SUPERSEDED"]);

/**
 * Reads an event.
 *
 * @throws Error for input that is no event of EventBridge, and for an event of a pipeline or a schedule with a missing or
 * wrong field
 */
export function readRecorderEvent(event: unknown, { accountId, region, environments }: Home): RecorderEvent {
  const heading = anyEvent.safeParse(event);
  if (!heading.success) throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  const { source, "detail-type": type } = heading.data;
  const foreign = { kind: "ignored", reason: `The event is not from the account ${accountId} in ${region}.` } as const;

  if (type === SCHEDULED) {
    const { account, time } = parsedEvent(scheduledEvent, event);
    return account === accountId ? { kind: "schedule", time } : foreign;
  }
  if (source !== "aws.codepipeline" || (type !== EXECUTION && type !== ACTION))
    return { kind: "ignored", reason: "The event is not about a pipeline, and no schedule sent it." };

  const one = parsedEvent(z.discriminatedUnion("detail-type", [executionEvent, approvalEvent]), event);
  if (one.account !== accountId || one.region !== region) return foreign;
  const [environment] = Object.entries(environments).find(([, { pipeline }]) => pipeline === one.detail.pipeline) ?? [];
  if (environment === undefined)
    return { kind: "ignored", reason: "The pipeline releases to none of the environments." };
  if (one["detail-type"] === ACTION && one.detail.type.category !== "Approval")
    return { kind: "ignored", reason: "The action is not an approval." };
  const { detail } = one;
  const said = ENDS.has(detail.state);
  return {
    kind: "execution",
    environment,
    executionId: detail["execution-id"],
    says:
      "type" in detail
        ? { ended: false, approval: { id: detail["action-execution-id"], ended: said } }
        : { ended: said, approval: undefined },
  };
}
