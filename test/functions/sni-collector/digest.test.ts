import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestMessages } from "../../../functions/sni-collector/digest.ts";
import type { Sighting } from "../../../functions/sni-collector/sighting.ts";
import { MAX_MESSAGE_BYTES, messageBytes } from "../../../shared/sns-message.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const settings = { topicArn: "arn:aws:sns:us-east-1:111122223333:egress", defanged: true, ttlDays: 30 };

const digest = (sightings: Sighting[]) =>
  digestMessages(sightings, settings).map(({ message, sightings: announced }) => ({
    announced,
    message,
    data: JSON.parse(JSON.parse(message.Message).default) as { part: object; sightings: Sighting[] },
  }));

it("A digest of nothing has no message.", () => {
  expect(digest([])).toEqual([]);
});

it("A digest goes to the topic of the settings.", () => {
  expect(digest([sightingOf()]).map(({ message }) => message.TopicArn)).toEqual([settings.topicArn]);
});

it("A digest lists blocked sightings first, each group sorted by name and then by firewall.", () => {
  const parts = digest([
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
    const parts = digest(many);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ data }) => data.part)).toEqual(
      parts.map((_, index) => ({ number: index + 1, of: parts.length })),
    );
    expect(parts[1]?.message.Subject).toContain(`, part 2 of ${parts.length}, `);
    const names = parts.flatMap(({ data }) => data.sightings.map(({ verdict, name }) => `${verdict} ${name}`));
    const byName = (verdict: string) =>
      many.filter((one) => one.verdict === verdict).map(({ name }) => `${verdict} ${name}`);
    expect(names).toEqual([...byName("blocked"), ...byName("allowed")]);
  });

  it("A digest in parts fits into messages of SNS where the numbers of its parts are long: the size is decided before the number of parts is known.", () => {
    const large = (name: string) => sightingOf({ name, rules: Array.from({ length: 10 }, () => "r".repeat(4_325)) });
    // At some of these lengths three fit to the byte, and at the next they do not.
    const partSizes = new Set<number>();
    for (let length = 40; length <= 75; length += 1) {
      const parts = digest(Array.from({ length: 100 }, () => large("a".repeat(length))));
      expect(parts.length).toBeGreaterThan(30);
      for (const { message, announced } of parts) {
        expect(messageBytes(message)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
        partSizes.add(announced.length);
      }
    }
    expect(partSizes).toEqual(new Set([3, 2, 1]));
  });

  it("A digest in parts fits into messages of SNS for any sightings, and holds each of them once.", () => {
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
        expect(parts.flatMap(({ announced }) => announced)).toHaveLength(repeated.length);
        expect(new Set(parts.flatMap(({ announced }) => announced))).toEqual(new Set(repeated));
      }),
      // To shrink a counterexample of this size takes minutes.
      { numRuns: 60, endOnFailure: true },
    );
  });
});
