import { createServer } from "node:http";
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSightingTable } from "../../../functions/sni-collector/sighting-table.ts";
import { listen } from "../../../local/gateway/loopback.ts";
import { pack } from "../../../local/runtime/sample.ts";
import { alertRecord, hostnamesEvent, scheduledEvent, subscriptionEvent } from "../../support/firewall-records.ts";
import { localClient } from "../../support/local-client.ts";
import { createEstate } from "../../support/sni-collector.ts";

// The whole story through the real SDK clients against the local AWS, with a clock that the tests set.

const MINUTE = 60_000;
const DAY = 86_400_000;

let estate: Awaited<ReturnType<typeof createEstate>>;
beforeEach(async () => {
  estate = await createEstate();
});
afterEach(() => estate.close());

const announcedNames = () => estate.published().flatMap(({ names }) => names);

describe("a name is announced once", () => {
  it("the first new one goes out at once", async () => {
    const { invoke } = estate.container();
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({
      outcome: "announced",
      names: 1,
      new: 1,
      announced: 1,
    });
    expect(announcedNames()).toEqual(["a.example.com"]);
  });

  it("a repeat of the payload announces nothing, in the same container and in a cold one", async () => {
    const event = hostnamesEvent("a.example.com", "b.example.com");
    const warm = estate.container({ digestMinutes: 0 });
    await warm.invoke(event);
    expect(await warm.invoke(event)).toMatchObject({ outcome: "nothing new", names: 2, new: 0, announced: 0 });
    expect(await estate.container({ digestMinutes: 0 }).invoke(event)).toMatchObject({
      outcome: "nothing new",
      new: 0,
    });
    expect(announcedNames()).toEqual(["a.example.com", "b.example.com"]);
  });

  it("per firewall and verdict", async () => {
    const records = [alertRecord(), alertRecord({ action: "pass" }), alertRecord({ firewall: "other" }), alertRecord()];
    expect(await estate.container().invoke(subscriptionEvent(records))).toMatchObject({
      names: 3,
      new: 3,
      announced: 3,
    });
  });

  it("and again when it comes back after it was forgotten", async () => {
    const { invoke } = estate.container({ digestMinutes: 0 });
    await invoke(hostnamesEvent("a.example.com"));
    estate.clock.now += 30 * DAY - 1;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new" });
    estate.clock.now += 30 * DAY + MINUTE;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 1 });
  });

  it("but not while it keeps coming", async () => {
    const { invoke } = estate.container({ digestMinutes: 0 });
    for (let day = 0; day < 70; day += 7) {
      await invoke(hostnamesEvent("a.example.com"));
      estate.clock.now += 7 * DAY;
    }
    expect(announcedNames()).toEqual(["a.example.com"]);
  });
});

describe("digests come at most once per window", () => {
  it("what is new meanwhile is recorded, and goes out with the next batch after it", async () => {
    const { invoke } = estate.container();
    await invoke(hostnamesEvent("a.example.com"));
    expect(await invoke(hostnamesEvent("b.example.com"))).toMatchObject({ outcome: "recorded", new: 1, announced: 0 });
    estate.clock.now += 5 * MINUTE - 1;
    expect(await invoke(hostnamesEvent("c.example.com"))).toMatchObject({ outcome: "recorded" });
    estate.clock.now += 1;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 0, announced: 2 });
    expect(estate.published().map(({ names }) => names)).toEqual([
      ["a.example.com"],
      ["b.example.com", "c.example.com"],
    ]);
  });

  it("or with the schedule", async () => {
    const { invoke } = estate.container();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(hostnamesEvent("b.example.com"));
    expect(await invoke(scheduledEvent)).toMatchObject({ outcome: "flushed", announced: 0 });
    estate.clock.now += 5 * MINUTE;
    expect(await invoke(scheduledEvent)).toEqual({
      outcome: "flushed",
      records: 0,
      names: 0,
      new: 0,
      unreadable: 0,
      rejected: 0,
      nameless: 0,
      announced: 1,
    });
    expect(await invoke(scheduledEvent)).toMatchObject({ outcome: "flushed", announced: 0 });
  });

  it("over all containers", async () => {
    await estate.container().invoke(hostnamesEvent("a.example.com"));
    expect(await estate.container().invoke(hostnamesEvent("b.example.com"))).toMatchObject({ outcome: "recorded" });
    expect(announcedNames()).toEqual(["a.example.com"]);
  });

  it("with every batch where the window is 0", async () => {
    const { invoke } = estate.container({ digestMinutes: 0 });
    for (const name of ["a.example.com", "b.example.com"])
      expect(await invoke(hostnamesEvent(name))).toMatchObject({ outcome: "announced", announced: 1 });
  });
});

