import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  paginateQuery,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
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

/** What cancels a transaction without a fault of ours: another invocation was there first. */
const CONTENTION = new Set(["None", "ConditionalCheckFailed", "TransactionConflict"]);

const TURN = marshall({ pk: DIGEST, sk: "turn" });

export type SightingTable = ReturnType<typeof createSightingTable>;

/**
 * The table of what is known: one item a sighting, one more while it waits for its announcement, and one that says
 * when the next digest is due.
 *
 * @param pause waits a little longer with each attempt
 */
export function createSightingTable({
  dynamodb,
  tableName,
  pause,
}: {
  dynamodb: DynamoDBClient;
  tableName: string;
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
   * @returns the writes that did not happen because another invocation wrote one of the same sightings meanwhile
   */
  async function write(writes: readonly SightingWrite[], abortSignal: AbortSignal): Promise<SightingWrite[]> {
    const contended: SightingWrite[] = [];
    for (const chunk of chunks(writes, MOST_TRANSACTION_ITEMS / 2)) {
      try {
        await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: chunk.flatMap(transactItems) }), {
          abortSignal,
        });
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        if (!error.CancellationReasons?.every(({ Code }) => CONTENTION.has(Code ?? ""))) throw error;
        contended.push(...chunk);
      }
    }
    return contended;
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

  /** The sightings that wait for their announcement, all of them or the first few. */
  async function pending(abortSignal: AbortSignal, most?: number): Promise<Sighting[]> {
    const sightings: Sighting[] = [];
    const pages = paginateQuery(
      { client: dynamodb },
      {
        TableName: tableName,
        KeyConditionExpression: "pk = :digest AND begins_with(sk, :pending)",
        ExpressionAttributeValues: marshall({ ":digest": DIGEST, ":pending": PENDING }),
        ConsistentRead: true,
        ...(most !== undefined && { Limit: most }),
      },
      { abortSignal },
    );
    for await (const { Items } of pages) {
      sightings.push(...(Items ?? []).map((item) => sightingSchema.parse(unmarshall(item))));
      if (most !== undefined && sightings.length >= most) break;
    }
    return sightings;
  }

  /** Takes announced sightings off the waiting list. */
  async function settle(sightings: readonly Sighting[], abortSignal: AbortSignal): Promise<void> {
    for (const chunk of chunks(sightings, MOST_BATCH_WRITES)) {
      let requests = chunk.map((sighting) => ({ DeleteRequest: { Key: marshall(pendingItemKey(sighting)) } }));
      for (let attempt = 0; requests.length > 0; attempt += 1) {
        if (attempt > 0) await pause(attempt);
        const answer = await dynamodb.send(new BatchWriteItemCommand({ RequestItems: { [tableName]: requests } }), {
          abortSignal,
        });
        requests = (answer.UnprocessedItems?.[tableName] ?? []).flatMap(({ DeleteRequest }) =>
          DeleteRequest?.Key ? [{ DeleteRequest: { Key: DeleteRequest.Key } }] : [],
        );
      }
    }
  }

  /**
   * Takes the turn to send the digest: until the deadline of the invocation no other one is due. Should the invocation
   * die, the next one can go on after that.
   *
   * @returns false while no digest is due
   */
  async function takeTurn(now: number, deadline: number, abortSignal: AbortSignal): Promise<boolean> {
    try {
      await dynamodb.send(
        new UpdateItemCommand({
          TableName: tableName,
          Key: TURN,
          UpdateExpression: "SET nextDigestAt = :deadline",
          ConditionExpression: "attribute_not_exists(nextDigestAt) OR nextDigestAt <= :now",
          ExpressionAttributeValues: marshall({ ":now": now, ":deadline": deadline }),
        }),
        { abortSignal },
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /** Gives the turn back: the next digest is due at `nextDigestAt` (epoch, ms). */
  async function endTurn(nextDigestAt: number): Promise<void> {
    await dynamodb.send(
      new UpdateItemCommand({
        TableName: tableName,
        Key: TURN,
        UpdateExpression: "SET nextDigestAt = :next",
        ExpressionAttributeValues: marshall({ ":next": nextDigestAt }),
      }),
    );
  }

  return { read, write, pending, settle, takeTurn, endTurn };
}

/** A pending announcement never expires: it goes when it was made. */
const pendingFields = (known: KnownSighting): Sighting => sightingSchema.parse(known);

function* chunks<Value>(values: readonly Value[], size: number): Generator<Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
