import type { Logger } from "@aws-lambda-powertools/logger";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  paginateQuery,
  QueryCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import { type Sighting, sightingKey } from "./collect.ts";
import {
  DIGEST,
  type KnownSighting,
  knownSighting,
  PENDING,
  pendingItemKey,
  sightingItemKey,
  sightingSchema,
} from "./known-sighting.ts";

/** One sighting to be written, in the place of what was read before. */
export interface SightingWrite {
  sighting: KnownSighting;
  /** `writtenAt` of the item that was read; undefined where there was none. */
  replaces: number | undefined;
  /** Whether the sighting is to be announced. */
  announce: boolean;
}

// Limits of the service: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MOST_READS = 100;
const MOST_TRANSACTION_ITEMS = 100;
const MOST_BATCH_WRITES = 25;

/**
 * What cancels a transaction without a fault of ours: another invocation was there first, or the table is throttled,
 * which the SDK does not retry in a transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const TRANSIENT = new Set([
  "None",
  "ConditionalCheckFailed",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

const LEASE = marshall({ pk: DIGEST, sk: "lease" });

export type SightingTable = ReturnType<typeof createSightingTable>;

/**
 * The table of what is known: one item a sighting, one more while it waits for its announcement, and the lease
 * that says when the next digest is due and who sends it.
 *
 * @param pause waits a little longer with each attempt
 */
export function createSightingTable({
  dynamodb,
  tableName,
  logger,
  pause,
}: {
  dynamodb: DynamoDBClient;
  tableName: string;
  logger: Logger;
  pause: (attempt: number) => Promise<void>;
}) {
  /** What is known of sightings, by `sightingKey`. */
  async function read(sightings: readonly Sighting[], abortSignal: AbortSignal): Promise<Map<string, KnownSighting>> {
    const known = new Map<string, KnownSighting>();
    for (const chunk of chunks(sightings, MOST_READS)) {
      let keys: Record<string, AttributeValue>[] = chunk.map((sighting) => marshall(sightingItemKey(sighting)));
      for (let attempt = 0; keys.length > 0; attempt += 1) {
        if (attempt > 0) await pause(attempt);
        const answer = await dynamodb.send(
          new BatchGetItemCommand({ RequestItems: { [tableName]: { Keys: keys, ConsistentRead: true } } }),
          { abortSignal },
        );
        for (const item of answer.Responses?.[tableName] ?? []) {
          const sighting = knownSighting.parse(unmarshall(item));
          known.set(sightingKey(sighting), sighting);
        }
        keys = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
      }
    }
    return known;
  }

  /**
   * Writes sightings, each together with its pending announcement or not at all.
   *
   * @returns the writes that did not happen, because another invocation wrote one of the same sightings meanwhile or
   * the table was throttled
   */
  async function write(writes: readonly SightingWrite[], abortSignal: AbortSignal): Promise<SightingWrite[]> {
    const open: SightingWrite[] = [];
    for (const chunk of chunks(writes, MOST_TRANSACTION_ITEMS / 2)) {
      try {
        await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: chunk.flatMap(transactItems) }), {
          abortSignal,
        });
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        if (!error.CancellationReasons?.every(({ Code }) => TRANSIENT.has(Code ?? ""))) throw error;
        open.push(...chunk);
      }
    }
    return open;
  }

  const transactItems = ({ sighting, replaces, announce }: SightingWrite): TransactWriteItem[] => [
    {
      Put: {
        TableName: tableName,
        Item: marshall({ ...sightingItemKey(sighting), ...sighting }),
        ...(replaces === undefined
          ? { ConditionExpression: "attribute_not_exists(pk)" }
          : {
              ConditionExpression: "writtenAt = :read",
              ExpressionAttributeValues: marshall({ ":read": replaces }),
            }),
      },
    },
    ...(announce
      ? [{ Put: { TableName: tableName, Item: marshall({ ...pendingItemKey(sighting), ...pendingFields(sighting) }) } }]
      : []),
  ];

  const pendingQuery = {
    TableName: tableName,
    KeyConditionExpression: "pk = :digest AND begins_with(sk, :pending)",
    ExpressionAttributeValues: marshall({ ":digest": DIGEST, ":pending": PENDING }),
    ConsistentRead: true,
  };

  /** Whether a sighting waits for its announcement. */
  async function anyPending(abortSignal: AbortSignal): Promise<boolean> {
    const { Count } = await dynamodb.send(new QueryCommand({ ...pendingQuery, Limit: 1 }), { abortSignal });
    return Count !== 0;
  }

  /** The first sightings that wait for their announcement. An item that is none must not hold up the others. */
  async function pending(most: number, abortSignal: AbortSignal): Promise<Sighting[]> {
    const sightings: Sighting[] = [];
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, pendingQuery, { abortSignal })) {
      for (const item of Items) {
        const { success, data } = sightingSchema.safeParse(unmarshall(item));
        if (success) sightings.push(data);
        else
          logger.error("pending announcement is not readable; delete the item or restore it", {
            table: tableName,
            sk: item.sk?.S,
          });
      }
      if (sightings.length >= most) break;
    }
    return sightings.slice(0, most);
  }

  /** Takes announced sightings off the waiting list. It does not stop when time is short: they would be announced again. */
  async function acknowledge(sightings: readonly Sighting[]): Promise<void> {
    for (const chunk of chunks(sightings, MOST_BATCH_WRITES)) {
      let requests: WriteRequest[] = chunk.map((sighting) => ({
        DeleteRequest: { Key: marshall(pendingItemKey(sighting)) },
      }));
      for (let attempt = 0; requests.length > 0; attempt += 1) {
        if (attempt > 0) await pause(attempt);
        const answer = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }));
        requests = answer.UnprocessedItems?.[tableName] ?? [];
      }
    }
  }

  /**
   * Takes the lease to send the digest, until the deadline of the invocation: should it die, another one can go on
   * after that, and none can come between while it lives.
   *
   * @param holder unique to this acquisition: a repeat by the SDK, after an answer that was lost, finds its own lease
   * @returns false while no digest is due, or another invocation has the lease
   */
  async function takeLease(holder: string, now: number, deadline: number, abortSignal: AbortSignal): Promise<boolean> {
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: LEASE,
      UpdateExpression: "SET nextDigestAt = :deadline, holder = :holder",
      ConditionExpression: "attribute_not_exists(nextDigestAt) OR nextDigestAt <= :now OR holder = :holder",
      ExpressionAttributeValues: marshall({ ":now": now, ":deadline": deadline, ":holder": holder }),
    });
    return await conditionHeld(dynamodb.send(update, { abortSignal }));
  }

  /**
   * Gives the lease back: the next digest is due at `nextDigestAt` (epoch, ms). Does nothing where it was given back
   * already or has passed to another holder.
   */
  async function releaseLease(holder: string, nextDigestAt: number): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: LEASE,
      UpdateExpression: "SET nextDigestAt = :next REMOVE holder",
      ConditionExpression: "holder = :holder",
      ExpressionAttributeValues: marshall({ ":next": nextDigestAt, ":holder": holder }),
    });
    await conditionHeld(dynamodb.send(update));
  }

  return { read, write, anyPending, pending, acknowledge, takeLease, releaseLease };
}

async function conditionHeld(update: Promise<unknown>): Promise<boolean> {
  try {
    await update;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** A pending announcement never expires: it goes when it was made. */
const pendingFields = (known: KnownSighting): Sighting => sightingSchema.parse(known);

function* chunks<Value>(values: readonly Value[], size: number): Generator<Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
