import * as z from "zod";

/**
 * Reads the JSON that a tool prints.
 *
 * @param printed what it printed where it keeps to no schema, such as `no report of a plan`
 * @throws Error where it is no JSON, or of another form
 */
export function printedJson<T>(tool: string, schema: z.ZodType<T>, output: string, printed: string): T {
  let json: unknown;
  try {
    json = JSON.parse(output);
  } catch {
    throw new Error(`${tool} printed no JSON.`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new Error(`${tool} printed ${printed}. ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
