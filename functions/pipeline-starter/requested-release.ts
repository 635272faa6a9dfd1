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
      "The tag was moved. A tag that releases never changes: to move it starts nothing.",
      "See in the pipeline which commit was released under the tag, if any, and move the tag to that one. To release another commit, push a tag with a new version.",
    );
  if (event === "referenceDeleted")
    throw new Refusal(
      "The tag was deleted. To delete it starts nothing, and undoes nothing that was released under it.",
      "Nothing, if you deleted it to push it again: a tag that is pushed is a release, unless its commit was released under it in the last 36 hours. If nobody meant to delete it, leave it away, and use a new version for the next release.",
    );
  if ("brokenRules" in tag)
    throw new Refusal(
      tag.brokenRules.join(" "),
      `Delete the tag, and push one that keeps the rules, such as ${tag.example}.`,
    );
  return tag.release;
}
