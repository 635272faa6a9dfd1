import * as z from "zod";

/** What all events of EventBridge have. */
const anyEvent = z.object({ source: z.string(), "detail-type": z.string() });

/** What makes an event one of a tag, whatever happened to it. */
const ofTag = z.object({
  source: z.literal("aws.codecommit"),
  "detail-type": z.literal("CodeCommit Repository State Change"),
  detail: z.object({ referenceType: z.literal("tag") }),
});

/** It is shown and compared, and nothing is started by it: a wrong one is as good as none. */
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
      /** Real events have had the full name here too. */
      referenceName: z.string(),
      referenceFullName: z.string().optional(),
      /** The id of a commit, or that of an annotated tag: AWS does not say which. Missing where a tag was deleted. */
      commitId: objectId,
      oldCommitId: objectId,
      /** Not in AWS's own examples, though in real events. */
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
 * @returns undefined for one that is not about a tag
 * @throws Error for what is no event of EventBridge, and for an event about a tag that lacks something
 */
export function readTagEvent(event: unknown): TagEvent | undefined {
  if (!anyEvent.safeParse(event).success)
    throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  if (!ofTag.safeParse(event).success) return undefined;
  const parsed = tagEvent.safeParse(event);
  if (!parsed.success) throw new Error(`An event about a tag is not as expected.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
