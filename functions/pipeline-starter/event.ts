import * as z from "zod";
import { parsedEvent } from "../../shared/parsed-event.ts";

/** Fields that every event of EventBridge has. */
const anyEvent = z.object({ source: z.string(), "detail-type": z.string() });

/** Where an event comes from, and when it happened: `2026-10-14T10:01:43Z`. */
const origin = { account: z.string(), region: z.string().regex(/^[a-z0-9-]+$/), time: z.iso.datetime() };

/** An event about a tag, whatever happened to the tag. */
const aboutTag = z.object({
  source: z.literal("aws.codecommit"),
  "detail-type": z.literal("CodeCommit Repository State Change"),
  detail: z.object({ referenceType: z.literal("tag") }),
});

/** Somebody asks to release a tag again. `npm run release-again` sends it. */
const aboutRequest = z.object({ source: z.literal("palisade"), "detail-type": z.literal("Release Requested") });

/** It is shown and compared, and nothing is started with it: a wrong value counts as missing. */
const objectId = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .optional()
  .catch(undefined);

/** The ARN of a user, a role or a session: nothing else counts as a name. */
const callerArn = z
  .string()
  .regex(/^arn:[\w-]+:(iam|sts)::\d{12}:[\w+=,.@:/-]{1,800}$/)
  .catch("");

const nameOf = (reference: string): string => reference.replace(/^refs\/tags\//, "");

const tagEvent = z
  .object({
    id: z.string().min(1),
    ...origin,
    resources: z.array(z.string()),
    detail: z.object({
      event: z.enum(["referenceCreated", "referenceUpdated", "referenceDeleted"]),
      repositoryName: z.string(),
      /** Some real events have the full name here. */
      referenceName: z.string(),
      referenceFullName: z.string().optional(),
      /** The id of a commit or of an annotated tag: AWS does not say which. Missing where a tag was deleted. */
      commitId: objectId,
      oldCommitId: objectId,
      /** Real events have it, AWS's own examples do not. */
      callerUserArn: callerArn,
    }),
  })
  .transform(({ detail, ...event }) => {
    const { referenceName, referenceFullName = referenceName, callerUserArn: by, ...others } = detail;
    return { ...event, ...others, tag: nameOf(referenceFullName), by };
  });

/** What happened to a tag. An event with the same `id` is a copy. */
export type TagEvent = z.output<typeof tagEvent>;

const requestEvent = z
  .object({
    id: z.string().min(1),
    ...origin,
    // A request that lacks a field gets an e-mail, and no error: whoever asks has no other answer.
    detail: z.object({
      tag: z.string().catch(""),
      /** By default each event is a request of its own. */
      requestId: z.string().catch(""),
      reason: z.string().catch(""),
      /** Who asks, as the request says: EventBridge does not say. */
      requestedBy: callerArn,
    }),
  })
  .transform(({ id, detail: { tag, requestId, reason, requestedBy: by }, ...event }) => ({
    ...event,
    event: "releaseRequested" as const,
    id: requestId || id,
    tag: nameOf(tag),
    reason,
    by,
  }));

/** A request to release a tag again. One with the same `id` and tag is a copy. */
export type RequestEvent = z.output<typeof requestEvent>;

/** What wakes the function. `by`: the ARN of who did it; empty where the event names nobody. */
export type ReleaseEvent = TagEvent | RequestEvent;

/**
 * Reads an event.
 *
 * @returns undefined for an event that is neither about a tag nor a request
 * @throws Error for input that is no event of EventBridge, and for an event of ours with a missing or wrong field
 */
export function readReleaseEvent(event: unknown): ReleaseEvent | undefined {
  if (!anyEvent.safeParse(event).success)
    throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  if (aboutTag.safeParse(event).success) return parsedEvent(tagEvent, event, "An event about a tag");
  if (aboutRequest.safeParse(event).success) return parsedEvent(requestEvent, event, "A request for a release");
  return undefined;
}
