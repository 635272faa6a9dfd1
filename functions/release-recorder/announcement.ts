import { executionLink, shownLink } from "../../shared/console-link.ts";
import { commandLine, emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import { MAX_TAG_LENGTH, releaseAgainCommand } from "../../shared/release-again.ts";
import type { ReleaseSummary } from "../../shared/release-summary.ts";
import { placeOf } from "../../shared/release-tag.ts";
import { type Announcement, MAX_MESSAGE_BYTES, messageBytes, snsContent } from "../../shared/sns-message.ts";
import { expiryOf } from "./deadline.ts";
import { countsText, linesOf, planData, planSections, stoppingSection, textData } from "./plan-lines.ts";
import type { Environment } from "./settings.ts";
import type { Situation } from "./situation.ts";
import type { StartedRelease } from "./started-release.ts";

/** What people get an e-mail about. */
export const NOTICE_KINDS = [
  "approval-needed",
  "approval-expiring",
  "approval-rejected",
  "approval-expired",
  "released",
  "release-failed",
  "release-stopped",
  "stage-refused",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export interface Notice {
  kind: NoticeKind;
  release: StartedRelease;
  situation: Situation;
  environment: Environment;
  /** Where the pipeline runs. */
  region: string;
}

const MAX_ARN = 256;
const MAX_COMMENT = 600;
const MAX_REASON = 2_000;
const MAX_STEP = 500;
const MOST_STEPS = 20;
const MOST_FAILED = 10;

/** Lines of each list at first. Where they are too many for SNS, half of them are tried, and so on. */
const MOST_LINES = 1_000;

/** Writes the message of a notice; `release-progress.schema.json` describes its part for machines. */
export function announcementOf(notice: Notice): Announcement {
  for (let most = MOST_LINES; ; most = Math.floor(most / 2)) {
    const announcement = written(notice, most);
    if (most === 0 || messageBytes(snsContent(announcement)) <= MAX_MESSAGE_BYTES) return announcement;
  }
}

function written(notice: Notice, most: number): Announcement {
  const { kind, release, situation, region } = notice;
  const { environment, team, scope, version, tag, commitId, pipeline, executionId, requestedAt } = release;
  const { outcome, summary, approval, resources, failed, appliedAt, changes } = situation;
  const line = summaryOf(notice);
  const { why, steps } = wordsOf(notice);
  const link = executionLink(region, pipeline, executionId);
  const expiresAt = expiryIn(notice);
  // What the steps say already is not said twice.
  const notes = (summary?.notes ?? []).filter((note) => !steps.includes(unlinkedText(note, MAX_STEP)));
  const shownFailed = failed.slice(0, MOST_FAILED);
  const isOpen = kind === "approval-needed" || kind === "approval-expiring";

  return {
    subject: `[palisade] ${line}`,
    sms: `[palisade] ${line}`,
    data: {
      kind,
      outcome,
      ...{ environment, team, scope, region: release.region, version, tag, commitId, pipeline, executionId, link },
      requestedAt,
      taggedBy: plainText(release.taggedBy, MAX_ARN),
      ...(release.reason !== "" && { requestReason: plainText(release.reason, MAX_COMMENT) }),
      ...(summary && { plan: planData(summary, most) }),
      ...(changes !== undefined && { changes }),
      ...(isOpen && approval && { token: approval.token, ...(expiresAt !== undefined && { expiresAt }) }),
      ...(!isOpen && approval && approval.by !== "" && { answeredBy: plainText(approval.by, MAX_ARN) }),
      ...(!isOpen && approval && approval.comment !== "" && { comment: plainText(approval.comment, MAX_COMMENT) }),
      ...(appliedAt !== undefined && { appliedAt, tagToApplied: between(requestedAt, appliedAt) }),
      ...(why !== "" && { reason: why }),
      ...(shownFailed.length > 0 && {
        failed: shownFailed.map(({ action, sentence }) => ({
          action: plainText(action, MAX_ARN),
          sentence: plainText(sentence, MAX_REASON),
        })),
      }),
      ...(resources && {
        made: textData(resources.made, most),
        notMade: textData(resources.notMade, most),
        moved: textData(resources.moved, most),
        tainted: textData(resources.tainted, most),
        destroyedOnly: textData(resources.destroyedOnly, most),
      }),
    },
    email: emailText({
      summary: line,
      facts: [
        ["tag", unlinkedText(tag, MAX_TAG_LENGTH)],
        ["commit", commitId],
        [isOpen ? "there now" : "before", fromText(summary)],
        ["step", summary ? DIRECTIONS[summary.direction] : ""],
        ["changes", summary ? countsText(summary.counts) : ""],
        ["tagged by", release.reason === "" ? unlinkedText(release.taggedBy, MAX_ARN) : ""],
        // Whoever sends a request writes who they are.
        ["asked by", release.reason === "" ? "" : `${unlinkedText(release.taggedBy, MAX_ARN)}, by their own word`],
        ["because", unlinkedText(release.reason, MAX_COMMENT)],
        ["approved by", kind === "released" && approval ? unlinkedText(approval.by, MAX_ARN) || UNKNOWN : ""],
        ["rejected by", kind === "approval-rejected" && approval ? unlinkedText(approval.by, MAX_ARN) || UNKNOWN : ""],
        ["comment", isOpen ? "" : unlinkedText(approval?.comment ?? "", MAX_COMMENT)],
        ["expires", expiresAt === undefined ? "" : `${expiresAt.slice(0, 16).replace("T", " ")} UTC`],
        ["took", appliedAt === undefined ? "" : `${duration(between(requestedAt, appliedAt))} from tag to applied`],
        ["pipeline", pipeline],
        ["execution", executionId],
      ],
      sections: [
        ["WHY", why === "" ? [] : [why]],
        ...shownFailed.map(
          ({ action, sentence }) =>
            [`${unlinkedText(action, MAX_ARN).toUpperCase()} SAYS`, [unlinkedText(sentence, MAX_REASON)]] as const,
        ),
        ...(kind === "stage-refused" && summary ? [stoppingSection(summary, most)] : []),
        ...(isOpen && summary ? planSections(summary, false, most) : []),
        ...(kind === "released" && summary ? planSections(summary, true, most) : []),
        ...(resources && kind !== "released"
          ? [
              ["DESTROYED AND NOT MADE AGAIN", linesOf(resources.destroyedOnly, most)] as const,
              ["MADE", linesOf(resources.made, most)] as const,
              ["MADE, BUT A PROVISIONER DID NOT SUCCEED", linesOf(resources.tainted, most)] as const,
              ["NOT MADE", linesOf(resources.notMade, most)] as const,
              ["CHANGED SINCE THE APPROVAL", linesOf(resources.moved, most)] as const,
            ]
          : []),
        ["NOTES OF PLAN", linesOf(notes, most, MAX_STEP)],
      ],
      nextSteps: steps,
      links: [
        ["execution", link],
        ...shownFailed.map(({ action, link: log }) => [unlinkedText(action, MAX_ARN), shownLink(log)] as const),
      ],
    }),
    attributes: { kind, environment, team },
  };
}

const UNKNOWN = "unknown: AWS names nobody";

const DIRECTIONS: Readonly<Record<ReleaseSummary["direction"], string>> = {
  first: "the first release here",
  same: "the commit that is there now",
  forward: "forward: the commit contains the one that is there now",
  back: "BACK: the commit is older than the one that is there now",
  aside: "ASIDE: neither commit contains the other",
};

const fromText = (summary: ReleaseSummary | undefined): string =>
  summary === undefined
    ? ""
    : summary.from
      ? `${unlinkedText(summary.from.version, MAX_TAG_LENGTH)} (${unlinkedText(summary.from.commitId, 64)})`
      : "nothing";

/** For example `prod: release 1.4.2 of risk waits for approval in eu-central-1: 1 destroyed, 3 created`. */
function summaryOf({ kind, release, situation: { summary, changes } }: Notice): string {
  const { environment, team } = release;
  const what = `release ${unlinkedText(release.version, MAX_TAG_LENGTH)} of ${team}`;
  const where = placeOf(release);
  switch (kind) {
    case "approval-needed":
      return `${environment}: ${what} waits for approval in ${where}${summary ? `: ${countsText(summary.counts)}` : ""}`;
    case "approval-expiring":
      return `${environment}: ${what} in ${where} still waits for approval, which ends soon`;
    case "approval-rejected":
      return `${environment}: ${what} in ${where} was rejected`;
    case "approval-expired":
      return `${environment}: nobody approved ${what} in ${where} in time`;
    case "released":
      return changes === 0
        ? `${environment}: ${what} changes nothing in ${where}`
        : `${environment}: ${what} is in ${where}`;
    case "release-failed":
      return `${environment}: ${what} failed in ${where}`;
    case "release-stopped":
      return `${environment}: ${what} in ${where} was stopped`;
    case "stage-refused":
      return `${environment}: ${what} in ${where} was refused`;
  }
}

function wordsOf(notice: Notice): { why: string; steps: readonly string[] } {
  const { kind, release, situation, environment, region } = notice;
  const again = ["To start the release again:", commandLine(releaseAgainCommand(release.tag))];
  const reason = unlinkedText(situation.reason, MAX_REASON);
  const notes = unlinkedText(situation.notes.join(" "), MAX_REASON);
  switch (kind) {
    case "approval-needed":
    case "approval-expiring": {
      const role = environment.approval && `, in a session of the role ${environment.approval.roleArn}`;
      const token = situation.approval?.token ?? "";
      const answer = (status: string) =>
        commandLine(
          `aws codepipeline put-approval-result --region ${region} --pipeline-name ${release.pipeline} --stage-name Approve --action-name Approve --token ${token} --result 'status=${status},summary=WHY'`,
        );
      return {
        why:
          kind === "approval-expiring"
            ? "Nobody has answered yet. When the time is over, the release ends and changes nothing."
            : situation.summary
              ? ""
              : "The summary of the plan could not be read. Read it in the console before you answer.",
        steps: [
          `Read what the release changes. Then approve or reject it in the console${role ?? ""}.`,
          ...(token === "" ? [] : ["Or approve it from the command line:", answer("Approved")]),
          ...(token === "" ? [] : ["Or reject it:", answer("Rejected")]),
        ],
      };
    }
    case "approval-rejected":
      return {
        why: "The release was rejected, so nothing was applied.",
        steps: ["Talk to whoever rejected it.", ...again],
      };
    case "approval-expired":
      return { why: "Nobody answered in time, so nothing was applied.", steps: again };
    case "released":
      if (notes !== "")
        return {
          why: notes,
          steps: [
            "The release is in place, and the ledger says so. To find out what went wrong, read the log of Apply.",
          ],
        };
      return situation.changes === 0
        ? {
            why: "Everything is as the commit says, so there was nothing to apply.",
            steps: ["You need to do nothing."],
          }
        : { why: "", steps: ["You need to do nothing."] };
    case "release-stopped":
      return {
        why: [
          "Somebody stopped the execution, or changed the pipeline meanwhile.",
          ...(reason === "" ? [] : [`CodePipeline says: ${reason}`]),
        ].join(" "),
        steps: ["If Apply was running, a part of the release may be there: look at its log.", ...again],
      };
    case "stage-refused":
    case "release-failed": {
      const said = situation.failed
        .flatMap(({ nextSteps }) => nextSteps)
        .slice(0, MOST_STEPS)
        .map((step) => unlinkedText(step, MAX_STEP));
      return {
        why: [reason, notes].filter((text) => text !== "").join(" "),
        steps: said.length > 0 ? [...new Set(said)] : ["Read the log of what failed, and correct it.", ...again],
      };
    }
  }
}

/** When an open approval ends (ISO 8601); undefined where that is not known. */
function expiryIn({ kind, situation: { approval }, environment }: Notice): string | undefined {
  if ((kind !== "approval-needed" && kind !== "approval-expiring") || !environment.approval || !approval?.startedAt)
    return undefined;
  return expiryOf(approval.startedAt, environment.approval.days);
}

/** Milliseconds. */
const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** For example `2 h 5 min` or `48 s`. */
function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
