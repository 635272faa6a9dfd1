import { executionLink, shownLink } from "../../shared/console-link.ts";
import { commandLine, emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { Commit, First } from "./commit-log.ts";
import type { GuardrailEvent } from "./event.ts";
import type { FailedAction } from "./failed-actions.ts";
import { forceMergeCommand } from "./forced-commit.ts";
import type { Notice } from "./outcome.ts";

/** The repository and its branches, as the settings name them. */
export interface Names {
  repository: string;
  sourceBranch: string;
  targetBranch: string;
}

// They keep a message below the limit of SNS, whatever the text.
const MAX_LINE = 100;
const MAX_SUMMARY = 200;
const MAX_REASON = 500;
const MOST_ACTIONS = 50;

const ID_LENGTH = 40;

const KINDS: Readonly<Record<Notice["outcome"], string>> = {
  merged: "guardrails-activated",
  "already active": "guardrails-already-active",
  forced: "guardrails-forced",
  diverged: "guardrails-not-activated",
  conflict: "guardrails-not-activated",
  "not compliant": "guardrails-not-activated",
  refused: "guardrails-not-activated",
};

const AND_MORE = "  and more";

/** Writes the message of a notice; `guardrail-message.schema.json` describes what it holds for machines. */
export function announcementOf(notice: Notice, names: Names): Announcement {
  const { outcome } = notice;
  const kind = KINDS[outcome];
  const summary = summaryOf(notice, names);
  const { reason, steps } = wordsOf(notice, names);
  const commitId = plainText(notice.commitId ?? "", ID_LENGTH);
  const merged =
    "strategy" in notice ? { mergedCommitId: notice.mergedCommitId, strategy: notice.strategy } : undefined;
  const facts = factsOf(notice.event);
  const commits = "commits" in notice && notice.commits ? shownCommits(notice.commits) : undefined;
  const paths = "paths" in notice && notice.paths ? shownPaths(notice.paths) : undefined;
  const failed = "failed" in notice ? shownActions(notice.failed) : undefined;

  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind,
      outcome,
      repository: names.repository,
      ...(commitId !== "" && { commitId }),
      ...merged,
      ...facts,
      reason,
      ...(commits && { commits: commits.values, moreCommits: commits.more }),
      ...(paths && { paths: paths.values, morePaths: paths.more }),
      ...(failed && { failed: failed.values, moreFailed: failed.more }),
    },
    email: emailText({
      summary,
      facts: [
        ["repository", names.repository],
        ["commit", commitId],
        ["merged as", merged && merged.mergedCommitId !== commitId ? merged.mergedCommitId : ""],
        ["strategy", merged?.strategy ?? ""],
        ["requested by", facts.requestedBy ?? ""],
        ["because", facts.forceReason ?? ""],
        ["execution", facts.executionId ?? ""],
      ],
      sections: [
        ["WHY", reason === "" ? [] : [reason]],
        [
          "FAILED",
          linesOfFirst(failed, (action) => [
            `  ${actionTitle(action)}`,
            ...(action.summary === "" ? [] : [`    ${action.summary}`]),
          ]),
        ],
        [
          outcome === "diverged" ? `COMMITS OF ${names.targetBranch} THAT THE TESTED COMMIT LACKS` : "COMMITS",
          merged && !commits
            ? ["  The commits could not be read. Look into the repository."]
            : linesOfFirst(commits, (commit) => [
                `  ${commit.commitId.slice(0, 7)} ${commit.subject} (${commit.author})`,
              ]),
        ],
        [outcome === "conflict" ? "FILES IN CONFLICT" : "FILES", linesOfFirst(paths, (path) => [`  ${path}`])],
      ],
      nextSteps: steps,
      links: [
        ["execution", facts.link ?? ""],
        ...(failed?.values.map((action) => [actionTitle(action), action.link] as const) ?? []),
      ],
    }),
    attributes: { kind, outcome },
  };
}

/** The message of a merge commit. */
export const commitMessageOf = (event: GuardrailEvent, commitId: string): string =>
  event.kind === "pipeline"
    ? `Activate the guardrails of ${commitId}`
    : [
        `Force the guardrails of ${commitId}`,
        "",
        `Reason: ${plainText(event.reason, MAX_REASON)}`,
        `Requested by: ${plainText(event.requestedBy, MAX_SUMMARY)}`,
        "",
      ].join("\n");

