import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pendingItemKey } from "../../../functions/sni-collector/sighting-table.ts";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import { alertRecord, hostnamesEvent, scheduledEvent, subscriptionEvent } from "../../support/firewall-records.ts";
import { localClient } from "../../support/local-client.ts";
import { createCollectorWorld, sightingOf } from "../../support/sni-collector.ts";

// Through the handler and the real SDK clients, against the local AWS, with a clock that the tests set.

const MINUTE = 60_000;
const EACH_BATCH = { DIGEST_MINUTES: "0" };

let world: Awaited<ReturnType<typeof createCollectorWorld>>;
beforeEach(async () => {
  world = await createCollectorWorld();
});
afterEach(() => world.close());

const namesOf = (length: number) =>
  Array.from({ length }, (_, index) => `name-${String(index).padStart(3, "0")}.example.com`);

/** A batch whose sightings have rules so long that about 60 fill one message. */
const largeSightings = (names: readonly string[]) =>
  subscriptionEvent(
    names.flatMap((sni) =>
      Array.from({ length: 10 }, (_, index) =>
        alertRecord({ sni, event: { alert: { signature: `${index}${"\u5b57".repeat(127)}` } } }),
      ),
    ),
  );

describe("digests", () => {
  it("sni-collector announces the first new name at once.", async () => {
    expect(await world.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces at most once per window: what is new meanwhile comes with the first batch after it.", async () => {
    const { invoke } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    expect(await invoke(hostnamesEvent("b.example.com"))).toMatchObject({ outcome: "recorded", new: 1 });
    world.clock.now += 5 * MINUTE - 1;
    expect(await invoke(hostnamesEvent("c.example.com"))).toMatchObject({ outcome: "recorded" });
    world.clock.now += 1;
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced", new: 0 });
    expect(world.messages().map(({ names }) => names)).toEqual([["a.example.com"], ["b.example.com", "c.example.com"]]);
  });

  it("sni-collector announces with the schedule where no batch comes.", async () => {
    const { invoke } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(hostnamesEvent("b.example.com"));
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
    world.clock.now += 5 * MINUTE;
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com", "b.example.com"]);
    await invoke(scheduledEvent);
    expect(world.messages()).toHaveLength(2);
  });

  it("sni-collector announces at most once per window over all containers.", async () => {
    await world.container().invoke(hostnamesEvent("a.example.com"));
    expect(await world.container().invoke(hostnamesEvent("b.example.com"))).toMatchObject({ outcome: "recorded" });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces with every batch where the window is 0.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    for (const name of ["a.example.com", "b.example.com"])
      expect(await invoke(hostnamesEvent(name))).toMatchObject({ outcome: "announced" });
    expect(world.messages()).toHaveLength(2);
  });

  it("sni-collector announces nothing within the window in a warm container, and makes no call for that.", async () => {
    const { invoke } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    expect(await world.operationsOf(() => invoke(hostnamesEvent("a.example.com")))).toEqual([]);
  });

  it("sni-collector announces again when the window is over that begins with the invocation, not with its message.", async () => {
    const { invoke } = world.container();
    world.before("Publish", () => {
      world.clock.now += 10_000;
    });
    await invoke(hostnamesEvent("a.example.com"));
    world.clock.now += 5 * MINUTE - 10_000 - 1;
    const elsewhere = world.container();
    for (const one of [invoke, elsewhere.invoke])
      expect(await one(hostnamesEvent("b.example.com"))).not.toHaveProperty("outcome", "announced");
    world.clock.now += 1;
    expect(await elsewhere.invoke(scheduledEvent)).toMatchObject({ outcome: "flushed" });
    expect(world.announcedNames()).toEqual(["a.example.com", "b.example.com"]);
  });

  it("sni-collector announces the parts of a digest slowly enough for e-mail subscriptions: fewer than ten messages in a second.", async () => {
    await world.container().invoke(largeSightings(namesOf(100)));
    expect(world.messages().length).toBeGreaterThan(1);
    expect(world.waits).toHaveLength(world.messages().length + world.summaries().length - 1);
    for (const milliseconds of world.waits) expect(milliseconds).toBeGreaterThan(100);
  });

  it("sni-collector announces names as the settings want them written.", async () => {
    await world.container({ DEFANG: "false", TTL_DAYS: "7" }).invoke(hostnamesEvent("a.example.com"));
    expect(world.summaries()[0]?.email).toContain("  1x  a.example.com\n");
    expect(world.summaries()[0]?.email).toContain("After 7 days");
  });
});

describe("faults", () => {
  // Each fault outlasts the attempts of the SDK, so that the invocation fails; Lambda would retry the same payload.
  it.each([
    ["taking the lease fails", "DynamoDB", "UpdateItem", "InternalServerError"],
    ["reading the waiting list fails", "DynamoDB", "Query", "ProvisionedThroughputExceededException"],
    ["SNS is down", "SNS", "Publish", "InternalError"],
    ["SNS throttles", "SNS", "Publish", "Throttling"],
  ])("sni-collector announces a name once in the retry, where %s.", async (_fault, service, operation, errorName) => {
    const { invoke } = world.container();
    world.fail(service, operation, errorName, { times: MAX_ATTEMPTS });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("failed: The run asked for this fault.");
    expect(world.announcedNames()).toEqual([]);

    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "nothing new" });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it.each([3, 2, 1])("sni-collector announces a name once where SNS throttles %i times.", async (times) => {
    world.fail("SNS", "Publish", "Throttling", { times });
    expect(await world.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces the names of a payload that fails for good with the schedule, from another container.", async () => {
    world.fail("SNS", "Publish", "InternalError", { times: MAX_ATTEMPTS });
    await expect(world.container().invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces all of a digest again where it failed after its first part, so that people get it whole and once.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    const names = namesOf(150);
    world.fail("SNS", "Publish", "InternalError", { times: MAX_ATTEMPTS, skip: 1 });
    await expect(invoke(largeSightings(names))).rejects.toThrow();
    expect(world.messages()).toHaveLength(1);
    await invoke(scheduledEvent);
    const [first, ...repeat] = world.messages();
    expect(repeat.length).toBeGreaterThan(2);
    expect(repeat[0]).toEqual(first);
    expect(repeat.flatMap(({ names: announced }) => announced)).toEqual(names);
    expect(world.summaries().map(({ data }) => data)).toMatchObject([{ new: 150 }]);
  });

  it("sni-collector announces to a wrong topic with an error that names it, and to the right one later.", async () => {
    const wrong = world.container({ TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:no-such-topic" });
    await expect(wrong.invoke(hostnamesEvent("a.example.com"))).rejects.toThrow(
      /PublishCommand on topic .*:no-such-topic failed: Topic does not exist/,
    );
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });
});

describe("lost answers", () => {
  it.each([
    ["of taking the lease", "UpdateItem", 0],
    ["of giving the lease back", "UpdateItem", 1],
    ["of shortening the waiting list", "BatchWriteItem", 0],
  ])("sni-collector announces a name once where the answer %s is lost.", async (_step, operation, skip) => {
    const { invoke } = world.container();
    world.lose("DynamoDB", operation, { skip });
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    world.clock.now += 5 * MINUTE - 1;
    expect(await world.container().invoke(hostnamesEvent("b.example.com"))).toMatchObject({ outcome: "recorded" });
    world.clock.now += 1;
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com", "b.example.com"]);
  });

  it("sni-collector announces a name twice where the answer of publishing is lost, since SNS cannot know the message, and no more often.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    world.lose("SNS", "Publish");
    expect(await invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com", "a.example.com"]);
  });
});

describe("a waiting list that cannot be shortened", () => {
  it("sni-collector announces a digest twice where the waiting list cannot be shortened for a while, and then no more.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    world.fail("DynamoDB", "BatchWriteItem", "InternalServerError", { times: MAX_ATTEMPTS });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com", "a.example.com"]);
  });

  it("sni-collector announces a digest once per window where the waiting list cannot be shortened at all, not with every batch.", async () => {
    const { invoke } = world.container();
    world.fail("DynamoDB", "BatchWriteItem", "AccessDeniedException");
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    for (const name of ["a.example.com", "b.example.com", "c.example.com"]) await invoke(hostnamesEvent(name));
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });
});

describe("the id of a digest", () => {
  const ids = () => [...world.messages(), ...world.summaries()].map(({ digestId }) => digestId);
  const MINUTES = 6 * MINUTE;

  it("sni-collector announces every message of a digest under one id, and the next digest under another.", async () => {
    const { invoke } = world.container(EACH_BATCH);
    await invoke(largeSightings(namesOf(100)));
    expect(ids().length).toBeGreaterThan(2);
    expect(new Set(ids()).size).toBe(1);
    await invoke(hostnamesEvent("a.example.com"));
    expect(new Set(ids()).size).toBe(2);
  });

  // Each call of a digest breaks: it is refused, or it takes effect and no answer comes, as in a crash right after it.
  it.each(
    (["fail", "lose"] as const).flatMap((kind) => [
      { kind, service: "DynamoDB", operation: "Query", skip: 0, step: "reading the waiting list" },
      { kind, service: "SNS", operation: "Publish", skip: 0, step: "the message to machines" },
      { kind, service: "SNS", operation: "Publish", skip: 1, step: "the message to people" },
      { kind, service: "DynamoDB", operation: "BatchWriteItem", skip: 0, step: "shortening the waiting list" },
    ]),
  )(
    "sni-collector announces a digest again under the same id where $step broke ($kind), also with names that came meanwhile.",
    async ({ kind, service, operation, skip }) => {
      if (kind === "fail") world.fail(service, operation, "InternalServerError", { times: MAX_ATTEMPTS, skip });
      else world.lose(service, operation, { times: MAX_ATTEMPTS, skip });
      await expect(world.container(EACH_BATCH).invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
      const taken = world.messages().length;

      world.clock.now += MINUTES;
      const { invoke } = world.container(EACH_BATCH);
      await invoke(hostnamesEvent("b.example.com"));
      // Where the waiting list was shortened without an answer, the digest is over.
      const over = kind === "lose" && operation === "BatchWriteItem";
      expect(world.messages().at(-1)?.names).toEqual(over ? ["b.example.com"] : ["a.example.com", "b.example.com"]);
      expect(new Set(ids()).size).toBe(over ? 2 : 1);
      expect(world.messages().length).toBe(taken + 1);

      await invoke(hostnamesEvent("c.example.com"));
      expect(new Set(ids()).size).toBe(over ? 3 : 2);
    },
  );

  it("sni-collector announces a digest again under the same id where its invocation died with the lease.", async () => {
    world.lose("SNS", "Publish", { times: MAX_ATTEMPTS, skip: 1 });
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: 1 });
    await expect(world.container().invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("PublishCommand");
    world.clock.now += MINUTES;
    await world.container().invoke(scheduledEvent);
    expect(world.summaries().length).toBe(MAX_ATTEMPTS + 1);
    expect(new Set(ids()).size).toBe(1);
  });

  it("sni-collector announces a digest under the id that taking the lease gave, though the answer was lost.", async () => {
    world.lose("DynamoDB", "UpdateItem", { times: MAX_ATTEMPTS });
    await expect(world.container().invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("UpdateItemCommand");
    expect(ids()).toEqual([]);
    world.clock.now += MINUTES;
    await world.container().invoke(scheduledEvent);
    expect(new Set(ids()).size).toBe(1);
  });

  it.each(["fail", "lose"] as const)(
    "sni-collector announces new names under another id than the last digest's, though giving its lease back broke (%s).",
    async (kind) => {
      if (kind === "fail")
        world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: 1 });
      else world.lose("DynamoDB", "UpdateItem", { times: MAX_ATTEMPTS, skip: 1 });
      await expect(world.container(EACH_BATCH).invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("UpdateItem");
      world.clock.now += MINUTES;
      const { invoke } = world.container(EACH_BATCH);
      world.fail("SNS", "Publish", "InternalError", { times: MAX_ATTEMPTS, skip: 1 });
      await expect(invoke(hostnamesEvent("b.example.com"))).rejects.toThrow("Publish");
      world.clock.now += MINUTES;
      await invoke(scheduledEvent);
      expect(world.messages().map(({ names }) => names)).toEqual([
        ["a.example.com"],
        ["b.example.com"],
        ["b.example.com"],
      ]);
      const [first, second, repeat] = world.messages().map(({ digestId }) => digestId);
      expect(second).not.toBe(first);
      expect(repeat).toBe(second);
    },
  );
});

it("sni-collector announces what one digest cannot hold in the next one.", async () => {
  const dynamodb = new DynamoDBClient(localClient(world.endpoint));
  const names = namesOf(52);
  for (const name of names) {
    const sighting = sightingOf({ name, rules: ["r".repeat(200_000)] });
    const Item = marshall({ ...pendingItemKey(sighting), ...sighting, waitingSince: 1 });
    await dynamodb.send(new PutItemCommand({ TableName: "palisade-hostnames", Item }));
  }
  const { invoke } = world.container(EACH_BATCH);
  await invoke(scheduledEvent);
  expect(world.announcedNames()).toEqual(names.slice(0, 50));
  await invoke(scheduledEvent);
  expect(world.announcedNames()).toEqual(names);
  expect(world.summaries().map(({ data }) => data.new)).toEqual([50, 2]);
});

describe("a digest that breaks between its messages", () => {
  it("sni-collector announces it again after a minute, not with every batch, and not only after the window.", async () => {
    const { invoke } = world.container({ DIGEST_MINUTES: "60" });
    world.fail("SNS", "Publish", "InternalError", { times: MAX_ATTEMPTS, skip: 1 });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    world.clock.now += MINUTE - 1;
    for (const one of [invoke, world.container().invoke]) await one(scheduledEvent);
    expect(world.messages()).toHaveLength(1);
    world.clock.now += 1;
    await invoke(scheduledEvent);
    expect([world.messages().length, world.summaries().length]).toEqual([2, 1]);
    world.clock.now += 59 * MINUTE;
    await invoke(hostnamesEvent("b.example.com"));
    expect(world.summaries()).toHaveLength(1);
  });

  it("sni-collector announces a sighting as done only after the message to people: until then the waiting list keeps it.", async () => {
    const operations = await world.operationsOf(() => world.container().invoke(hostnamesEvent("a.example.com")));
    expect(operations.slice(-5)).toEqual(["Query", "Publish", "Publish", "BatchWriteItem", "UpdateItem"]);
  });
});

describe("time limits", () => {
  it("sni-collector announces after the deadline of an invocation that dies with the lease, and no later.", async () => {
    world.fail("SNS", "Publish", "InternalError", { times: MAX_ATTEMPTS });
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: 1 });
    await expect(world.container().invoke(hostnamesEvent("a.example.com"))).rejects.toThrow("PublishCommand");
    const { invoke } = world.container();
    world.clock.now += 59_000;
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual([]);
    world.clock.now += 2_000;
    await invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces nothing in an invocation without time for a message, and its error says so.", async () => {
    await expect(world.container().invoke(hostnamesEvent("a.example.com"), 2_900)).rejects.toThrow(
      "1 sightings are not announced yet, and the time limit of the function is near. The next digest will hold them. If this repeats, raise the timeout.",
    );
    expect(world.announcedNames()).toEqual([]);
    await world.container().invoke(scheduledEvent);
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces after the deadline of an invocation whose message gets no answer, and which fails in time.", async () => {
    world.hang("SNS", "Publish");
    // The clock goes back while the lease is taken, so that there seems to be time for a message.
    world.before("UpdateItem", () => {
      world.clock.now -= 5_000;
    });
    await expect(world.container().invoke(hostnamesEvent("a.example.com"), 1_200)).rejects.toThrow(
      "The time limit of the function was near",
    );
    expect(world.announcedNames()).toEqual([]);
    world.clock.now += 10_000;
    expect(await world.container().invoke(hostnamesEvent("a.example.com"))).toMatchObject({ outcome: "announced" });
    expect(world.announcedNames()).toEqual(["a.example.com"]);
  });

  it("sni-collector announces nothing in an invocation whose read gets no answer, fails in time, and makes no call after that.", async () => {
    world.hang("DynamoDB", "BatchGetItem");
    const operations = await world.operationsOf(async () => {
      await expect(world.container().invoke(hostnamesEvent("a.example.com"), 1_200)).rejects.toThrow(
        "The time limit of the function was near",
      );
    });
    expect(operations).toEqual(["BatchGetItem"]);
  });
});
