import { executionLink } from "../../shared/console-link.ts";
import { emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { TagEvent } from "./event.ts";
import type { Release } from "./release-tag.ts";

/** What came of an event, and people have to know. */
export type Notice = { event: TagEvent; environment: string } & (
  | { kind: "release-started" | "release-repeated"; release: Release; commitId: string; executionId: string }
  | {
      kind: "release-refused" | "tag-moved" | "tag-deleted";
      /** Where the tag was read before it was refused. */
      commitId: string | undefined;
      reason: string;
      remedy: string;
    }
);

/** CodeCommit has no longer names. https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_TAG_LENGTH = 256;
const MAX_CALLER_LENGTH = 256;

/** The name of a tag as results, log lines and machines get it. */
export const plainTag = (tag: string): string => plainText(tag, MAX_TAG_LENGTH);

/** Writes the message of a notice; `release-message.schema.json` describes what it holds for machines. */
export function announcementOf(notice: Notice): Announcement {
  const { kind, environment, event } = notice;
  const summary = `[palisade] ${summaryOf(notice)}`;
  const commitId = notice.commitId ?? event.commitId ?? "";
  const oldCommitId = event.oldCommitId ?? "";
  const caller = event.callerUserArn ?? "";
  const execution = "release" in notice ? executionOf(notice.release, notice.executionId, event.region) : undefined;
  const { reason, remedy } = "reason" in notice ? notice : WORDS[notice.kind];

  const email = emailText(
    summaryOf(notice),
    [
      ["tag", unlinkedText(event.tag, MAX_TAG_LENGTH)],
      ["repository", event.repositoryName],
      ["pointed to", oldCommitId],
      [notice.commitId === undefined ? "points to" : "commit", commitId],
      [BY[kind], unlinkedText(caller, MAX_CALLER_LENGTH) || "unknown: the event does not say"],
      ["pipeline", execution?.pipeline ?? ""],
      ["execution", execution?.executionId ?? ""],
      ["link", execution?.link ?? ""],
    ],
    [
      ["WHY", reason === "" ? [] : [reason]],
      ["WHAT TO DO NEXT", [remedy]],
    ],
  );
  return {
    subject: summary,
    sms: summary,
    data: {
      kind,
      environment,
      repository: event.repositoryName,
      tag: plainTag(event.tag),
      ...(oldCommitId !== "" && { oldCommitId }),
      ...(commitId !== "" && { commitId }),
      ...(caller !== "" && { by: plainText(caller, MAX_CALLER_LENGTH) }),
      ...execution,
      ...(reason !== "" && { reason }),
    },
    email,
    attributes: { kind, environment },
  };
}

/** For example `dev: release 1.0 of research started in us-east-1`. */
function summaryOf({ environment, event, ...notice }: Notice): string {
  const tag = unlinkedText(event.tag, MAX_TAG_LENGTH);
  switch (notice.kind) {
    case "release-started":
      return `${environment}: release ${unlinkedText(notice.release.version, MAX_TAG_LENGTH)} of ${notice.release.team} started in ${placeOf(notice.release)}`;
    case "release-repeated":
      return `${environment}: not released again: ${tag}`;
    case "release-refused":
      return `${environment}: tag refused: ${tag}`;
    case "tag-moved":
      return `${environment}: tag moved: ${tag}`;
    case "tag-deleted":
      return `${environment}: tag deleted: ${tag}`;
  }
}

const BY = {
  "release-started": "tagged by",
  "release-repeated": "tagged by",
  "release-refused": "tagged by",
  "tag-moved": "moved by",
  "tag-deleted": "deleted by",
} as const;

const placeOf = ({ scope, region }: Release): string => (scope === "global" ? `global (${region})` : scope);

const executionOf = ({ pipeline }: Release, executionId: string, region: string) => ({
  pipeline,
  executionId,
  link: executionLink(region, pipeline, executionId),
});

const WORDS = {
  "release-started": {
    reason: "",
    remedy: "Follow the link. Where the pipeline waits for an approval, read its plan first.",
  },
  "release-repeated": {
    reason: "This tag has released this commit before, with the execution above.",
    remedy: "To release the commit once more, retry that execution, or push a tag with a new version.",
  },
} as const;
