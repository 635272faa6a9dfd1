/** In the place of a secret value. */
const MASK = "***";

/** A shorter secret cannot be masked: it would mask ordinary text. A line of a longer one is not masked by itself. */
export const SHORTEST_SECRET = 4;

/** Shorter values of a JSON secret are names rather than secrets: a secret of RDS has `mysql` as its engine. */
const SHORTEST_VALUE = 8;

export interface Mask {
  /** Has this value masked from now on, and what Terraform may take out of it: its lines, and the texts of a JSON secret. */
  add(secret: string): void;
  /** Never masks these texts of ours, nor a part of them where they stand whole. */
  keep(...texts: readonly string[]): void;
  /** The text without the values that were added. */
  mask(text: string): string;
  /** A line of a program that may wrap its text between words, as Terraform does: without parts of a value as well. */
  maskLine(line: string): string;
}

/** How a value stands in text, in JSON, and in the quotes of HCL, where `${` and `%{` are doubled. */
function formsOf(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1);
  return [value, json, json.replaceAll(/([$%])\{/g, "$1$1{")];
}

export function createMask(): Mask {
  const secrets = new Set<string>();
  const kept = new Set<string>();
  const wrappable: string[][] = [];
  let pattern: RegExp | undefined;
  const mask = (text: string): string => {
    if (!pattern) return text;
    const ours = [...kept].flatMap((one) =>
      [...text.matchAll(anyOf([one]))].map(({ index }) => [index, index + one.length] as const),
    );
    return text.replace(pattern, (secret, at: number) =>
      ours.some(([start, end]) => start <= at && at + secret.length <= end) ? secret : MASK,
    );
  };
  return {
    add: (secret) => {
      const lines = secret.split(/\r?\n/).filter(({ length }) => length >= SHORTEST_SECRET);
      for (const value of [secret, ...lines, ...valuesIn(secret)])
        for (const form of formsOf(value)) if (form) secrets.add(form);
      for (const value of [...lines, ...valuesIn(secret)]) wrappable.push(value.trim().split(/\s+/));
      pattern = anyOf(secrets);
    },
    keep: (...texts) => {
      for (const text of texts) if (text) kept.add(text);
    },
    mask,
    maskLine: (line) => wrappable.reduce(withoutPart, mask(line)),
  };
}

/** What Terraform draws before a line of a diagnostic. */
const FRAME = /^[\s│]*/;

/**
 * A line without what it has of a wrapped value: the last words at its beginning, the first ones at its end, or nothing but words of
 * it. A line with the whole value is masked by now.
 */
function withoutPart(line: string, words: readonly string[]): string {
  const [frame = ""] = FRAME.exec(line) ?? [];
  const found = line.slice(frame.length).trimEnd().split(/\s+/);
  if (words.length < 2) return line;
  if (isLong(found) && ` ${words.join(" ")} `.includes(` ${found.join(" ")} `)) return frame + MASK;
  const most = Math.min(words.length - 1, found.length);
  const [last = 0, first = 0] = [
    (count: number) => isPart(found.slice(0, count).reverse(), words.slice(-count).reverse(), "begins"),
    (count: number) => isPart(found.slice(-count), words.slice(0, count), "ends"),
  ].map((fits) => Array.from({ length: most }, (_, index) => most - index).find(fits));
  if (last + first === 0) return line;
  const between = found.slice(last, found.length - first);
  return frame + [...(last > 0 ? [MASK] : []), ...between, ...(first > 0 ? [MASK] : [])].join(" ");
}

/** Whether these words of a line are those of a value; quotes and brackets may stand around the value. */
const isPart = (
  [outer = "", ...inner]: readonly string[],
  [word = "", ...more]: readonly string[],
  how: "begins" | "ends",
) =>
  isLong([word, ...more]) &&
  inner.join(" ") === more.join(" ") &&
  (how === "ends"
    ? outer.endsWith(word) && !/\w/.test(outer.slice(0, -word.length))
    : outer.startsWith(word) && !/\w/.test(outer.slice(word.length)));

const isLong = (words: readonly string[]): boolean => words.join(" ").length >= SHORTEST_SECRET;

/** One of these texts; a longer one may hold a shorter one. */
const anyOf = (texts: Iterable<string>): RegExp =>
  new RegExp(
    [...texts]
      .sort((a, b) => b.length - a.length)
      .map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&"))
      .join("|"),
    "g",
  );

/** A value as JSON for people, with the texts in it masked. */
export const maskedJson = (value: unknown, { mask }: Pick<Mask, "mask">): string =>
  JSON.stringify(value, (_, part) => (typeof part === "string" ? mask(part) : part), 2);

function valuesIn(secret: string): string[] {
  const values: string[] = [];
  try {
    JSON.parse(secret, (_, value) => {
      if (typeof value === "string" && value.length >= SHORTEST_VALUE) values.push(value);
    });
  } catch {
    return [];
  }
  return values;
}
