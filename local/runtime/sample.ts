import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import * as z from "zod";
import { executionSchema, pipelineSchema } from "../services/codepipeline/codepipeline.ts";
import type { Given } from "../world.ts";

/** A sample event as it lies in `events/<function>/<outcome>-<case>.json`. */
export interface Sample {
  file: string;
  functionName: string;
  given: Given;
  /** Samples that happened before, in the same world. */
  before: readonly Sample[];
  /** Settings of the function that take the place of the world's own. */
  settings: Readonly<Record<string, string>>;
  event: unknown;
  /** What the tests expect of the result; replay does not look at it. */
  expect?: unknown;
}

/** What a sample takes for given; paths start at its own folder. */
const givenSchema = z.strictObject({
  events: z.array(z.string()).exactOptional(),
  settings: z.record(z.string(), z.string()).exactOptional(),
  repositories: z.string().exactOptional(),
  pipelines: z.array(pipelineSchema).exactOptional(),
  executions: z.array(executionSchema).exactOptional(),
});

/** A sample that says more than the event. Any other object is the bare event. */
const annotated = z.strictObject({ given: z.unknown().optional(), event: z.unknown(), expect: z.unknown().optional() });

/** The JSON inside a CloudWatch Logs payload, which a person can read and write. */
const unpacked = z.looseObject({ messageType: z.string(), logEvents: z.unknown() });

/**
 * Reads a sample.
 *
 * @param functionName by default the folder that the file lies in
 * @param readers whole paths of the samples that this one happens before
 * @throws Error when the file cannot be read, is not JSON, or takes for given what a world does not have
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
  if (!parsed.success) throw new Error(`${file}: \`given\` is wrong.\n${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Packs what CloudWatch Logs would send as it sends it: base64 of gzip of JSON. */
export const pack = (payload: unknown) => ({
  awslogs: { data: gzipSync(JSON.stringify(payload)).toString("base64") },
});
