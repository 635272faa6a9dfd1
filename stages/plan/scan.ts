import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JunitCase, junit } from "../../shared/junit.ts";
import type { Mask } from "../../shared/masked-text.ts";
import type { ReleaseConfiguration } from "../../shared/release-configuration.ts";
import type { Run } from "../../shared/run-program.ts";
import { scanCopies } from "./scan-copies.ts";
import { type Finding, judge, readCheckov, readTrivy, type Verdict } from "./scan-verdict.ts";
import type { Waiver } from "./scan-waivers.ts";

export interface Scan {
  /** The output of `terraform show -json`, parsed. */
  plan: unknown;
  waivers: readonly Waiver[];
  scan: ReleaseConfiguration["scan"];
  /** `YYYY-MM-DD` (UTC). */
  today: string;
  run: Run;
  mask: Mask;
  /** Takes a line for people. */
  show: (line: string) => void;
  /** Paths of the scanners. */
  tools: { trivy: string; checkov: string };
}

/**
 * Scans a plan with trivy and checkov, without the network, and judges what they print. Their exit codes prove nothing: both are
 * 0 for a plan that they cannot read.
 *
 * @returns the verdict, and `reports/scan.xml`
 * @throws Error where a scanner crashes, or does not prove that it read the whole plan
 */
export async function scanPlan({
  plan,
  waivers,
  scan,
  today,
  run,
  mask,
  show,
  tools,
}: Scan): Promise<Verdict & { report: string }> {
  const copies = scanCopies(plan);
  // A folder of its own: both read settings and lists of what to ignore in their working folder. The plan has secrets.
  const folder = await mkdtemp(join(tmpdir(), "scan-copies-"));
  try {
    const printed = async (program: string, copy: unknown, args: readonly string[], expected: readonly number[]) => {
      const file = join(folder, `${args[0] === "config" ? "trivy" : "checkov"}.json`);
      await writeFile(file, JSON.stringify(copy), { mode: 0o600 });
      return (await run(program, [...args, file], { folder, hidden: true, expected })).output;
    };
    const printedBy = await Promise.all([
      printed(tools.trivy, copies.trivy, [...TRIVY, "--cache-dir", join(folder, "cache")], [0]),
      // 1: it found something.
      printed(tools.checkov, copies.checkov, CHECKOV, [0, 1]),
    ]);
    const [trivy, checkov] = [readTrivy(printedBy[0], copies), readCheckov(printedBy[1], copies)];
    show(`trivy ${trivy.version} and checkov ${checkov.version} read the whole plan.`);
    const verdict = judge([...trivy.findings, ...checkov.findings], scan, waivers, today);
    return { ...verdict, report: reportOf(verdict, mask) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const TRIVY = [
  "config",
  "--quiet",
  "--format=json",
  "--skip-check-update",
  "--skip-version-check",
  "--disable-telemetry",
  "--config=",
  "--ignorefile=",
];
const CHECKOV = ["--framework=terraform_plan", "--skip-download", "--output=json", "--quiet", "--compact", "--file"];

function reportOf({ scan: { stopping, waived, other } }: Verdict, mask: Mask): string {
  const caseOf = (finding: Finding): JunitCase => ({
    group: finding.tool,
    name: [finding.check, finding.severity, finding.address].filter(Boolean).join(" "),
  });
  return junit(
    "scan",
    [
      ...stopping.map((finding) => ({ ...caseOf(finding), failure: finding.title })),
      ...waived.map((finding) => ({
        ...caseOf(finding),
        skipped: `Waived until ${finding.waiver.expires}: ${finding.waiver.reason}`,
      })),
      ...other.map((finding) => ({ ...caseOf(finding), note: `Does not stop a release: ${finding.title}` })),
      // CodeBuild shows NaN for a report without a test case.
      { group: "scan", name: "trivy and checkov read the whole plan" },
    ],
    mask,
  );
}
