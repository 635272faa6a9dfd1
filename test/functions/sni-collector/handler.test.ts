import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { pack } from "../../../local/runtime/sample.ts";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import { alertRecord, hostnamesEvent, scheduledEvent, subscriptionEvent } from "../../support/firewall-records.ts";
import { createCollectorWorld } from "../../support/sni-collector.ts";

let world: Awaited<ReturnType<typeof createCollectorWorld>>;
beforeEach(async () => {
  world = await createCollectorWorld();
});
afterEach(() => world.close());

const NOTHING = { records: 0, names: 0, new: 0, unreadable: 0, rejected: 0, nameless: 0 };

describe("batches", () => {
  it("The handler of sni-collector announces a batch with a new name, and logs its counts.", async () => {
    const { invoke, logged } = world.container();
    const records = [
      alertRecord(),
      alertRecord(),
      alertRecord({ action: "pass" }),
      alertRecord({ event: { tls: {} } }),
    ];
    const result = { ...NOTHING, outcome: "announced", records: 4, names: 2, new: 2, nameless: 1 };
    expect(await invoke(subscriptionEvent(records))).toEqual(result);
    expect(logged()).toEqual([{ level: "INFO", message: "batch done", ...result, announced: 2 }]);
  });

  it("The handler of sni-collector records a batch with a new name within the window of a digest.", async () => {
    const { invoke, logged } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    const result = { ...NOTHING, outcome: "recorded", records: 1, names: 1, new: 1 };
    expect(await invoke(hostnamesEvent("b.example.com"))).toEqual(result);
    expect(logged().at(-1)).toEqual({ level: "INFO", message: "batch done", ...result, announced: 0 });
  });

  it("The handler of sni-collector has nothing new for a batch with known names only.", async () => {
    const { invoke, logged } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    const result = { ...NOTHING, outcome: "nothing new", records: 2, names: 1 };
    expect(await invoke(hostnamesEvent("a.example.com", "A.example.com"))).toEqual(result);
    expect(logged().at(-1)).toEqual({ level: "INFO", message: "batch done", ...result, announced: 0 });
  });

  it("The handler of sni-collector announces with a batch of known names only where others wait.", async () => {
    const { invoke, logged } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(hostnamesEvent("b.example.com"));
    world.clock.now += 300_000;
    const result = { ...NOTHING, outcome: "announced", records: 1, names: 1 };
    expect(await invoke(hostnamesEvent("a.example.com"))).toEqual(result);
    expect(logged().at(-1)).toEqual({ level: "INFO", message: "batch done", ...result, announced: 1 });
  });

  it("The handler of sni-collector logs the event ids of unreadable records, at most 500 in a line, and handles the others.", async () => {
    const { invoke, logged } = world.container();
    const records = [...Array.from({ length: 501 }, () => "{"), alertRecord()];
    expect(await invoke(subscriptionEvent(records))).toMatchObject({ outcome: "announced", unreadable: 501, names: 1 });
    const id = (index: number) => String(index).padStart(56, "0");
    expect(logged().slice(0, 2)).toEqual([
      {
        level: "WARN",
        message: "records are not readable",
        eventIds: Array.from({ length: 500 }, (_, index) => id(index)),
      },
      { level: "WARN", message: "records are not readable", eventIds: [id(500)] },
    ]);
  });

  it("The handler of sni-collector logs a batch that fails as an error with its cause, and as nothing else.", async () => {
    const { invoke, logged } = world.container();
    world.fail("DynamoDB", "BatchGetItem", "InternalServerError", { times: MAX_ATTEMPTS });
    await expect(invoke(hostnamesEvent("a.example.com"))).rejects.toThrow();
    expect(logged()).toEqual([
      {
        level: "ERROR",
        message: "invocation failed",
        error: expect.objectContaining({
          name: "InternalServerError",
          message: "BatchGetItemCommand on table palisade-hostnames failed: The run asked for this fault.",
        }),
      },
    ]);
  });
});

describe("schedule", () => {
  it("The handler of sni-collector announces on the schedule what waits and is due, and logs how many sightings.", async () => {
    const { invoke, logged } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    await invoke(hostnamesEvent("b.example.com", "c.example.com"));
    world.clock.now += 300_000;
    expect(await invoke(scheduledEvent)).toEqual({ ...NOTHING, outcome: "flushed" });
    expect(logged().at(-1)).toEqual({ level: "INFO", message: "flushed", announced: 2 });
    expect(world.announcedNames()).toEqual(["a.example.com", "b.example.com", "c.example.com"]);
  });

  it("The handler of sni-collector announces nothing on the schedule where nothing waits.", async () => {
    const { invoke, logged } = world.container();
    expect(await invoke(scheduledEvent)).toEqual({ ...NOTHING, outcome: "flushed" });
    expect(logged()).toEqual([{ level: "INFO", message: "flushed", announced: 0 }]);
    expect(world.messages()).toEqual([]);
  });
});

