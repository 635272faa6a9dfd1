import * as z from "zod";

/** The guardrail pipeline came to a state. Numbers in it are floats, and older events lack `start-time`. */
const pipelineEvent = z.object({
  source: z.literal("aws.codepipeline"),
  "detail-type": z.literal("CodePipeline Pipeline Execution State Change"),
  region: z.string().regex(/^[a-z0-9-]+$/),
  detail: z.object({ pipeline: z.string(), "execution-id": z.string(), state: z.string() }),
});

/** Somebody asks for a merge that the checks do not allow; `npm run force-merge` sends it. */
const forceMergeEvent = z.object({
  source: z.literal("palisade"),
  "detail-type": z.literal("Guardrail Force Merge Requested"),
  detail: z.object({ repository: z.string(), commitId: z.string(), reason: z.string(), requestedBy: z.string() }),
});

export interface PipelineEvent {
  kind: "pipeline";
  region: string;
  pipeline: string;
  executionId: string;
  state: string;
}

export interface ForceMergeEvent {
  kind: "force merge";
  repository: string;
  commitId: string;
  reason: string;
  /** Who asks, as the request says. */
  requestedBy: string;
}

/** What wakes the function. */
export type GuardrailEvent = PipelineEvent | ForceMergeEvent;

/** What makes an event one of ours, whether or not it is whole. */
const ours = z.union([
  pipelineEvent.pick({ source: true, "detail-type": true }),
  forceMergeEvent.pick({ source: true, "detail-type": true }),
]);

/**
 * Reads an event.
 *
 * @returns undefined for any other event of AWS, such as that of a stage or an action
 * @throws Error for what is no event, and for one of ours that lacks something
 */
export function readGuardrailEvent(event: unknown): GuardrailEvent | undefined {
  if (!z.object({ source: z.string() }).safeParse(event).success)
    throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  if (!ours.safeParse(event).success) return undefined;
  const parsed = z.discriminatedUnion("source", [pipelineEvent, forceMergeEvent]).safeParse(event);
  if (!parsed.success) throw new Error(`An event is not as expected.\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.source === "palisade") return { kind: "force merge", ...parsed.data.detail };
  const { region, detail } = parsed.data;
  return {
    kind: "pipeline",
    region,
    pipeline: detail.pipeline,
    executionId: detail["execution-id"],
    state: detail.state,
  };
}
