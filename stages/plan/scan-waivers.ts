import * as z from "zod";
import { waiversIn } from "../../shared/waiver-file.ts";

/** A finding that people accept for a while: a line of `environments/<environment>/<team>/scan-waivers.json`. */
const waiver = z.strictObject({
  check: z.string().regex(/^[A-Z0-9_-]+$/, "must be the id of a check, such as AWS-0107 or CKV_AWS_24"),
  /** As the plan has it, with module and index. */
  address: z.string().min(1),
  reason: z.string().trim().min(1, "must say why"),
  /** The last day on which it counts (UTC). */
  expires: z.iso.date(),
});
export type Waiver = z.output<typeof waiver>;

/**
 * Reads the waivers of a team.
 *
 * @param text the file; undefined where the repository has none
 * @param file its name, for people
 * @throws Refusal where one of them is malformed
 */
export function readWaivers(text: string | undefined, file: string): Waiver[] {
  return waiversIn(waiver, text, file, `Correct ${file}, and push a new tag.`);
}
