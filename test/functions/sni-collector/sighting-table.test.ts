import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  QueryCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { mockClient } from "aws-sdk-client-mock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KnownSighting } from "../../../functions/sni-collector/known-sighting.ts";
import { createRemember } from "../../../functions/sni-collector/remember.ts";
import {
  createSightingTable,
  pendingItemKey,
  sightingItemKey,
} from "../../../functions/sni-collector/sighting-table.ts";
import { createWorld } from "../../../local/world.ts";
import { localClient } from "../../support/local-client.ts";
import { recordingLogger } from "../../support/recording-logger.ts";
import { sightingOf } from "../../support/sni-collector.ts";

// Answers that DynamoDB may give and the local AWS never gives. The client is the real one, its answers are not.

let dynamodb = mockClient(DynamoDBClient);
const signal = new AbortController().signal;
const TABLE = "hostnames";
const NOW = Date.parse("2026-10-14T15:00:00Z");

const { logger, lines } = recordingLogger("sni-collector");
let pauses: number[];
const pause = async (attempt: number) => {
  pauses.push(attempt);
};
const table = () =>
  createSightingTable({ dynamodb: new DynamoDBClient({ region: "us-east-1" }), tableName: TABLE, logger, pause });

beforeEach(() => {
  pauses = [];
  dynamodb = mockClient(DynamoDBClient);
  dynamodb.onAnyCommand().rejects(new Error("a call that this test did not expect"));
});

const sighting = (name: string) => sightingOf({ name, firewall: "fw", verdict: "blocked" });
const known = (name: string): KnownSighting => ({ ...sighting(name), writtenAt: NOW, expiresAt: NOW / 1_000 + 60 });
const item = (name: string) => marshall({ ...sightingItemKey(sighting(name)), ...known(name) });
const key = (name: string) => marshall(sightingItemKey(sighting(name)));
const canceled = (...codes: string[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: "canceled",
    CancellationReasons: codes.map((Code) => ({ Code })),
  });

describe("answers", () => {
  it("The sighting table reads keys again that DynamoDB did not get to, after a pause.", async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({ Responses: { [TABLE]: [item("a")] }, UnprocessedKeys: { [TABLE]: { Keys: [key("b")] } } })
      .resolvesOnce({ Responses: { [TABLE]: [item("b")] } });
    const read = await table().read([sighting("a"), sighting("b")], signal);
    expect([...read.values()].map(({ name }) => name)).toEqual(["a", "b"]);
    expect(dynamodb).toHaveReceivedNthCommandWith(BatchGetItemCommand, 2, {
      RequestItems: { [TABLE]: { Keys: [key("b")], ConsistentRead: true } },
    });
    expect(pauses).toEqual([1]);
  });

  it("The sighting table repeats deletions that DynamoDB did not get to, after a pause.", async () => {
    const left = { DeleteRequest: { Key: marshall(pendingItemKey(sighting("b"))) } };
    dynamodb
      .on(BatchWriteItemCommand)
      .resolvesOnce({ UnprocessedItems: { [TABLE]: [left] } })
      .resolvesOnce({});
    await table().acknowledge([sighting("a"), sighting("b")]);
    expect(dynamodb).toHaveReceivedNthCommandWith(BatchWriteItemCommand, 2, { RequestItems: { [TABLE]: [left] } });
    expect(pauses).toEqual([1]);
  });

  it("The sighting table follows the pages of the waiting list.", async () => {
    const page = (name: string) => [marshall({ ...pendingItemKey(sighting(name)), ...sighting(name) })];
    dynamodb
      .on(QueryCommand)
      .resolvesOnce({ Items: page("a"), LastEvaluatedKey: key("a") })
      .resolvesOnce({ Items: page("b") });
    expect((await table().pending(10, signal)).map(({ sighting: { name } }) => name)).toEqual(["a", "b"]);
    expect(dynamodb).toHaveReceivedNthCommandWith(QueryCommand, 2, {
      ExclusiveStartKey: key("a"),
      ConsistentRead: true,
    });
  });

  it("The sighting table keeps to the limits of a request: 100 keys, 100 actions, 25 deletions.", async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolves({})
      .on(TransactWriteItemsCommand)
      .resolves({})
      .on(BatchWriteItemCommand)
      .resolves({});
    const many = Array.from({ length: 101 }, (_, index) => `name-${index}`);
    await table().read(many.map(sighting), signal);
    await table().write(
      many.map((name) => ({ sighting: known(name), replaces: undefined, isNew: true })),
      signal,
    );
    await table().acknowledge(many.map(sighting));
    const sizes = (command: string, size: (input: never) => number | undefined) =>
      dynamodb
        .calls()
        .filter(({ args: [sent] }) => sent.constructor.name === command)
        .map(({ args: [sent] }) => size(sent.input as never));
    expect(
      sizes(
        "BatchGetItemCommand",
        ({ RequestItems }: { RequestItems: Record<string, { Keys: unknown[] }> }) => RequestItems[TABLE]?.Keys.length,
      ),
    ).toEqual([100, 1]);
    expect(
      sizes("TransactWriteItemsCommand", ({ TransactItems }: { TransactItems: unknown[] }) => TransactItems.length),
    ).toEqual([100, 100, 2]);
    expect(
      sizes(
        "BatchWriteItemCommand",
        ({ RequestItems }: { RequestItems: Record<string, unknown[]> }) => RequestItems[TABLE]?.length,
      ),
    ).toEqual([25, 25, 25, 25, 1]);
  });
});

