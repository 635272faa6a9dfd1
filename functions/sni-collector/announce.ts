import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { type DigestSettings, digestMessages } from "./digest.ts";
import type { SightingTable } from "./sighting-table.ts";

/**
 * Milliseconds between two messages: SNS suspends an e-mail subscription that gets more than ten in a second.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
const BETWEEN_MESSAGES = 150;

/** No message is begun when less time is left (ms): one that is cut off would be announced again. */
const TIME_FOR_A_MESSAGE = 3_000;

/** How many sightings a digest announces at the most, for the sake of memory; the rest follow in another one. */
const MOST_SIGHTINGS = 10_000;

/**
 * Makes the function that announces what waits for it, at most once per `digestMinutes` over all containers.
 *
 * A sighting leaves the waiting list after SNS has taken its message, so a fault at any point announces it later, and
 * at worst twice. The lease keeps two invocations from announcing the same at once.
 *
 * @param now the clock (epoch, ms)
 * @param newId a text that no other call has given
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
   * @param somethingWaits false where the table has to be asked first
   * @returns how many messages were sent and how many sightings they announced
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
            `${waiting.length - result.announced} of ${waiting.length} sightings are not announced yet, and the time limit of the function is near. The next digest has them; if this repeats, raise the timeout.`,
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
      // The fault to report is the first one. A lease that cannot be given back ends at the deadline.
      await table.releaseLease(holder, due).catch(() => undefined);
      throw error;
    }
    await table.releaseLease(holder, due);
    return result;
  };
}
