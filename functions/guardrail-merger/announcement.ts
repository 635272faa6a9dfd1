import { stops } from "../../shared/compliance.ts";
import { executionLink, objectLink, pullRequestLink, shownLink } from "../../shared/console-link.ts";
import { commandLine, emailText } from "../../shared/email-text.ts";
import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { Commit, First } from "./commit-log.ts";
import type { FailedAction } from "./failed-actions.ts";
import { forceMergeCommand } from "./forced-commit.ts";
import { findingLines, matrixLines } from "./matrix-lines.ts";
import type { MergeRequest } from "./merge-request.ts";
import type { MergeNotice, Notice, ShownCheck } from "./outcome.ts";
import { workloadVerdict } from "./owner-news.ts";
import { blastRadius, blastRadiusText, type WorkloadCheck } from "./report.ts";
import { pageKey } from "./report-store.ts";

/** The repository, its branches and the bucket of pages, as the settings name them. */
export interface Names {
  repository: string;
  sourceBranch: string;
  targetBranch: string;
  reportBucket: string;
}

// They keep a message below the limit of SNS, whatever the text.
const MAX_LINE = 100;
const MAX_PATH = 200;
const MAX_SUMMARY = 200;
const MAX_REASON = 500;
const MAX_LINK = 300;
const MOST_ACTIONS = 50;
const MOST_WAIVERS = 50;

const ID_LENGTH = 40;

const KINDS: Readonly<Record<MergeNotice["outcome"], string>> = {
  merged: "guardrails-activated",
  "already active": "guardrails-already-active",
  forced: "guardrails-forced",
  diverged: "guardrails-not-activated",
  conflict: "guardrails-not-activated",
  "not compliant": "guardrails-not-activated",
  "could not check": "guardrails-not-activated",
  refused: "guardrails-not-activated",
};

const AND_MORE = "  and more";

/** Writes the message of a notice; `guardrail-message.schema.json` describes what it holds for machines. */
export function announcementOf(notice: Notice, names: Names): Announcement {
  switch (notice.outcome) {
    case "bypassed":
      return bypassOf(notice, names);
    case "owner":
      return ownerNewsOf(notice, names);
    case "waivers":
      return waiverNewsOf(notice, names);
    default:
      return mergeNewsOf(notice, names);
  }
}

/** What became of a force merge, as a comment on its pull request. */
export function commentOf(notice: MergeNotice, names: Names): string {
  const { reason, steps } = wordsOf(notice, names);
  return [`${summaryOf(notice, names)}.`, reason, ...steps].filter((part) => part !== "").join("\n\n");
}

