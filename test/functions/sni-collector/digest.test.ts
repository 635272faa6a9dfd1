import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestMessages } from "../../../functions/sni-collector/digest.ts";
import type { Sighting } from "../../../functions/sni-collector/sighting.ts";
import { MAX_MESSAGE_BYTES, messageBytes } from "../../../shared/sns-message.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const settings = {
  topicArn: "arn:aws:sns:us-east-1:111122223333:egress",
  digestId: "a-digest",
  defanged: true,
  ttlDays: 30,
};

interface Data {
  kind: string;
  part: { number: number; of: number };
  new: number;
  blocked: number;
  rejected: number;
  sightings: Sighting[];
}

/** The messages to machines with their data, and the one to people. */
function digest(waiting: readonly Sighting[]) {
  const { messages, sightings } = digestMessages(waiting, settings);
  const all = messages.map((message) => {
    const { default: data, email } = JSON.parse(message.Message);
    return { message, email: email as string, data: JSON.parse(data) as Data };
  });
  return { announced: sightings, all, parts: all.slice(0, -1), summary: all.at(-1) };
}

it("A digest of nothing has no message.", () => {
  expect(digest([])).toMatchObject({ announced: [], all: [] });
});

it("A digest goes to the topic of the settings: first to machines, and last to people.", () => {
  expect(
    digest([sightingOf()]).all.map(({ message, data }) => [
      message.TopicArn,
      message.MessageAttributes.audience?.StringValue,
      data.kind,
    ]),
  ).toEqual([
    [settings.topicArn, "machines", "new-hostnames"],
    [settings.topicArn, "people", "new-hostnames-summary"],
  ]);
});

it("A digest lists blocked sightings first, each group sorted by name and then by firewall.", () => {
  const { parts } = digest([
    sightingOf({ name: "b.example.com" }),
    sightingOf({ name: "a.example.com", firewall: "second" }),
    sightingOf({ name: "z.example.com", verdict: "blocked" }),
    sightingOf({ name: "a.example.com", firewall: "first" }),
    sightingOf({ name: "y.example.com", verdict: "blocked" }),
  ]);
  expect(
    parts.flatMap(({ data }) => data.sightings.map(({ verdict, name, firewall }) => `${verdict} ${name} ${firewall}`)),
  ).toEqual([
    "blocked y.example.com egress-firewall",
    "blocked z.example.com egress-firewall",
    "allowed a.example.com first",
    "allowed a.example.com second",
    "allowed b.example.com egress-firewall",
  ]);
});

describe("large digests", () => {
  it("A digest that is too large for one message of SNS is split into numbered parts, blocked names first, and none is lost.", () => {
    const many = Array.from({ length: 1_500 }, (_, index) =>
      sightingOf({
        name: `name-${String(index).padStart(5, "0")}.${"a".repeat(60)}.example.com`,
        verdict: index % 3 === 0 ? "blocked" : "allowed",
      }),
    );
    const { parts, announced, summary } = digest(many);
    expect(parts.length).toBeGreaterThan(2);
    expect(announced).toHaveLength(many.length);
    expect(summary?.data).toEqual({
      kind: "new-hostnames-summary",
      digestId: "a-digest",
      new: many.length,
      blocked: 500,
      rejected: 0,
    });
    expect(parts.map(({ data }) => data.part)).toEqual(
      parts.map((_, index) => ({ number: index + 1, of: parts.length })),
    );
    expect(parts[1]?.message.Subject).toMatch(new RegExp(`, part 2 of ${parts.length}$`));
    const names = parts.flatMap(({ data }) => data.sightings.map(({ verdict, name }) => `${verdict} ${name}`));
    const byName = (verdict: string) =>
      many.filter((one) => one.verdict === verdict).map(({ name }) => `${verdict} ${name}`);
    expect(names).toEqual([...byName("blocked"), ...byName("allowed")]);
  });

  it("A digest in parts fits into messages of SNS where the numbers of its parts are long: the size is decided before the number of parts is known.", () => {
    const large = (name: string) => sightingOf({ name, rules: Array.from({ length: 10 }, () => "r".repeat(8_670)) });
    // At some of these lengths three fit to the byte, and at the next they do not.
    const partSizes = new Set<number>();
    for (let length = 110; length <= 150; length += 1) {
      const { parts } = digest(Array.from({ length: 35 }, () => large("a".repeat(length))));
      expect(parts.length).toBeGreaterThan(10);
      for (const { message, data } of parts) {
        expect(messageBytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        partSizes.add(data.sightings.length);
      }
    }
    expect(partSizes).toEqual(new Set([3, 2, 1]));
  });

  it("A digest has at most 50 messages to machines, blocked names first, and leaves the rest for the next digest.", () => {
    const large = (verdict: "blocked" | "allowed", name: string) =>
      sightingOf({ verdict, name, rules: Array.from({ length: 10 }, () => "r".repeat(20_000)) });
    const waiting = Array.from({ length: 60 }, (_, index) =>
      large(index < 20 ? "allowed" : "blocked", `name-${index}`),
    );
    const { parts, announced, summary } = digest(waiting);
    expect(parts.map(({ data }) => data.part)).toEqual(
      Array.from({ length: 50 }, (_, index) => ({ number: index + 1, of: 50 })),
    );
    expect(announced.filter(({ verdict }) => verdict === "blocked")).toHaveLength(40);
    expect(announced).toHaveLength(50);
    expect(summary?.data.new).toBe(50);
  });
});

const anySighting = fc
  .record({
    kind: fc.constantFrom("hostname" as const, "hostname" as const, "address" as const, "malformed" as const),
    name: fc.oneof(
      fc.stringMatching(/^[a-z0-9.-]{1,253}$/),
      fc.stringMatching(/^[a-z]\.[a-d]\.example\.(com|net|co\.uk)$/),
      fc.domain(),
    ),
    firewall: fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9-]{1,128}$/),
      fc.integer({ min: 1, max: 50 }).map((index) => `firewall-${index}`),
    ),
    verdict: fc.constantFrom("blocked" as const, "allowed" as const),
    firstSeen: fc.integer({ min: 1, max: 253_402_300_799_999 }),
    lastSeen: fc.integer({ min: 1, max: 253_402_300_799_999 }),
    protocols: fc.array(fc.constantFrom("tls", "http"), { maxLength: 4 }),
    rules: fc.array(fc.string({ unit: "grapheme", maxLength: 128 }), { maxLength: 10 }),
    sources: fc.array(fc.ipV6(), { maxLength: 5 }),
    ports: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 10 }),
    connections: fc.integer({ min: 1, max: 10_000_000 }),
    trailingDot: fc.boolean(),
  })
  .map(
    (sighting): Sighting =>
      sighting.kind === "malformed" ? { ...sighting, name: sighting.sources[0] ?? "unknown" } : sighting,
  );

