import * as z from "zod";
import { isBlank, plainText } from "./plain-text.ts";
import { Refusal } from "./refusal.ts";
import { waiversIn } from "./waiver-file.ts";

const text = z
  .string()
  .max(500, "must have at most 500 characters")
  .refine((value) => !isBlank(value), "must say something")
  .refine((value) => value === plainText(value, value.length), "must be one line of plain text");

/** A failure that people accept for a while: an entry of `waivers/<workload>.json` in the guardrail repository. */
const waiver = z.strictObject({
  /** The name of the guardrail, exactly. */
  scenario: text,
  /** As Terraform writes it, with module and key. Empty: the failure is of no single resource, such as one that has to exist. */
  address: z.string().max(4_000),
  reason: text,
  owner: text,
  approvedBy: text,
  /** The last day that it counts: YYYY-MM-DD, UTC. */
  expires: z.iso.date(),
});
export type Waiver = z.output<typeof waiver>;

/**
 * Reads the waivers of a workload.
 *
 * @param text the file; undefined where the repository has none
 * @param file its name, for people
 * @throws Refusal where an entry is malformed, or two are of the same failure
 */
export function readWaivers(text: string | undefined, file: string): Waiver[] {
  const step = `Correct ${file} in the guardrail repository.`;
  const waivers = waiversIn(waiver, text, file, step);
  const seen = new Set<string>();
  for (const { scenario, address } of waivers) {
    const key = JSON.stringify([scenario, address]);
    if (seen.has(key))
      throw new Refusal(`${file} waives the same twice: ${scenario}, ${plainText(address, 300)}.`, step);
    seen.add(key);
  }
  return waivers;
}
