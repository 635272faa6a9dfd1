import * as z from "zod";
import { parsedJson } from "./parsed-json.ts";

/**
 * Reads the JSON that a tool prints.
 *
 * @param printed what it printed where it keeps to no schema, such as `no report of a plan`
 * @throws Error where it is no JSON, or of another form
 */
export function printedJson<T>(tool: string, schema: z.ZodType<T>, output: string, printed: string): T {
  const json = parsedJson(output);
  if (json === undefined) throw new Error(`${tool} printed no JSON.`);
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${tool} printed ${printed}. ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
