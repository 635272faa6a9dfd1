import { asciiText } from "../../shared/plain-text.ts";
import { findingOf, type Guardrail, guardrailsOf, type WorkloadCheck } from "./report.ts";

/** One value of the metric `Violations`: how many resources fail. */
export interface Violations {
  dimension?: { name: "guardrail" | "workload"; value: string };
  count: number;
}

/** A value of a dimension has at most 1024 characters of ASCII. */
const MAX_VALUE = 200;

/**
 * The metrics of a check: all violations, and those of each guardrail and of each workload. Not those of each pair: 50 workloads and
 * 40 guardrails would be 2,000 metrics. A guardrail that fails without a resource counts as one violation.
 */
export function violationsOf(workloads: readonly WorkloadCheck[]): Violations[] {
  const guardrails = guardrailsOf(workloads);
  const checked = workloads.filter(({ compliance }) => compliance);
  const count = (of: readonly WorkloadCheck[], by: readonly Guardrail[]): number =>
    of.reduce((sum, check) => sum + by.reduce((part, guardrail) => part + failing(check, guardrail), 0), 0);
  return [
    { count: count(checked, guardrails) },
    ...guardrails.map((guardrail) => ({
      dimension: {
        name: "guardrail",
        value: asciiText(`${guardrail.feature}: ${guardrail.scenario}`, MAX_VALUE),
      } as const,
      count: count(checked, [guardrail]),
    })),
    ...checked.map((check) => ({
      dimension: { name: "workload", value: asciiText(check.workload, MAX_VALUE) } as const,
      count: count([check], guardrails),
    })),
  ];
}

function failing(check: WorkloadCheck, guardrail: Guardrail): number {
  const { verdict, resources } = findingOf(check, guardrail);
  return verdict === "failed" ? Math.max(1, resources.filter((one) => one.verdict === "failed").length) : 0;
}
