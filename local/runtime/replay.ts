import { join } from "node:path";
import type { Call } from "../gateway/gateway.ts";
import { createWorld, type WorldOptions } from "../world.ts";
import { type Lambda, lambda } from "./lambda.ts";
import type { Sample } from "./sample.ts";

export interface ReplayOptions extends WorldOptions {
  /** Settings that take the place of the world's own. */
  settings?: Readonly<Record<string, string>>;
  /** Milliseconds that an invocation may take; as Terraform sets it by default. */
  timeout?: number;
  /** Folder of the built bundles. */
  dist?: string;
}

/** What came of one event. */
export interface Replayed {
  event: string;
  function: string;
  /** What the handler returned; null where it threw. */
  result: unknown;
  error: { name: string; message: string } | null;
  /** The AWS calls in order. */
  calls: Call[];
  durationMs: number;
  /** What the function wrote to its log. */
  log: string;
}

const DIST = join(import.meta.dirname, "..", "..", "dist");

/** Where the built bundle of a function lies. */
export const bundleOf = (functionName: string, dist = DIST): string => join(dist, functionName, "index.mjs");

/** Runs built functions over sample events, one after the other and in one world. */
export async function* replay(
  samples: readonly Sample[],
  { settings = {}, timeout = 60_000, dist = DIST, faults = [], ...worldOptions }: ReplayOptions = {},
): AsyncGenerator<Replayed> {
  const activeFaults = [...faults];
  let running: Lambda | undefined;
  const crash = async () => running?.crash();
  const world = await createWorld({ ...worldOptions, faults: activeFaults, crash });
  const functions = new Map<string, Lambda>();
  const functionOf = (sample: Sample): Lambda => {
    const { functionName } = sample;
    const key = JSON.stringify([functionName, sample.settings]);
    const known =
      functions.get(key) ??
      lambda({
        bundle: bundleOf(functionName, dist),
        functionName,
        environment: { ...world.environmentOf(functionName), ...sample.settings, ...settings },
        timeout,
      });
    functions.set(key, known);
    return known;
  };
  const invoke = (sample: Sample) => {
    world.give(sample.given);
    running = functionOf(sample);
    return running.invoke(sample.event);
  };
  try {
    for (const sample of samples) {
      // Faults are for what is replayed, not for what happened before.
      activeFaults.length = 0;
      for (const earlier of sample.before) {
        const { error } = await invoke(earlier);
        functionOf(earlier).takeLog();
        if (error) throw new Error(`${earlier.file}, which happened before ${sample.file}, failed: ${error.message}`);
      }
      activeFaults.push(...faults);
      const firstCall = world.calls.length;
      const start = performance.now();
      const { result, error } = await invoke(sample);
      yield {
        event: sample.file,
        function: sample.functionName,
        result,
        error,
        calls: world.calls.slice(firstCall),
        durationMs: Math.round(performance.now() - start),
        log: functionOf(sample).takeLog(),
      };
    }
  } finally {
    await Promise.all([...functions.values()].map((one) => one.close()));
    await world.close();
  }
}
