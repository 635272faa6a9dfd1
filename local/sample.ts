import { readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";

/** A sample event as it lies in `events/<function>/<outcome>-<case>.json`. */
export interface Sample {
  file: string;
  functionName: string;
  event: unknown;
  /** What the tests expect of the result; replay does not look at it. */
  expect?: unknown;
}

/** A sample that says more than the event. Any other object is the bare event. */
const annotated = z.strictObject({ given: z.unknown().optional(), event: z.unknown(), expect: z.unknown().optional() });

/** The JSON inside a CloudWatch Logs payload, which a person can read and write. */
const unpacked = z.looseObject({ messageType: z.string(), logEvents: z.unknown() });

/**
 * Reads a sample.
 *
 * @param functionName by default the folder that the file lies in
 * @throws Error when the file cannot be read or is not JSON
 */
export function readSample(file: string, functionName = basename(dirname(resolve(file)))): Sample {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is not a sample event: ${error instanceof Error ? error.message : error}`);
  }
  const { success, data } = annotated.safeParse(content);
  const { event, expect }: { event?: unknown; expect?: unknown } =
    success && Object.hasOwn(data, "event") ? data : { event: content };
  return { file, functionName, event: unpacked.safeParse(event).success ? pack(event) : event, expect };
}

/** Packs what CloudWatch Logs would send as it sends it: base64 of gzip of JSON. */
export const pack = (payload: unknown) => ({
  awslogs: { data: gzipSync(JSON.stringify(payload)).toString("base64") },
});
