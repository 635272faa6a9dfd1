import * as z from "zod";
import { parsedJson } from "./parsed-json.ts";
import { Refusal } from "./refusal.ts";

/**
 * Reads a file of waivers: a list in JSON.
 *
 * @param text the file; undefined where the repository has none
 * @param file its name, for people
 * @param step how people correct it
 * @throws Refusal where the file or one of them is malformed
 */
export function waiversIn<Waiver>(
  waiver: z.ZodType<Waiver>,
  text: string | undefined,
  file: string,
  step: string,
): Waiver[] {
  if (text === undefined) return [];
  const json = parsedJson(text);
  if (json === undefined) throw new Refusal(`${file} is no JSON.`, step);
  const parsed = z.array(waiver).safeParse(json);
  if (!parsed.success) throw new Refusal(`${file} is wrong. ${z.prettifyError(parsed.error)}`, step);
  return parsed.data;
}
