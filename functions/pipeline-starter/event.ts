import * as z from "zod";

/** Fields that every event of EventBridge has. */
const anyEvent = z.object({ source: z.string(), "detail-type": z.string() });

/** An event about a tag, whatever happened to the tag. */
const aboutTag = z.object({
  source: z.literal("aws.codecommit"),
  "detail-type": z.literal("CodeCommit Repository State Change"),
  detail: z.object({ referenceType: z.literal("tag") }),
});

/** It is shown and compared, and nothing is started with it: a wrong value counts as missing. */
const objectId = z
  .string()
  .regex(/^[0-9a-f]{40,64}$/)
  .optional()
  .catch(undefined);

const tagEvent = z
  .object({
    id: z.string().min(1),
    region: z.string().regex(/^[a-z0-9-]+$/),
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
      callerUserArn: z.string().optional().catch(undefined),
    }),
  })
  .transform(({ id, region, detail: { referenceName, referenceFullName = referenceName, ...detail } }) => ({
    id,
    region,
    tag: referenceFullName.replace(/^refs\/tags\//, ""),
    ...detail,
  }));

/** What happened to a tag. */
export type TagEvent = z.output<typeof tagEvent>;

/**
 * Reads an event.
 *
 * @returns undefined for an event that is not about a tag
 * @throws Error for input that is no event of EventBridge, and for an event about a tag with a missing or wrong field
 */
export function readTagEvent(event: unknown): TagEvent | undefined {
  if (!anyEvent.safeParse(event).success)
    throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  if (!aboutTag.safeParse(event).success) return undefined;
  const parsed = tagEvent.safeParse(event);
  if (!parsed.success) throw new Error(`An event about a tag is not as expected.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
