import type { Checkout } from "../../shared/checkout.ts";
import type { ReleaseSummary } from "../../shared/release-summary.ts";

/**
 * How a commit stands to the one that is there now, by git's history.
 *
 * @param from the commit that is there now; undefined before the first release
 */
export async function directionOf(
  from: string | undefined,
  to: string,
  isAncestor: Checkout["isAncestor"],
): Promise<ReleaseSummary["direction"]> {
  if (from === undefined) return "first";
  if (from === to) return "same";
  if (await isAncestor(from, to)) return "forward";
  return (await isAncestor(to, from)) ? "back" : "aside";
}
