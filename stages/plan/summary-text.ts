import { asciiText } from "../../shared/plain-text.ts";
import { nameOf } from "../../shared/plan-fingerprint.ts";
import type { ReleaseSummary, WorkloadSummary } from "../../shared/release-summary.ts";
import { shortId } from "../../shared/stage.ts";

/** The text of an approval in CodePipeline is limited to 1,000 characters: this leaves room around it. */
export const MAX_SUMMARY = 900;

/** Texts of others are cut, so that the counts always fit. */
const MAX_NAME = 120;

const DIRECTIONS: Readonly<Record<ReleaseSummary["direction"], string>> = {
  first: "first release",
  same: "the commit that is there now",
  forward: "forward",
  back: "BACK to an older commit",
  aside: "ASIDE: neither commit contains the other",
};

const VERBS = [
  ["create", "create"],
  ["update", "update"],
  ["replace", "REPLACE"],
  ["destroy", "DESTROY"],
  ["import", "import"],
  ["move", "move"],
  ["forget", "forget"],
  ["output", "change outputs"],
] as const;

/**
 * What approvers read: one line of at most 900 printable ASCII characters. Addresses of what is destroyed or replaced come last,
 * as many as fit, each of them whole.
 */
export function summaryText(summary: ReleaseSummary | WorkloadSummary): string {
  const { counts, scan, drift, unstable } = summary;
  const counted = VERBS.filter(([kind]) => counts[kind] > 0).map(([kind, verb]) => `${verb} ${counts[kind]}`);
  const facts = [
    titleOf(summary),
    counted.join(", ") || (summary.applyable ? "changes the state only" : "nothing to change"),
    scan.by?.length === 0
      ? "not scanned"
      : `scans: ${scan.stopping.length} stop, ${scan.waived.length} waived, ${scan.other.length} other`,
    ...(drift.length > 0 ? [`${drift.length} changed outside Terraform`] : []),
    ...(unstable.length > 0 ? [`${unstable.length} differ in each plan`] : []),
    causeOf(summary),
  ].map((fact) => plain(fact));

  const lost = ["destroy", "replace"].flatMap((action) =>
    summary.changes
      .filter((change) => change.action === action)
      .map(({ address, deposed }) => `${action} ${plain(nameOf(address, deposed))}`),
  );
  return withAddresses(facts.join("; "), lost);
}

function titleOf(summary: ReleaseSummary | WorkloadSummary): string {
  if ("workload" in summary) return `${summary.workload}: commit ${shortId(summary.commitId)}`;
  const { environment, scope, team, from, version, commitId, direction } = summary;
  return `${environment} ${scope}: ${team} ${from ? `${from.version} (${shortId(from.commitId)}) to ` : ""}${version} (${shortId(commitId)}), ${DIRECTIONS[direction]}`;
}

function causeOf(summary: ReleaseSummary | WorkloadSummary): string {
  const named = (arn: string) => plain(arn).slice(-MAX_NAME);
  if ("workload" in summary)
    return summary.startedBy === null ? "pushed to the branch" : `started by ${named(summary.startedBy)}`;
  const { taggedBy, reason } = summary;
  return reason === null
    ? `tagged by ${named(taggedBy)}`
    : `asked for again by ${named(taggedBy)}, by their own word, because: ${plain(reason).slice(0, MAX_NAME)}`;
}

function withAddresses(facts: string, lost: readonly string[]): string {
  if (lost.length === 0) return `${facts}.`;
  const shown = (count: number): string => {
    const rest = lost.length - count;
    const more =
      rest > 0
        ? [`${count > 0 ? "and " : ""}${rest} ${count > 0 ? "more" : "to destroy or replace"}, in the e-mail`]
        : [];
    return `${facts}; ${[...lost.slice(0, count), ...more].join(", ")}.`;
  };
  let count = 0;
  while (count < lost.length && shown(count + 1).length <= MAX_SUMMARY) count += 1;
  return shown(count);
}

/** CodePipeline would read `#{` as the begin of a variable, and mail programs make links of addresses of the web. */
const plain = (text: string): string =>
  asciiText(text, Number.POSITIVE_INFINITY).replaceAll("#{", "# {").replaceAll("://", "[:]//");
