import { type Sighting, sightingKey } from "./collect.ts";
import { REWRITE_AFTER, remembering } from "./known-sighting.ts";
import type { SightingTable, SightingWrite } from "./sighting-table.ts";

/** How often the table is asked again when other invocations write the same sightings. */
const MOST_ROUNDS = 6;

/** Beyond this many names a container forgets the oldest; that costs a read, not a second announcement. */
const MOST_IN_MEMORY = 50_000;

/**
 * Makes the function that remembers sightings in the table, and, while the container is warm, what it has written.
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
  const writtenAt = new Map<string, number>();

  /**
   * Records sightings, the new ones together with their pending announcement.
   *
   * @returns how many are new
   * @throws Error when the table stays contended; what was recorded stays, and a retry records the rest
   */
  return async function remember(sightings: readonly Sighting[], signal: AbortSignal): Promise<number> {
    const time = now();
    let open = sightings.filter((sighting) => time - (writtenAt.get(sightingKey(sighting)) ?? 0) >= REWRITE_AFTER);
    let announced = 0;
    for (let round = 0; open.length > 0; round += 1) {
      if (round === MOST_ROUNDS)
        throw new Error(
          `${open.length} of ${sightings.length} sightings could not be written: other invocations kept writing them. A retry records them.`,
        );
      if (round > 0) await pause(round);

      const known = await table.read(open, signal);
      const writes: SightingWrite[] = [];
      for (const sighting of open) {
        const before = known.get(sightingKey(sighting));
        const decision = remembering(sighting, before, time, ttlDays);
        if (decision.action === "keep") writtenAt.set(sightingKey(sighting), decision.known.writtenAt);
        else
          writes.push({
            sighting: decision.known,
            replaces: before?.writtenAt,
            announce: decision.action === "announce",
          });
      }
      const contended = new Set(await table.write(writes, signal));
      for (const write of writes) {
        if (contended.has(write)) continue;
        writtenAt.set(sightingKey(write.sighting), time);
        if (write.announce) announced += 1;
      }
      const again = new Set([...contended].map(({ sighting }) => sightingKey(sighting)));
      open = open.filter((sighting) => again.has(sightingKey(sighting)));
    }
    for (const key of writtenAt.keys()) {
      if (writtenAt.size <= MOST_IN_MEMORY) break;
      writtenAt.delete(key);
    }
    return announced;
  };
}
