import { byCodeUnits } from "../../shared/code-unit-order.ts";
import type { Compliance, Level, ScenarioVerdict } from "../../shared/compliance.ts";

// What the page of a check shows, and what follows from it. No clock, no effect.

/** From the most serious. */
export const VERDICTS = ["failed", "could not check", "exempted", "passed", "not applicable"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How many pairs of guardrail and workload have each verdict. */
export type Counts = Record<Verdict, number>;

/** One workload in a check. Without `compliance` it could not be checked, and `couldNotCheck` says why. */
export interface WorkloadCheck {
  workload: string;
  owner: string;
  compliance?: Compliance;
  couldNotCheck?: string;
}

export interface Report {
  repository: string;
  commitId: string;
  /** The pipeline's execution; none on a laptop. */
  execution?: string;
  /** When the check ended (ISO). */
  at: string;
  /** What became of the guardrails, in one sentence. */
  outcome: string;
  workloads: readonly WorkloadCheck[];
  /** The last check whose guardrails became active. */
  active?: { commitId: string; workloads: readonly WorkloadCheck[] };
  /** The last runs, oldest first, with this one at the end. */
  trend: readonly { at: string; commitId: string; counts: Counts }[];
}

export type Guardrail = Pick<ScenarioVerdict, "feature" | "scenario" | "level">;

/** What a guardrail says of a workload. */
export interface Finding {
  verdict: Verdict;
  /** The resources that fail, exempted or not, by address. */
  resources: ScenarioVerdict["resources"];
  /** The last day of the first exemption that ends (YYYY-MM-DD). */
  exemptedUntil?: string;
}

/** What would stop, or would at the level `block`. */
export interface BlastRadius {
  /** Names of the workloads with a failure that no waiver covers. */
  workloads: string[];
  /** How many workloads there are, checked or not. */
  of: number;
  /** How many of them could not be checked. */
  unchecked: number;
  /** How many different resources fail, over all workloads. */
  resources: number;
  /** Who answers for these workloads, each once. */
  owners: string[];
}

/** What differs from the check of the active guardrails. */
export interface Changes {
  added: Guardrail[];
  removed: Guardrail[];
  levels: { guardrail: Guardrail; before: Level }[];
  workloadsAdded: string[];
  workloadsRemoved: string[];
  /** Workloads that could be checked only then, or only now. */
  checks: { workload: string; couldBefore: boolean }[];
  /** Guardrails of both sets that now say something else, with the addresses that fail now, or no longer. */
  verdicts: {
    guardrail: Guardrail;
    workload: string;
    before: Verdict;
    now: Verdict;
    appeared: string[];
    gone: string[];
  }[];
}

const isSame = (a: Guardrail, b: Guardrail): boolean => a.feature === b.feature && a.scenario === b.scenario;
const keyOf = ({ feature, scenario }: Guardrail): string => JSON.stringify([feature, scenario]);
const byKey = (guardrails: readonly Guardrail[]): Map<string, Guardrail> =>
  new Map(guardrails.map((guardrail) => [keyOf(guardrail), guardrail]));

/** Workloads by name, so that a page reads the same from run to run. */
export const inOrder = (workloads: readonly WorkloadCheck[]): WorkloadCheck[] =>
  [...workloads].sort((a, b) => byCodeUnits(a.workload, b.workload));

/** The guardrails of a check: features by name, and in each the scenarios as they stand in the file. */
export function guardrailsOf(workloads: readonly WorkloadCheck[]): Guardrail[] {
  const scenarios = workloads.flatMap(({ compliance }) => compliance?.scenarios ?? []);
  const guardrails = scenarios.map(({ feature, scenario, level }): Guardrail => ({ feature, scenario, level }));
  // The first of equal ones counts, whose place in the file is the same in each workload.
  return [...byKey(guardrails.toReversed()).values()]
    .reverse()
    .sort((a, b) => byCodeUnits(a.feature, b.feature) || firstAt(guardrails, a) - firstAt(guardrails, b));
}

const firstAt = (guardrails: readonly Guardrail[], one: Guardrail): number =>
  guardrails.findIndex((other) => isSame(other, one));

/** What a guardrail says of a workload; of scenarios with one name, the most serious. */
export function findingOf({ compliance }: WorkloadCheck, guardrail: Guardrail): Finding {
  const [worst] = (compliance?.scenarios ?? [])
    .filter((scenario) => isSame(scenario, guardrail))
    .sort((a, b) => VERDICTS.indexOf(a.verdict) - VERDICTS.indexOf(b.verdict));
  if (!worst) return { verdict: "could not check", resources: [] };
  const [exemptedUntil] = worst.resources.flatMap(({ exemption }) => exemption?.expires ?? []).sort(byCodeUnits);
  return {
    verdict: worst.verdict,
    resources: [...worst.resources].sort((a, b) => byCodeUnits(a.address, b.address)),
    ...(exemptedUntil !== undefined && { exemptedUntil }),
  };
}

/** How many pairs of guardrail and workload have each verdict; a workload that could not be checked counts at least once. */
export function countVerdicts(workloads: readonly WorkloadCheck[]): Counts {
  const guardrails = guardrailsOf(workloads);
  const counts: Counts = { failed: 0, "could not check": 0, exempted: 0, passed: 0, "not applicable": 0 };
  for (const check of workloads)
    if (guardrails.length === 0) counts["could not check"] += 1;
    else for (const guardrail of guardrails) counts[findingOf(check, guardrail).verdict] += 1;
  return counts;
}

/**
 * How far guardrails reach.
 *
 * @param guardrails whose failures count; by default those that stop
 */
export function blastRadius(
  workloads: readonly WorkloadCheck[],
  guardrails: readonly Guardrail[] = guardrailsOf(workloads).filter(({ level }) => level === "block"),
): BlastRadius {
  const hit = workloads.flatMap((check) => {
    const failed = guardrails
      .map((guardrail) => findingOf(check, guardrail))
      .filter(({ verdict }) => verdict === "failed");
    const resources = failed.flatMap((finding) => finding.resources.filter(({ verdict }) => verdict === "failed"));
    const addresses = new Set(resources.map(({ address }) => address).filter(Boolean));
    return failed.length > 0 ? [{ ...check, addresses }] : [];
  });
  return {
    workloads: hit.map(({ workload }) => workload).sort(byCodeUnits),
    of: workloads.length,
    unchecked: workloads.filter(({ compliance }) => compliance === undefined).length,
    resources: hit.reduce((sum, { addresses }) => sum + addresses.size, 0),
    owners: [...new Set(hit.map(({ owner }) => owner))].sort(byCodeUnits),
  };
}

/** Such as `would stop 2 of 7 workloads, 5 resources; owners ana@example.com, web`. The owners are text from outside. */
export function blastRadiusText({ workloads, of, unchecked, resources, owners }: BlastRadius): string {
  const not = unchecked === 0 ? "" : ` (${unchecked} could not be checked)`;
  if (workloads.length === 0) return `would stop none of ${counted(of, "workload")}${not}`;
  const hit = `would stop ${workloads.length} of ${counted(of, "workload")}${not}`;
  return `${hit}${resources === 0 ? "" : `, ${counted(resources, "resource")}`}; ${owners.length === 1 ? "owner" : "owners"} ${owners.join(", ")}`;
}

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What changed since the check of the active guardrails. */
export function changesSince(active: readonly WorkloadCheck[], now: readonly WorkloadCheck[]): Changes {
  const [before, after] = [byKey(guardrailsOf(active)), byKey(guardrailsOf(now))];
  const earlier = new Map(active.map((check) => [check.workload, check]));
  const later = new Set(now.map(({ workload }) => workload));
  const both = inOrder(now).flatMap((check) => {
    const then = earlier.get(check.workload);
    return then ? [{ then, check }] : [];
  });
  return {
    added: [...after].flatMap(([key, guardrail]) => (before.has(key) ? [] : [guardrail])),
    removed: [...before].flatMap(([key, guardrail]) => (after.has(key) ? [] : [guardrail])),
    levels: [...after].flatMap(([key, guardrail]) => {
      const level = before.get(key)?.level;
      return level === undefined || level === guardrail.level ? [] : [{ guardrail, before: level }];
    }),
    workloadsAdded: inOrder(now).flatMap(({ workload }) => (earlier.has(workload) ? [] : [workload])),
    workloadsRemoved: inOrder(active).flatMap(({ workload }) => (later.has(workload) ? [] : [workload])),
    checks: both.flatMap(({ then, check }) =>
      (then.compliance === undefined) === (check.compliance === undefined)
        ? []
        : [{ workload: check.workload, couldBefore: then.compliance !== undefined }],
    ),
    verdicts: both.flatMap(({ then, check }) =>
      then.compliance && check.compliance
        ? [...after.values()]
            .filter((guardrail) => before.has(keyOf(guardrail)))
            .flatMap((guardrail) => changeOf(guardrail, then, check))
        : [],
    ),
  };
}

function changeOf(guardrail: Guardrail, then: WorkloadCheck, check: WorkloadCheck): Changes["verdicts"] {
  const [before, now] = [findingOf(then, guardrail), findingOf(check, guardrail)];
  const failing = ({ resources }: Finding) =>
    resources.flatMap(({ verdict, address }) => (verdict === "failed" && address !== "" ? [address] : []));
  const [was, is] = [failing(before), failing(now)];
  const [appeared, gone] = [is.filter((one) => !was.includes(one)), was.filter((one) => !is.includes(one))];
  return before.verdict === now.verdict && appeared.length === 0 && gone.length === 0
    ? []
    : [{ guardrail, workload: check.workload, before: before.verdict, now: now.verdict, appeared, gone }];
}