function mergeNewsOf(notice: MergeNotice, names: Names): Announcement {
  const { outcome, request, check } = notice;
  const kind = KINDS[outcome];
  const summary = summaryOf(notice, names);
  const { reason, steps } = wordsOf(notice, names);
  const commitId = plainText(notice.commitId ?? "", ID_LENGTH);
  const merged =
    "strategy" in notice ? { mergedCommitId: notice.mergedCommitId, strategy: notice.strategy } : undefined;
  const commits = "commits" in notice ? notice.commits : undefined;
  const paths = "paths" in notice ? notice.paths : undefined;
  const failed = "failed" in notice ? firstOf(notice.failed, MOST_ACTIONS) : undefined;
  const page = check && pageOf(request.region, check, names);
  // The matrix says what a check found.
  const isShownAlone = ({ workload }: FailedAction) => check === undefined || workload === undefined;

  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind,
      outcome,
      audience: "team",
      repository: names.repository,
      ...(commitId !== "" && { commitId }),
      ...merged,
      ...requestData(request),
      reason,
      ...(commits && { commits: commits.values.map(commitData), moreCommits: commits.more }),
      ...(paths && { paths: paths.values.map((path) => plainText(path, MAX_PATH)), morePaths: paths.more }),
      ...(failed && { failed: failed.values.map(actionData), moreFailed: failed.more }),
      ...(check && { workloads: check.workloads.map(workloadData), page: page?.data }),
    },
    email: emailText({
      summary,
      facts: [
        ["repository", names.repository],
        ["commit", commitId],
        ["merged as", merged && merged.mergedCommitId !== commitId ? merged.mergedCommitId : ""],
        ["strategy", merged?.strategy ?? ""],
        ["requested by", request.kind === "force merge" ? unlinkedText(request.requestedBy, MAX_SUMMARY) : ""],
        ["because", request.kind === "force merge" ? unlinkedText(request.reason, MAX_REASON) : ""],
        ["pull request", request.kind === "force merge" ? request.pullRequestId : ""],
        ["execution", request.kind === "pipeline" ? plainText(request.executionId, MAX_LINE) : ""],
      ],
      sections: [
        ["WHY", reason === "" ? [] : [reason]],
        [
          "FAILED",
          linesOfFirst(failed && { ...failed, values: failed.values.filter(isShownAlone) }, (action) => [
            `  ${actionTitle(action)}`,
            ...(action.summary === "" ? [] : [`    ${unlinkedText(action.summary, MAX_SUMMARY)}`]),
          ]),
        ],
        ["WORKLOADS", check ? [`  ${radiusOf(check)}`, "", ...matrixLines(check.workloads)] : []],
        [
          outcome === "diverged" ? `COMMITS OF ${names.targetBranch} THAT THE TESTED COMMIT LACKS` : "COMMITS",
          merged && !commits
            ? ["  The commits could not be read. Look into the repository."]
            : linesOfFirst(commits, ({ id, subject, author }) => [
                `  ${plainText(id, ID_LENGTH).slice(0, 7)} ${unlinkedText(subject, MAX_LINE)} (${unlinkedText(author, MAX_LINE)})`,
              ]),
        ],
        [
          outcome === "conflict" ? "FILES IN CONFLICT" : "FILES",
          linesOfFirst(paths, (path) => [`  ${unlinkedText(path, MAX_LINE)}`]),
        ],
      ],
      nextSteps: [...steps, ...(page?.steps ?? [])],
      links: [
        ...requestLinks(request, names),
        ...(page?.links ?? []),
        ...(failed?.values.map((action) => [actionTitle(action), shownLink(action.link)] as const) ?? []),
      ],
    }),
    attributes: { kind, outcome, audience: "team" },
  };
}

/** What the owner of one workload hears of a check: nothing of other workloads. */
function ownerNewsOf(
  { check, request, commitId, folder }: Extract<Notice, { outcome: "owner" }>,
  names: Names,
): Announcement {
  const verdict = workloadVerdict(check);
  const workload = unlinkedText(check.workload, MAX_LINE);
  const of = `the guardrails of ${commitId.slice(0, 7)}`;
  const summary = {
    complies: `${workload} complies with ${of}`,
    "does not comply": `${workload} does not comply with ${of}`,
    "could not check": `${workload} could not be checked against ${of}`,
  }[verdict];
  const steps = {
    complies: ["You need to do nothing. What fails at a lower level does not stop a deployment yet."],
    "does not comply": [
      "Correct the resources before these guardrails are active: they stop the next deployment of the workload.",
      "If a failure has to stay for a while, ask the team of the guardrails for a waiver.",
    ],
    "could not check": ["Correct what the check says, or ask the team of the guardrails."],
  }[verdict];
  const kind = "workload-verdict-changed";
  const page = pageOf(request.region, { folder }, names);
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      ...{ kind, outcome: verdict, audience: "owner", repository: names.repository, commitId },
      ...requestData({ kind: "pipeline", ...request }),
      reason: "",
      workloads: [workloadData(check)],
      workload: plainText(check.workload, MAX_LINE),
    },
    email: emailText({
      summary,
      facts: [
        ["workload", workload],
        ["owner", unlinkedText(check.owner, MAX_LINE)],
        ["planned commit", check.compliance?.planned.commitId ?? ""],
        ["guardrails", commitId],
        ["execution", plainText(request.executionId, MAX_LINE)],
      ],
      sections: [["FINDINGS", findingLines(check).slice(0, MOST_FINDINGS)]],
      nextSteps: [...steps, ...page.steps],
      links: page.links,
    }),
    attributes: { kind, outcome: verdict, audience: "owner", workload: attribute(check.workload) },
  };
}

