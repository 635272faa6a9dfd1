import type { ReleaseSummary } from "./release-summary.ts";
import { changedOutputs, plannedChanges, type TerraformPlan } from "./terraform-plan.ts";

type Counts = ReleaseSummary["counts"];

/** How many resources and outputs change, by what happens to them. */
export function countChanges(plan: TerraformPlan): Counts {
  const changes = plannedChanges(plan);
  const count = (action: string) => changes.filter((change) => change.action === action).length;
  return {
    create: count("create"),
    update: count("update"),
    replace: count("replace"),
    destroy: count("destroy"),
    import: count("import"),
    move: count("move"),
    forget: count("forget"),
    output: changedOutputs(plan).length,
  };
}

/**
 * The value of CHANGES: 0 if and only if Terraform says that there is nothing to apply. A plan may be applyable for a reason
 * that we do not count, so it is at least 1 then.
 */
export const numberOfChanges = (applyable: boolean, counts: Counts): number =>
  applyable
    ? Math.max(
        1,
        Object.values(counts).reduce((sum, count) => sum + count, 0),
      )
    : 0;
