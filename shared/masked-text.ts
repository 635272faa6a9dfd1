/** In the place of a secret value. */
const MASK = "***";

/** A part of a secret that is shorter is not masked by itself: it would mask ordinary text. */
const SHORTEST_PART = 4;

export interface Mask {
  /** Has this value masked from now on, and what Terraform may take out of it: its lines, and the values of a JSON secret. */
  add(secret: string): void;
  /** The text without the values that were added. */
  mask(text: string): string;
}

export function createMask(): Mask {
  let secrets: readonly string[] = [];
  return {
    add: (secret) => {
      const parts = [...secret.split(/\r?\n/), ...valuesIn(secret)].filter(({ length }) => length >= SHORTEST_PART);
      const all = [secret, ...parts].flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
      // A longer value may hold a shorter one.
      secrets = [...new Set([...secrets, ...all])].filter(Boolean).sort((a, b) => b.length - a.length);
    },
    mask: (text) => secrets.reduce((masked, secret) => masked.replaceAll(secret, MASK), text),
  };
}

/** A value as JSON for people, with the texts in it masked. */
export const maskedJson = (value: unknown, { mask }: Pick<Mask, "mask">): string =>
  JSON.stringify(value, (_, part) => (typeof part === "string" ? mask(part) : part), 2);

function valuesIn(secret: string): string[] {
  const values: string[] = [];
  try {
    JSON.parse(secret, (_, value) => {
      if (typeof value === "string" || typeof value === "number") values.push(String(value));
    });
  } catch {
    return [];
  }
  return values;
}