const MOST_FINDINGS = 150;

/** Somebody wrote to the target branch past guardrail-merger. */
function bypassOf(
  { event }: Extract<Notice, { outcome: "bypassed" }>,
  { repository, targetBranch }: Names,
): Announcement {
  const { by, change, commitId = "", oldCommitId = "" } = event;
  const who = by === "" ? "somebody unknown" : by.split("/").slice(1).join("/") || by;
  const deleted = change === "referenceDeleted";
  const summary = `${targetBranch} of ${repository} was ${deleted ? "deleted" : "changed"} by ${unlinkedText(who, MAX_LINE)}`;
  const kind = "guardrails-bypassed";
  const reason = `Neither guardrail-merger nor the break-glass role wrote to ${targetBranch}. What is active may never have been tested.`;
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      ...{ kind, outcome: "bypassed", audience: "team", repository, reason },
      ...(commitId !== "" && { commitId }),
      ...(oldCommitId !== "" && { oldCommitId }),
      writtenBy: plainText(by, MAX_SUMMARY),
    },
    email: emailText({
      summary,
      facts: [
        ["repository", repository],
        ["branch", targetBranch],
        ["was at", oldCommitId],
        ["is at", commitId],
        ["written by", by === "" ? "unknown" : unlinkedText(by, MAX_SUMMARY)],
        ["at", event.at],
      ],
      sections: [["WHY", [reason]]],
      nextSteps: [
        ...(commitId !== "" && oldCommitId !== ""
          ? ["Look at what changed:", commandLine(`git log --stat ${oldCommitId}..${commitId}`)]
          : []),
        "If it is not wanted, restore the branch with the break-glass role.",
        `Find out who may write to ${targetBranch}, and attach the deny policy of the root guardrails to them.`,
      ],
    }),
    attributes: { kind, outcome: "bypassed", audience: "team" },
  };
}

/** Waivers that end soon or have ended. */
function waiverNewsOf(
  { due, workload, waivers }: Extract<Notice, { outcome: "waivers" }>,
  { repository }: Names,
): Announcement {
  const ended = due === "ended";
  const counted = waivers.length === 1 ? "1 waiver" : `${waivers.length} waivers`;
  const of = workload === undefined ? "" : ` of ${unlinkedText(workload, MAX_LINE)}`;
  const summary = `${counted}${of} ${ended ? "ended" : "will end soon"}`;
  const kind = ended ? "waivers-ended" : "waivers-ending";
  const audience = workload === undefined ? "team" : "owner";
  const { values, more } = firstOf(waivers, MOST_WAIVERS);
  const reason = ended
    ? "What they exempted fails again, and stops the next deployment where the guardrail has the level block."
    : "When a waiver has ended, what it exempted fails again.";
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      ...{ kind, outcome: due, audience, repository, reason },
      ...(workload !== undefined && { workload: plainText(workload, MAX_LINE) }),
      waivers: values.map((waiver) => ({
        workload: plainText(waiver.workload, MAX_LINE),
        scenario: plainText(waiver.scenario, MAX_PATH),
        address: plainText(waiver.address, MAX_PATH),
        owner: plainText(waiver.owner, MAX_LINE),
        expires: waiver.expires,
      })),
      moreWaivers: more,
    },
    email: emailText({
      summary,
      facts: [
        ["repository", repository],
        ["workload", workload === undefined ? "" : unlinkedText(workload, MAX_LINE)],
      ],
      sections: [
        ["WHY", [reason]],
        [
          "WAIVERS",
          linesOfFirst({ values, more }, (waiver) => [
            `  ${waiver.expires} ${unlinkedText(waiver.workload, MAX_LINE)}: ${unlinkedText(waiver.scenario, MAX_LINE)}`,
            ...(waiver.address === "" ? [] : [`    ${unlinkedText(waiver.address, MAX_PATH)}`]),
            `    owner ${unlinkedText(waiver.owner, MAX_LINE)}, approved by ${unlinkedText(waiver.approvedBy, MAX_LINE)}: ${unlinkedText(waiver.reason, MAX_LINE)}`,
          ]),
        ],
      ],
      nextSteps: [
        ended ? "Correct the resource, and remove the waiver." : "Correct the resource before the waiver ends.",
        "Or agree on a later end, and change it in the guardrail repository.",
      ],
    }),
    attributes: { kind, outcome: due, audience, ...(workload !== undefined && { workload: attribute(workload) }) },
  };
}

