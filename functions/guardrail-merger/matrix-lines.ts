import { LEVELS } from "../../shared/compliance.ts";
import { unlinkedText } from "../../shared/plain-text.ts";
import { workloadVerdict } from "./owner-news.ts";
import { findingOf, guardrailsOf, type WorkloadCheck } from "./report.ts";

const MAX_LINE = 150;
const MOST_RESOURCES = 5;
/** They keep a message below the limit of SNS, whatever the text; the page has all. */
const MOST_LINES = 150;

/** The matrix of a check in words: each workload, and what does not simply pass there. */
export function matrixLines(workloads: readonly WorkloadCheck[]): string[] {
  const lines = workloads.flatMap((check) => [`  ${headline(check)}`, ...findingLines(check)]);
  return lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES), "  and more: see the page"] : lines;
}

/** Such as `payments does not comply (owner: ana)`. */
function headline(check: WorkloadCheck): string {
  const verdict = VERDICTS[workloadVerdict(check)];
  return `${unlinkedText(check.workload, 50)} ${verdict} (owner: ${unlinkedText(check.owner, 100)})`;
}

const VERDICTS = {
  complies: "complies",
  "does not comply": "does not comply",
  "could not check": "could not be checked",
} as const;

/** What there is to say of one workload, the failures that stop it first. */
export function findingLines(check: WorkloadCheck): string[] {
  const { compliance, couldNotCheck = "" } = check;
  if (!compliance) return [`    ${unlinkedText(couldNotCheck.replaceAll(/\s+/g, " "), MAX_LINE)}`];
  const findings = guardrailsOf([check]).map((guardrail) => ({ guardrail, finding: findingOf(check, guardrail) }));
  const of = (verdict: string) => findings.filter(({ finding }) => finding.verdict === verdict);
  const failed = of("failed").sort((a, b) => LEVELS.indexOf(a.guardrail.level) - LEVELS.indexOf(b.guardrail.level));
  const counts = [
    [of("passed").length, "passed"],
    [of("not applicable").length, "not applicable"],
  ] as const;
  return [
    ...[...failed, ...of("exempted")].flatMap(({ guardrail: { feature, scenario, level }, finding }) => [
      `    ${unlinkedText(`${finding.verdict}${finding.verdict === "failed" ? ` (${level})` : ` until ${finding.exemptedUntil}`}: ${feature}: ${scenario}`, MAX_LINE)}`,
      ...finding.resources
        .slice(0, MOST_RESOURCES)
        .map(({ address, reason }) => `      ${unlinkedText([address, reason].filter(Boolean).join(": "), MAX_LINE)}`),
      ...(finding.resources.length > MOST_RESOURCES
        ? [`      and ${finding.resources.length - MOST_RESOURCES} more resources`]
        : []),
    ]),
    `    ${counts.map(([count, word]) => `${count} ${word}`).join(", ")}`,
    ...compliance.notes.map((note) => `    ${unlinkedText(note, MAX_LINE)}`),
  ];
}
