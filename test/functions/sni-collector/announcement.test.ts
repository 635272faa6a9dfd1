import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  announcementToMachines,
  announcementToPeople,
  type Part,
} from "../../../functions/sni-collector/announcement.ts";
import digestSchema from "../../../functions/sni-collector/digest.schema.json" with { type: "json" };
import summarySchema from "../../../functions/sni-collector/digest-summary.schema.json" with { type: "json" };
import type { Sighting } from "../../../functions/sni-collector/sighting.ts";
import { snsMessage } from "../../../shared/sns-message.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const SETTINGS = { digestId: "a-digest", defanged: true, ttlDays: 30 };

const announced = (sightings: Sighting[], changed: Partial<typeof SETTINGS> = {}) =>
  announcementToPeople(sightings, { ...SETTINGS, ...changed });

const toMachines = (sightings: Sighting[], part: Part = { number: 1, of: 1 }) =>
  announcementToMachines(sightings, part, SETTINGS);

const malformedOf = (parts: Partial<Sighting> = {}) =>
  sightingOf({ kind: "malformed", name: "10.0.3.66", sources: ["10.0.3.66"], ...parts });

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
      "counts firewalls where there are two, and a name once that both saw",
      [
        sightingOf({ kind: "address", name: "203.0.113.9" }),
        sightingOf({ kind: "address", name: "203.0.113.9", firewall: "b" }),
        sightingOf({ kind: "address", name: "203.0.113.10" }),
      ],
      "[palisade] 2 new IP addresses, via 2 firewalls",
    ],
    [
      "counts a name twice that was blocked and allowed",
      [sightingOf(), sightingOf({ verdict: "blocked" })],
      "[palisade] 2 new hostnames, 1 blocked, via egress-firewall",
    ],
    [
      "counts malformed names",
      [sightingOf(), malformedOf({ connections: 1_700 }), malformedOf({ name: "unknown", sources: [] })],
      "[palisade] 1 new hostname, 1,701 malformed names, via egress-firewall",
    ],
    ["counts malformed names alone", [malformedOf()], "[palisade] 1 malformed name, via egress-firewall"],
  ])("The e-mail of sni-collector has a subject that %s.", (_sentence, sightings, subject) => {
    expect(announced(sightings).subject).toBe(subject);
  });

  it("The e-mail of sni-collector has its subject cut to 99 characters for the longest name of a firewall.", () => {
    const { subject } = sent([sightingOf({ firewall: "f".repeat(128) })]);
    expect(subject).toMatch(/^\[palisade\] 1 new hostname, via f+\.\.\.$/);
    expect(subject).toHaveLength(99);
  });
});

/** The lines between the title of a section and the next title. */
function section(title: string, sightings: Sighting[], changed: Partial<typeof SETTINGS> = {}): string[] {
  const lines = announced(sightings, changed).email.split("\n");
  const start = lines.findIndex((line) => line.startsWith(title));
  const end = lines.findIndex((line, index) => index > start && /^[A-Z]{4}/.test(line));
  return start < 0 ? [] : lines.slice(start, end).filter((line) => line !== "");
}
const many = (length: number, parts: (index: number) => Partial<Sighting>) =>
  Array.from({ length }, (_, index) => sightingOf({ name: `name-${index}.example.com`, ...parts(index) }));