it("The sighting table ends every call when the time is up, but not those that shorten the waiting list and give the lease back.", async () => {
  dynamodb.onAnyCommand().resolves({});
  dynamodb.on(UpdateItemCommand).resolves({ Attributes: marshall({ digestId: "holder", digestBegan: 1 }) });
  const { read, write, anyPending, pending, takeLease, beginDigest, acknowledge, releaseLease } = table();
  await read([sighting("a")], signal);
  await write([{ sighting: known("a"), replaces: undefined, isNew: true }], signal);
  await anyPending(signal);
  await pending(1, signal);
  await takeLease("holder", 1, 2, signal);
  await beginDigest("holder", 1, signal);
  await acknowledge([sighting("a")]);
  await releaseLease("holder", 3, true);
  const signals = dynamodb.calls().map(({ args }) => {
    const [, options]: readonly unknown[] = args;
    return (options as { abortSignal?: AbortSignal } | undefined)?.abortSignal;
  });
  expect(signals).toEqual([signal, signal, signal, signal, signal, signal, undefined, undefined]);
});

describe("contention", () => {
  const remember = () => createRemember({ table: table(), ttlDays: 30, now: () => NOW, pause });

  it("The sighting table resolves contention for a sighting by reading again: a name that another invocation wrote meanwhile is not new.", async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolvesOnce({})
      .resolvesOnce({ Responses: { [TABLE]: [item("a")] } });
    dynamodb.on(TransactWriteItemsCommand).rejectsOnce(canceled("ConditionalCheckFailed", "None")).resolvesOnce({});
    expect(await remember()([sighting("a"), sighting("b")], "batch", signal)).toHaveLength(1);
    expect(pauses).toEqual([1]);
  });

  it("The sighting table ends endless contention for a sighting with an error that says what a retry does.", async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolves({})
      .on(TransactWriteItemsCommand)
      .rejects(canceled("TransactionConflict", "None"));
    await expect(remember()([sighting("a")], "batch", signal)).rejects.toThrow(
      "1 of 1 sightings could not be written: the table is throttled, or other invocations write the same ones. A retry records them.",
    );
    expect(pauses).toEqual([1, 2, 3, 4, 5]);
  });

  it.each(["ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"])(
    "The sighting table resolves contention that cancels a transaction for %s by trying again, since the SDK does not.",
    async (code) => {
      dynamodb.on(BatchGetItemCommand).resolves({});
      dynamodb.on(TransactWriteItemsCommand).rejectsOnce(canceled("None", code)).resolvesOnce({});
      expect(await remember()([sighting("a")], "batch", signal)).toHaveLength(1);
      expect(pauses).toEqual([1]);
    },
  );

  it("The sighting table does not assume contention where a transaction is canceled for another reason.", async () => {
    dynamodb
      .on(BatchGetItemCommand)
      .resolves({})
      .on(TransactWriteItemsCommand)
      .rejects(canceled("ValidationError", "None"));
    await expect(remember()([sighting("a")], "batch", signal)).rejects.toThrow("canceled");
    expect(pauses).toEqual([]);
  });
});

it("A container remembers the last 20,000 sightings of the sighting table, and reads an older one again.", async () => {
  dynamodb.on(BatchGetItemCommand).resolves({}).on(TransactWriteItemsCommand).resolves({});
  const remember = createRemember({ table: table(), ttlDays: 30, now: () => NOW, pause });
  await remember(
    Array.from({ length: 20_001 }, (_, index) => sighting(`name-${index}`)),
    "first",
    signal,
  );
  const reads = () => dynamodb.commandCalls(BatchGetItemCommand).length;
  const before = reads();
  await remember([sighting("name-1"), sighting("name-20000")], "second", signal);
  expect(reads()).toBe(before);
  await remember([sighting("name-0")], "third", signal);
  expect(reads()).toBe(before + 1);
});

it("The sighting table takes an item that is not a sighting for an error, and does not guess.", async () => {
  dynamodb.on(BatchGetItemCommand).resolves({ Responses: { [TABLE]: [marshall({ pk: "a", sk: "b" })] } });
  await expect(table().read([sighting("a")], signal)).rejects.toThrow("expected");
});

