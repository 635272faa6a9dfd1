import { createHash } from "node:crypto";
import type { Waiver } from "../../shared/guardrail-waivers.ts";

/** A waiver that people hear of. */
export interface DueWaiver extends Waiver {
  workload: string;
  due: "ending" | "ended";
  /** What tells it from every other that people heard of. */
  key: string;
}

/** How many days before the end of a waiver people hear of it. */
const NOTICE = 14;
const DAY = 86_400_000;

/**
 * The waivers of a workload that end soon or have ended.
 *
 * @param now epoch, ms. A waiver counts until its last day ends, UTC
 */
export function dueWaivers(workload: string, waivers: readonly Waiver[], now: number): DueWaiver[] {
  return waivers.flatMap((waiver) => {
    const left = Date.parse(waiver.expires) + DAY - now;
    if (left > NOTICE * DAY) return [];
    const due = left > 0 ? "ending" : "ended";
    const id = createHash("sha256")
      .update(JSON.stringify([waiver.scenario, waiver.address, waiver.expires]))
      .digest("hex");
    return [{ ...waiver, workload, due, key: `${workload}#${id}#${due}` }];
  });
}
