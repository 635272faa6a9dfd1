import type { Current } from "../../shared/ledger.ts";
import { compareVersions } from "./version-order.ts";

/** A release is compared with releases of the same root of the repository: `global/` or `regional/`. */
const kindOf = ({ scope }: Current): string => (scope === "global" ? "global" : "regional");

/**
 * The newest version of the same team and kind of scope, of those that are newer than this release; undefined where none is.
 *
 * @param all what is there now, everywhere
 */
export function newerThan(one: Current, all: readonly Current[]): Current | undefined {
  return all
    .filter((other) => other.team === one.team && kindOf(other) === kindOf(one) && other.outcome === "released")
    .filter((other) => compareVersions(other.version, one.version) > 0)
    .sort((a, b) => compareVersions(b.version, a.version) || Date.parse(a.appliedAt) - Date.parse(b.appliedAt))[0];
}
