import * as z from "zod";

/** What is wrong with a rule, and what to do. An error keeps the rule from being exported. */
export const problemSchema = z.object({
  severity: z.enum(["error", "warning"]),
  /** Path within the folder of the rule; empty for the folder as a whole. */
  file: z.string(),
  /** JSON pointer into the file; empty for the file as a whole. https://datatracker.ietf.org/doc/html/rfc6901 */
  pointer: z.string(),
  message: z.string(),
});

export type Problem = z.output<typeof problemSchema>;

/** A value, and the problems of its source. */
export interface Checked<Value> {
  value: Value;
  problems: readonly Problem[];
}

/** A state machine hands on 256 KiB, and a message may quote what a file says. */
const MAX_MESSAGE = 1_000;

/** Makes a problem of a file, or of the folder as a whole (the file ""). */
export const problemOf = (
  file: string,
  pointer: string,
  message: string,
  severity: Problem["severity"] = "error",
): Problem => ({
  severity,
  file,
  pointer,
  message: message.slice(0, MAX_MESSAGE),
});

/** A row of a table of checks: whether something is wrong, where, and what to say then. */
type Check = readonly [wrong: boolean, pointer: string, message: string, severity?: Problem["severity"] | undefined];

/** The problems of one file, by a table of checks and in its order. */
export const problemsIn = (file: string, checks: readonly Check[]): Problem[] =>
  checks.flatMap(([wrong, ...problem]) => (wrong ? [problemOf(file, ...problem)] : []));
