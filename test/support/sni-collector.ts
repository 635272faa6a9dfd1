import { randomUUID } from "node:crypto";
import { compose } from "../../functions/sni-collector/compose.ts";
import type { Result } from "../../functions/sni-collector/handler.ts";
import { settingsSchema } from "../../functions/sni-collector/settings.ts";
import type { Sighting } from "../../functions/sni-collector/sighting.ts";
import type { Call } from "../../local/gateway/gateway.ts";
import { createWorld } from "../../local/world.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { messagesIn } from "./sns-messages.ts";

/** A local AWS, a clock that tests set, and any number of containers of the function in it. */
export async function createCollectorWorld() {
  const { forWorld, ...faults } = localFaults();
  const world = await createWorld(forWorld);
  const clock = { now: Date.parse("2026-10-14T15:00:00Z") };
  const now = () => clock.now;
  const waits: number[] = [];

  /** @param changed settings that differ from those of the world */
  const container = (changed: Readonly<Record<string, string>> = {}) => {
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
      invoke: (event: unknown, timeout?: number): Promise<Result> => handler(event, lambdaContext(timeout)),
      metrics: platform.metrics,
      logged: platform.logged,
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
    ...faults,
    /** The messages to machines. */
    messages: () => digestsIn(world.calls),
    /** The messages to people. */
    summaries: () => summariesIn(world.calls),
    /** The names in the messages to machines that SNS took. */
    announcedNames: () => digestsIn(world.calls).flatMap(({ names }) => names),
    /** The operations of the calls that some work makes. */
    operationsOf: async (work: () => Promise<unknown>) => {
      const start = world.calls.length;
      await work();
      return world.calls.slice(start).map(({ operation }) => operation);
    },
  };
}

/** The messages to machines that SNS took, with the names in each. */
export const digestsIn = (calls: readonly Call[]) =>
  toAudience("machines", calls).map((message) => {
    const { sightings, digestId } = message.data as { sightings: { name?: string }[]; digestId: string };
    return { ...message, digestId, names: sightings.flatMap(({ name }) => name ?? []) };
  });

/** The messages to people that SNS took. */
export const summariesIn = (calls: readonly Call[]) =>
  toAudience("people", calls).map((message) => ({
    ...message,
    digestId: (message.data as { digestId: string }).digestId,
  }));

const toAudience = (audience: string, calls: readonly Call[]) =>
  messagesIn(calls).filter(
    ({ MessageAttributes }) =>
      (MessageAttributes as { audience: { StringValue: string } }).audience.StringValue === audience,
  );

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
  connections: 1,
  trailingDot: false,
  ...parts,
});
