import { executionLink } from "../../shared/console-link.ts";
import { emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { Commit, First } from "./commit-log.ts";
import type { GuardrailEvent } from "./event.ts";
import type { FailedAction } from "./failed-actions.ts";
import type { Outcome } from "./handler.ts";

/** What came of an event, and people have to know. */
export interface Notice {
  event: GuardrailEvent;
  outcome: Outcome;
  commitId?: string;
  mergedCommitId?: string;
  strategy?: "fast-forward" | "three-way";
  /** Whether the result of a three-way merge is more than the commit. */
  combined?: boolean;
  /** Whether guardrails that workloads do not comply with are active nevertheless. */
  active?: boolean;
  /** What is the case, in sentences. */
  reason: string;
  /** What to do, in sentences. */
  remedy: string;
  /** Those that became active; where the branch has diverged, those that the tested commit lacks. */
  commits?: First<Commit>;
  /** The files that changed by it, or that conflict. */
  paths?: First<string>;
  failed?: readonly FailedAction[];
}

export interface Names {
  repository: string;
  sourceBranch: string;
  targetBranch: string;
}

// What keeps a message below the limit of SNS, for whatever text.
const MAX_LINE = 100;
const MAX_SUMMARY = 200;
const MAX_LINK = 500;
export const MAX_REASON = 500;
const MOST_ACTIONS = 50;

const ID_LENGTH = 40;

const KINDS: Readonly<Record<Outcome, string>> = {
  merged: "guardrails-activated",
  "already active": "guardrails-already-active",
  forced: "guardrails-forced",
  diverged: "guardrails-not-activated",
  conflict: "guardrails-not-activated",
  "not compliant": "guardrails-not-activated",
  refused: "guardrails-not-activated",
  ignored: "guardrails-not-activated",
};

/** Writes the message of a notice; `guardrail-message.schema.json` describes what it holds for machines. */
export function announcementOf(notice: Notice, names: Names): Announcement {
  const { event, outcome, strategy, reason, remedy, commits, paths } = notice;
  const commitId = plainText(notice.commitId ?? "", ID_LENGTH);
  const failed = (notice.failed ?? []).slice(0, MOST_ACTIONS).map(({ workload, action, summary, link }) => ({
    ...(workload !== undefined && { workload: unlinkedText(workload, MAX_LINE) }),
    action: unlinkedText(action, MAX_LINE),
    summary: unlinkedText(summary, MAX_SUMMARY),
    // A part of a link would lead nowhere.
    link: link.length > MAX_LINK ? "" : CONSOLE.test(link) ? link : unlinkedText(link, MAX_SUMMARY),
  }));
  const shownCommits = (commits?.values ?? []).map(({ id, author, subject }) => ({
    commitId: plainText(id, ID_LENGTH),
    author: unlinkedText(author, MAX_LINE),
    subject: unlinkedText(subject, MAX_LINE),
  }));
  const shownPaths = (paths?.values ?? []).map((path) => unlinkedText(path, MAX_LINE));
  const summary = summaryOf(notice, names);
  const facts = factsOf(event);

  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind: KINDS[outcome],
      outcome,
      repository: names.repository,
      ...(commitId !== "" && { commitId }),
      ...(notice.mergedCommitId !== undefined && { mergedCommitId: notice.mergedCommitId }),
      ...(strategy && { strategy }),
      ...facts,
      reason,
      ...(commits && { commits: shownCommits, moreCommits: commits.more }),
      ...(paths && { paths: shownPaths, morePaths: paths.more }),
      ...(notice.failed && { failed, moreFailed: notice.failed.length > MOST_ACTIONS }),
    },
    email: emailText(
      summary,
      [
        ["repository", names.repository],
        ["commit", commitId],
        ["merged as", notice.mergedCommitId === commitId ? "" : (notice.mergedCommitId ?? "")],
        ["strategy", strategy ?? ""],
        ["requested by", facts.requestedBy ?? ""],
        ["because", facts.forceReason ?? ""],
        ["execution", facts.executionId ?? ""],
        ["link", facts.link ?? ""],
      ],
      [
        ["WHY", reason === "" ? [] : [reason]],
        [
          "FAILED",
          [
            ...failed.flatMap(({ workload, action, summary: said, link }) => [
              `  ${workload === undefined ? `action ${action}` : `workload ${workload}`}`,
              ...[said, link].filter((line) => line !== "").map((line) => `    ${line}`),
            ]),
            ...((notice.failed?.length ?? 0) > MOST_ACTIONS ? ["  and more"] : []),
          ],
        ],
        [
          outcome === "diverged" ? `COMMITS OF ${names.targetBranch} THAT IT LACKS` : "COMMITS",
          [
            ...(commits === undefined && notice.mergedCommitId !== undefined
              ? ["  They could not be read: look into the repository."]
              : []),
            ...shownCommits.map((commit) => `  ${commit.commitId.slice(0, 7)} ${commit.subject} (${commit.author})`),
            ...(commits?.more ? ["  and more"] : []),
          ],
        ],
        [
          outcome === "conflict" ? "FILES IN CONFLICT" : "FILES",
          [...shownPaths.map((path) => `  ${path}`), ...(paths?.more ? ["  and more"] : [])],
        ],
        ["WHAT TO DO NEXT", [remedy]],
      ],
    ),
    attributes: { kind: KINDS[outcome], outcome },
  };
}

/** What an action gives as its link is kept as one only where it leads to a console of AWS. */
const CONSOLE =
  /^https:\/\/([a-z0-9-]+\.)*(aws\.amazon\.com|amazonaws\.cn|amazonaws-eusc\.eu|amazonaws-us-gov\.com)\/[!#-[\]-~]*$/;

/** What the event itself tells. */
function factsOf(event: GuardrailEvent) {
  if (event.kind === "force merge")
    return {
      requestedBy: unlinkedText(event.requestedBy, MAX_SUMMARY),
      forceReason: unlinkedText(event.reason, MAX_REASON),
    };
  const executionId = plainText(event.executionId, MAX_LINE);
  return {
    pipeline: plainText(event.pipeline, MAX_LINE),
    executionId,
    link: executionLink(event.region, event.pipeline, executionId),
  };
}

function summaryOf({ outcome, commitId = "", commits, failed, combined, active }: Notice, names: Names): string {
  const commit = plainText(commitId, ID_LENGTH).slice(0, 7);
  const count = commits?.values.length ?? 0;
  const news =
    count === 1
      ? "1 new commit"
      : `${commits?.more ? "more than " : ""}${commits === undefined ? "" : `${count} `}new commits`;
  const workloads = failed?.filter(({ workload }) => workload !== undefined).length ?? 0;
  switch (outcome) {
    case "merged":
      return `guardrails active: ${news} on ${names.targetBranch}${combined ? ", combined untested" : ""}`;
    case "forced":
      return `guardrails forced: ${news} on ${names.targetBranch}`;
    case "already active":
      return `guardrails already active: ${commit}`;
    case "diverged":
      return `guardrails not active: ${names.targetBranch} has diverged from ${commit}`;
    case "conflict":
      return `guardrails not active: ${commit} conflicts with ${names.targetBranch}`;
    case "not compliant":
      return `guardrails ${active ? "active" : "not active"}: ${
        workloads === 0
          ? "the pipeline failed"
          : workloads === 1
            ? `1 workload does not comply with ${commit}`
            : `${workloads} workloads do not comply with ${commit}`
      }`;
    default:
      return `guardrails not active${commit === "" ? "" : `: ${commit} refused`}`;
  }
}
