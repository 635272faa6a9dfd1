import { join } from "node:path";

const DIST = join(import.meta.dirname, "..", "..", "dist");

/** The path of the built bundle of a function. */
export const bundleOf = (functionName: string, dist = DIST): string => join(dist, functionName, "index.mjs");
