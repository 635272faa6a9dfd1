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
}

export function createMask(): Mask {
  const secrets = new Set<string>();
  const kept = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    add: (secret) => {
      const lines = secret.split(/\r?\n/).filter(({ length }) => length >= SHORTEST_SECRET);
      for (const value of [secret, ...lines, ...valuesIn(secret)])
        for (const form of [value, JSON.stringify(value).slice(1, -1)]) if (form) secrets.add(form);
      pattern = anyOf(secrets);
    },
    keep: (...texts) => {
      for (const text of texts) if (text) kept.add(text);
    },
    mask: (text) => {
      if (!pattern) return text;
      const ours = [...kept].flatMap((one) =>
        [...text.matchAll(anyOf([one]))].map(({ index }) => [index, index + one.length] as const),
      );
      return text.replace(pattern, (secret, at: number) =>
        ours.some(([start, end]) => start <= at && at + secret.length <= end) ? secret : MASK,
      );
    },
  };
}

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
