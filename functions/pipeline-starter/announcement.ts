import { executionLink } from "../../shared/console-link.ts";
import { commandLine, emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import { MAX_TAG_LENGTH, releaseAgainCommand } from "../../shared/release-again.ts";
import { placeOf, type Release } from "../../shared/release-tag.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { ReleaseEvent } from "./event.ts";

/** An event that people get a message about, and what came of it. */
export type Notice = {
  event: ReleaseEvent;
  /** Undefined for a request whose tag names none. */
  environment: string | undefined;
  /** Undefined where the tag names no team of the environment. */
  team?: string | undefined;
} & (
  | {
      kind: "release-started" | "release-repeated";
      release: Release;
      commitId: string;
      pipeline: string;
      executionId: string;
    }
  | {
      kind: "release-refused";
      /** Undefined where the release was refused before its commit was looked up. */
      commitId: string | undefined;
      reason: string;
      steps: readonly string[];
    }
  | { kind: "tag-moved" | "tag-deleted" }
);

const MAX_CALLER_LENGTH = 256;
const MAX_REQUEST_ID_LENGTH = 256;
const MAX_REASON_LENGTH = 1_000;

/** The name of a tag as results, log lines and machines get it. */
export const plainTag = (tag: string): string => plainText(tag, MAX_TAG_LENGTH);

/** The id of a request as results, log lines and machines get it. */
export const plainRequestId = (id: string): string => plainText(id, MAX_REQUEST_ID_LENGTH);

/** Why nothing was started, in sentences; empty for a start. */
export const reasonOf = (notice: Notice): string => wordsOf(notice).reason;

/** Writes the message of a notice; `release-message.schema.json` describes its part for machines. */
export function announcementOf(notice: Notice, repository: string): Announcement {
  const { kind, environment, team, event } = notice;
  const named = { ...(environment !== undefined && { environment }), ...(team !== undefined && { team }) };
  const summary = summaryOf(notice);
  const request = event.event === "releaseRequested" ? event : undefined;
  const pushed = event.event === "releaseRequested" ? undefined : event;
  const found = "commitId" in notice ? notice.commitId : undefined;
  const commitId = found ?? pushed?.commitId ?? "";
  const oldCommitId = pushed?.oldCommitId ?? "";
  const execution =
    "executionId" in notice ? executionOf(notice.pipeline, notice.executionId, event.region) : undefined;
  const { reason, steps } = wordsOf(notice);
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind,
      ...named,
      repository,
      tag: plainTag(event.tag),
      ...(oldCommitId !== "" && { oldCommitId }),
      ...(commitId !== "" && { commitId }),
      ...(event.by !== "" && { by: plainText(event.by, MAX_CALLER_LENGTH) }),
      ...(request && { requestId: plainRequestId(request.id) }),
      ...(request && { requestReason: plainText(request.reason, MAX_REASON_LENGTH) }),
      ...execution,
      ...(reason !== "" && { reason }),
    },
    email: emailText({
      summary,
      facts: [
        ["tag", unlinkedText(event.tag, MAX_TAG_LENGTH)],
        ["repository", repository],
        ["pointed to", oldCommitId],
        [found === undefined ? "points to" : "commit", commitId],
        [BY[event.event], unlinkedText(event.by, MAX_CALLER_LENGTH) || "unknown: the event names nobody"],
        ["request", unlinkedText(request?.id ?? "", MAX_REQUEST_ID_LENGTH)],
        ["its reason", unlinkedText(request?.reason ?? "", MAX_REASON_LENGTH)],
        ["pipeline", execution?.pipeline ?? ""],
        ["execution", execution?.executionId ?? ""],
      ],
      sections: [["WHY", reason === "" ? [] : [reason]]],
      nextSteps: steps,
      links: [["execution", execution?.link ?? ""]],
    }),
    attributes: { kind, ...named },
  };
}

/** For example `dev: release 1.0 of research started in us-east-1`. */
function summaryOf({ environment, event, ...notice }: Notice): string {
  const tag = unlinkedText(event.tag, MAX_TAG_LENGTH);
  const of = environment === undefined ? "" : `${environment}: `;
  const requested = event.event === "releaseRequested";
  switch (notice.kind) {
    case "release-started":
      return `${of}release ${unlinkedText(notice.release.version, MAX_TAG_LENGTH)} of ${notice.release.team} started ${requested ? "on request " : ""}in ${placeOf(notice.release)}`;
    case "release-repeated":
      return `${of}not released again: ${tag}`;
    case "release-refused":
      return `${of}${requested ? "request" : "tag"} refused: ${tag || "it names no tag"}`;
    case "tag-moved":
      return `${of}tag moved: ${tag}`;
    case "tag-deleted":
      return `${of}tag deleted: ${tag}`;
  }
}

const BY: Readonly<Record<ReleaseEvent["event"], string>> = {
  referenceCreated: "tagged by",
  referenceUpdated: "moved by",
  referenceDeleted: "deleted by",
  releaseRequested: "requested by",
};

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
        steps: ["To release the commit once more:", commandLine(releaseAgainCommand(notice.event.tag))],
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
