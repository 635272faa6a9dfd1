import type * as z from "zod";

/**
 * Reads the settings of a function or a stage from its environment.
 *
 * @param schema one field per environment variable, each with the message for a wrong value
 * @param environment the variables; an empty one counts as missing
 * @param owner whose environment people correct
 * @returns the settings, converted and with defaults
 * @throws Error that names every missing or wrong variable at once, and never a value
 */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  environment: Readonly<Record<string, string | undefined>>,
  owner = "function",
): z.output<S> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;

  const faults = parsed.error.issues.map(({ path: [name, ...within], message }) => {
    const where = [name, ...within].map(String).join(".");
    return given[String(name)] === undefined ? `${where} is missing` : `${where}: ${message}`;
  });
  throw new Error(`Settings are wrong. ${faults.join("; ")}. Correct them in the environment of the ${owner}.`);
}