/** Why, and what to do. */
function wordsOf(
  notice: Notice,
  { repository, sourceBranch, targetBranch }: Names,
): { reason: string; steps: readonly string[] } {
  const mergeBack = `Merge ${targetBranch} into ${sourceBranch}`;
  const testAgain = "The pipeline tests the result, and activates it if all workloads comply.";
  const forcing = (introduction: string, commitId: string) => [
    `${introduction} if the commit is on ${sourceBranch}:`,
    commandLine(forceMergeCommand(repository, commitId)),
  ];
  switch (notice.outcome) {
    case "merged":
    case "forced": {
      const forced = notice.outcome === "forced";
      const threeWay = notice.strategy === "three-way";
      return {
        reason: [
          ...(forced ? ["Somebody forced this merge, so the guardrails are active whatever the checks say."] : []),
          ...(threeWay ? [`${targetBranch} had diverged from the commit.`] : []),
          ...(notice.combined
            ? [`The result combines the files of ${targetBranch} and of the commit. This combination was never tested.`]
            : []),
          ...(threeWay && !notice.combined ? ["The result has exactly the files of the commit."] : []),
        ].join(" "),
        steps: [
          forced
            ? "Talk to the owners of the workloads that do not comply: their next deployment will stop."
            : "The workload pipelines check these guardrails in their next run.",
          // Otherwise the next tested commit would have diverged again.
          ...(threeWay ? [`${mergeBack} and push. ${testAgain}`] : []),
        ],
      };
    }
    case "already active":
      return {
        reason: `The commit is already part of ${targetBranch}, by an earlier event or by hand. This event merged nothing.`,
        steps: ["You need to do nothing."],
      };
    case "diverged":
      return {
        reason: `${targetBranch} has commits that the tested commit lacks. The two were never tested together, so nothing was merged.`,
        steps: [`${mergeBack} and push. ${testAgain}`, ...forcing("Or force the merge,", notice.commitId)],
      };
    case "conflict":
      return {
        reason: "The files below were changed on both sides, so nothing was merged.",
        steps: [`${mergeBack}, resolve the conflicts and push. ${testAgain}`],
      };
    case "not compliant": {
      const checked = notice.failed.some(({ workload }) => workload !== undefined);
      return {
        reason: [
          checked
            ? "The workloads below do not comply with the guardrails."
            : "The pipeline failed outside the checks of workloads, so the guardrails were not tested completely.",
          notice.active
            ? "The guardrails are active all the same: somebody forced them, or they were active before."
            : "The guardrails are not active.",
        ].join(" "),
        steps: [
          ...(checked
            ? [
                "Ask the owners to make their workloads comply.",
                "When the workloads comply, retry the failed stage of the pipeline.",
              ]
            : ["Correct what failed.", "Retry the failed stage of the pipeline."]),
          ...(notice.active || notice.commitId === undefined
            ? []
            : forcing("Or activate the guardrails all the same,", notice.commitId)),
        ],
      };
    }
    case "refused":
      return notice;
  }
}

/** What the event itself says. */
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

const shownCommits = ({ values, more }: First<Commit>) => ({
  values: values.map(({ id, author, subject }) => ({
    commitId: plainText(id, ID_LENGTH),
    author: unlinkedText(author, MAX_LINE),
    subject: unlinkedText(subject, MAX_LINE),
  })),
  more,
});

const shownPaths = ({ values, more }: First<string>) => ({
  values: values.map((path) => unlinkedText(path, MAX_LINE)),
  more,
});

const shownActions = (actions: readonly FailedAction[]) => ({
  values: actions.slice(0, MOST_ACTIONS).map(({ workload, action, summary, link }) => ({
    ...(workload !== undefined && { workload: unlinkedText(workload, MAX_LINE) }),
    action: unlinkedText(action, MAX_LINE),
    summary: unlinkedText(summary, MAX_SUMMARY),
    link: shownLink(link),
  })),
  more: actions.length > MOST_ACTIONS,
});

const actionTitle = ({ workload, action }: { workload?: string; action: string }): string =>
  workload === undefined ? `action ${action}` : `workload ${workload}`;

const linesOfFirst = <Value>(first: First<Value> | undefined, linesOf: (value: Value) => string[]): string[] =>
  first ? [...first.values.flatMap(linesOf), ...(first.more ? [AND_MORE] : [])] : [];

/** For example `guardrails active: 4 new commits on main`. */
function summaryOf(notice: Notice, { targetBranch }: Names): string {
  const commit = plainText(notice.commitId ?? "", ID_LENGTH).slice(0, 7);
  switch (notice.outcome) {
    case "merged":
      return `guardrails active: ${newCommits(notice.commits)} on ${targetBranch}${notice.combined ? ", combined untested" : ""}`;
    case "forced":
      return `guardrails forced: ${newCommits(notice.commits)} on ${targetBranch}`;
    case "already active":
      return `guardrails already active: ${commit}`;
    case "diverged":
      return `guardrails not active: ${targetBranch} has diverged from ${commit}`;
    case "conflict":
      return `guardrails not active: ${commit} conflicts with ${targetBranch}`;
    case "not compliant":
      return `guardrails ${notice.active ? "active" : "not active"}: ${failureOf(notice.failed, commit)}`;
    case "refused":
      return `guardrails not active${commit === "" ? "" : `: ${commit} refused`}`;
  }
}

function newCommits(commits: First<Commit> | undefined): string {
  if (!commits) return "new commits";
  const { values, more } = commits;
  return values.length === 1 ? "1 new commit" : `${more ? "more than " : ""}${values.length} new commits`;
}

function failureOf(failed: readonly FailedAction[], commit: string): string {
  const workloads = failed.filter(({ workload }) => workload !== undefined).length;
  if (workloads === 0) return "the pipeline failed";
  return workloads === 1
    ? `1 workload does not comply with ${commit}`
    : `${workloads} workloads do not comply with ${commit}`;
}
