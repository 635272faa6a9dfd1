import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import type { Invoke, Invoked } from "./lambda-worker.ts";

export interface LambdaOptions {
  /** The bundle: a module that exports `handler`. */
  bundle: string;
  functionName: string;
  /** The whole environment of the function. */
  environment: Readonly<Record<string, string>>;
  /** The longest that an invocation may take (ms). */
  timeout: number;
}

export interface Lambda {
  invoke(event: unknown): Promise<Invoked>;
  /** Ends the process in the middle of its invocation. The next invocation gets a new container. */
  crash(): Promise<void>;
  /** The log since the last call. */
  takeLog(): string;
  close(): Promise<void>;
}

/** Runs a function as Lambda does: in a container that stays warm, until an invocation times out or ends it. */
export function lambda({ bundle, functionName, environment, timeout }: LambdaOptions): Lambda {
  let container: Worker | undefined;
  let log = "";
  // Lambda tries an event again with the request id of the invocation that failed.
  const failed = new Map<string, string>();

  function start(): Worker {
    const worker = new Worker(new URL("./lambda-worker.ts", import.meta.url), {
      workerData: { bundle: pathToFileURL(bundle).href },
      env: { ...environment },
      stdout: true,
      stderr: true,
    });
    for (const stream of [worker.stdout, worker.stderr])
      stream.on("data", (text) => {
        log += text;
      });
    return worker;
  }

  async function stop(): Promise<void> {
    await container?.terminate();
    container = undefined;
  }

  async function invoke(event: unknown, requestId: string): Promise<Invoked> {
    container ??= start();
    const ended = new AbortController();
    const request: Invoke = { event, functionName, timeout, requestId };
    container.postMessage(request);
    const timer = setTimeout(() => ended.abort(), timeout);
    try {
      const [answer]: (Invoked | number)[] = await Promise.race([
        once(container, "message", { signal: ended.signal }),
        once(container, "exit", { signal: ended.signal }),
      ]);
      if (typeof answer === "object") return answer;
      await stop();
      return failure("Runtime.ExitError", "The function ended its process without an answer.");
    } catch (error) {
      await stop();
      return ended.signal.aborted
        ? failure("Sandbox.Timedout", `Task timed out after ${timeout / 1_000} seconds`)
        : failure("Runtime.ExitError", String(error));
    } finally {
      clearTimeout(timer);
      // Removes the listeners from the container.
      ended.abort();
    }
  }

  return {
    invoke: async (event) => {
      const key = JSON.stringify(event);
      const requestId = failed.get(key) ?? randomUUID();
      const invoked = await invoke(event, requestId);
      if (invoked.error) failed.set(key, requestId);
      else failed.delete(key);
      return invoked;
    },
    crash: async () => {
      await container?.terminate();
    },
    takeLog: () => {
      const taken = log;
      log = "";
      return taken;
    },
    close: stop,
  };
}

const failure = (name: string, message: string): Invoked => ({ result: null, error: { name, message } });
