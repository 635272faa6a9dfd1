import { labelledLines, type Row } from "./labelled-lines.ts";

/** The content of an e-mail, from top to bottom. Lines hold no line breaks. */
export interface EmailContent {
  /** What happened, in one line. No full stop follows it, since it may end in a name. */
  summary: string;
  /** Values by their names; those without a value are left out. */
  facts: readonly Row[];
  /** Titles, each with its lines; those without lines are left out. */
  sections?: readonly (readonly [title: string, lines: readonly string[]])[];
  /** What the reader does, one step a line. A command is a line of its own: see `commandLine`. */
  nextSteps: readonly string[];
  /** Addresses by what they show; those without an address are left out. They are long, so they come last. */
  links?: readonly Row[];
}

/** A command in `nextSteps`: indented, and with nothing behind it, so that a reader can copy the line. */
export const commandLine = (command: string): string => `  ${command}`;

/** Writes the text of an e-mail. */
export function emailText({ summary, facts, sections = [], nextSteps, links = [] }: EmailContent): string {
  const titled = (title: string, lines: readonly string[]) => (lines.length > 0 ? ["", title, "", ...lines] : []);
  const addresses = links.filter(([, address]) => address !== "");
  const text = [
    summary,
    "",
    ...labelledLines(facts, "  "),
    ...sections.flatMap(([title, lines]) => titled(title, lines)),
    ...titled("WHAT TO DO NEXT", nextSteps),
  ];
  const linkLines = titled(
    "LINKS",
    addresses.flatMap(([label, address]) => [`  ${label}`, `    ${address}`]),
  );
  return [...text, ...noteOf([...text, ...linkLines].join("\n")), ...linkLines].join("\n");
}

/** Says what stands in brackets. */
function noteOf(text: string): string[] {
  if (/\[[@\\]\]/.test(text))
    return ["", "[.], [:], [@] and [\\] stand for . : @ and \\, so that mail programs do not make links of names."];
  return /\[[.:]\]/.test(text)
    ? ["", "[.] and [:] stand for . and :, so that mail programs do not make links of names."]
    : [];
}
