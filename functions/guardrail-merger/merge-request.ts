import * as z from "zod";

/** An execution of the guardrail pipeline that succeeded. */
const tested = z.object({
  kind: z.literal("pipeline"),
  region: z.string(),
  pipeline: z.string(),
  executionId: z.string(),
});

/** A pull request by which somebody forces a merge. */
const forced = z.object({
  kind: z.literal("force merge"),
  region: z.string(),
  repository: z.string(),
  pullRequestId: z.string(),
  /** The ARN of its author, for whom CodeCommit vouches. */
  requestedBy: z.string(),
  /** Its description. */
  reason: z.string(),
});

/** What a merge is asked for by. */
export const mergeRequest = z.discriminatedUnion("kind", [tested, forced]);
export type MergeRequest = z.output<typeof mergeRequest>;
export type ForceRequest = z.output<typeof forced>;
