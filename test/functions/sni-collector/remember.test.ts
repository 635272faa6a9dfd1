import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sightingItemKey } from "../../../functions/sni-collector/sighting-table.ts";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import { alertRecord, hostnamesEvent, scheduledEvent, subscriptionEvent } from "../../support/firewall-records.ts";
import { localClient } from "../../support/local-client.ts";
import { createCollectorWorld, sightingOf } from "../../support/sni-collector.ts";

// Through the handler and the real SDK clients, against the local AWS, with a clock that the tests set.

const MINUTE = 60_000;
const DAY = 86_400_000;
const EACH_BATCH = { DIGEST_MINUTES: "0" };

let world: Awaited<ReturnType<typeof createCollectorWorld>>;
beforeEach(async () => {
  world = await createCollectorWorld();
});
afterEach(() => world.close());

/** The sightings of the last transaction, as DynamoDB got them. */
const lastWritten = () => {
  const { input } = world.calls.findLast(({ operation }) => operation === "TransactWriteItems") ?? {};
  return (input as { TransactItems: { Put: { Item: unknown } }[] }).TransactItems.map(({ Put }) => Put.Item);
};

describe("new names", () => {
  it("sni-collector remembers a name that was new once: a repeat of the payload is not, neither in the same container nor in a cold one.", async () => {
    const event = hostnamesEvent("a.example.com", "b.example.com");
    const warm = world.container(EACH_BATCH);
    expect(await warm.invoke(event)).toMatchObject({ names: 2, new: 2 });
    expect(await warm.invoke(event)).toMatchObject({ outcome: "nothing new", names: 2, new: 0 });
    expect(await world.container(EACH_BATCH).invoke(event)).toMatchObject({ outcome: "nothing new", names: 2, new: 0 });
    expect(world.announcedNames()).toEqual(["a.example.com", "b.example.com"]);
  });

  it("sni-collector remembers a name for each firewall and verdict.", async () => {
    const records = [alertRecord(), alertRecord({ action: "pass" }), alertRecord({ firewall: "other" }), alertRecord()];
    expect(await world.container().invoke(subscriptionEvent(records))).toMatchObject({ names: 3, new: 3 });
    expect(world.announcedNames()).toHaveLength(3);
  });

  it("sni-collector remembers a name until it is forgotten, and then it is new again, also in a container that knew it.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    await invoke(hostnamesEvent("a.example.com"));
    world.clock.now += 30 * DAY - 1;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new" });
    world.clock.now += 30 * DAY + MINUTE;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 1 });
  });

  it("sni-collector remembers a name that keeps coming, which is new only once.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    for (let day = 0; day < 70; day += 7) {
      await invoke(hostnamesEvent("a.example.com"));
      world.clock.now += 7 * DAY;
    }
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector remembers a name for the days of the settings.", async () => {
    const { invoke } = world.container({ ...EACH_BATCH, TTL_DAYS: "1" });
    await invoke(hostnamesEvent("a.example.com"));
    world.clock.now += DAY + 1_000;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ new: 1 });
  });
});