it("The sighting table logs an item of the waiting list that is not a sighting, and reads the others.", async () => {
  const good = marshall({ ...pendingItemKey(sighting("b")), ...sighting("b") });
  dynamodb.on(QueryCommand).resolves({ Items: [marshall({ pk: "digest", sk: "pending#a" }), good] });
  expect((await table().pending(10, signal)).map(({ sighting: { name } }) => name)).toEqual(["b"]);
  expect(lines).toMatchObject([
    {
      level: "ERROR",
      message: "pending announcement is not readable; delete the item or restore it",
      table: TABLE,
      sk: "pending#a",
    },
  ]);
});

it("The sighting table reads a long waiting list no further than the caller wants.", async () => {
  const page = (name: string) => [marshall({ ...pendingItemKey(sighting(name)), ...sighting(name) })];
  dynamodb.on(QueryCommand).resolves({ Items: [...page("a"), ...page("b")], LastEvaluatedKey: key("b") });
  expect((await table().pending(1, signal)).map(({ sighting: { name } }) => name)).toEqual(["a"]);
  expect(dynamodb).toHaveReceivedCommandTimes(QueryCommand, 1);
});

it("The sighting table lets one of two containers write a forgotten name that both meet at once.", async () => {
  const expired = marshall({ ...sightingItemKey(sighting("a")), ...known("a"), expiresAt: NOW / 1_000 - 1 });
  dynamodb.on(BatchGetItemCommand).resolves({ Responses: { [TABLE]: [expired] } });
  dynamodb.on(TransactWriteItemsCommand).resolves({});
  await createRemember({ table: table(), ttlDays: 30, now: () => NOW, pause })([sighting("a")], "batch", signal);
  expect(dynamodb).toHaveReceivedCommandWith(TransactWriteItemsCommand, {
    TransactItems: [
      {
        Put: expect.objectContaining({
          ConditionExpression: "writtenAt = :read",
          ExpressionAttributeValues: marshall({ ":read": NOW }),
        }),
      },
      { Put: expect.objectContaining({ Item: expect.objectContaining({ sk: { S: "pending#fw#blocked#a" } }) }) },
    ],
  });
});

describe("lease", () => {
  let world: Awaited<ReturnType<typeof createWorld>>;
  beforeEach(async () => {
    dynamodb.restore();
    world = await createWorld();
  });
  afterEach(() => world.close());

  const lease = () => {
    const { takeLease, beginDigest, releaseLease } = createSightingTable({
      dynamodb: new DynamoDBClient(localClient(world.endpoint)),
      tableName: "palisade-hostnames",
      logger,
      pause,
    });
    return {
      take: (holder: string, time: number, deadline: number) => takeLease(holder, time, deadline, signal),
      begin: (holder: string, time: number) => beginDigest(holder, time, signal),
      release: releaseLease,
    };
  };

  const leaseOf = (digestId: string, digestBegan: number) => ({ digestId, digestBegan });

  it("The sighting table gives the lease to one holder until its deadline.", async () => {
    const { take } = lease();
    expect(await take("first", 1_000, 2_000)).toEqual(leaseOf("first", 1_000));
    expect(await take("second", 1_999, 3_000)).toBeUndefined();
    expect(await take("second", 2_000, 3_000)).toBeDefined();
  });

  it("The sighting table gives the lease again to the holder whose answer was lost.", async () => {
    const { take } = lease();
    expect(await take("first", 1_000, 2_000)).toEqual(leaseOf("first", 1_000));
    expect(await take("first", 1_000, 2_000)).toEqual(leaseOf("first", 1_000));
  });

  it("The sighting table does not take the lease back from a holder that has lost it.", async () => {
    const { take, release, begin } = lease();
    await take("first", 1_000, 2_000);
    await take("second", 2_000, 3_000);
    await release("first", 1_500, true);
    await begin("first", 2_100);
    expect(await take("third", 2_500, 3_500)).toBeUndefined();
    await release("second", 2_600, false);
    await release("second", 9_000, true);
    expect(await take("third", 2_600, 3_600)).toEqual(leaseOf("first", 1_000));
  });

  it("The sighting table keeps the digest of a lease until it is acknowledged, whoever has the lease.", async () => {
    const { take, release } = lease();
    await take("first", 1_000, 2_000);
    expect(await take("second", 2_000, 3_000)).toEqual(leaseOf("first", 1_000));
    await release("second", 2_000, false);
    expect(await take("third", 2_000, 3_000)).toEqual(leaseOf("first", 1_000));
    await release("third", 2_000, true);
    expect(await take("fourth", 2_000, 3_000)).toEqual(leaseOf("fourth", 2_000));
  });

  it("The sighting table begins a digest in place of the one that was left in the lease.", async () => {
    const { take, begin } = lease();
    await take("first", 1_000, 2_000);
    await take("second", 2_000, 3_000);
    expect(await begin("second", 2_000)).toEqual(leaseOf("second", 2_000));
    expect(await take("third", 3_000, 4_000)).toEqual(leaseOf("second", 2_000));
  });
});
