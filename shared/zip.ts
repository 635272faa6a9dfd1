import { zipSync } from "fflate";
import { byCodeUnits } from "./code-unit-order.ts";

// A zip keeps local time: a date in local parts makes the same bytes in every time zone.
const MODIFIED = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE = 0o644 << 16;

/** Zips files by their paths: the same files make the same bytes on every machine. */
export const zip = (files: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).sort(([a], [b]) => byCodeUnits(a, b))), {
    level: 9,
    mtime: MODIFIED,
    os: UNIX,
    attrs: READABLE,
  });
