import type { Problem } from "../../functions/rule-exporter/problem.ts";
import { plainText } from "../../shared/plain-text.ts";

/** What became of one rule: an item of `--json`. */
export interface RuleReport {
  rule: string;
  /** Paths as the user may write them. */
  dir: string;
  kind: string;
  status: "exported" | "refused";
  files: readonly string[];
  problems: readonly Problem[];
}

/**
 * The report for people: a line for each rule, with its problems below, and the counts.
 *
 * @param changed how many files changed, or would change
 */
export function textReport(reports: readonly RuleReport[], changed: number, check: boolean): string {
  const lines = reports.flatMap(({ rule, kind, status, problems }) => [
    `${status === "exported" ? "✓" : "✗"} ${plainText(rule, 200)} (${kind}) ${status}`,
    ...problems.map(({ severity, file, pointer, message }) =>
      plainText(`    ${severity}: ${[file, pointer].filter(Boolean).join(" ")} ${message}`, 1_000),
    ),
  ]);
  const refused = reports.filter(({ status }) => status === "refused").length;
  const files = `${changed} ${changed === 1 ? "file" : "files"} ${check ? "would change" : "changed"}`;
  return [...lines, `${reports.length - refused} exported, ${refused} refused, ${files}`].join("\n");
}
