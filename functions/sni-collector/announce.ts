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

/**
 * Makes the function that sends what waits, at most once per `digestMinutes` over all containers.
 *
 * A sighting leaves the waiting list after SNS has taken its message. After a fault at any point it is announced later,
 * and at worst twice. The lease keeps two invocations from sending the same at once.
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
} & DigestSettings) {
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
    if (!(await table.takeLease(holder, start, deadline, signal))) return result;

    // Until a message has gone out, the next digest is due at once.
    let due = start;
    try {
      const waiting = await table.pending(MOST_SIGHTINGS, signal);
      for (const { message, sightings } of digestMessages(waiting, digest)) {
        if (deadline - now() < TIME_FOR_A_MESSAGE)
          throw new Error(
            `${waiting.length - result.announced} of ${waiting.length} sightings are not announced yet, and the time limit of the function is near. The next digest will hold them. If this repeats, raise the timeout.`,
          );
        if (result.messages > 0) await wait(BETWEEN_MESSAGES);
        await sns.send(new PublishCommand(message), { abortSignal: signal });
        due = start + digestMinutes * 60_000;
        nextDigestAt = due;
        result.messages += 1;
        result.announced += sightings.length;
        await table.acknowledge(sightings);
      }
    } catch (error) {
      // Only the first fault is reported. A lease that cannot be given back ends at the deadline.
      await table.releaseLease(holder, due).catch(() => undefined);
      throw error;
    }
    await table.releaseLease(holder, due);
    return result;
  };
}
