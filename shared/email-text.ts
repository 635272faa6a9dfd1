import { labelledLines } from "./labelled-lines.ts";

/**
 * The text of an e-mail: what happened in a sentence, facts, and what else there is to say.
 *
 * @param rows facts by their names; those without a value are left out
 * @param sections titles, each with its lines; those without lines are left out
 */
export function emailText(
  summary: string,
  rows: readonly (readonly [label: string, value: string])[],
  sections: readonly (readonly [title: string, lines: readonly string[]])[],
): string {
  const text = [
    `${summary}.`,
    "",
    ...labelledLines(rows, "  "),
    ...sections.filter(([, lines]) => lines.length > 0).flatMap(([title, lines]) => ["", title, "", ...lines]),
  ].join("\n");
  return /\[[.:]\]/.test(text)
    ? `${text}\n\n[.] and [:] stand for . and :, so that mail programs do not make links of names.`
    : text;
}
