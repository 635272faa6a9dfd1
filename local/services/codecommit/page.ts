import * as z from "zod";

/** The most that a page holds here; AWS does not document how much it puts on one. */
export const PAGE = 100;

/** A token that names where the next page begins. */
export const pageToken = z.string().regex(/^\d+$/).default("0").transform(Number);
