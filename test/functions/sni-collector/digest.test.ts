import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Sighting } from "../../../functions/sni-collector/collect.ts";
import digestSchema from "../../../functions/sni-collector/digest.schema.json" with { type: "json" };
import { digestMessages } from "../../../functions/sni-collector/digest.ts";
import { MAX_MESSAGE_BYTES, messageBytes } from "../../../shared/sns-message.ts";

const settings = { topicArn: "arn:aws:sns:us-east-1:111122223333:egress", defanged: true, ttlDays: 30 };

const sighting = (parts: Partial<Sighting> = {}): Sighting => ({
  kind: "hostname",
  name: "www.example.com",
  firewall: "egress-firewall",
  verdict: "allowed",
  firstSeen: Date.parse("2026-10-14T12:53:35Z"),
  lastSeen: Date.parse("2026-10-14T12:53:36Z"),
  protocols: ["tls"],
  rules: ["a rule"],
  sources: ["10.0.3.21"],
  ports: [443],
  ...parts,
});

const digest = (sightings: Sighting[], overrides = {}) =>
  digestMessages(sightings, { ...settings, ...overrides }).map(({ message, sightings: told }) => ({
    told,
    message,
    ...(JSON.parse(message.Message) as { default: string; email: string; sms: string }),
    data: JSON.parse(JSON.parse(message.Message).default),
  }));

const only = <Value>([value, ...others]: Value[]): Value => {
  if (value === undefined || others.length > 0) throw new Error("not exactly one");
  return value;
};

describe("the subject tells what is new", () => {
  it.each([
    ["one allowed name", [sighting()], "[palisade] 1 new hostname, via egress-firewall"],
    [
      "three names, one of them blocked",
      [sighting({ name: "a" }), sighting({ name: "b", verdict: "blocked" }), sighting({ name: "c" })],
      "[palisade] 3 new hostnames, 1 blocked, via egress-firewall",
    ],
    [
      "a name and an address",
      [sighting(), sighting({ kind: "address", name: "203.0.113.9" })],
      "[palisade] 1 new hostname and 1 new IP address, via egress-firewall",
    ],
    [
      "two addresses through two firewalls",
      [
        sighting({ kind: "address", name: "203.0.113.9" }),
        sighting({ kind: "address", name: "203.0.113.9", firewall: "b" }),
      ],
      "[palisade] 2 new IP addresses, via 2 firewalls",
    ],
  ])("%s", (_what, sightings, subject) => {
    expect(only(digest(sightings)).message.Subject).toBe(subject);
  });

  it("and is cut to 99 characters for the longest firewall name", () => {
    expect(only(digest([sighting({ firewall: "f".repeat(128) })])).message.Subject).toMatch(
      /^\[palisade\] 1 new hostname, via f+\.\.\.$/,
    );
    expect(only(digest([sighting({ firewall: "f".repeat(128) })])).message.Subject).toHaveLength(99);
  });
});

it("the e-mail reads as documented: blocked first, sorted, what to do next", () => {
  const sightings = [
    sighting({ name: "b.example.com" }),
    sighting({ kind: "address", name: "203.0.113.9", protocols: ["http"], ports: [80] }),
    sighting({
      name: "z.example.com",
      verdict: "blocked",
      rules: ["first", "second"],
      sources: ["10.0.0.1", "10.0.0.2"],
    }),
    sighting({ name: "a.example.com", rules: [], sources: [], ports: [] }),
  ];
  expect(only(digest(sightings)).email).toMatchInlineSnapshot(`
    "Workloads reached for 3 new hostnames and 1 new IP address, 1 blocked, via egress-firewall.

    BLOCKED (1)

      z.example[.]com
        protocol    tls
        rule        first; second
        source      10.0.0.1, 10.0.0.2
        port        443
        firewall    egress-firewall
        first seen  2026-10-14 12:53:35 UTC

    ALLOWED (2)

      a.example[.]com
        protocol    tls
        firewall    egress-firewall
        first seen  2026-10-14 12:53:35 UTC

      b.example[.]com
        protocol    tls
        rule        a rule
        source      10.0.3.21
        port        443
        firewall    egress-firewall
        first seen  2026-10-14 12:53:35 UTC

    ALLOWED, BY IP ADDRESS (1)

      203.0.113[.]9
        protocol    http
        rule        a rule
        source      10.0.3.21
        port        80
        firewall    egress-firewall
        first seen  2026-10-14 12:53:35 UTC

    WHAT TO DO NEXT

    Blocked: ask the owner of the source address. A name that the workload
    needs belongs on the firewall's list of allowed domains. A name that
    nobody knows is a reason to look at the workload.
    Allowed: nothing was stopped. A name that no workload should reach
    belongs off the firewall's list of allowed domains.

    A name is announced once per firewall and verdict, and again when it
    comes back after 30 days.
    [.] stands for a dot, so that mail programs do not make links of names."
  `);
});

it("names are shown as they are where defanging is off", () => {
  const { email, sms } = only(digest([sighting()], { defanged: false }));
  expect(email).toContain("  www.example.com\n");
  expect(email).not.toContain("[.]");
  expect(sms).toContain("www.example.com");
});

