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
import * as z from "zod";
import { type KnownSighting, knownSighting, sightingSchema } from "./known-sighting.ts";
import { keyInFirewall, type Sighting, sightingKey } from "./sighting.ts";

/** A sighting to write, and the item that it replaces. */
export interface SightingWrite {
  sighting: KnownSighting;
  /** `writtenAt` of the item that was read; undefined where there was none. */
  replaces: number | undefined;
  /** A new sighting also goes on the waiting list of announcements. */
  isNew: boolean;
}

/** A sighting that waits for its announcement. */
export interface WaitingSighting {
  sighting: Sighting;
  /** The moment that its container took for the time of writing (epoch, ms). */
  waitingSince: number;
}

/** The lease, and the digest that goes out under it. */
export interface Lease {
  /** The same until a digest is acknowledged: a digest that is sent again has the same. */
  digestId: string;
  /** When the lease was first taken under this id (epoch, ms). */
  digestBegan: number;
}

// Limits of the service: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
const MOST_READS = 100;
const MOST_TRANSACTION_ITEMS = 100;
const MOST_BATCH_WRITES = 25;

/**
 * Why a transaction is canceled without a fault of ours: another invocation was first, or the table is throttled. The
 * SDK does not retry a throttled transaction.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
 */
const TRANSIENT = new Set([
  "None",
  "ConditionalCheckFailed",
  "TransactionConflict",
  "ThrottlingError",
  "ProvisionedThroughputExceeded",
]);

const DIGEST = "digest";
const PENDING = "pending#";
const LEASE = marshall({ pk: DIGEST, sk: "lease" });

/** Where a sighting lies in the table. */
export const sightingItemKey = (sighting: Sighting) => ({
  pk: `sighting#${sighting.firewall}`,
  sk: keyInFirewall(sighting),
});

/** Where a sighting lies while it waits for its announcement. All that wait are in one partition, to be read together. */
export const pendingItemKey = (sighting: Sighting) => ({ pk: DIGEST, sk: `${PENDING}${sightingKey(sighting)}` });

export type SightingTable = ReturnType<typeof createSightingTable>;

/**
 * The table. It has one item for each sighting, and one more while the sighting waits for its announcement. The lease
 * says when the next digest is due and which invocation sends it.
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
  /** Reads what the table holds of these sightings, by `sightingKey`. */
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
   * Writes sightings, each together with its place on the waiting list or not at all.
   *
   * @returns the writes that did not happen: another invocation wrote one of the same sightings meanwhile, or the table
   * was throttled
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

  const transactItems = ({ sighting, replaces, isNew }: SightingWrite): TransactWriteItem[] => [
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
    ...(isNew
      ? [{ Put: { TableName: tableName, Item: marshall({ ...pendingItemKey(sighting), ...waitingFields(sighting) }) } }]
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

  /** Reads the first sightings that wait for their announcement. An unreadable item must not hold up the others. */
  async function pending(most: number, abortSignal: AbortSignal): Promise<WaitingSighting[]> {
    const waiting: WaitingSighting[] = [];
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, pendingQuery, { abortSignal })) {
      for (const item of Items) {
        const { success, data } = waitingSchema.safeParse(unmarshall(item));
        if (success) {
          const { waitingSince, ...sighting } = data;
          waiting.push({ sighting, waitingSince });
        } else
          logger.error("pending announcement is not readable; delete the item or restore it", {
            table: tableName,
            sk: item.sk?.S,
          });
      }
      if (waiting.length >= most) break;
    }
    return waiting.slice(0, most);
  }

  /** Takes announced sightings off the waiting list. It goes on when time is short: they would be announced again. */
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
   * Takes the lease until the deadline of the invocation. Until then, no other invocation sends a digest. If this
   * invocation dies, the next digest is due at the deadline.
   *
   * @param holder unique to this acquisition: a repeat by the SDK, after an answer that was lost, finds its own lease. It
   * becomes the id of the digest where no digest was left behind
   * @param time the moment of the call (epoch, ms)
   * @param deadline epoch, ms
   * @returns undefined while no digest is due, or another invocation has the lease
   */
  async function takeLease(
    holder: string,
    time: number,
    deadline: number,
    abortSignal: AbortSignal,
  ): Promise<Lease | undefined> {
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: LEASE,
      UpdateExpression:
        "SET nextDigestAt = :deadline, holder = :holder, digestId = if_not_exists(digestId, :holder), digestBegan = if_not_exists(digestBegan, :time)",
      ConditionExpression: "attribute_not_exists(nextDigestAt) OR nextDigestAt <= :time OR holder = :holder",
      ExpressionAttributeValues: marshall({ ":time": time, ":deadline": deadline, ":holder": holder }),
      ReturnValues: "ALL_NEW",
    });
    const answer = await unlessConditionFailed(dynamodb.send(update, { abortSignal }));
    return answer && leaseSchema.parse(unmarshall(answer.Attributes ?? {}));
  }

  /** Gives the lease a digest of its own, in place of the one that was left behind. */
  async function beginDigest(holder: string, time: number, abortSignal: AbortSignal): Promise<Lease> {
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: LEASE,
      UpdateExpression: "SET digestId = :holder, digestBegan = :time",
      ConditionExpression: "holder = :holder",
      ExpressionAttributeValues: marshall({ ":holder": holder, ":time": time }),
    });
    await unlessConditionFailed(dynamodb.send(update, { abortSignal }));
    return { digestId: holder, digestBegan: time };
  }

  /**
   * Gives the lease back: the next digest is due at `nextDigestAt` (epoch, ms). Does nothing if the lease was given back
   * before, or if another holder has it.
   *
   * @param acknowledged whether the digest is over; otherwise the next one repeats it, under the same id
   */
  async function releaseLease(holder: string, nextDigestAt: number, acknowledged: boolean): Promise<void> {
    const update = new UpdateItemCommand({
      TableName: tableName,
      Key: LEASE,
      UpdateExpression: `SET nextDigestAt = :next REMOVE holder${acknowledged ? ", digestId, digestBegan" : ""}`,
      ConditionExpression: "holder = :holder",
      ExpressionAttributeValues: marshall({ ":next": nextDigestAt, ":holder": holder }),
    });
    await unlessConditionFailed(dynamodb.send(update));
  }

  return { read, write, anyPending, pending, acknowledge, takeLease, beginDigest, releaseLease };
}

async function unlessConditionFailed<Answer>(call: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

const leaseSchema = z.object({ digestId: z.string(), digestBegan: z.number() });

// Items of earlier versions do not say since when they wait.
const waitingSchema = sightingSchema.extend({ waitingSince: z.number().default(0) });

/** Nothing on the waiting list expires: a sighting leaves it when it was announced. */
const waitingFields = (known: KnownSighting): z.output<typeof waitingSchema> => ({
  ...sightingSchema.parse(known),
  waitingSince: known.writtenAt,
});

function* chunks<Value>(values: readonly Value[], size: number): Generator<Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
