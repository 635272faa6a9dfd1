import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { type DigestSettings, digestMessages } from "./digest.ts";
import type { SightingTable } from "./sighting-table.ts";

/**
 * Milliseconds between two messages: SNS suspends an e-mail subscription that gets more than ten in a second.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
const BETWEEN_MESSAGES = 150;

/** With less time left (ms) no message is begun: a message that is cut off would be sent again. */
const TIME_FOR_A_MESSAGE = 3_000;

/** The most sightings of one digest, for the sake of memory. The rest follow in the next one. */
const MOST_SIGHTINGS = 10_000;

/** After a fault between two messages of a digest it is repeated no sooner (ms): machines have a part of it. */
const BEFORE_REPEAT = 60_000;

/** The clocks of two containers differ by less (ms). */
const CLOCK_DIFFERENCE = 1_000;

/**
 * Makes the function that sends what waits, at most once per `digestMinutes` over all containers.
 *
 * A sighting leaves the waiting list after SNS has taken every message of its digest. After a fault at any point the
 * digest is sent later, at worst twice, and then under the same id. The lease keeps two invocations from sending the same
 * at once.
 *
 * @param now the clock (epoch, ms)
 * @param newId a text that no other call has given
 * @param wait waits as many milliseconds
 */
export function createAnnounce({
  table,
  sns,
  digestMinutes,
  now,
  newId,
  wait,
  ...digest
}: {
  table: SightingTable;
  sns: SNSClient;
  digestMinutes: number;
  now: () => number;
  newId: () => string;
  wait: (milliseconds: number) => Promise<void>;
} & Omit<DigestSettings, "digestId">) {
  let nextDigestAt = 0;

  /**
   * @param somethingWaits false where only the table knows
   * @returns the number of messages that were sent, and of sightings in them
   */
  return async function announce(
    { somethingWaits }: { somethingWaits: boolean },
    { deadline, signal }: Invocation,
  ): Promise<{ messages: number; announced: number }> {
    const result = { messages: 0, announced: 0 };
    const start = now();
    if (start < nextDigestAt) return result;
    if (!somethingWaits && !(await table.anyPending(signal))) return result;
    const holder = newId();
    const lease = await table.takeLease(holder, start, deadline, signal);
    if (!lease) return result;

    // Until a message has gone out, the next digest is due at once.
    let due = start;
    try {
      const waiting = await table.pending(MOST_SIGHTINGS, signal);
      // The id of a digest that is over stays in a lease that could not be given back.
      const isOver = waiting.every(({ waitingSince }) => waitingSince >= lease.digestBegan + CLOCK_DIFFERENCE);
      const { digestId } = isOver ? await table.beginDigest(holder, start, signal) : lease;
      const { messages, sightings } = digestMessages(
        waiting.map(({ sighting }) => sighting),
        { ...digest, digestId },
      );
      for (const message of messages) {
        if (deadline - now() < TIME_FOR_A_MESSAGE)
          throw new Error(
            `${sightings.length} sightings are not announced yet, and the time limit of the function is near. The next digest will hold them. If this repeats, raise the timeout.`,
          );
        if (result.messages > 0) await wait(BETWEEN_MESSAGES);
        await sns.send(new PublishCommand(message), { abortSignal: signal });
        result.messages += 1;
        const complete = result.messages === messages.length;
        due = start + Math.min(digestMinutes * 60_000, complete ? Number.POSITIVE_INFINITY : BEFORE_REPEAT);
        nextDigestAt = due;
      }
      await table.acknowledge(sightings);
      result.announced = sightings.length;
    } catch (error) {
      // Only the first fault is reported. A lease that cannot be given back ends at the deadline.
      await table.releaseLease(holder, due, false).catch(() => undefined);
      throw error;
    }
    await table.releaseLease(holder, due, true);
    return result;
  };
}
