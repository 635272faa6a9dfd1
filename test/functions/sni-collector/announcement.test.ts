import { describe, expect, it } from "vitest";
import * as z from "zod";
import { announcementOf, type Part } from "../../../functions/sni-collector/announcement.ts";
import digestSchema from "../../../functions/sni-collector/digest.schema.json" with { type: "json" };
import type { Sighting } from "../../../functions/sni-collector/sighting.ts";
import { snsMessage } from "../../../shared/sns-message.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const announced = (
  sightings: Sighting[],
  {
    part = { number: 1, of: 1 },
    defanged = true,
    ttlDays = 30,
  }: { part?: Part; defanged?: boolean; ttlDays?: number } = {},
) => announcementOf(sightings, part, { defanged, ttlDays });

/** As SNS gets it: cut to the lengths that it takes. */
const sent = (sightings: Sighting[]) => {
  const { Subject, Message } = snsMessage("arn:aws:sns:us-east-1:111122223333:egress", announced(sightings));
  return { subject: Subject, sms: JSON.parse(Message).sms as string };
};

describe("subject", () => {
  it.each([
    ["counts one allowed name", [sightingOf()], "[palisade] 1 new hostname, via egress-firewall"],
    [
      "counts three names, and the blocked one among them",
      [sightingOf({ name: "a" }), sightingOf({ name: "b", verdict: "blocked" }), sightingOf({ name: "c" })],
      "[palisade] 3 new hostnames, 1 blocked, via egress-firewall",
    ],
    [
      "counts names and IP addresses apart",
      [sightingOf(), sightingOf({ kind: "address", name: "203.0.113.9" })],
      "[palisade] 1 new hostname and 1 new IP address, via egress-firewall",
    ],
    [
      "counts firewalls where there are two",
      [
        sightingOf({ kind: "address", name: "203.0.113.9" }),
        sightingOf({ kind: "address", name: "203.0.113.9", firewall: "b" }),
      ],
      "[palisade] 2 new IP addresses, via 2 firewalls",
    ],
  ])("The e-mail of sni-collector has a subject that %s.", (_sentence, sightings, subject) => {
    expect(announced(sightings).subject).toBe(subject);
  });

  it("The e-mail of sni-collector says in its subject which part of a digest it is.", () => {
    expect(announced([sightingOf()], { part: { number: 2, of: 3 } }).subject).toBe(
      "[palisade] 1 new hostname, part 2 of 3, via egress-firewall",
    );
  });

  it("The e-mail of sni-collector has its subject cut to 99 characters for the longest name of a firewall.", () => {
    const { subject } = sent([sightingOf({ firewall: "f".repeat(128) })]);
    expect(subject).toMatch(/^\[palisade\] 1 new hostname, via f+\.\.\.$/);
    expect(subject).toHaveLength(99);
  });
});

