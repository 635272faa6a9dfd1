import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { type DigestSettings, digestMessages } from "./digest.ts";
import type { SightingTable } from "./sighting-table.ts";

/**
 * Milliseconds between two messages: SNS suspends an e-mail subscription that gets more than ten in a second.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
 */
const BETWEEN_MESSAGES = 150;

/**
 * Makes the function that announces what waits for it, at most once per `digestMinutes` over all containers.
 *
 * A sighting leaves the waiting list after SNS has taken its message, so a fault at any point announces it later, and
 * at worst twice. The turn keeps two invocations from announcing the same at once.
 *
 * @param now the clock (epoch, ms)
 */
export function createAnnounce({
  table,
  sns,
  digestMinutes,
  now,
  wait,
  ...digest
}: {
  table: SightingTable;
  sns: SNSClient;
  digestMinutes: number;
  now: () => number;
  wait: (milliseconds: number) => Promise<void>;
} & DigestSettings) {
  let nextDigestAt = 0;

  /**
   * @param certain whether something is known to wait; otherwise the table is asked first
   * @returns how many messages were sent and how many sightings they announced
   */
  return async function announce(
    certain: boolean,
    { deadline, signal }: Invocation,
  ): Promise<{ messages: number; announced: number }> {
    const result = { messages: 0, announced: 0 };
    if (now() < nextDigestAt) return result;
    if (!certain && (await table.pending(signal, 1)).length === 0) return result;
    if (!(await table.takeTurn(now(), deadline, signal))) return result;

    try {
      for (const { message, sightings } of digestMessages(await table.pending(signal), digest)) {
        if (result.messages > 0) await wait(BETWEEN_MESSAGES);
        await sns.send(new PublishCommand(message), { abortSignal: signal });
        result.messages += 1;
        result.announced += sightings.length;
        await table.settle(sightings, signal);
      }
    } catch (error) {
      // The fault to report is the first one. If the turn cannot be given back, it ends at the deadline.
      await table.endTurn(now()).catch(() => undefined);
      throw error;
    }
    if (result.messages > 0) nextDigestAt = now() + digestMinutes * 60_000;
    await table.endTurn(nextDigestAt);
    return result;
  };
}
