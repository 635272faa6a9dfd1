import { executionLink } from "../../shared/console-link.ts";
import { emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Release } from "../../shared/release-tag.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { TagEvent } from "./event.ts";

/** An event that people get a message about, and what came of it. */
export type Notice = { event: TagEvent; environment: string } & (
  | {
      kind: "release-started" | "release-repeated";
      release: Release;
      commitId: string;
      pipeline: string;
      executionId: string;
    }
  | {
      kind: "release-refused";
      /** Undefined where the tag was refused before its commit was looked up. */
      commitId: string | undefined;
      reason: string;
      steps: readonly string[];
    }
  | { kind: "tag-moved" | "tag-deleted" }
);

/** CodeCommit has no longer names. https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_TAG_LENGTH = 256;
const MAX_CALLER_LENGTH = 256;

/** The name of a tag as results, log lines and machines get it. */
export const plainTag = (tag: string): string => plainText(tag, MAX_TAG_LENGTH);

/** Why nothing was started, in sentences; empty for a start. */
export const reasonOf = (notice: Notice): string => wordsOf(notice).reason;

/** Writes the message of a notice; `release-message.schema.json` describes its part for machines. */
export function announcementOf(notice: Notice): Announcement {
  const { kind, environment, event } = notice;
  const summary = summaryOf(notice);
  const found = "commitId" in notice ? notice.commitId : undefined;
  const commitId = found ?? event.commitId ?? "";
  const oldCommitId = event.oldCommitId ?? "";
  const caller = event.callerUserArn ?? "";
  const execution =
    "executionId" in notice ? executionOf(notice.pipeline, notice.executionId, event.region) : undefined;
  const { reason, steps } = wordsOf(notice);
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
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
    email: emailText({
      summary,
      facts: [
        ["tag", unlinkedText(event.tag, MAX_TAG_LENGTH)],
        ["repository", event.repositoryName],
        ["pointed to", oldCommitId],
        [found === undefined ? "points to" : "commit", commitId],
        [BY[kind], unlinkedText(caller, MAX_CALLER_LENGTH) || "unknown: the event names nobody"],
        ["pipeline", execution?.pipeline ?? ""],
        ["execution", execution?.executionId ?? ""],
      ],
      sections: [["WHY", reason === "" ? [] : [reason]]],
      nextSteps: steps,
      links: [["execution", execution?.link ?? ""]],
    }),
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

const executionOf = (pipeline: string, executionId: string, region: string) => ({
  pipeline,
  executionId,
  link: executionLink(region, pipeline, executionId),
});

function wordsOf(notice: Notice): { reason: string; steps: readonly string[] } {
  switch (notice.kind) {
    case "release-started":
      return {
        reason: "",
        steps: ["Follow the execution in CodePipeline. Where it waits for an approval, read the plan first."],
      };
    case "release-repeated":
      return {
        reason: "This tag has already released this commit, so nothing was started.",
        steps: ["To release the commit once more, retry the execution, or push a tag with a new version."],
      };
    case "release-refused":
      return notice;
    case "tag-moved":
      return {
        reason: "The tag was moved. A release tag must not change, so the move starts nothing.",
        steps: [
          "Look in the pipeline for the commit that was released under this tag. If there is one, move the tag back to it.",
          "To release another commit, push a tag with a new version.",
        ],
      };
    case "tag-deleted":
      return {
        reason: "The tag was deleted. This starts nothing, and it does not undo a release.",
        steps: [
          "If you deleted the tag to push it again, push it. It starts a release, unless it released the same commit in the last 36 hours.",
          "If nobody meant to delete the tag, do not push it again. Use a new version for the next release.",
        ],
      };
  }
}
