import * as z from "zod";

/**
 * Reads an event that is known to be ours.
 *
 * @param what it is, for people
 * @throws Error where it lacks a field, or has a wrong one
 */
export function parsedEvent<Schema extends z.ZodType>(
  schema: Schema,
  event: unknown,
  what = "An event",
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(event);
  if (!success) throw new Error(`${what} is not as expected.\n${z.prettifyError(error)}`);
  return data;
}
