import { createHash } from "node:crypto";
import { stops } from "../../shared/compliance.ts";
import type { WorkloadCheck } from "./report.ts";
import type { Heard } from "./run-history.ts";

/** What a check says of a whole workload. */
export type WorkloadVerdict = "complies" | "does not comply" | "could not check";

/** The verdict of a workload: guardrails of the level `block` alone decide whether it complies. */
export const workloadVerdict = ({ compliance }: WorkloadCheck): WorkloadVerdict =>
  !compliance ? "could not check" : stops(compliance) ? "does not comply" : "complies";

/** What an owner has to know of a check, in a form to compare: what fails or is exempted and where, and whether it was checked. */
export function fingerprintOf({ compliance }: WorkloadCheck): string {
  if (!compliance) return "could not check";
  const failures = compliance.scenarios
    .filter(({ verdict }) => verdict === "failed" || verdict === "exempted")
    .map(({ feature, scenario, level, verdict, resources }) =>
      JSON.stringify([
        feature,
        scenario,
        level,
        verdict,
        resources.map((one) => [one.address, one.verdict].join(" ")).sort(),
      ]),
    );
  return failures.length === 0 ? CLEAN : createHash("sha256").update(failures.sort().join("\n")).digest("hex");
}

/** Nothing fails, and nothing is exempted. */
const CLEAN = "clean";

/**
 * The workloads whose owners have to hear of a check, with what they then know. An owner who has never heard anything does not hear
 * that all is well, and nobody hears of a check that is older than the one they heard of.
 *
 * @param at when the check ended (ISO 8601)
 * @param heard what they know, by workload
 */
export const ownersToTell = (
  workloads: readonly WorkloadCheck[],
  at: string,
  heard: ReadonlyMap<string, Heard>,
): { check: WorkloadCheck; fingerprint: string }[] =>
  workloads
    .map((check) => ({ check, fingerprint: fingerprintOf(check), known: heard.get(check.workload) }))
    .filter(
      ({ fingerprint, known }) =>
        fingerprint !== (known?.fingerprint ?? CLEAN) && (known === undefined || known.at <= at),
    );