it("the SMS fits into one part", () => {
  const sightings = Array.from({ length: 50 }, (_, index) => sighting({ name: `name-${index}.example.com` }));
  expect(only(digest(sightings)).sms).toMatch(
    /^\[palisade\] 50 new hostnames, via egress-firewall: name-0\.example\[\.\]com.*\.\.\.$/,
  );
  const { sms } = only(digest(sightings));
  // Brackets take two places each.
  expect(sms.length + sms.replace(/[^[\]]/g, "").length).toBeLessThanOrEqual(160);
  expect(sms.length).toBeGreaterThan(140);
});

it("attributes let a subscription choose digests with blocked names", () => {
  const attributes = (sightings: Sighting[]) => only(digest(sightings)).message.MessageAttributes;
  expect(attributes([sighting(), sighting({ name: "b", verdict: "blocked" })])).toMatchObject({
    kind: { DataType: "String", StringValue: "new-hostnames" },
    blocked: { DataType: "String", StringValue: "true" },
  });
  expect(attributes([sighting()])).toMatchObject({ blocked: { StringValue: "false" } });
});

it("nothing to tell makes no message", () => {
  expect(digest([])).toEqual([]);
});

describe("a digest that is too large for SNS", () => {
  const many = Array.from({ length: 1_500 }, (_, index) =>
    sighting({
      name: `name-${String(index).padStart(5, "0")}.${"a".repeat(60)}.example.com`,
      verdict: index % 3 === 0 ? "blocked" : "allowed",
    }),
  );

  it("goes out in numbered parts, blocked names first, none lost", () => {
    const parts = digest(many);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ data }) => data.part)).toEqual(
      parts.map((_, index) => ({ number: index + 1, of: parts.length })),
    );
    expect(parts[1]?.message.Subject).toContain(`, part 2 of ${parts.length}, `);
    expect(parts[1]?.email).toContain(`This is part 2 of ${parts.length} of one digest.`);
    const names = parts.flatMap(({ data }) =>
      data.sightings.map(({ verdict, name }: Sighting) => `${verdict} ${name}`),
    );
    const byName = (verdict: string) =>
      many.filter((one) => one.verdict === verdict).map(({ name }) => `${verdict} ${name}`);
    expect(names).toEqual([...byName("blocked"), ...byName("allowed")]);
  });

  it("fits where the part numbers are long: they are counted before it is known how many parts there will be", () => {
    const large = (name: string) => sighting({ name, rules: Array.from({ length: 10 }, () => "r".repeat(4_325)) });
    // At some of these lengths three fit to the byte, and at the next they do not.
    const partSizes = new Set<number>();
    for (let length = 50; length <= 85; length += 1) {
      const parts = digestMessages(
        Array.from({ length: 100 }, () => large("a".repeat(length))),
        settings,
      );
      expect(parts.length).toBeGreaterThan(30);
      for (const { message, sightings } of parts) {
        expect(messageBytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        partSizes.add(sightings.length);
      }
    }
    expect(partSizes).toEqual(new Set([3, 2, 1]));
  });

  it("fits in any case, and tells each sighting once", () => {
    const anySighting = fc.record({
      kind: fc.constantFrom("hostname" as const, "address" as const),
      name: fc.stringMatching(/^[a-z0-9.-]{1,253}$/),
      firewall: fc.stringMatching(/^[A-Za-z0-9-]{1,128}$/),
      verdict: fc.constantFrom("blocked" as const, "allowed" as const),
      firstSeen: fc.integer({ min: 1, max: 253_402_300_799_999 }),
      lastSeen: fc.integer({ min: 1, max: 253_402_300_799_999 }),
      protocols: fc.array(fc.constantFrom("tls", "http"), { maxLength: 4 }),
      rules: fc.array(fc.string({ unit: "grapheme", maxLength: 128 }), { maxLength: 10 }),
      sources: fc.array(fc.ipV6(), { maxLength: 5 }),
      ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 10 }),
    });
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 20 }), fc.integer({ min: 1, max: 60 }), (sightings, times) => {
        const repeated = Array.from({ length: times }, () => sightings).flat();
        const parts = digest(repeated);
        for (const { message } of parts) expect(messageBytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(parts.flatMap(({ told }) => told)).toHaveLength(repeated.length);
        expect(new Set(parts.flatMap(({ told }) => told))).toEqual(new Set(repeated));
      }),
      // To shrink a counterexample of this size takes minutes.
      { numRuns: 60, endOnFailure: true },
    );
  });
});

it("the body for machines keeps to the published schema", () => {
  const schema = z.fromJSONSchema(digestSchema as Parameters<typeof z.fromJSONSchema>[0]);
  const sightings = [sighting(), sighting({ kind: "address", name: "203.0.113.9", verdict: "blocked", rules: [] })];
  const { data } = only(digest(sightings));
  expect(schema.safeParse(data)).toMatchObject({ success: true });
  expect(schema.safeParse({ ...data, sightings: [{ name: "a" }] })).toMatchObject({ success: false });
  expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
});