describe("e-mail", () => {
  it("The e-mail of sni-collector lists blocked names before allowed ones, IP addresses under their own title, and what to do next.", () => {
    const sightings = [
      sightingOf({
        name: "z.example.com",
        verdict: "blocked",
        rules: ["first", "second"],
        sources: ["10.0.0.1", "10.0.0.2"],
      }),
      sightingOf({ kind: "address", name: "203.0.113.9", protocols: ["http"], ports: [80] }),
      sightingOf({ name: "a.example.com", rules: [], sources: [], ports: [] }),
      sightingOf({ name: "b.example.com" }),
    ];
    expect(announced(sightings).email).toMatchInlineSnapshot(`
      "Workloads reached for 3 new hostnames and 1 new IP address: 1 blocked, 3 allowed.

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

      Blocked: ask the owner of the source address.
      If the workload needs the name, add it to the firewall's list of allowed
      domains. If nobody knows the name, investigate the workload.

      Allowed: the firewall stopped nothing.
      If no workload should reach the name, remove it from the firewall's list of
      allowed domains.

      Palisade e-mails each name once per firewall and verdict.
      After 30 days without traffic, a name is new again.
      [.] stands for a dot, so that mail programs do not make links of names."
    `);
  });

  it("The e-mail of sni-collector holds advice only for verdicts that occur in it.", () => {
    const blocked = announced([sightingOf({ verdict: "blocked" })]).email;
    expect(blocked).toContain("Workloads reached for 1 new hostname: 1 blocked.");
    expect(blocked).toContain("Blocked: ask the owner");
    expect(blocked).not.toMatch(/allowed\.|^ALLOWED|Allowed:/m);
    const allowed = announced([sightingOf()]).email;
    expect(allowed).toContain("Workloads reached for 1 new hostname: 1 allowed.");
    expect(allowed).toContain("Allowed: the firewall stopped nothing.");
    expect(allowed).not.toMatch(/^BLOCKED|Blocked:/m);
  });

  it("The e-mail of sni-collector says which part of a digest it is.", () => {
    expect(announced([sightingOf()], { part: { number: 2, of: 3 } }).email).toContain(
      "\nThis e-mail is part 2 of 3.\n",
    );
    expect(announced([sightingOf()]).email).not.toContain("part");
  });

  it("The e-mail of sni-collector says after how many days a name is new again.", () => {
    expect(announced([sightingOf()], { ttlDays: 1 }).email).toContain(
      "After 1 day without traffic, a name is new again.",
    );
    expect(announced([sightingOf()], { ttlDays: 7 }).email).toContain("After 7 days without traffic");
  });

  it("The e-mail of sni-collector shows names as they are where defanging is off, as the SMS does.", () => {
    const { email, sms } = announced([sightingOf()], { defanged: false });
    expect(email).toContain("\n  www.example.com\n");
    expect(email).not.toContain("[.]");
    expect(sms).toBe("[palisade] 1 new hostname, via egress-firewall: www.example.com");
  });
});

describe("SMS", () => {
  it("The SMS of sni-collector fits into one part, in which a bracket takes two places.", () => {
    const { sms } = sent(Array.from({ length: 50 }, (_, index) => sightingOf({ name: `name-${index}.example.com` })));
    expect(sms).toMatch(/^\[palisade\] 50 new hostnames, via egress-firewall: name-0\.example\[\.\]com.*\.\.\.$/);
    expect(sms.length + sms.replace(/[^[\]]/g, "").length).toBeLessThanOrEqual(160);
    expect(sms.length).toBeGreaterThan(140);
  });

  it("The SMS of sni-collector lists a name once where two firewalls saw it.", () => {
    expect(announced([sightingOf({ firewall: "a" }), sightingOf({ firewall: "b" })]).sms).toBe(
      "[palisade] 2 new hostnames, via 2 firewalls: www[.]example[.]com",
    );
  });
});

it("An announcement of sni-collector has attributes that let a subscription choose digests with blocked names.", () => {
  expect(announced([sightingOf(), sightingOf({ name: "b", verdict: "blocked" })]).attributes).toEqual({
    kind: "new-hostnames",
    blocked: "true",
  });
  expect(announced([sightingOf()]).attributes).toEqual({ kind: "new-hostnames", blocked: "false" });
});

describe("data", () => {
  const schema = z.fromJSONSchema(digestSchema as Parameters<typeof z.fromJSONSchema>[0]);
  const { data } = announced([
    sightingOf(),
    sightingOf({ kind: "address", name: "203.0.113.9", verdict: "blocked", rules: [] }),
  ]);

  it("An announcement of sni-collector has data for machines that keep to the published schema, which refuses other fields and missing ones.", () => {
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, sightings: [{ name: "a" }] })).toMatchObject({ success: false });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
  });

  it("An announcement of sni-collector has data for machines that hold the true names, counts and times.", () => {
    expect(data).toMatchObject({
      kind: "new-hostnames",
      part: { number: 1, of: 1 },
      new: 2,
      blocked: 1,
      sightings: [
        { name: "www.example.com", firstSeen: "2026-10-14T12:53:35.000Z", lastSeen: "2026-10-14T12:53:36.000Z" },
        { name: "203.0.113.9", verdict: "blocked" },
      ],
    });
  });
});
