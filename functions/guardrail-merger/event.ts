import * as z from "zod";

/** The guardrail pipeline ended. Numbers in it are floats, and older events lack `start-time`. */
const pipelineEvent = z.object({
  source: z.literal("aws.codepipeline"),
  "detail-type": z.literal("CodePipeline Pipeline Execution State Change"),
  region: z.string().regex(/^[a-z0-9-]+$/),
  detail: z.object({ pipeline: z.string(), "execution-id": z.string(), state: z.enum(["SUCCEEDED", "FAILED"]) }),
});

/** Somebody asks to merge a commit that did not pass the pipeline, or that has diverged. `npm run force-merge` sends it. */
const forceMergeEvent = z.object({
  source: z.literal("palisade"),
  "detail-type": z.literal("Guardrail Force Merge Requested"),
  // A request that lacks a field gets an e-mail, and no error: whoever asks has no other answer.
  detail: z.object({
    repository: z.string(),
    commitId: z.string().catch(""),
    reason: z.string().catch(""),
    requestedBy: z.string().catch(""),
  }),
});

export interface PipelineEvent {
  kind: "pipeline";
  region: string;
  pipeline: string;
  executionId: string;
  state: "SUCCEEDED" | "FAILED";
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

/** What says whether an event is ours. */
const heading = z.object({
  source: z.string(),
  "detail-type": z.unknown().optional(),
  detail: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/** The states in which a pipeline ends by itself. */
const ENDED: readonly unknown[] = ["SUCCEEDED", "FAILED"] satisfies PipelineEvent["state"][];

/**
 * Reads an event.
 *
 * @returns undefined unless it is the end of our pipeline or a request for our repository
 * @throws Error for what is no event, and for one of ours that lacks a field
 */
export function readGuardrailEvent(
  event: unknown,
  ours: { pipeline: string; repository: string },
): GuardrailEvent | undefined {
  const { success, data } = heading.safeParse(event);
  if (!success) throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  const { source, "detail-type": type, detail } = data;
  const ended =
    source === "aws.codepipeline" &&
    type === "CodePipeline Pipeline Execution State Change" &&
    detail?.pipeline === ours.pipeline &&
    ENDED.includes(detail.state);
  const request =
    source === "palisade" && type === "Guardrail Force Merge Requested" && detail?.repository === ours.repository;
  if (!ended && !request) return undefined;

  const parsed = z.discriminatedUnion("source", [pipelineEvent, forceMergeEvent]).safeParse(event);
  if (!parsed.success) throw new Error(`An event is not as expected.\n${z.prettifyError(parsed.error)}`);
  if (parsed.data.source === "palisade") return { kind: "force merge", ...parsed.data.detail };
  const { region, detail: end } = parsed.data;
  return { kind: "pipeline", region, pipeline: end.pipeline, executionId: end["execution-id"], state: end.state };
}
