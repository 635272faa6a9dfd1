/** What is wrong with a rule, and what to do. An error keeps the rule from being exported. */
export interface Problem {
  severity: "error" | "warning";
  /** Path within the folder of the rule. */
  file: string;
  /** JSON pointer into the file; empty for the file as a whole. https://datatracker.ietf.org/doc/html/rfc6901 */
  pointer: string;
  message: string;
}

/** A state machine hands on 256 KiB, and a message may quote what a file says. */
const MAX_MESSAGE = 1_000;

/** Adds problems of one file to those that were collected already. */
export function reporter(problems: Problem[], file: string) {
  const add =
    (severity: Problem["severity"]) =>
    (path: readonly PropertyKey[], message: string): void => {
      const pointer = path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
      problems.push({ severity, file, pointer, message: message.slice(0, MAX_MESSAGE) });
    };
  return { error: add("error"), warn: add("warning") };
}