/** The message of a merge commit. */
export const commitMessageOf = (request: MergeRequest, commitId: string): string =>
  request.kind === "pipeline"
    ? `Activate the guardrails of ${commitId}`
    : [
        `Force the guardrails of ${commitId}`,
        "",
        `Reason: ${plainText(request.reason, MAX_REASON)}`,
        `Requested by: ${plainText(request.requestedBy, MAX_SUMMARY)}`,
        `Pull request: ${request.pullRequestId}`,
        "",
      ].join("\n");

/** Why, and what to do. */
function wordsOf(
  notice: MergeNotice,
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
    case "not compliant":
    case "could not check": {
      const { stopped, unchecked, selfCheck, active, commitId } = notice;
      return {
        reason: [
          ...(stopped > 0 ? ["The workloads below do not comply with the guardrails."] : []),
          ...(selfCheck === undefined
            ? []
            : [`The guardrails did not pass their own check: ${unlinkedText(selfCheck, MAX_REASON)}`]),
          ...(selfCheck === undefined && unchecked > 0
            ? ["Workloads could not be checked, so nobody knows whether they comply."]
            : []),
          ...(stopped + unchecked === 0 && selfCheck === undefined
            ? ["The pipeline failed outside the checks of workloads, so the guardrails were not tested completely."]
            : []),
          active
            ? "The guardrails are active all the same: somebody forced them, or they were active before."
            : "The guardrails are not active.",
        ].join(" "),
        steps: [
          ...(stopped > 0
            ? [
                "Ask the owners to make their workloads comply, or to agree on a waiver.",
                "When the workloads comply, retry the failed stage of the pipeline.",
              ]
            : ["Correct what failed.", "Retry the failed stage of the pipeline."]),
          ...(active || commitId === undefined ? [] : forcing("Or activate the guardrails all the same,", commitId)),
        ],
      };
    }
    case "refused":
      return notice;
  }
}

/** What the e-mail and the data say of a page. */
function pageOf(region: string, { folder }: Pick<ShownCheck, "folder">, { reportBucket }: Names) {
  const key = pageKey(folder);
  return {
    data: { bucket: reportBucket, key, link: objectLink(region, reportBucket, key) },
    links: [["page of this check", objectLink(region, reportBucket, key)]] as const,
    steps: ["See the whole check as a page, or download it:", commandLine(`aws s3 cp s3://${reportBucket}/${key} .`)],
  };
}

const radiusOf = ({ workloads }: ShownCheck): string =>
  unlinkedText(blastRadiusText(blastRadius(workloads)), MAX_REASON);

const requestLinks = (request: MergeRequest, { repository }: Names): (readonly [string, string])[] =>
  request.kind === "pipeline"
    ? [["execution", executionLink(request.region, request.pipeline, plainText(request.executionId, MAX_LINE))]]
    : [["pull request", pullRequestLink(request.region, repository, request.pullRequestId)]];

