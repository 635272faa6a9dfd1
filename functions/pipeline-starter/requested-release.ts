import { Refusal } from "../../shared/refusal.ts";
import type { TagEvent } from "./event.ts";
import type { Release, ReleaseTag } from "./release-tag.ts";

/**
 * The release that an event asks for.
 *
 * @throws Refusal for a tag that was moved or deleted, since tags do not change, and for one that breaks the rules
 */
export function requestedRelease({ event }: TagEvent, tag: ReleaseTag): Release {
  if (event === "referenceUpdated")
    throw new Refusal(
      "The tag was moved. A tag that releases never changes, so nothing was started.",
      "Ask who moved it, and move it back to the old commit: what was released under it can be told no more otherwise. To release the new commit, push a tag with a new version.",
    );
  if (event === "referenceDeleted")
    throw new Refusal(
      "The tag was deleted. What it released stays released.",
      "Ask who deleted it. Do not push it again to put it back: a tag that is pushed is a release, and starts the pipeline unless it did so in the last 36 hours.",
    );
  if ("brokenRules" in tag)
    throw new Refusal(
      tag.brokenRules.join(" "),
      "Delete the tag, and push one that keeps the rules, such as dev_us-east-1/research/1.0 or prod_global/tooling/1.0.",
    );
  return tag.release;
}
