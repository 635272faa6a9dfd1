import { describe, expect, it } from "vitest";
import { type RuleReport, textReport } from "../../../cli/export-rules/report.ts";

const report = (rule: string, more: Partial<RuleReport> = {}): RuleReport => ({
  rule,
  dir: rule,
  kind: "custom",
  status: "exported",
  files: [],
  problems: [],
  ...more,
});
const problem = { severity: "error" as const, file: "parameters.json", pointer: "/Tags", message: "are too many." };

describe("the report for people", () => {
  it("The report of export-rules has a line for each rule, its problems below, and the counts.", () => {
    const reports = [
      report("A", { problems: [{ ...problem, severity: "warning", file: "", pointer: "", message: "is odd." }] }),
      report("B", { status: "refused", kind: "organization-managed", problems: [problem] }),
    ];
    expect(textReport(reports, 3, false)).toBe(`✓ A (custom) exported
    warning:  is odd.
✗ B (organization-managed) refused
    error: parameters.json /Tags are too many.
1 exported, 1 refused, 3 files changed`);
  });

  it("The report of export-rules --check counts the files that would change.", () => {
    expect(textReport([report("A")], 2, true)).toMatch(/\n1 exported, 0 refused, 2 files would change$/);
    expect(textReport([report("A")], 1, true)).toMatch(/\n1 exported, 0 refused, 1 file would change$/);
  });

  it("The report of export-rules has no character that steers the terminal.", () => {
    const hostile = "\u001b[2J\u202e";
    const text = textReport([report(hostile, { problems: [{ ...problem, message: hostile }] })], 0, false);
    expect(text).toContain("✓ ?[2J? (custom) exported\n");
    expect(text).not.toMatch(/[^\P{C}\n]/u);
  });
});
