import * as z from "zod";

/** The size of a page here. AWS does not document its own. */
export const PAGE = 100;

/** The token of a page: the index of its first entry. */
export const pageToken = z.string().regex(/^\d+$/).default("0").transform(Number);
