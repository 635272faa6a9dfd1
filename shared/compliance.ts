import * as z from "zod";

// `compliance.json`: what one set of guardrails says of one workload.

/** How much a guardrail that fails matters. `block` stops; `warn` and `observe` do not. */
export const LEVELS = ["block", "warn", "observe"] as const;
const level = z.enum(LEVELS);
export type Level = z.output<typeof level>;

/** The exact commit of a side of a check. */
const side = z.strictObject({ repository: z.string(), commitId: z.string().regex(/^[0-9a-f]{40}$/) });

/** An exemption in force, as `waivers/<workload>.json` has it. */
const exemption = z.strictObject({
  reason: z.string(),
  owner: z.string(),
  approvedBy: z.string(),
  /** The last day that it counts: YYYY-MM-DD, UTC. */
  expires: z.iso.date(),
});

const verdict = z.strictObject({
  /** The file, without folder and ending, such as `encryption`. */
  feature: z.string(),
  scenario: z.string(),
  level,
  /** `exempted`: it fails, and a waiver covers each resource that fails. `not applicable`: it found no resource. */
  verdict: z.enum(["passed", "failed", "exempted", "not applicable"]),
  /** The resources that fail. An address without one is a failure of no single resource, such as one that has to exist. */
  resources: z.array(
    z.strictObject({
      address: z.string(),
      verdict: z.enum(["failed", "exempted"]),
      /** What the guardrail asks and the resource lacks, as the tool says it. */
      reason: z.string(),
      exemption: exemption.optional(),
    }),
  ),
});
export type ScenarioVerdict = z.output<typeof verdict>;

export const compliance = z.strictObject({
  workload: z.string(),
  owner: z.string(),
  guardrails: side,
  /** What was planned. */
  planned: side.extend({ path: z.string() }),
  /** When the check ended (ISO). */
  checkedAt: z.iso.datetime(),
  terraform: z.string(),
  terraformCompliance: z.string(),
  scenarios: z.array(verdict).min(1),
  /** Waivers that have expired or match nothing, one sentence each. */
  notes: z.array(z.string()),
});
export type Compliance = z.output<typeof compliance>;

/** Whether the check stops a merge or a release. */
export const stops = ({ scenarios }: Pick<Compliance, "scenarios">): boolean =>
  scenarios.some(({ level, verdict }) => level === "block" && verdict === "failed");
