import { emailText } from "../../shared/email-text.ts";
import { unlinkedText } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { Problem } from "./problem.ts";
import type { Outcomes } from "./publication.ts";

/** What people have to know of an export. */
export interface Notice extends Outcomes {
  outcome: "published" | "unchanged";
  /** The repository that the rules are from. */
  repository: string;
  commitId: string;
  /** The target repository and the folder in it. */
  target: string;
  pullRequestId?: string;
  link?: string;
}

// They keep a message below the limit of SNS, and a result below the limit of a state machine, whatever the rules say.
const MOST_RULES = 30;
const MOST_PROBLEMS = 3;
const MAX_NAME = 100;
const MAX_MESSAGE = 200;

/** https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequest.html */
const MAX_DESCRIPTION = 10_240;

/** Writes the message of a notice. */
export function announcementOf(notice: Notice): Announcement {
  const { outcome, repository, commitId, target, pullRequestId, link, exported, changed, removed, refused } = notice;
  const summary = summaryOf(notice);
  const kind = outcome === "published" ? "config-rules-published" : "config-rules-refused";
  return {
    subject: `[palisade] ${summary}`,
    sms: `[palisade] ${summary}`,
    data: {
      kind,
      outcome,
      repository,
      commitId,
      target,
      ...(pullRequestId !== undefined && { pullRequestId, link }),
      counts: {
        exported: exported.length,
        changed: changed.length,
        removed: removed.length,
        refused: refused.length,
      },
      changed: firstOf(changed),
      removed: firstOf(removed),
      refused: refused.slice(0, MOST_RULES).map(({ rule, kept, problems: [problem] }) => ({
        rule: unlinkedText(rule, MAX_NAME),
        kept,
        ...(problem && { problem: lineOf(problem) }),
      })),
    },
    email: emailText({
      summary,
      facts: [
        ["rules from", repository],
        ["commit", commitId],
        ["to", target],
        ["pull request", pullRequestId ?? ""],
      ],
      sections: sectionsOf(notice),
      nextSteps: [
        ...(outcome === "published" ? ["Review the pull request.", "Merge it to apply the rules."] : []),
        ...(refused.length > 0 ? ["Correct the refused rules, and push."] : []),
      ],
      links: [["pull request", link ?? ""]],
    }),
    attributes: { kind, outcome },
  };
}

/** The title of the pull request, and the message of its commits. */
export const titleOf = ({ repository, commitId }: Notice): string =>
  `Config rules of ${repository} at ${commitId.slice(0, 7)}`;

/** The description of the pull request. CodeCommit shows Markdown: text from outside is indented, so that it stays text. */
export function descriptionOf(notice: Notice): string {
  const lines = [
    `Config rules of ${notice.repository} at commit ${notice.commitId}.`,
    ...sectionsOf(notice)
      .filter(([, section]) => section.length > 0)
      .flatMap(([title, section]) => ["", `### ${title}`, "", ...section.map((line) => `    ${line}`)]),
  ];
  if (lines.join("\n").length <= MAX_DESCRIPTION) return lines.join("\n");
  const more = "    ...";
  let length = more.length;
  const fitting = lines.findIndex((line) => {
    length += line.length + 1;
    return length > MAX_DESCRIPTION;
  });
  return [...lines.slice(0, fitting), more].join("\n");
}

function summaryOf({ outcome, changed, removed, refused }: Notice): string {
  const counts = [
    ...(outcome === "published" ? [`${changed.length} changed`, `${removed.length} removed`] : []),
    ...(refused.length > 0 ? [`${refused.length} refused`] : []),
  ];
  return `config rules ${outcome}: ${counts.join(", ") || "none changed"}`;
}

const sectionsOf = ({ changed, removed, refused, warned }: Notice): [title: string, lines: string[]][] => [
  ["CHANGED", listed(firstOf(changed), changed.length)],
  ["REMOVED", listed(firstOf(removed), removed.length)],
  ["REFUSED", explained(refused)],
  ["WARNINGS", explained(warned)],
];

const explained = (rules: readonly { rule: string; kept?: boolean; problems: readonly Problem[] }[]) => [
  ...rules
    .slice(0, MOST_RULES)
    .flatMap(({ rule, kept, problems }) => [
      `  ${unlinkedText(rule, MAX_NAME)}${kept ? " (stays as it was)" : ""}`,
      ...problems.slice(0, MOST_PROBLEMS).map((problem) => `    ${lineOf(problem)}`),
      ...(problems.length > MOST_PROBLEMS ? [`    and ${problems.length - MOST_PROBLEMS} more`] : []),
    ]),
  ...moreLine(rules.length),
];

const firstOf = (names: readonly string[]) => names.slice(0, MOST_RULES).map((name) => unlinkedText(name, MAX_NAME));

const listed = (names: readonly string[], count: number) => [...names.map((name) => `  ${name}`), ...moreLine(count)];

const moreLine = (count: number) => (count > MOST_RULES ? [`  and ${count - MOST_RULES} more`] : []);

const lineOf = ({ severity, file, pointer, message }: Problem) =>
  unlinkedText(`${severity}: ${[file, pointer, message].filter((part) => part !== "").join(" ")}`, MAX_MESSAGE);
