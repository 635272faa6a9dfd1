import { plainText } from "../../shared/plain-text.ts";
import type { PlannedChange } from "../../shared/terraform-plan.ts";

/** The file that names what may be destroyed. */
export const ALLOW_DESTROY = "allow-destroy.txt";

/** What the rule about protected types says of a plan. */
export interface Protection {
  /** Protected, and destroyed or replaced although `allow-destroy.txt` does not name it. */
  refused: PlannedChange[];
  /** Protected, and destroyed or replaced since `allow-destroy.txt` names it. */
  allowed: PlannedChange[];
  /** What people read about lines that name nothing that is destroyed or replaced: they would allow a later release. */
  notes: string[];
}

/**
 * Judges what a plan destroys or replaces. A resource that is only forgotten is not destroyed.
 *
 * @param allowDestroy the text of `allow-destroy.txt`: an address a line, and lines that begin with `#`
 */
export function judgeProtected(
  changes: readonly PlannedChange[],
  protectedTypes: readonly string[],
  allowDestroy = "",
): Protection {
  const addresses = new Set(
    allowDestroy
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#")),
  );
  const destroyed = changes.filter(({ action }) => action === "destroy" || action === "replace");
  const guarded = destroyed.filter(({ type }) => protectedTypes.includes(type));
  return {
    refused: guarded.filter(({ address }) => !addresses.has(address)),
    allowed: guarded.filter(({ address }) => addresses.has(address)),
    notes: [...addresses]
      .filter((line) => !destroyed.some(({ address }) => address === line))
      .map(
        (line) =>
          `${ALLOW_DESTROY} names ${plainText(line, 200)}, which this release does not destroy: correct the line, or take it out.`,
      ),
  };
}
