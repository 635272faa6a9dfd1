import * as z from "zod";
import { addExamples, MOST_OTHERS, MOST_SOURCES, type Sighting, sightingKey } from "./collect.ts";

/** A known sighting is written again when this much time has passed since (ms): writes are few, `lastSeen` is fair. */
export const REWRITE_AFTER = 3_600_000;

const DAY = 86_400_000;

export const sightingSchema = z.object({
  kind: z.enum(["hostname", "address"]),
  name: z.string(),
  firewall: z.string(),
  verdict: z.enum(["blocked", "allowed"]),
  firstSeen: z.number(),
  lastSeen: z.number(),
  protocols: z.array(z.string()),
  rules: z.array(z.string()),
  sources: z.array(z.string()),
  ports: z.array(z.number()),
}) satisfies z.ZodType<Sighting>;

/** A sighting as the table keeps it. */
export const knownSighting = sightingSchema.extend({
  /** When it was last written (epoch, ms). */
  writtenAt: z.number(),
  /** When it is forgotten (epoch, seconds: the form that DynamoDB's time to live wants). */
  expiresAt: z.number(),
});
export type KnownSighting = z.output<typeof knownSighting>;

/** What to do with a sighting: keep what is known, write it again, or write it as new and announce it. */
export interface Decision {
  action: "keep" | "rewrite" | "announce";
  known: KnownSighting;
}

/**
 * Decides what a sighting means for what is known of it.
 *
 * DynamoDB deletes an expired item up to days later, so expiry is judged here. It counts from the moment of writing:
 * records of the past must not expire as they come in.
 *
 * @param now epoch, ms
 */
export function decide(sighting: Sighting, known: KnownSighting | undefined, now: number, ttlDays: number): Decision {
  const written = { writtenAt: now, expiresAt: Math.ceil((now + ttlDays * DAY) / 1_000) };
  if (known === undefined || known.expiresAt * 1_000 <= now)
    return { action: "announce", known: { ...sighting, ...written } };
  if (now - known.writtenAt < REWRITE_AFTER) return { action: "keep", known };
  return { action: "rewrite", known: { ...merged(known, sighting), ...written } };
}

/** One sighting of two: the whole span of time, and the older examples first. */
export function merged(older: Sighting, newer: Sighting): Sighting {
  const examples = <Value>(key: (sighting: Sighting) => Value[], most: number): Value[] => {
    const values = [...key(older)];
    addExamples(values, key(newer), most);
    return values;
  };
  return {
    kind: older.kind,
    name: older.name,
    firewall: older.firewall,
    verdict: older.verdict,
    firstSeen: Math.min(older.firstSeen, newer.firstSeen),
    lastSeen: Math.max(older.lastSeen, newer.lastSeen),
    protocols: examples(({ protocols }) => protocols, MOST_OTHERS),
    rules: examples(({ rules }) => rules, MOST_OTHERS),
    sources: examples(({ sources }) => sources, MOST_SOURCES),
    ports: examples(({ ports }) => ports, MOST_OTHERS),
  };
}

/** Where a sighting lies in the table. */
export const sightingItemKey = (sighting: Sighting) => ({
  pk: `sighting#${sighting.firewall}`,
  sk: `${sighting.verdict}#${sighting.name}`,
});

/** Where a sighting lies while it waits for its announcement. All that wait are in one partition, to be read together. */
export const pendingItemKey = (sighting: Sighting) => ({ pk: DIGEST, sk: `${PENDING}${sightingKey(sighting)}` });

export const DIGEST = "digest";
export const PENDING = "pending#";
