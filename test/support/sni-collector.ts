import { randomUUID } from "node:crypto";
import { compose } from "../../functions/sni-collector/compose.ts";
import type { Result } from "../../functions/sni-collector/handler.ts";
import { settingsSchema } from "../../functions/sni-collector/settings.ts";
import type { Sighting } from "../../functions/sni-collector/sighting.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import type { Call } from "../../local/gateway/gateway.ts";
import { createWorld } from "../../local/world.ts";
import { MAX_ATTEMPTS } from "../../shared/aws-client.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localPlatform } from "./local-platform.ts";

/** A local AWS, a clock that tests set, and any number of containers of the function in it. */
export async function createCollectorWorld() {
  const faults: Fault[] = [];
  const before: { call: (call: Call) => void } = { call: () => undefined };
  const world = await createWorld({ faults, before: (call) => before.call(call) });
  const clock = { now: Date.parse("2026-10-14T15:00:00Z") };
  const now = () => clock.now;
  const waits: number[] = [];

  /**
   * @param changed settings that differ from those of the world
   * @param timeout how long an invocation may take (ms)
   */
  const container = (changed: Readonly<Record<string, string>> = {}, timeout = 60_000) => {
    const platform = localPlatform("sni-collector", world.endpoint, now);
    const handler = compose(readSettings(settingsSchema, { ...world.environmentOf("sni-collector"), ...changed }), {
      ...platform,
      random: Math.random,
      newId: randomUUID,
      wait: async (milliseconds) => {
        waits.push(milliseconds);
      },
    });
    return {
      invoke: (event: unknown): Promise<Result> => handler(event, lambdaContext(timeout)),
      metrics: platform.metrics,
      /** What the function has logged: level, sentence and fields. */
      logged: () =>
        platform.logged.map(({ level, message, ...fields }) => ({ level, message, ...loggedFields(fields) })),
    };
  };

  return {
    clock,
    container,
    endpoint: world.endpoint,
    calls: world.calls,
    /** How long the function waited between messages and between attempts (ms). */
    waits,
    close: world.close,
    /** Calls of an operation fail, by default as often as the SDK tries. */
    fail: (operation: string, errorName: string, { remaining = MAX_ATTEMPTS, skip = 0 } = {}) =>
      faults.push({ kind: "fail", service: serviceOf(operation), operation, errorName, remaining, skip }),
    /** One call of an operation takes effect, and its answer is lost. */
    lose: (operation: string, { remaining = 1, skip = 0 } = {}) =>
      faults.push({ kind: "lose", service: serviceOf(operation), operation, remaining, skip }),
    /** The next call of an operation takes no effect, and no answer comes. */
    hang: (operation: string) => faults.push({ kind: "hang", service: serviceOf(operation), operation, remaining: 1 }),
    /** Does something right before each call is served. */
    beforeEachCall: (act: (call: Call) => void) => {
      before.call = act;
    },
    /** The messages that SNS took. */
    published: () => publishedIn(world.calls),
    /** The names in the messages that SNS took. */
    announcedNames: () => publishedIn(world.calls).flatMap(({ names }) => names),
    /** The operations of the calls that some work makes. */
    operationsOf: async (work: () => Promise<unknown>) => {
      const start = world.calls.length;
      await work();
      return world.calls.slice(start).map(({ operation }) => operation);
    },
  };
}

const serviceOf = (operation: string) => (operation === "Publish" ? "SNS" : "DynamoDB");

/** The fields that the function itself gives a log line. */
const loggedFields = ({ service, timestamp, ...fields }: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !LAMBDA_FIELDS.has(name)));

const LAMBDA_FIELDS = new Set([
  "cold_start",
  "function_arn",
  "function_memory_size",
  "function_name",
  "function_request_id",
  "tenant_id",
  "sampling_rate",
  "xray_trace_id",
]);

/** What SNS took of these calls, an answer that was lost included: the names of each message, and its e-mail. */
export const publishedIn = (calls: readonly Call[]) =>
  calls
    .filter(({ operation, error, fault }) => operation === "Publish" && error === null && fault !== "hang")
    .map(({ input }) => {
      const { default: data, email } = JSON.parse((input as { Message: string }).Message);
      const { sightings } = JSON.parse(data) as { sightings: { name: string }[] };
      return { names: sightings.map(({ name }) => name), email: email as string };
    });

/** A sighting of a name that a firewall allowed, unless the test says otherwise. */
export const sightingOf = (parts: Partial<Sighting> = {}): Sighting => ({
  kind: "hostname",
  name: "www.example.com",
  firewall: "egress-firewall",
  verdict: "allowed",
  firstSeen: Date.parse("2026-10-14T12:53:35Z"),
  lastSeen: Date.parse("2026-10-14T12:53:36Z"),
  protocols: ["tls"],
  rules: ["a rule"],
  sources: ["10.0.3.21"],
  ports: [443],
  ...parts,
});
