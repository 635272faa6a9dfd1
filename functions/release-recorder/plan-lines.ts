import { plainText, unlinkedText } from "../../shared/plain-text.ts";
import type { ReleaseSummary } from "../../shared/release-summary.ts";

type Change = ReleaseSummary["changes"][number];

/** What happens to resources, worst first, each with its title in an e-mail and its word in a summary. */
const ACTIONS = [
  ["destroy", "WILL BE DESTROYED", "DESTROYED", "destroyed"],
  ["replace", "WILL BE REPLACED", "REPLACED", "replaced"],
  ["forget", "WILL BE FORGOTTEN BY TERRAFORM", "FORGOTTEN BY TERRAFORM", "forgotten"],
  ["update", "WILL BE CHANGED", "CHANGED", "changed"],
  ["create", "WILL BE CREATED", "CREATED", "created"],
  ["import", "WILL BE IMPORTED", "IMPORTED", "imported"],
  ["move", "WILL BE MOVED IN THE STATE", "MOVED IN THE STATE", "moved"],
] as const;

const MAX_ADDRESS = 300;
const MAX_TEXT = 200;
/** For machines, which need the whole of what Terraform allows in practice. */
const MAX_VALUE = 1_000;

/** The first values, and how many there are besides. */
export interface Listed<Value> {
  values: readonly Value[];
  left: number;
}

const listed = <Value>(all: readonly Value[], most: number): Listed<Value> => ({
  values: all.slice(0, most),
  left: Math.max(0, all.length - most),
});

/** For example `1 destroyed, 3 created, 1 output`; `nothing` where nothing changes. */
export function countsText(counts: ReleaseSummary["counts"]): string {
  const parts = ACTIONS.filter(([action]) => counts[action] > 0).map(
    ([action, , , word]) => `${counts[action]} ${word}`,
  );
  if (counts.output > 0) parts.push(counts.output === 1 ? "1 output" : `${counts.output} outputs`);
  return parts.join(", ") || "nothing";
}

type Section = readonly [title: string, lines: readonly string[]];

const lineOf = ({ address, deposed, allowed }: Change): string =>
  [
    `  ${unlinkedText(address, MAX_ADDRESS)}`,
    ...(deposed === undefined ? [] : [`(deposed ${unlinkedText(deposed, MAX_TEXT)})`]),
    ...(allowed ? ["(protected; allow-destroy names it)"] : []),
  ].join(" ");

/** Lines of a list, and how many are left out. */
export const linesOf = (all: readonly string[], most: number, maxLength = MAX_ADDRESS): string[] => {
  const { values, left } = listed(all, most);
  return [
    ...values.map((value) => `  ${unlinkedText(value, maxLength)}`),
    ...(left > 0 ? [`  and ${left} more, which this e-mail has no room for`] : []),
  ];
};

/**
 * The sections of an e-mail that say what a plan does, worst first.
 *
 * @param done whether it happened already
 * @param most lines of each section
 */
export function planSections(summary: ReleaseSummary, done: boolean, most: number): Section[] {
  const changes = ACTIONS.map(([action, will, did]): Section => {
    const { values, left } = listed(
      summary.changes.filter((change) => change.action === action),
      most,
    );
    const more = left > 0 ? [`  and ${left} more: see summary[.]json in the artifact of Plan`] : [];
    return [done ? did : will, [...values.map(lineOf), ...more]];
  });
  if (done) return changes;
  const { scan } = summary;
  return [
    ...changes,
    ["CHANGED OUTSIDE TERRAFORM SINCE THE LAST APPLY", linesOf(summary.drift, most)],
    ["DIFFERS BETWEEN TWO PLANS OF THE SAME STATE", linesOf(summary.unstable, most)],
    ["FINDINGS THAT WAIVERS LET THROUGH", linesOf(scan.waived.map(waivedText), most)],
    ["OTHER FINDINGS", linesOf(scan.other.map(findingText), most)],
  ];
}

const findingText = ({ tool, check, severity, title, address }: ReleaseSummary["scan"]["other"][number]): string =>
  `${[tool, check, ...(severity === null ? [] : [severity])].join(" ")}: ${plainText(title, MAX_TEXT)} (${address})`;

const waivedText = ({ waiver, ...finding }: ReleaseSummary["scan"]["waived"][number]): string =>
  `until ${plainText(waiver.expires, 10)}, ${plainText(waiver.reason, 80)}: ${findingText(finding)}`;

/** Lists of findings in an e-mail of a release that a scan stopped. */
export const stoppingSection = ({ scan }: ReleaseSummary, most: number): Section => [
  "FINDINGS THAT STOP THE RELEASE",
  linesOf(scan.stopping.map(findingText), most),
];

/**
 * A plan for machines, with true values.
 *
 * @param most entries of each list; `left` counts the others
 */
export function planData(summary: ReleaseSummary, most: number) {
  const changes = listed(
    ACTIONS.flatMap(([action]) => summary.changes.filter((change) => change.action === action)),
    most,
  );
  const findings = (all: ReleaseSummary["scan"]["other"]) => {
    const { values, left } = listed(all, most);
    return {
      values: values.map(({ tool, check, severity, address }) => ({
        tool,
        check: plainText(check, MAX_TEXT),
        severity,
        address: plainText(address, MAX_VALUE),
      })),
      left,
    };
  };
  const { from, direction, counts, planSha256, planFingerprint } = summary;
  return {
    from: from && {
      version: plainText(from.version, MAX_TEXT),
      commitId: plainText(from.commitId, MAX_TEXT),
      tag: plainText(from.tag, MAX_VALUE),
    },
    direction,
    counts,
    changes: {
      values: changes.values.map(({ address, deposed, action, allowed }) => ({
        action,
        address: plainText(address, MAX_VALUE),
        ...(deposed !== undefined && { deposed: plainText(deposed, MAX_TEXT) }),
        ...(allowed && { allowed }),
      })),
      left: changes.left,
    },
    drift: textData(summary.drift, most),
    unstable: textData(summary.unstable, most),
    notes: textData(summary.notes, most),
    scan: {
      stopping: findings(summary.scan.stopping),
      waived: findings(summary.scan.waived),
      other: findings(summary.scan.other),
    },
    planSha256: plainText(planSha256, MAX_TEXT),
    planFingerprint: plainText(planFingerprint, MAX_TEXT),
  };
}

/** A list for machines, such as one of addresses. */
export const textData = (all: readonly string[], most: number): Listed<string> =>
  listed(
    all.map((text) => plainText(text, MAX_VALUE)),
    most,
  );
