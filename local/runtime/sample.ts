import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { givenPullRequest } from "../services/codecommit/pull-requests.ts";
import { executionSchema, pipelineSchema } from "../services/codepipeline/execution.ts";
import { jsonObject } from "../services/s3/s3.ts";
import type { Given } from "../world.ts";

/** A sample event: `events/<function>/<outcome>-<case>.json`. */
export interface Sample {
  file: string;
  functionName: string;
  given: Given;
  /** Samples that happen before it, in the same world. */
  before: readonly Sample[];
  /** Settings of the function that replace those of the world. */
  settings: Readonly<Record<string, string>>;
  event: unknown;
  /** The expected result, for the tests. */
  expect?: unknown;
}

/** The state of the world before a sample. Paths start at the folder of the sample. */
const givenSchema = z.strictObject({
  events: z.array(z.string()).exactOptional(),
  settings: z.record(z.string(), z.string()).exactOptional(),
  repositories: z.string().exactOptional(),
  pipelines: z.array(pipelineSchema).exactOptional(),
  executions: z.array(executionSchema).exactOptional(),
  objects: z.array(jsonObject).exactOptional(),
  pullRequests: z.array(givenPullRequest).exactOptional(),
});

/** A sample that says more than the event. Any other object is the bare event. */
const annotated = z.strictObject({ given: z.unknown().optional(), event: z.unknown(), expect: z.unknown().optional() });

/** The JSON inside a CloudWatch Logs payload. */
const unpacked = z.looseObject({ messageType: z.string(), logEvents: z.unknown() });

/**
 * Reads a sample.
 *
 * @param functionName by default the folder of the file
 * @param readers whole paths of the samples that name this one in `given.events`
 * @throws Error when the file cannot be read, is not JSON, or has a wrong `given`
 */
export function readSample(
  file: string,
  functionName = basename(dirname(resolve(file))),
  readers: readonly string[] = [],
): Sample {
  if (readers.includes(resolve(file))) throw new Error(`${file} happens before itself: see \`given.events\`.`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} is not a sample event: ${error instanceof Error ? error.message : error}`);
  }
  const { success, data } = annotated.safeParse(content);
  const { given, event, expect }: { given?: unknown; event?: unknown; expect?: unknown } =
    success && Object.hasOwn(data, "event") ? data : { event: content };
  const { events = [], settings = {}, repositories, ...others } = readGiven(file, given);
  const besides = (path: string) => resolve(dirname(file), path);
  if (repositories !== undefined && !existsSync(besides(repositories)))
    throw new Error(`${file}: there is no folder ${repositories}, which \`given.repositories\` names.`);
  return {
    file,
    functionName,
    given: { ...others, ...(repositories !== undefined && { repositories: besides(repositories) }) },
    before: events
      .map((path) => readSample(besides(path), functionName, [...readers, resolve(file)]))
      .flatMap((earlier) => [...earlier.before, earlier]),
    settings,
    event: unpacked.safeParse(event).success ? pack(event) : event,
    expect,
  };
}

function readGiven(file: string, given: unknown): z.output<typeof givenSchema> {
  const parsed = givenSchema.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(({ path, message }) => [...path.map(String), message].join(": "));
  throw new Error(`${file}: \`given\` is wrong. ${faults.join("; ")}`);
}

/** Packs a payload as CloudWatch Logs does: base64 of gzip of JSON. */
export const pack = (payload: unknown) => ({
  awslogs: { data: gzipSync(JSON.stringify(payload)).toString("base64") },
});
