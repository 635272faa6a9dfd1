import { decide, REWRITE_AFTER } from "./known-sighting.ts";
import { mergeSightings, type Sighting, sightingKey } from "./sighting.ts";
import type { SightingTable, SightingWrite } from "./sighting-table.ts";

/** Rounds of reading and writing while the table is throttled, or other invocations write the same sightings. */
const MOST_ROUNDS = 6;

/** Beyond this many sightings a container forgets the oldest. That costs a read, not a second announcement. */
const MOST_IN_MEMORY = 20_000;

/** Beyond this many batches a container forgets the oldest. Lambda retries a batch within minutes. */
const MOST_BATCHES = 1_000;

/** What a container knows of a sighting. */
interface Remembered {
  /** When the table got it, as far as the container knows (epoch, ms). */
  writtenAt: number;
  /** When it was written and no answer came (epoch, ms). */
  triedAt?: number;
  /** What the table has not got. */
  unwritten?: Sighting;
}

/**
 * Makes the function that remembers sightings in the table. While the container is warm, it also remembers what it has
 * written, and which batches it has counted.
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
  /** By `sightingKey`. */
  const memory = new Map<string, Remembered>();
  const countedBatches = new Set<string>();

  const keep = (sighting: Sighting, remembered: Remembered) => {
    const key = sightingKey(sighting);
    // A map keeps the order of first insertion: what is written anew has to go to its end.
    memory.delete(key);
    memory.set(key, remembered);
  };

  /** Takes a batch into memory. A batch that came before counts no connection. */
  function take(sightings: readonly Sighting[], batch: string, time: number): Sighting[] {
    const counted = countedBatches.has(batch);
    countedBatches.add(batch);
    forgetOldest(countedBatches, MOST_BATCHES);
    const open: Sighting[] = [];
    for (const collected of sightings) {
      const sighting = counted ? { ...collected, connections: 0 } : collected;
      const kept = memory.get(sightingKey(sighting)) ?? { writtenAt: Number.NEGATIVE_INFINITY };
      const whole = kept.unwritten ? mergeSightings(kept.unwritten, sighting) : sighting;
      memory.set(sightingKey(sighting), { ...kept, unwritten: whole });
      if (time - kept.writtenAt >= REWRITE_AFTER) open.push(whole);
    }
    return open;
  }

  async function record(sightings: readonly Sighting[], time: number, signal: AbortSignal): Promise<Sighting[]> {
    const added: Sighting[] = [];
    let open = sightings;
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
        // The table has what this container wrote without an answer: those connections are counted.
        const answerLost = before !== undefined && before.writtenAt === memory.get(sightingKey(sighting))?.triedAt;
        const uncounted = answerLost ? { ...sighting, connections: 0 } : sighting;
        const decision = decide(uncounted, before, time, ttlDays);
        if (decision.action === "keep") {
          keep(sighting, { writtenAt: decision.known.writtenAt, unwritten: uncounted });
          continue;
        }
        keep(sighting, { writtenAt: Number.NEGATIVE_INFINITY, triedAt: time, unwritten: uncounted });
        writes.push({ sighting: decision.known, replaces: before?.writtenAt, isNew: decision.action === "new" });
      }
      const notWritten = new Set(await table.write(writes, signal));
      for (const write of writes) {
        if (notWritten.has(write)) continue;
        keep(write.sighting, { writtenAt: time });
        if (write.isNew) added.push(write.sighting);
      }
      open = [...notWritten].flatMap(({ sighting }) => memory.get(sightingKey(sighting))?.unwritten ?? []);
    }
    return added;
  }

  /**
   * Writes sightings to the table, and puts the new ones on the waiting list of announcements.
   *
   * @param batch the same for a batch that comes again
   * @returns the new ones
   * @throws Error when the table stays throttled or contended; what was recorded stays, and a retry records the rest
   */
  return async function remember(
    sightings: readonly Sighting[],
    batch: string,
    signal: AbortSignal,
  ): Promise<Sighting[]> {
    const time = now();
    const open = take(sightings, batch, time);
    try {
      return await record(open, time, signal);
    } finally {
      forgetOldest(memory, MOST_IN_MEMORY);
    }
  };
}

/** Maps and sets keep the order of insertion. */
function forgetOldest<Key>(collection: Map<Key, unknown> | Set<Key>, most: number): void {
  for (const key of collection.keys()) {
    if (collection.size <= most) break;
    collection.delete(key);
  }
}