describe("calls are few", () => {
  const operationsOf = async (work: () => Promise<unknown>) => {
    const before = estate.calls.length;
    await work();
    return estate.calls.slice(before).map(({ operation }) => operation);
  };

  it("a warm container writes a known sighting at most once an hour, and new ones at once", async () => {
    const { invoke } = estate.container();
    await invoke(hostnamesEvent("a.example.com"));
    estate.clock.now += 60 * MINUTE - 1;
    expect(await operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual(["Query"]);
    expect(await operationsOf(() => invoke(hostnamesEvent("a.example.com", "b.example.com")))).toContain(
      "TransactWriteItems",
    );
    estate.clock.now += 1;
    expect(await operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual([
      "BatchGetItem",
      "TransactWriteItems",
    ]);
  });

  it("a cold container does not write what another one wrote within the hour", async () => {
    await estate.container().invoke(hostnamesEvent("a.example.com"));
    const cold = estate.container();
    expect(await operationsOf(() => cold.invoke(hostnamesEvent("a.example.com")))).toEqual(["BatchGetItem", "Query"]);
  });

  it("within the window of a digest a warm container asks for nothing", async () => {
    const { invoke } = estate.container();
    await invoke(hostnamesEvent("a.example.com"));
    expect(await operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual([]);
  });

  it("10,000 log events with 300 names take few writes", async () => {
    const records = Array.from({ length: 10_000 }, (_, index) =>
      alertRecord({ sni: `name-${index % 300}.example.com` }),
    );
    const { invoke } = estate.container({ maxPayloadBytes: 64_000_000 });
    const operations = await operationsOf(() => invoke(subscriptionEvent(records)));
    expect(operations.filter((operation) => operation === "BatchGetItem")).toHaveLength(3);
    expect(operations.filter((operation) => operation === "TransactWriteItems")).toHaveLength(6);
    expect(announcedNames()).toHaveLength(300);
  });
});

it("a sighting gathers what later batches add", async () => {
  const { invoke } = estate.container({ digestMinutes: 0 });
  await invoke(subscriptionEvent([alertRecord({ source: "10.0.0.1", at: 1_791_982_415 })]));
  estate.clock.now += 61 * MINUTE;
  await invoke(subscriptionEvent([alertRecord({ source: "10.0.0.2", at: 1_791_986_000, event: { dest_port: 8443 } })]));
  const write = estate.calls.findLast(({ operation }) => operation === "TransactWriteItems");
  expect(write?.input).toMatchObject({
    TransactItems: [
      {
        Put: {
          Item: {
            firstSeen: { N: "1791982415000" },
            lastSeen: { N: "1791986000000" },
            sources: { L: [{ S: "10.0.0.1" }, { S: "10.0.0.2" }] },
            ports: { L: [{ N: "443" }, { N: "8443" }] },
          },
        },
      },
    ],
  });
});

it("what is seen between two writes is written with the next", async () => {
  const { invoke } = estate.container();
  for (const source of ["10.0.0.1", "10.0.0.2", "10.0.0.3"]) await invoke(subscriptionEvent([alertRecord({ source })]));
  estate.clock.now += 61 * MINUTE;
  await invoke(subscriptionEvent([alertRecord({ source: "10.0.0.4" })]));
  const write = estate.calls.findLast(({ operation }) => operation === "TransactWriteItems");
  const sources = { L: ["1", "2", "3", "4"].map((last) => ({ S: `10.0.0.${last}` })) };
  expect(write?.input).toMatchObject({ TransactItems: [{ Put: { Item: { sources } } }] });
});

describe("no fault loses an announcement", () => {
  // Each fault outlasts the attempts of the SDK, so the invocation fails; Lambda would retry the same payload.
  it.each([
    ["reading what is known", "DynamoDB", "BatchGetItem", "InternalServerError"],
    ["recording", "DynamoDB", "TransactWriteItems", "ProvisionedThroughputExceededException"],
    ["taking the turn", "DynamoDB", "UpdateItem", "InternalServerError"],
    ["reading what waits", "DynamoDB", "Query", "ProvisionedThroughputExceededException"],
    ["publishing: SNS is down", "SNS", "Publish", "InternalError"],
    ["publishing: SNS throttles", "SNS", "Publish", "Throttling"],
  ])("%s fails", async (_step, service, operation, errorName) => {
    const { invoke } = estate.container();
    estate.fail(service, operation, errorName, 4);
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("The run asked for this fault.");
    expect(announcedNames()).toEqual([]);

    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", announced: 1 });
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new" });
    expect(announcedNames()).toEqual(["a.example.com"]);
  });

  it("a fault after publishing may announce twice, and then no more", async () => {
    const { invoke } = estate.container({ digestMinutes: 0 });
    estate.fail("DynamoDB", "BatchWriteItem", "InternalServerError", 4);
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(scheduledEvent);
    expect(announcedNames()).toEqual(["a.example.com", "a.example.com"]);
  });

  it("what a failed payload left behind goes out with the schedule, in another container", async () => {
    estate.fail("SNS", "Publish", "InternalError", 4);
    await expect(estate.container().invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    expect(await estate.container().invoke(scheduledEvent)).toMatchObject({ outcome: "flushed", announced: 1 });
  });

  it("an invocation that dies with the turn delays the digest until its deadline, and no longer", async () => {
    const dead = estate.container({ timeout: 60_000 });
    estate.fail("SNS", "Publish", "InternalError", 4);
    await expect(
      Promise.all([dead.invoke(hostnamesEvent("a.example.com")), failTheReturnOfTheTurn()]),
    ).rejects.toThrow();
    const { invoke } = estate.container();
    expect(await invoke(scheduledEvent)).toMatchObject({ announced: 0 });
    estate.clock.now += 61_000;
    expect(await invoke(scheduledEvent)).toMatchObject({ announced: 1 });
  });

  /** Waits until the turn was taken, then lets the next write to it fail. */
  async function failTheReturnOfTheTurn(): Promise<void> {
    while (!estate.calls.some(({ operation }) => operation === "Publish"))
      await new Promise((resolve) => setTimeout(resolve, 5));
    estate.fail("DynamoDB", "UpdateItem", "InternalServerError", 4);
  }

  it("a fault in the middle of a digest in parts announces each part once", async () => {
    const { invoke } = estate.container({ digestMinutes: 0, maxPayloadBytes: 64_000_000 });
    const names = Array.from(
      { length: 1_200 },
      (_, index) => `name-${String(index).padStart(4, "0")}.${"a".repeat(60)}.${"b".repeat(60)}.example.com`,
    );
    const failing = invoke(hostnamesEvent(...names));
    const failed = expect(failing).rejects.toThrow();
    while (estate.published().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    estate.fail("SNS", "Publish", "InternalError", 4);
    await failed;
    const partsBefore = estate.published().length;
    await invoke(scheduledEvent);
    expect(estate.published().length).toBeGreaterThan(partsBefore);
    expect(announcedNames().toSorted()).toEqual(names);
  });

  it("parts come slowly enough for e-mail subscriptions: fewer than ten in a second", async () => {
    const names = Array.from(
      { length: 600 },
      (_, index) => `name-${index}.${"a".repeat(60)}.${"b".repeat(60)}.example.com`,
    );
    await estate.container().invoke(hostnamesEvent(...names));
    expect(estate.published().length).toBeGreaterThan(1);
    expect(estate.waits).toHaveLength(estate.published().length - 1);
    for (const milliseconds of estate.waits) expect(milliseconds).toBeGreaterThan(100);
  });

  it.each([3, 2, 1])("SNS throttles %i times: the SDK tries again and the invocation completes", async (times) => {
    estate.fail("SNS", "Publish", "Throttling", times);
    expect(await estate.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    expect(announcedNames()).toEqual(["a.example.com"]);
  });

  it("DynamoDB throttles twice: the SDK tries again and the invocation completes", async () => {
    estate.fail("DynamoDB", "TransactWriteItems", "ProvisionedThroughputExceededException", 2);
    expect(await estate.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({
      outcome: "announced",
      new: 1,
    });
  });

  it("a wrong topic is named in the error, and the right one announces later", async () => {
    const wrong = estate.container({ topicArn: "arn:aws:sns:us-east-1:111122223333:no-such-topic" });
    await expect(wrong.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
      /PublishCommand on topic .*:no-such-topic failed: Topic does not exist/,
    );
    expect(await estate.container().invoke(scheduledEvent)).toMatchObject({ announced: 1 });
  });

  it("a missing table fails before anything is announced", async () => {
    const wrong = estate.container({ tableName: "no-such-table" });
    await expect(wrong.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
      "on table no-such-table failed: Requested resource not found",
    );
    expect(estate.published()).toEqual([]);
  });

  it("a list that cannot be shortened repeats the digest once per window, not with every batch", async () => {
    const { invoke } = estate.container();
    estate.fail("DynamoDB", "BatchWriteItem", "AccessDeniedException", 100);
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    for (const name of ["a.example.com", "b.example.com", "c.example.com"]) await invoke(hostnamesEvent(name));
    await estate.container().invoke(scheduledEvent);
    expect(announcedNames()).toEqual(["a.example.com"]);
  });

  it("without time for a message none is begun, and the error says so", async () => {
    const hurried = estate.container({ timeout: 2_900 });
    await expect(hurried.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
      "1 of 1 sightings are not announced yet",
    );
    expect(announcedNames()).toEqual([]);
    expect(await estate.container().invoke(scheduledEvent)).toMatchObject({ announced: 1 });
  });

  it("time running out ends in a clear error, and the digest goes out after the deadline", async () => {
    const silent = await silentService();
    const slow = estate.container({ snsEndpoint: silent.endpoint, timeout: 4_500 });
    await expect(slow.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("time limit of the function was near");
    await silent.requestClosed;
    silent.close();

    estate.clock.now += 5_000;
    expect(await estate.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({
      outcome: "announced",
      announced: 1,
    });
  });

  it("time running out ends the call that is under way", async () => {
    const silent = await silentService();
    const slow = estate.container({ dynamodbEndpoint: silent.endpoint, timeout: 1_500 });
    await expect(slow.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("time limit of the function was near");
    await silent.requestClosed;
    silent.close();
    expect(announcedNames()).toEqual([]);
  });

  /** A service that takes requests and never answers. */
  async function silentService() {
    const server = createServer();
    const requestClosed = new Promise((resolve) => {
      server.once("request", (request) => request.once("close", resolve));
    });
    const close = () => {
      server.closeAllConnections();
      server.close();
    };
    return { endpoint: await listen(server), requestClosed, close };
  }
});

describe("the lease", () => {
  const lease = () => {
    const dynamodb = new DynamoDBClient(localClient(estate.endpoint));
    const logger = new Logger({ logLevel: "SILENT" });
    const { takeLease, releaseLease } = createSightingTable({
      dynamodb,
      tableName: "palisade-hostnames",
      logger,
      pause: async () => undefined,
    });
    const take = (holder: string, now: number, deadline: number) =>
      takeLease(holder, now, deadline, new AbortController().signal);
    return { take, release: releaseLease };
  };

  it("has one holder until its deadline", async () => {
    const { take } = lease();
    expect(await take("first", 1_000, 2_000)).toBe(true);
    expect(await take("second", 1_999, 3_000)).toBe(false);
    expect(await take("second", 2_000, 3_000)).toBe(true);
  });

  it("is found again by the holder whose answer was lost", async () => {
    const { take } = lease();
    expect(await take("first", 1_000, 2_000)).toBe(true);
    expect(await take("first", 1_000, 2_000)).toBe(true);
  });

  it("cannot be given back by one who has lost it", async () => {
    const { take, release } = lease();
    await take("first", 1_000, 2_000);
    await take("second", 2_000, 3_000);
    await release("first", 1_500);
    expect(await take("third", 2_500, 3_500)).toBe(false);
    await release("second", 2_600);
    await release("second", 9_000);
    expect(await take("third", 2_600, 3_600)).toBe(true);
  });
});

describe("invocations at once", () => {
  it("do not both announce the same name", async () => {
    const event = hostnamesEvent(...Array.from({ length: 120 }, (_, index) => `name-${index}.example.com`));
    const results = await Promise.all(
      Array.from({ length: 4 }, () => estate.container({ digestMinutes: 0 }).invoke(event)),
    );
    await estate.container().invoke(scheduledEvent);
    expect(announcedNames()).toHaveLength(120);
    expect(new Set(announcedNames()).size).toBe(120);
    expect(results.reduce((sum, result) => sum + result.new, 0)).toBe(120);
  });

  it("lose no name that only one of them saw", async () => {
    const events = Array.from({ length: 6 }, (_, index) =>
      hostnamesEvent("shared.example.com", `only-${index}.example.com`),
    );
    await Promise.all(events.map((event) => estate.container().invoke(event)));
    estate.clock.now += 5 * MINUTE;
    await estate.container().invoke(scheduledEvent);
    expect(announcedNames().toSorted()).toEqual([
      ...Array.from({ length: 6 }, (_, index) => `only-${index}.example.com`),
      "shared.example.com",
    ]);
  });
});

describe("hostile names", () => {
  it("never reach SNS or the table", async () => {
    const hostile = [
      "victim.example.com\r\nBcc: everyone@example.com",
      "\u202egnp.example.com",
      "<b>.example.com",
      "\u0024{jndi:ldap://a/b}",
      "a".repeat(300),
    ];
    const result = await estate.container().invoke(hostnamesEvent("good.example.com", ...hostile));
    expect(result).toMatchObject({ names: 1, rejected: hostile.length });
    const sent = JSON.stringify(estate.calls);
    for (const fragment of ["Bcc", "\u202e", "<b>", "jndi", "a".repeat(100)]) expect(sent).not.toContain(fragment);
  });

  it("are not quoted when they are all there is", async () => {
    expect(await estate.container().invoke(hostnamesEvent("<script>"))).toMatchObject({
      outcome: "nothing new",
      rejected: 1,
    });
    expect(estate.published()).toEqual([]);
  });
});

describe("other events", () => {
  it("a control message is acknowledged and nothing else", async () => {
    const event = pack({
      messageType: "CONTROL_MESSAGE",
      logEvents: [{ id: "", timestamp: 1, message: "Checking health" }],
    });
    expect(await estate.container().invoke(event)).toMatchObject({ outcome: "control message", records: 0 });
    expect(estate.calls).toEqual([]);
  });

  it.each([[{}], [null], ["text"], [{ awslogs: {} }], [{ source: "aws.s3", "detail-type": "Object Created" }]])(
    "%j is refused with what to do",
    async (event) => {
      await expect(estate.container().invoke(event)).rejects.toThrow(
        /neither a CloudWatch Logs subscription payload nor a scheduled event.*correct/,
      );
    },
  );

  it("a payload that cannot be decoded fails, so that it is retried and kept", async () => {
    await expect(estate.container().invoke({ awslogs: { data: "!" } })).rejects.toThrow("Payload is not base64");
  });
});