/** What the request says, for machines. */
function requestData(request: MergeRequest) {
  if (request.kind === "force merge")
    return {
      requestedBy: plainText(request.requestedBy, MAX_SUMMARY),
      forceReason: plainText(request.reason, MAX_REASON),
      pullRequestId: request.pullRequestId,
      link: pullRequestLink(request.region, request.repository, request.pullRequestId),
    };
  const executionId = plainText(request.executionId, MAX_LINE);
  return {
    pipeline: plainText(request.pipeline, MAX_LINE),
    executionId,
    link: executionLink(request.region, request.pipeline, executionId),
  };
}

const workloadData = (check: WorkloadCheck) => ({
  workload: plainText(check.workload, MAX_LINE),
  owner: plainText(check.owner, MAX_LINE),
  verdict: workloadVerdict(check),
  ...(check.couldNotCheck !== undefined && { couldNotCheck: plainText(check.couldNotCheck, MAX_SUMMARY) }),
  ...(check.compliance && {
    plannedCommitId: check.compliance.planned.commitId,
    stops: stops(check.compliance),
    failed: check.compliance.scenarios.filter(({ verdict }) => verdict === "failed").length,
    exempted: check.compliance.scenarios.filter(({ verdict }) => verdict === "exempted").length,
  }),
});

const commitData = ({ id, author, subject }: Commit) => ({
  commitId: plainText(id, ID_LENGTH),
  author: plainText(author, MAX_LINE),
  subject: plainText(subject, MAX_LINE),
});

const actionData = ({ workload, action, summary, link }: FailedAction) => ({
  ...(workload !== undefined && { workload: plainText(workload, MAX_LINE) }),
  action: plainText(action, MAX_LINE),
  summary: plainText(summary, MAX_LINE),
  // A part of a link would lead nowhere.
  link: link.length > MAX_LINK ? "" : plainText(link, MAX_LINK),
});

/** The value of a message attribute, which may not be empty. */
const attribute = (text: string): string => plainText(text, MAX_LINE) || "unknown";

const firstOf = <Value>(values: readonly Value[], most: number): First<Value> => ({
  values: values.slice(0, most),
  more: values.length > most,
});

const actionTitle = ({ workload, action }: Pick<FailedAction, "workload" | "action">): string =>
  workload === undefined ? `action ${unlinkedText(action, MAX_LINE)}` : `workload ${unlinkedText(workload, MAX_LINE)}`;

const linesOfFirst = <Value>(first: First<Value> | undefined, linesOf: (value: Value) => string[]): string[] =>
  first ? [...first.values.flatMap(linesOf), ...(first.more ? [AND_MORE] : [])] : [];

/** For example `guardrails active: 4 new commits on main`. */
export function summaryOf(notice: MergeNotice, { targetBranch }: Pick<Names, "targetBranch">): string {
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
    case "could not check":
      return `guardrails ${notice.active ? "active" : "not active"}: ${failureOf(notice, commit)}`;
    case "refused":
      return `guardrails not active${commit === "" ? "" : `: ${commit} refused`}`;
  }
}

function newCommits(commits: First<Commit> | undefined): string {
  if (!commits) return "new commits";
  const { values, more } = commits;
  return values.length === 1 ? "1 new commit" : `${more ? "more than " : ""}${values.length} new commits`;
}

function failureOf(
  { stopped, unchecked, selfCheck }: Extract<MergeNotice, { selfCheck: unknown }>,
  commit: string,
): string {
  if (stopped > 0) return `${counted(stopped, "workload does", "workloads do")} not comply with ${commit}`;
  if (selfCheck !== undefined) return commit === "" ? "the pipeline failed" : `${commit} did not pass its own check`;
  return unchecked > 0
    ? `${counted(unchecked, "workload", "workloads")} could not be checked${commit === "" ? "" : ` against ${commit}`}`
    : "the pipeline failed";
}

const counted = (count: number, one: string, several: string): string => `${count} ${count === 1 ? one : several}`;