describe("metrics", () => {
  const counted = async (container: ReturnType<typeof world.container>, event: unknown) => {
    const added = vi.spyOn(container.metrics, "addMetric");
    await container.invoke(event);
    const calls = added.mock.calls.map(([name, unit, value]) => {
      expect(unit).toBe("Count");
      return [name, value];
    });
    added.mockRestore();
    return Object.fromEntries(calls);
  };
  const records = [
    alertRecord(),
    alertRecord({ action: "pass" }),
    alertRecord({ sni: "b.example.com", action: "pass" }),
    alertRecord({ sni: "<b>" }),
    alertRecord({ event: { tls: {} } }),
    "{",
  ];
  const batch = { Records: 6, Names: 3, BlockedNames: 1, UnreadableRecords: 1, RejectedNames: 1, NamelessRecords: 1 };

  it("The handler of sni-collector has metrics that count the records and names of a batch, the new ones, and one digest.", async () => {
    const container = world.container();
    expect(await counted(container, subscriptionEvent(records))).toEqual({ ...batch, NewNames: 3, Digests: 1 });
    expect(await counted(container, subscriptionEvent(records))).toEqual({ ...batch, NewNames: 0, Digests: 0 });
  });

  it("The handler of sni-collector has metrics that count the digest of the schedule.", async () => {
    const container = world.container();
    expect(await counted(container, scheduledEvent)).toEqual({ Digests: 0 });
    await container.invoke(hostnamesEvent("a.example.com"));
    await container.invoke(hostnamesEvent("b.example.com"));
    world.clock.now += 300_000;
    expect(await counted(container, scheduledEvent)).toEqual({ Digests: 1 });
  });

  it("The handler of sni-collector has metrics that count no record of a control message.", async () => {
    expect(await counted(world.container(), pack({ messageType: "CONTROL_MESSAGE", logEvents: [] }))).toEqual({
      Records: 0,
    });
  });
});

describe("hostile names", () => {
  it("The handler of sni-collector lets hostile names reach neither SNS nor the table nor the log, and announces their neighbours.", async () => {
    const hostile = [
      "victim.example.com\r\nBcc: everyone@example.com",
      "\u202egnp.example.com",
      "<b>.example.com",
      "\u0024{jndi:ldap://a/b}",
      "a".repeat(300),
    ];
    const { invoke, logged } = world.container();
    const result = await invoke(hostnamesEvent("good.example.com", ...hostile));
    expect(result).toMatchObject({ names: 1, rejected: hostile.length });
    const written = JSON.stringify([world.calls, logged(), result]);
    for (const fragment of ["Bcc", "\u202e", "<b>", "jndi", "a".repeat(100)]) expect(written).not.toContain(fragment);
    expect(world.announcedNames()).toEqual(["good.example.com"]);
  });

  it("The handler of sni-collector announces how many hostile names came from which source where they are all there is, once per source.", async () => {
    const { invoke } = world.container({ DIGEST_MINUTES: "0" });
    const result = { ...NOTHING, records: 2, rejected: 2 };
    expect(await invoke(hostnamesEvent("<script>", "<b>"))).toEqual({ ...result, outcome: "announced" });
    expect(await invoke(hostnamesEvent("<i>", "<u>"))).toEqual({ ...result, outcome: "nothing new" });
    expect(world.messages().map(({ data, names }) => [data.rejected, names])).toEqual([[2, []]]);
    const { subject, email, data } = world.summaries()[0] ?? {};
    expect(subject).toBe("[palisade] 2 malformed names, via egress-firewall");
    expect(email).toContain("\nMALFORMED NAMES (2)\n\n  2x  from 10.0.3.21  blocked\n");
    expect(data).toMatchObject({ new: 0, blocked: 0, rejected: 2 });
    expect(world.summaries()).toHaveLength(1);
  });

  it("The handler of sni-collector needs no call more to announce hostile names than to announce others.", async () => {
    const calls = (name: string) =>
      world.operationsOf(() => world.container({ DIGEST_MINUTES: "0" }).invoke(hostnamesEvent(name)));
    expect(await calls("<b>")).toEqual(await calls("a.example.com"));
  });

  it("The handler of sni-collector records hostile names of a new source within the window of a digest.", async () => {
    const { invoke } = world.container();
    await invoke(hostnamesEvent("a.example.com"));
    expect(await invoke(hostnamesEvent("<b>"))).toMatchObject({ outcome: "recorded", names: 0, new: 0, rejected: 1 });
  });
});

describe("events", () => {
  it("The handler of sni-collector acknowledges and logs a control message, and makes no call.", async () => {
    const event = pack({
      messageType: "CONTROL_MESSAGE",
      logEvents: [{ id: "", timestamp: 1, message: "Checking health" }],
    });
    const { invoke, logged } = world.container();
    expect(await invoke(event)).toEqual({ ...NOTHING, outcome: "control message" });
    expect(logged()).toEqual([{ level: "INFO", message: "control message acknowledged" }]);
    expect(world.calls).toEqual([]);
  });

  it.each([[{}], [null], ["text"], [{ awslogs: {} }], [{ source: "aws.s3", "detail-type": "Object Created" }]])(
    "The handler of sni-collector refuses an event that is %j, and the error says what to correct.",
    async (event) => {
      await expect(world.container().invoke(event)).rejects.toThrow(
        "Event is neither a CloudWatch Logs subscription payload nor a scheduled event: correct what invokes this function",
      );
    },
  );

  it("The handler of sni-collector fails for a payload that cannot be decoded, so that Lambda retries and keeps the event.", async () => {
    await expect(world.container().invoke({ awslogs: { data: "!" } })).rejects.toThrow("Payload is not base64");
  });

  it("The handler of sni-collector fails for a payload above the limit of the settings.", async () => {
    const event = subscriptionEvent([alertRecord({ event: { padding: "x".repeat(1_048_576) } })]);
    await expect(world.container({ MAX_PAYLOAD_MIB: "1" }).invoke(event)).rejects.toThrow(
      "Payload unpacks to more than 1048576 bytes.",
    );
  });
});