/** Numbers from 0 to 1, the same for the same seed. */
const numbersFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

describe("any digest", () => {
  it("A digest of any sightings fits into messages of SNS, holds each sighting once, and has an e-mail of at most 250 lines.", () => {
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 20 }), fc.integer({ min: 1, max: 60 }), (sightings, times) => {
        const repeated = Array.from({ length: times }, () => sightings).flat();
        const { all, announced, parts, summary } = digest(repeated);
        for (const { message } of all) expect(messageBytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        expect(announced).toHaveLength(repeated.length);
        expect(new Set(announced)).toEqual(new Set(repeated));
        expect(parts.flatMap(({ data }) => data.sightings)).toHaveLength(repeated.length);
        expect(summary?.email.split("\n").length ?? 0).toBeLessThanOrEqual(250);
      }),
      // To shrink a counterexample of this size takes minutes.
      { numRuns: 60, endOnFailure: true },
    );
  });

  it("A digest of 2,000 names, however they differ, has one e-mail of at most 250 lines, whose lines have little besides a name.", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.constantFrom(1, 3, 40, 700, 2_000),
        fc.constantFrom(1, 50),
        fc.constantFrom(0, 0.5, 1),
        fc.constantFrom(1, 5, 40),
        (seed, domains, firewalls, blocked, width) => {
          const random = numbersFrom(seed);
          const below = (end: number) => Math.floor(random() * end);
          const some = <Value>(most: number, make: () => Value) => Array.from({ length: 1 + below(most) }, make);
          const waiting = Array.from({ length: 2_000 }, (_, index) =>
            sightingOf({
              kind: random() < 0.05 ? "malformed" : random() < 0.1 ? "address" : "hostname",
              name: `${"n".repeat(width)}-${index}.domain-${below(domains)}.example`,
              verdict: random() < blocked ? "blocked" : "allowed",
              firewall: `${"f".repeat(width)}-${below(firewalls)}`,
              sources: some(5, () => `2001:db8:1234:5678:9abc:def0:1234:${below(9_999)}`),
              ports: some(10, () => 1 + below(65_535)),
              protocols: some(3, () => ["tls", "quic", "http", "http2"][below(4)] ?? ""),
              rules: some(10, () => `${"r".repeat(width)} ${below(20)}`),
              connections: 1 + below(100_000),
              trailingDot: random() < 0.1,
            }),
          );
          const { parts, summary } = digest(waiting);
          const lines = summary?.email.split("\n") ?? [];
          expect(lines.length).toBeGreaterThan(100);
          expect(lines.length).toBeLessThanOrEqual(250);
          for (const line of lines)
            expect(line.length - (/n+-\S+/.exec(line)?.[0].length ?? 0)).toBeLessThanOrEqual(165);
          expect(parts.flatMap(({ data }) => data.sightings)).toHaveLength(2_000);
        },
      ),
      { numRuns: 15, endOnFailure: true },
    );
  });
});
