import * as z from "zod";

/** The token of a page: the index of its first entry. */
export const pageToken = z.string().regex(/^\d+$/).default("0").transform(Number);

/** One page of a list, from the entry at `start`, and the token of the page after it, if there is one. */
export function pageOf<Entry>(all: readonly Entry[], start: number, size: number) {
  const end = start + size;
  return { page: all.slice(start, end), next: end < all.length ? String(end) : undefined };
}