describe("calls", () => {
  it("sni-collector remembers a known sighting in a warm container and writes it at most once an hour, and a new one at once.", async () => {
    const { invoke } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    world.clock.now += 60 * MINUTE - 1;
    expect(await world.operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual(["Query"]);
    expect(await world.operationsOf(() => invoke(hostnamesEvent("a.example.com", "b.example.com")))).toContain(
      "TransactWriteItems",
    );
    world.clock.now += 1;
    expect(await world.operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual([
      "BatchGetItem",
      "TransactWriteItems",
    ]);
  });

  it("sni-collector remembers what another container wrote within the hour, and does not write it from a cold one.", async () => {
    await world.container().invoke(hostnamesEvent("a.example.com"));
    const cold = world.container();
    expect(await world.operationsOf(() => cold.invoke(hostnamesEvent("a.example.com")))).toEqual([
      "BatchGetItem",
      "Query",
    ]);
  });

  it("sni-collector remembers 10,000 records of 300 names with three reads and six writes.", async () => {
    const records = Array.from({ length: 10_000 }, (_, index) =>
      alertRecord({ sni: `name-${index % 300}.example.com` }),
    );
    const { invoke } = world.container();
    const operations = await world.operationsOf(() => invoke(subscriptionEvent(records)));
    expect(operations.filter((operation) => operation === "BatchGetItem")).toHaveLength(3);
    expect(operations.filter((operation) => operation === "TransactWriteItems")).toHaveLength(6);
    expect(world.announcedNames()).toHaveLength(300);
  });
});

describe("items", () => {
  it("sni-collector remembers in the item of a sighting what later batches add.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    await invoke(subscriptionEvent([alertRecord({ source: "10.0.0.1", at: 1_791_982_415 })]));
    world.clock.now += 61 * MINUTE;
    await invoke(
      subscriptionEvent([alertRecord({ source: "10.0.0.2", at: 1_791_986_000, event: { dest_port: 8443 } })]),
    );
    expect(lastWritten()).toMatchObject([
      {
        firstSeen: { N: "1791982415000" },
        lastSeen: { N: "1791986000000" },
        sources: { L: [{ S: "10.0.0.1" }, { S: "10.0.0.2" }] },
        ports: { L: [{ N: "443" }, { N: "8443" }] },
      },
    ]);
  });

  it("sni-collector remembers what a warm container saw between two writings of a sighting, and writes it with the next one.", async () => {
    const { invoke } = world.container();
    for (const source of ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
      await invoke(subscriptionEvent([alertRecord({ source })]));
    world.clock.now += 61 * MINUTE;
    await invoke(subscriptionEvent([alertRecord({ source: "10.0.0.4" })]));
    expect(lastWritten()).toMatchObject([
      { sources: { L: ["1", "2", "3", "4"].map((last) => ({ S: `10.0.0.${last}` })) } },
    ]);
  });
});

describe("connections", () => {
  /** What the items of the last transaction count. */
  const counted = () => lastWritten().map((item) => Number((item as { connections: { N: string } }).connections.N));
  const HOUR = 60 * MINUTE;
  const records = (count: number, source = "10.0.0.1") => Array.from({ length: count }, () => alertRecord({ source }));
  let batches = 0;
  /** Another batch each time, of so many records. */
  const batchOf = (count: number) => subscriptionEvent([...records(count), `batch ${batches++}`]);

  it("sni-collector remembers how many connections a name had: the first batch's, and at the next writing what came meanwhile.", async () => {
    const { invoke } = world.container();
    await invoke(batchOf(3));
    expect(counted()[0]).toBe(3);
    await invoke(batchOf(2));
    await invoke(batchOf(4));
    world.clock.now += HOUR;
    await invoke(batchOf(1));
    expect(counted()).toEqual([10]);
    world.clock.now += HOUR;
    await invoke(batchOf(5));
    expect(counted()).toEqual([15]);
  });

  it("sni-collector remembers the connections that two containers saw.", async () => {
    const [one, other] = [world.container(), world.container()];
    await one.invoke(batchOf(3));
    await other.invoke(batchOf(2));
    world.clock.now += HOUR;
    await other.invoke(batchOf(1));
    expect(counted()).toEqual([6]);
  });

  it("sni-collector remembers the connections of a batch once that is delivered again to the container.", async () => {
    const { invoke } = world.container();
    const event = batchOf(3);
    for (let delivery = 0; delivery < 3; delivery += 1) await invoke(event);
    world.clock.now += HOUR;
    await invoke(event);
    expect(counted()).toEqual([3]);
    await invoke(batchOf(3));
    world.clock.now += HOUR;
    await invoke(batchOf(1));
    expect(counted()).toEqual([7]);
  });

  it.each([
    ["could not be read", "BatchGetItem", "fail"],
    ["could not be written", "TransactWriteItems", "fail"],
    ["was written without an answer", "TransactWriteItems", "lose"],
  ] as const)(
    "sni-collector remembers the connections of a batch once where it %s and is delivered again.",
    async (_case, operation, kind) => {
      const { invoke } = world.container();
      const event = batchOf(3);
      if (kind === "fail") world.fail("DynamoDB", operation, "InternalServerError", { times: MAX_ATTEMPTS });
      else world.lose("DynamoDB", operation, { times: MAX_ATTEMPTS });
      await expect(invoke(event)).rejects.toThrow();
      world.clock.now += MINUTE;
      await invoke(event);
      world.clock.now += HOUR;
      await invoke(batchOf(1));
      expect(counted()).toEqual([4]);
    },
  );

  it("sni-collector remembers the connections of a batch once where it was written again without an answer, and is delivered an hour later.", async () => {
    const { invoke } = world.container();
    await invoke(batchOf(1));
    world.clock.now += HOUR;
    const event = batchOf(3);
    world.lose("DynamoDB", "TransactWriteItems", { times: MAX_ATTEMPTS });
    await expect(invoke(event)).rejects.toThrow();
    world.clock.now += HOUR;
    await invoke(event);
    expect(counted()).toEqual([4]);
  });

  it("sni-collector remembers the connections of a batch once where another container writes the name meanwhile.", async () => {
    const [one, other] = [world.container(), world.container()];
    await one.invoke(batchOf(1));
    await other.invoke(batchOf(2));
    world.clock.now += HOUR;
    const table = new DynamoDBClient(localClient(world.endpoint));
    // Another writer changes the item between the read and the write.
    world.before("TransactWriteItems", () =>
      table.send(
        new UpdateItemCommand({
          TableName: "palisade-hostnames",
          Key: marshall(sightingItemKey(sightingOf({ verdict: "blocked" }))),
          UpdateExpression: "SET writtenAt = :time, connections = :count",
          ExpressionAttributeValues: marshall({ ":time": world.clock.now - HOUR - 1, ":count": 10 }),
        }),
      ),
    );
    await other.invoke(batchOf(4));
    expect(counted()).toEqual([16]);
  });

  it("sni-collector remembers the last thousand batches of a container, and counts an older one again.", async () => {
    const { invoke } = world.container();
    const event = batchOf(3);
    await invoke(event);
    for (let batch = 0; batch < 999; batch += 1) await invoke(subscriptionEvent([`other ${batch}`]));
    await invoke(event);
    for (let batch = 0; batch < 1; batch += 1) await invoke(subscriptionEvent(["one more"]));
    await invoke(event);
    world.clock.now += HOUR;
    await invoke(event);
    expect(counted()).toEqual([6]);
  });
});

describe("faults", () => {
  it.each([
    ["reading it", "BatchGetItem", "InternalServerError"],
    ["writing to it", "TransactWriteItems", "ProvisionedThroughputExceededException"],
  ])(
    "sni-collector remembers each name once in the retry, after a fault of the table while %s.",
    async (_step, operation, errorName) => {
      const { invoke } = world.container();
      world.fail("DynamoDB", operation, errorName, { times: MAX_ATTEMPTS });
      await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
        `${operation}Command on table palisade-hostnames failed: The run asked for this fault.`,
      );
      expect(world.announcedNames()).toEqual([]);
      expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 1 });
      expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new" });
      expect(world.announcedNames()).toEqual(["a.example.com"]);
    },
  );

  it("sni-collector remembers a name without a sign of a fault of the table that ends before the SDK gives up.", async () => {
    world.fail("DynamoDB", "TransactWriteItems", "ProvisionedThroughputExceededException", { times: 2 });
    expect(await world.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({
      outcome: "announced",
      new: 1,
    });
  });

  it("sni-collector remembers a name where the table loses the answer of a write: it loses none and announces none twice.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    world.lose("DynamoDB", "TransactWriteItems");
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 1 });
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new", new: 0 });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector remembers a name where the table loses every answer of a write: the invocation fails, and the retry announces it once.", async () => {
    const { invoke } = world.container();
    world.lose("DynamoDB", "TransactWriteItems", { times: MAX_ATTEMPTS });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("TransactWriteItemsCommand on table");
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 0 });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector remembers nothing in a missing table: the error names it, and nothing is announced.", async () => {
    const { invoke } = world.container({ TABLE_NAME: "no-such-table" });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
      "on table no-such-table failed: Requested resource not found",
    );
    expect(world.messages()).toEqual([]);
  });
});

describe("concurrency", () => {
  it("sni-collector remembers each name once where invocations at the same time find it new.", async () => {
    const event = hostnamesEvent(...Array.from({ length: 120 }, (_, index) => `name-${index}.example.com`));
    const results = await Promise.all(Array.from({ length: 4 }, () => world.container(EACH_BATCH).invoke(event)));
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toHaveLength(120);
    expect(new Set(world.announcedNames()).size).toBe(120);
    expect(results.reduce((sum, result) => sum + result.new, 0)).toBe(120);
  });

  it("sni-collector remembers a name that only one of many invocations at the same time saw.", async () => {
    const events = Array.from({ length: 6 }, (_, index) =>
      hostnamesEvent("shared.example.com", `only-${index}.example.com`),
    );
    await Promise.all(events.map((event) => world.container().invoke(event)));
    world.clock.now += 5 * MINUTE;
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames().toSorted()).toEqual([
      ...Array.from({ length: 6 }, (_, index) => `only-${index}.example.com`),
      "shared.example.com",
    ]);
  });
});
