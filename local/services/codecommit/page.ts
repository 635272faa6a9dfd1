import * as z from "zod";

/** The size of a page here. AWS does not document its own. */
const PAGE = 100;

/** The size of a page that a caller asks for. */
export const pageSize = z
  .number()
  .default(PAGE)
  .transform((asked) => Math.min(asked, PAGE));
