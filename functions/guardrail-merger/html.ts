/** Markup. Nothing makes one but `html` and `marked`, so that every other text is escaped. */
export interface Html {
  readonly markup: string;
}

/** What `html` takes. Texts are escaped and their invisible characters shown; `undefined` is nothing. */
type Part = string | number | Html | undefined | readonly Part[];

/** Markup of ours with values in it. A value in an attribute stands in double quotes, and is a text of ours. */
export const html = (strings: TemplateStringsArray, ...parts: readonly Part[]): Html => ({
  markup: strings.reduce((markup, string, index) => markup + markupOf(parts[index - 1]) + string),
});

function markupOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escaped(part);
  return "markup" in part ? part.markup : part.map(markupOf).join("");
}

/**
 * What a reader does not see, or what moves what he sees: controls, the direction of writing, unpaired surrogates, spaces but
 * for the usual one, and letters without a glyph. A line break stays.
 */
const INVISIBLE = /[[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]--[ \n]]/gv;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "")
    .replace(INVISIBLE, (character) => `<span class="u">U+${codeOf(character)}</span>`);

const codeOf = (character: string): string =>
  (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");

/** The longest text from outside that the page shows, in characters. */
const MAX_TEXT = 1_000;

/** Text from outside: it does not change the direction of what stands beside it, and is cut with `…` where it is too long. */
export const outside = (text: string, maxLength = MAX_TEXT): Html =>
  html`<bdi>${text.length > maxLength ? `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}…` : text}</bdi>`;

/** Style or script of ours, as it is. */
export const verbatim = (markup: string): Html => ({ markup });