describe("e-mail", () => {
  it("The e-mail of sni-collector about one name says at its top what is known of it, and what to do next.", () => {
    const sighting = sightingOf({ verdict: "blocked", rules: ["not on the list", "sid 6"], connections: 41 });
    expect(announced([sighting]).email).toMatchInlineSnapshot(`
      "Workloads reached for 1 new hostname: 1 blocked.

        source      10.0.3.21
        port        443 (tls)
        firewall    egress-firewall
        rule        not on the list
        first seen  2026-10-14 12:53:35 UTC

      BLOCKED (1)

        41x  www[.]example[.]com

      WHAT TO DO NEXT

      Blocked: ask the owner of the source address.
      If the workload needs the name, add it to the firewall's list of allowed
      domains. If nobody knows the name, investigate the workload.

      "x" counts connections, at least.
      Palisade e-mails each name once per firewall and verdict.
      After 30 days without traffic, a name is new again.
      [.] stands for a dot, so that mail programs do not make links of names."
    `);
  });

  it("The e-mail of sni-collector lists blocked names before allowed ones, IP addresses under their own title, and sources of malformed names at the end.", () => {
    const sightings = [
      malformedOf({ connections: 17, verdict: "blocked" }),
      malformedOf({ name: "unknown", sources: [] }),
      sightingOf({
        name: "z.example.com",
        verdict: "blocked",
        rules: ["first", "second"],
        sources: ["10.0.0.1", "10.0.0.2"],
      }),
      sightingOf({ kind: "address", name: "203.0.113.9", protocols: ["http"], ports: [80] }),
      sightingOf({ name: "a.example.com", rules: ["sid 4"], sources: [], ports: [], connections: 1_200 }),
      sightingOf({ name: "b.example.com" }),
      sightingOf({ name: "c.example.co.uk", connections: 3, trailingDot: true }),
    ];
    expect(announced(sightings).email).toMatchInlineSnapshot(`
      "Workloads reached for 4 new hostnames and 1 new IP address: 1 blocked, 4 allowed.
      Workloads sent 18 malformed names.

        firewall    egress-firewall
        first seen  2026-10-14 12:53:35 UTC

      BLOCKED (1)

        source  10.0.0.1, 10.0.0.2
        port    443 (tls)
        rule    first; second

        1x  z.example[.]com

      ALLOWED (3)

        1,201x  example[.]com: 2 hostnames
          1,200x  a.example[.]com  tls
              1x  b.example[.]com  from 10.0.3.21; port 443 (tls); rule: a rule
            3x  c.example[.]co[.]uk.  from 10.0.3.21; port 443 (tls); rule: a rule

      ALLOWED, BY IP ADDRESS (1)

        source  10.0.3.21
        port    80 (http)
        rule    a rule

        1x  203.0.113[.]9

      MALFORMED NAMES (18)

        port  443 (tls)
        rule  a rule

        17x  from 10.0.3.66  blocked
         1x  from unknown  allowed

      WHAT TO DO NEXT

      Blocked: ask the owner of the source address.
      If the workload needs the name, add it to the firewall's list of allowed
      domains. If nobody knows the name, investigate the workload.

      Allowed: the firewall stopped nothing.
      If no workload should reach the name, remove it from the firewall's list of
      allowed domains.

      Malformed names are neither DNS names nor IP addresses. E-mails never show them.
      Find them in the alert log by the source address, and investigate the workload.

      "x" counts connections, at least.
      A name that ends in a dot always came with it. An entry of the firewall's list
      does not match such a name.
      Palisade e-mails each name once per firewall and verdict.
      After 30 days without traffic, a name is new again.
      [.] stands for a dot, so that mail programs do not make links of names."
    `);
  });

  it("The e-mail of sni-collector groups names by registered domain, those with the most connections first, and each name within.", () => {
    const sightings = [
      sightingOf({ name: "a.one.co.uk", connections: 5 }),
      sightingOf({ name: "b.one.co.uk", connections: 1_000 }),
      sightingOf({ name: "two.co.uk", connections: 900 }),
      sightingOf({ name: "x.github.io", connections: 7 }),
      sightingOf({ name: "y.github.io", connections: 8 }),
      sightingOf({ name: "localhost", connections: 6 }),
      sightingOf({ name: "_dns.a.corp.internal", connections: 1 }),
      sightingOf({ name: "b.corp.internal", connections: 2 }),
    ];
    expect(section("ALLOWED", sightings)).toEqual([
      "ALLOWED (8)",
      "  1,005x  one[.]co[.]uk: 2 hostnames",
      "    1,000x  b[.]one[.]co[.]uk",
      "        5x  a[.]one[.]co[.]uk",
      "    900x  two[.]co[.]uk",
      "      8x  y.github[.]io",
      "      7x  x.github[.]io",
      "      6x  localhost",
      "      3x  corp[.]internal: 2 hostnames",
      "        2x  b.corp[.]internal",
      "        1x  _dns.a.corp[.]internal",
    ]);
  });

  it("The e-mail of sni-collector has one line for a name that several firewalls saw, with all connections.", () => {
    const sightings = ["a", "b", "c"].map((firewall) => sightingOf({ firewall, connections: 2 }));
    expect(section("ALLOWED", [...sightings, sightingOf({ name: "example.net", firewall: "a" })])).toEqual([
      "ALLOWED (2)",
      "  6x  www[.]example[.]com  via a and 2 more",
      "  1x  example[.]net  via a",
    ]);
  });

  it("The e-mail of sni-collector says in a section what all its names have alike, where other sections differ.", () => {
    const sightings = [
      ...many(2, () => ({ verdict: "blocked", sources: ["10.0.0.9"], rules: ["not on the list"] })),
      sightingOf({ sources: ["10.0.0.8"], rules: ["sid 4"] }),
    ];
    expect(section("BLOCKED", sightings)).toEqual([
      "BLOCKED (2)",
      "  source  10.0.0.9",
      "  rule    not on the list",
      "  2x  example[.]com: 2 hostnames",
      "    1x  name-0.example[.]com",
      "    1x  name-1.example[.]com",
    ]);
    expect(section("ALLOWED", sightings)).toEqual(["ALLOWED (1)", "  source  10.0.0.8", "  1x  www[.]example[.]com"]);
  });

  it("The e-mail of sni-collector says on the line of a name what differs: sources first, then port and firewall; a rule only where there is room.", () => {
    const sightings = [
      sightingOf({
        sources: ["10.0.0.1", "10.0.0.2"],
        ports: [8443, 443],
        protocols: ["tls", "quic"],
        rules: ["a rule"],
      }),
      sightingOf({ name: "example.net", firewall: "other", rules: ["sid 3"] }),
    ];
    expect(section("ALLOWED", sightings).slice(1)).toEqual([
      "  1x  www[.]example[.]com  from 10.0.0.1, 10.0.0.2; port 443, 8443 (quic, tls); via egress-firewall",
      "  1x  example[.]net  from 10.0.3.21; port 443 (tls); via other",
    ]);
  });

  it("The e-mail of sni-collector says once what most names of a section have alike, and what differs on the lines of the others; it says so of no source.", () => {
    const sightings = many(8, (index) => ({
      sources: [index === 0 ? "10.0.0.1" : "10.0.0.2"],
      ports: [index < 2 ? 8443 : 443],
      rules: index === 0 ? ["sid 1"] : ["a rule"],
    }));
    expect(section("ALLOWED", sightings)).toEqual([
      "ALLOWED (8)",
      "  port  443 (tls), unless a line says otherwise",
      "  8x  example[.]com: 8 hostnames",
      "    1x  name-0.example[.]com  from 10.0.0.1; port 8443 (tls)",
      "    1x  name-1.example[.]com  from 10.0.0.2; port 8443 (tls); rule: a rule",
      ...[2, 3, 4, 5, 6, 7].map((index) => `    1x  name-${index}.example[.]com  from 10.0.0.2; rule: a rule`),
    ]);
  });

  it("The e-mail of sni-collector never cuts a name, and shows at least one source beside the longest.", () => {
    const name = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.example.com`;
    const [line] = section("ALLOWED", [
      sightingOf({
        name,
        sources: ["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        rules: ["a rule that is long enough"],
        connections: 2,
      }),
      sightingOf({ name: "example.net" }),
    ]).slice(1);
    expect(line).toBe(`  2x  ${name.replace(".com", "[.]com")}  from 10.0.0.1, 10.0.0.2, 10.0.0.3`);
    const sources = [1, 2, 3].map((last) => `2001:db8:1111:2222:3333:4444:5555:${last}`);
    expect(
      section("ALLOWED", [sightingOf({ name, sources, connections: 2 }), sightingOf({ name: "example.net" })])[1],
    ).toMatch(/ {2}from 2001:db8:1111:2222:3333:4444:5555:1 and 2 more$/);
  });

  it("The e-mail of sni-collector shows links only where defanging is off.", () => {
    const sightings = [sightingOf({ rules: ["see https://evil.example/a"] })];
    expect(announced(sightings).email).toContain("  rule        see https[:]//evil[.]example/a\n");
    expect(announced(sightings, { defanged: false }).email).toContain("  rule        see https://evil.example/a\n");
  });

  it("The e-mail of sni-collector shows a name as it came that always had a dot at its end, and says what that means.", () => {
    expect(section("ALLOWED", [sightingOf({ trailingDot: true })])).toContain("  1x  www[.]example[.]com.");
    const NOTE = "A name that ends in a dot always came with it.";
    expect(announced([sightingOf({ trailingDot: true })]).email).toContain(NOTE);
    expect(announced([sightingOf()]).email).not.toContain(NOTE);
  });

  it("The e-mail of sni-collector cuts a large domain before it leaves out a small one, and says how many are missing and from which sources.", () => {
    const large = many(1_900, (index) => ({ sources: [`10.0.0.${index % 3}`] }));
    const small = many(20, (index) => ({ name: `small-${index}.net`, sources: ["10.0.0.9"] }));
    const lines = section("ALLOWED", [...large, ...small]);
    expect(lines.slice(0, 3)).toEqual(
      [
        "ALLOWED (1,920)",
        "  1,900x  example[.]com: 1,900 hostnames",
        "         1x  name-0.example[.]com  from 10.0.0.0",
      ].map((line) => expect.stringContaining(line.trim())),
    );
    expect(lines.filter((line) => line.includes("small-"))).toHaveLength(20);
    expect(lines.filter((line) => line.includes("name-"))).toHaveLength(138);
    expect(lines.join("\n")).toMatch(/\n +and 1,762 more\n/);
    expect(announced([...large, ...small]).email).toContain(
      "The messages to machines hold all, under the digestId\n  a-digest\n",
    );
    expect(announced(small).email).not.toContain("digestId");
  });

  it("The e-mail of sni-collector says how many names of other domains it leaves out, and from which sources; blocked names get the room first.", () => {
    const domains = (verdict: "blocked" | "allowed") =>
      many(1_000, (index) => ({ name: `a.${verdict}-${index}.com`, verdict, sources: [`10.0.${index % 20}.1`] }));
    const sightings = [...domains("allowed"), ...domains("blocked"), malformedOf()];
    const [blocked, allowed, malformed] = ["BLOCKED", "ALLOWED", "MALFORMED"].map((title) => section(title, sightings));
    expect(blocked).toHaveLength(150);
    expect(blocked?.at(-1)).toMatch(/^ {6}and 852 more, from 10\.0\.\d+\.1, 10\.0\.\d+\.1, .* and 1\d more$/);
    expect(allowed).toHaveLength(11);
    expect(allowed?.at(-1)).toContain("and 991 more");
    expect(malformed).toHaveLength(2);
  });

  it("The e-mail of sni-collector holds advice only for what occurs in it.", () => {
    const blocked = announced([sightingOf({ verdict: "blocked" })]).email;
    expect(blocked).toContain("Workloads reached for 1 new hostname: 1 blocked.");
    expect(blocked).toContain("Blocked: ask the owner");
    expect(blocked).not.toMatch(/allowed\.|^ALLOWED|Allowed:|alformed/m);
    const allowed = announced([sightingOf()]).email;
    expect(allowed).toContain("Workloads reached for 1 new hostname: 1 allowed.");
    expect(allowed).toContain("Allowed: the firewall stopped nothing.");
    expect(allowed).not.toMatch(/^BLOCKED|Blocked:|alformed/m);
    const malformed = announced([malformedOf({ connections: 2 })]).email;
    expect(malformed).toMatch(/^Workloads sent 2 malformed names\.\n\n {2}source/);
    expect(malformed).toContain("Malformed names are neither");
    expect(malformed).not.toMatch(/ALLOWED|BLOCKED|Allowed:|Blocked:|\[\.\]/);
  });

  it("The e-mail of sni-collector says after how many days a name is new again.", () => {
    expect(announced([sightingOf()], { ttlDays: 1 }).email).toContain(
      "After 1 day without traffic, a name is new again.",
    );
    expect(announced([sightingOf()], { ttlDays: 7 }).email).toContain("After 7 days without traffic");
  });

  it("The e-mail of sni-collector shows names as they are where defanging is off, as the SMS does.", () => {
    const { email, sms } = announced([sightingOf()], { defanged: false });
    expect(email).toContain("\n  1x  www.example.com\n");
    expect(email).not.toContain("[.]");
    expect(sms).toBe("[palisade] 1 new hostname, via egress-firewall: www.example.com");
  });

  it("The e-mail of sni-collector says when the names were first seen: the span, with the date once.", () => {
    const at = (...times: string[]) =>
      /first seen {2}(.*)/.exec(
        announced(times.map((time, index) => sightingOf({ name: `${index}`, firstSeen: Date.parse(time) }))).email,
      )?.[1];
    expect(at("2026-10-14T12:53:35Z")).toBe("2026-10-14 12:53:35 UTC");
    expect(at("2026-10-14T12:53:36Z", "2026-10-14T12:53:35Z")).toBe("2026-10-14 12:53:35 to 12:53:36 UTC");
    expect(at("2026-10-14T23:59:59Z", "2026-10-15T00:00:01Z")).toBe("2026-10-14 23:59:59 to 2026-10-15 00:00:01 UTC");
  });
});

describe("SMS", () => {
  it("The SMS of sni-collector fits into one part, in which a bracket takes two places.", () => {
    const { sms } = sent(many(50, () => ({})));
    expect(sms).toMatch(/^\[palisade\] 50 new hostnames, via egress-firewall: name-0\.example\[\.\]com.*\.\.\.$/);
    expect(sms.length + sms.replace(/[^[\]]/g, "").length).toBeLessThanOrEqual(160);
    expect(sms.length).toBeGreaterThan(140);
  });

  it("The SMS of sni-collector lists a name once where two firewalls saw it, and blocked names first.", () => {
    const sightings = [
      sightingOf({ firewall: "a", connections: 9 }),
      sightingOf({ firewall: "b" }),
      sightingOf({ name: "example.net", verdict: "blocked" }),
    ];
    expect(announced(sightings).sms).toBe(
      "[palisade] 2 new hostnames, 1 blocked, via 3 firewalls: example[.]net, www[.]example[.]com",
    );
  });

  it("The SMS of sni-collector about malformed names alone counts them.", () => {
    expect(announced([malformedOf()]).sms).toBe("[palisade] 1 malformed name, via egress-firewall");
  });
});

describe("attributes", () => {
  const blocked = sightingOf({ name: "b", verdict: "blocked" });

  it("An announcement of sni-collector has attributes that let a subscription choose an audience, and messages with blocked names.", () => {
    expect(announced([sightingOf(), blocked]).attributes).toEqual({
      audience: "people",
      kind: "new-hostnames-summary",
      blocked: "true",
    });
    expect(toMachines([sightingOf()]).attributes).toEqual({
      audience: "machines",
      kind: "new-hostnames",
      blocked: "false",
    });
  });

  it("An announcement of sni-collector has the attribute that something was blocked where only a malformed name was.", () => {
    expect(announced([malformedOf({ verdict: "blocked" })]).attributes.blocked).toBe("true");
    expect(toMachines([malformedOf()]).attributes.blocked).toBe("false");
  });
});

it("An announcement of sni-collector to machines is one line in an e-mail and an SMS, which says how to get a readable one.", () => {
  const { subject, email, sms } = toMachines([sightingOf({ verdict: "blocked" }), malformedOf()], { number: 2, of: 3 });
  expect(subject).toBe(
    "[palisade] For machines: 1 new hostname, 1 blocked, 1 malformed name, via egress-firewall, part 2 of 3",
  );
  expect(email).toBe(`${subject}. To get one readable message instead, filter by audience = people.`);
  expect(sms).toBe(email);
});

describe("data", () => {
  const schemaOf = (schema: object) => z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const schema = schemaOf(digestSchema);
  const sightings = [
    sightingOf({ connections: 7, trailingDot: true }),
    sightingOf({ kind: "address", name: "203.0.113.9", verdict: "blocked", rules: [] }),
    malformedOf({ connections: 3 }),
    malformedOf({ name: "unknown", sources: [], connections: 2 }),
  ];
  const { data } = toMachines(sightings);

  it("An announcement of sni-collector has data for machines that keep to the published schema, which refuses other fields and missing ones.", () => {
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, sightings: [{ name: "a" }] })).toMatchObject({ success: false });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
    const { digestId: _, ...without } = data;
    expect(schema.safeParse(without)).toMatchObject({ success: false });
  });

  it("An announcement of sni-collector has data for machines that hold the true names, counts and times, and no text of malformed names.", () => {
    expect(data).toEqual({
      kind: "new-hostnames",
      digestId: "a-digest",
      part: { number: 1, of: 1 },
      new: 2,
      blocked: 1,
      rejected: 5,
      sightings: [
        {
          kind: "hostname",
          name: "www.example.com",
          trailingDot: true,
          firewall: "egress-firewall",
          verdict: "allowed",
          connections: 7,
          protocols: ["tls"],
          rules: ["a rule"],
          sources: ["10.0.3.21"],
          ports: [443],
          firstSeen: "2026-10-14T12:53:35.000Z",
          lastSeen: "2026-10-14T12:53:36.000Z",
        },
        expect.objectContaining({ name: "203.0.113.9", verdict: "blocked" }),
        {
          kind: "malformed",
          firewall: "egress-firewall",
          verdict: "allowed",
          connections: 3,
          protocols: ["tls"],
          rules: ["a rule"],
          sources: ["10.0.3.66"],
          ports: [443],
          firstSeen: "2026-10-14T12:53:35.000Z",
          lastSeen: "2026-10-14T12:53:36.000Z",
        },
        expect.objectContaining({ kind: "malformed", sources: [], connections: 2 }),
      ],
    });
  });

  it("An announcement of sni-collector has data beside the text for people: the digest and its counts, by the published schema.", () => {
    const summary = announced(sightings).data;
    expect(summary).toEqual({ kind: "new-hostnames-summary", digestId: "a-digest", new: 2, blocked: 1, rejected: 5 });
    expect(schemaOf(summarySchema).safeParse(summary)).toMatchObject({ success: true });
    expect(schemaOf(summarySchema).safeParse({ ...summary, sightings: [] })).toMatchObject({ success: false });
  });
});
