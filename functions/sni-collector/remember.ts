import { decide, REWRITE_AFTER } from "./known-sighting.ts";
import { mergeSightings, type Sighting, sightingKey } from "./sighting.ts";
import type { SightingTable, SightingWrite } from "./sighting-table.ts";

/** Rounds of reading and writing while the table is throttled, or other invocations write the same sightings. */
const MOST_ROUNDS = 6;

/** Beyond this many sightings a container forgets the oldest. That costs a read, not a second announcement. */
const MOST_IN_MEMORY = 20_000;

/**
 * Makes the function that remembers sightings in the table. While the container is warm, it also remembers what it has
 * written.
 *
 * @param now the clock (epoch, ms)
 * @param pause waits a little longer with each attempt
 */
export function createRemember({
  table,
  ttlDays,
  now,
  pause,
}: {
  table: SightingTable;
  ttlDays: number;
  now: () => number;
  pause: (attempt: number) => Promise<void>;
}) {
  /** By `sightingKey`: when the table got the sighting, and what was seen after that. */
  const memory = new Map<string, { writtenAt: number; unwritten?: Sighting }>();

  const keep = (sighting: Sighting, writtenAt: number, unwritten?: Sighting) => {
    const key = sightingKey(sighting);
    // A map keeps the order of first insertion: what is written anew has to go to its end.
    memory.delete(key);
    memory.set(key, { writtenAt, ...(unwritten && { unwritten }) });
  };

  /**
   * Writes sightings to the table, and puts the new ones on the waiting list of announcements.
   *
   * @returns the number of new ones
   * @throws Error when the table stays throttled or contended; what was recorded stays, and a retry records the rest
   */
  return async function remember(sightings: readonly Sighting[], signal: AbortSignal): Promise<number> {
    const time = now();
    let open: Sighting[] = [];
    for (const sighting of sightings) {
      const kept = memory.get(sightingKey(sighting));
      const whole = kept?.unwritten ? mergeSightings(kept.unwritten, sighting) : sighting;
      if (kept && time - kept.writtenAt < REWRITE_AFTER) kept.unwritten = whole;
      else open.push(whole);
    }
    let newNames = 0;
    for (let round = 0; open.length > 0; round += 1) {
      if (round === MOST_ROUNDS)
        throw new Error(
          `${open.length} of ${sightings.length} sightings could not be written: the table is throttled, or other invocations write the same ones. A retry records them.`,
        );
      if (round > 0) await pause(round);

      const known = await table.read(open, signal);
      const writes: SightingWrite[] = [];
      for (const sighting of open) {
        const before = known.get(sightingKey(sighting));
        const decision = decide(sighting, before, time, ttlDays);
        if (decision.action === "keep") keep(sighting, decision.known.writtenAt, sighting);
        else
          writes.push({
            sighting: decision.known,
            replaces: before?.writtenAt,
            isNew: decision.action === "new",
          });
      }
      const notWritten = new Set(await table.write(writes, signal));
      for (const write of writes) {
        if (notWritten.has(write)) continue;
        keep(write.sighting, time);
        if (write.isNew) newNames += 1;
      }
      const again = new Set([...notWritten].map(({ sighting }) => sightingKey(sighting)));
      open = open.filter((sighting) => again.has(sightingKey(sighting)));
    }
    for (const key of memory.keys()) {
      if (memory.size <= MOST_IN_MEMORY) break;
      memory.delete(key);
    }
    return newNames;
  };
}
