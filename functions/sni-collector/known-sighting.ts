import * as z from "zod";
import { mergeSightings, type Sighting } from "./sighting.ts";

/** A known sighting is written again after this time (ms): writes are few, and `lastSeen` is never far off. */
export const REWRITE_AFTER = 3_600_000;

const DAY = 86_400_000;

export const sightingSchema = z.object({
  kind: z.enum(["hostname", "address", "malformed"]),
  name: z.string(),
  firewall: z.string(),
  verdict: z.enum(["blocked", "allowed"]),
  firstSeen: z.number(),
  lastSeen: z.number(),
  protocols: z.array(z.string()),
  rules: z.array(z.string()),
  sources: z.array(z.string()),
  ports: z.array(z.number()),
  // Items of earlier versions have neither.
  connections: z.number().default(1),
  trailingDot: z.boolean().default(false),
}) satisfies z.ZodType<Sighting>;

/** A sighting as the table keeps it. */
export const knownSighting = sightingSchema.extend({
  /** When it was last written (epoch, ms). */
  writtenAt: z.number(),
  /** When it is forgotten (epoch, seconds: the form that DynamoDB's time to live wants). */
  expiresAt: z.number(),
});
export type KnownSighting = z.output<typeof knownSighting>;

/** What to do with a sighting: keep what the table has, write it again, or write it as new. A new one is announced. */
export interface Decision {
  action: "keep" | "rewrite" | "new";
  known: KnownSighting;
}

/**
 * Decides whether a sighting is new, and what the table has to hold of it.
 *
 * DynamoDB deletes an expired item up to days later, so this function judges expiry. It counts from the moment of
 * writing: records of the past must not expire as they come in.
 *
 * @param known what the table holds
 * @param time the moment of the decision (epoch, ms)
 */
export function decide(sighting: Sighting, known: KnownSighting | undefined, time: number, ttlDays: number): Decision {
  const written = { writtenAt: time, expiresAt: Math.ceil((time + ttlDays * DAY) / 1_000) };
  if (known === undefined || known.expiresAt * 1_000 <= time)
    // A batch that came before counts no connection; what is new had one.
    return { action: "new", known: { ...sighting, connections: Math.max(sighting.connections, 1), ...written } };
  if (time - known.writtenAt < REWRITE_AFTER) return { action: "keep", known };
  return { action: "rewrite", known: { ...mergeSightings(known, sighting), ...written } };
}
