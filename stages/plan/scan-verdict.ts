import * as z from "zod";
import { plainText } from "../../shared/plain-text.ts";
import { printedJson } from "../../shared/printed-json.ts";
import type { ReleaseConfiguration } from "../../shared/release-configuration.ts";
import type { ReleaseSummary } from "../../shared/release-summary.ts";
import { BAIT_ADDRESS, type ScanCopies } from "./scan-copies.ts";
import type { Waiver } from "./scan-waivers.ts";

export type Finding = ReleaseSummary["scan"]["other"][number];

/** What a scanner says of a plan. */
export interface Scanned {
  /** The scanner's own version. */
  version: string;
  findings: Finding[];
}

// A version proves nothing, and older scanners say none.
const UNKNOWN = "(of an unknown version)";
const version = z.string().default(UNKNOWN);

const trivyReport = z.object({
  SchemaVersion: z.literal(2),
  Trivy: z.object({ Version: version }).default({ Version: UNKNOWN }),
  Results: z.array(
    z.object({
      Misconfigurations: z
        .array(
          z.object({
            ID: z.string(),
            Title: z.string(),
            Severity: z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]),
            Status: z.literal("FAIL"),
            CauseMetadata: z.object({
              Resource: z.string().default(""),
              StartLine: z.number().optional(),
              Code: z.object({ Lines: z.array(z.object({ Number: z.number() })).nullable() }),
            }),
          }),
        )
        .default([]),
    }),
  ),
});

const checkovReport = z.object({
  check_type: z.literal("terraform_plan"),
  results: z.object({
    failed_checks: z.array(z.object({ check_id: z.string(), check_name: z.string(), resource_address: z.string() })),
  }),
  summary: z.object({ parsing_errors: z.literal(0), resource_count: z.number(), checkov_version: version }),
});

/**
 * Reads what trivy prints about its copy of the plan.
 *
 * @returns its findings, by address and check, each once
 * @throws Error where it is no report, or the bait is not found
 */
export function readTrivy(output: string, { standsFor }: Pick<ScanCopies, "standsFor">): Scanned {
  const { Results, Trivy } = printedJson("trivy", trivyReport, output, "no report of a plan");
  const all = Results.flatMap(({ Misconfigurations }) => Misconfigurations).map((it) => ({
    // Before version 0.70 the ids began with AVD-.
    check: it.ID.replace(/^AVD-/, ""),
    severity: it.Severity,
    title: it.Title,
    resource: it.CauseMetadata.Resource,
    /** A finding about one block, and not about the resource as a whole, whose code begins with its first line. */
    isInBlock: (it.CauseMetadata.StartLine ?? 0) > (it.CauseMetadata.Code.Lines?.[0]?.Number ?? 0),
  }));
  if (!all.some(({ resource, severity }) => resource === BAIT_ADDRESS && severity === "HIGH"))
    throw new Error("trivy cannot read the plan: it did not find the open port 22 that every scanned plan has.");
  const findings = unique(
    all
      .filter(({ resource }) => resource !== BAIT_ADDRESS)
      // A resource that stands there once more, for its further blocks, has nothing else to say.
      .filter(({ resource, isInBlock }) => isInBlock || !standsFor.get(resource)?.repeated)
      .map(({ check, severity, title, resource }) => ({
        tool: "trivy" as const,
        check,
        severity,
        title,
        address: standsFor.get(resource)?.address ?? resource,
      })),
  );
  return { version: Trivy.Version, findings };
}

/**
 * Reads what checkov prints about its copy of the plan.
 *
 * checkov's `resource_count` (measured with 3.3.30) is the number of different addresses of managed resources in
 * `planned_values`: each index of `count` and `for_each` in each module, changed or not. Not counted are data sources, resources
 * that the plan destroys or forgets, and deposed ones. Where no check applies to any resource, it prints 0: with the bait one
 * always does.
 *
 * @throws Error where it is no report, the bait is not found, or it counts other resources than the plan has
 */
export function readCheckov(output: string, { resources }: Pick<ScanCopies, "resources">): Scanned {
  const { results, summary } = printedJson("checkov", checkovReport, output, "no report of a plan");
  const all = results.failed_checks;
  if (!all.some(({ resource_address }) => resource_address === BAIT_ADDRESS))
    throw new Error("checkov cannot read the plan: it did not find the open port 22 that every scanned plan has.");
  const counted = summary.resource_count - 1;
  if (counted !== resources)
    throw new Error(`checkov read ${counted} resources, and the plan has ${resources}: its findings are not complete.`);
  const findings = unique(
    all
      .filter(({ resource_address }) => resource_address !== BAIT_ADDRESS)
      .map(({ check_id, check_name, resource_address }) => ({
        tool: "checkov" as const,
        check: check_id,
        severity: null,
        title: check_name,
        address: resource_address,
      })),
  );
  return { version: summary.checkov_version, findings };
}

/** What people read about waivers, as plain text. */
export interface Verdict {
  scan: ReleaseSummary["scan"];
  notes: string[];
}

/**
 * Decides which findings stop a release.
 *
 * @param today `YYYY-MM-DD` (UTC)
 */
export function judge(
  findings: readonly Finding[],
  { trivySeverities, checkovChecks }: ReleaseConfiguration["scan"],
  waivers: readonly Waiver[],
  today: string,
): Verdict {
  const scan: Verdict["scan"] = { by: ["trivy", "checkov"], stopping: [], waived: [], other: [] };
  const used = new Set<Waiver>();
  const isExpired = ({ expires }: Waiver) => expires < today;
  const isOf = (finding: Finding) => (waiver: Waiver) =>
    waiver.check.replace(/^AVD-/, "") === finding.check && waiver.address === finding.address;
  for (const finding of findings) {
    const stops =
      finding.severity === null ? checkovChecks.includes(finding.check) : trivySeverities.includes(finding.severity);
    const fitting = waivers.filter(isOf(finding));
    const valid = fitting.find((waiver) => !isExpired(waiver));
    for (const waiver of fitting) used.add(waiver);
    if (!stops) scan.other.push(finding);
    else if (valid) scan.waived.push({ ...finding, waiver: { reason: valid.reason, expires: valid.expires } });
    else scan.stopping.push(finding);
  }
  const nameOf = ({ check, address }: Waiver) => `The waiver of ${check} for ${plainText(address, 200)}`;
  const [expired, others] = [waivers.filter(isExpired), waivers.filter((waiver) => !isExpired(waiver))];
  return {
    scan,
    // An expired waiver may be why a finding stops the release, so it comes first.
    notes: [
      ...expired.map((waiver) => `${nameOf(waiver)} expired on ${waiver.expires}, and does not count.`),
      ...others
        .filter((waiver) => !used.has(waiver))
        .map((waiver) => `${nameOf(waiver)} fits no finding: take it out.`),
    ],
  };
}

const unique = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [JSON.stringify([finding.check, finding.address]), finding])).values(),
];
