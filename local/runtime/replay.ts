import inspector from "node:inspector";
import type { Call } from "../gateway/gateway.ts";
import { createWorld, type WorldOptions } from "../world.ts";
import { bundleOf } from "./bundle-of.ts";
import { type Lambda, lambda } from "./lambda.ts";
import type { Sample } from "./sample.ts";

export interface ReplayOptions extends WorldOptions {
  /** Settings that replace settings of the world. */
  settings?: Readonly<Record<string, string>>;
  /** The longest that an invocation may take (ms); Terraform has the same default. */
  timeout?: number;
  /** Folder of the built bundles. */
  dist?: string;
}

/** One event and what came of it. */
export interface Replayed {
  event: string;
  function: string;
  /** The result of the handler; null where it threw. */
  result: unknown;
  error: { name: string; message: string } | null;
  /** The AWS calls in order. */
  calls: Call[];
  durationMs: number;
  /** The log of the function. */
  log: string;
}

/** As in Terraform by default; a day where a debugger may hold the function (ms). */
const TIMEOUT = inspector.url() === undefined ? 60_000 : 86_400_000;

/** Runs built functions over sample events, one after the other and in one world. */
export async function* replay(
  samples: readonly Sample[],
  { settings = {}, timeout = TIMEOUT, dist, faults = [], ...worldOptions }: ReplayOptions = {},
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
  const invoke = async (sample: Sample) => {
    world.give(sample.given);
    running = functionOf(sample);
    const invoked = await running.invoke(sample.event);
    await world.idle();
    return invoked;
  };
  try {
    for (const sample of samples) {
      // Faults are for the samples of the run, not for the events before them.
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
