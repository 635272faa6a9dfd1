import * as z from "zod";

/** A version that was released, and the execution that released it: one tag may be released again. */
const released = z.object({ version: z.string(), commitId: z.string(), tag: z.string(), executionId: z.string() });

const finding = z.object({
  tool: z.enum(["trivy", "checkov"]),
  check: z.string(),
  /** Null for checkov, which has no severities without its vendor's key. */
  severity: z.enum(["CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN"]).nullable(),
  title: z.string(),
  address: z.string(),
});

const waiver = z.object({ reason: z.string(), expires: z.string() });

/**
 * What a plan would change: `summary.json` in the artifact of the action Plan, and `details.summary` in its result. Values are true
 * ones; whoever shows them to people makes them plain.
 */
const planSummary = z.object({
  region: z.string(),
  commitId: z.string(),
  executionId: z.string(),
  /** False if and only if Terraform says that the plan has nothing to apply. */
  applyable: z.boolean(),
  /** Resources and outputs that change, by what happens to them. A replacement counts once, as `replace`. */
  counts: z.object({
    create: z.number(),
    update: z.number(),
    replace: z.number(),
    destroy: z.number(),
    import: z.number(),
    move: z.number(),
    forget: z.number(),
    output: z.number(),
  }),
  /** Each resource that changes. */
  changes: z.array(
    z.object({
      address: z.string(),
      deposed: z.string().optional(),
      action: z.enum(["create", "update", "replace", "destroy", "import", "move", "forget"]),
      /** Of a protected type, and destroyed or replaced because `allow-destroy.txt` names it. */
      allowed: z.boolean().optional(),
    }),
  ),
  /** Addresses of resources that were changed outside Terraform since the last apply. */
  drift: z.array(z.string()),
  /** Addresses and outputs that differ between two plans of one state; empty where nobody asked for two plans. */
  unstable: z.array(z.string()),
  scan: z.object({
    /** The scanners that ran; by default both. None does where the environment asks for no finding of any. */
    by: z.array(z.enum(["trivy", "checkov"])).optional(),
    /** What stops a release. */
    stopping: z.array(finding),
    /** What would stop it but for a waiver. */
    waived: z.array(finding.extend({ waiver })),
    /** What is only counted. */
    other: z.array(finding),
  }),
  planSha256: z.string(),
  planFingerprint: z.string(),
});

export const releaseSummary = planSummary.extend({
  environment: z.string(),
  team: z.string(),
  scope: z.string(),
  tag: z.string(),
  version: z.string(),
  /** ARN of who pushed the tag or asked for the release, or `unknown`. */
  taggedBy: z.string(),
  /** Why somebody asked to release the tag again, and then `taggedBy` is their own word; null for a pushed tag. */
  reason: z.string().nullable().default(null),
  /** What is there now, by the ledger; null before the first release. */
  from: released.nullable(),
  /** How the commit stands to the one that is there now. `aside`: neither contains the other. */
  direction: z.enum(["first", "same", "forward", "back", "aside"]),
});
export type ReleaseSummary = z.output<typeof releaseSummary>;

export const workloadSummary = planSummary.extend({
  workload: z.string(),
  /** ARN of who started the pipeline; null for a push. */
  startedBy: z.string().nullable(),
});
export type WorkloadSummary = z.output<typeof workloadSummary>;
