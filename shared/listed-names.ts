import { plainText } from "./plain-text.ts";

/** How many names a sentence lists, and how long each is at most. The details of a result have all, whole. */
const MOST_NAMES = 20;
const MAX_NAME = 300;

/** Names from outside in a sentence; empty for none. */
export const listedNames = (names: readonly string[]): string =>
  [
    ...names.slice(0, MOST_NAMES).map((name) => plainText(name, MAX_NAME)),
    ...(names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} more`] : []),
  ].join(", ");
