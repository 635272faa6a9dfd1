import { describe, expect, it } from "vitest";
import {
  addToSighting,
  emptySighting,
  mergeSightings,
  type Sighting,
  sightingKey,
} from "../../../functions/sni-collector/sighting.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const seen = (...events: Record<string, unknown>[]): Sighting => {
  const sighting = emptySighting({ kind: "hostname", name: "www.example.com" }, "egress-firewall", "blocked");
  events.forEach((event, index) => {
    addToSighting(sighting, "tls", 1_000 + index, event);
  });
  return sighting;
};

it("The key of a sighting tells firewall, verdict and name apart.", () => {
  const keys = [
    sightingOf(),
    sightingOf({ firewall: "other" }),
    sightingOf({ verdict: "blocked" }),
    sightingOf({ name: "other.example.com" }),
  ].map(sightingKey);
  expect(new Set(keys).size).toBe(4);
  expect(keys[0]).toBe("egress-firewall#allowed#www.example.com");
});

it("The key of a sighting tells malformed names of a source apart from the address of the source.", () => {
  const [malformed, address] = (["malformed", "address"] as const).map((kind) =>
    sightingKey(sightingOf({ kind, name: "10.0.0.1" })),
  );
  expect([malformed, address]).toEqual([
    "egress-firewall#allowed#malformed#10.0.0.1",
    "egress-firewall#allowed#10.0.0.1",
  ]);
});

describe("records", () => {
  it("A sighting spans from the earliest record to the latest, in whatever order they come.", () => {
    const sighting = seen();
    for (const time of [5, 3, 9, 4]) addToSighting(sighting, "tls", time, {});
    expect(sighting).toMatchObject({ firstSeen: 3, lastSeen: 9 });
  });

  it("A sighting takes over name and kind, firewall and verdict, and starts without examples.", () => {
    expect(emptySighting({ kind: "address", name: "203.0.113.9" }, "fw", "allowed")).toMatchObject({
      kind: "address",
      name: "203.0.113.9",
      firewall: "fw",
      verdict: "allowed",
      protocols: [],
      rules: [],
      sources: [],
      ports: [],
    });
  });

  it("A sighting lists each protocol once.", () => {
    const sighting = seen();
    for (const protocol of ["tls", "http", "tls"]) addToSighting(sighting, protocol, 1, {});
    expect(sighting.protocols).toEqual(["tls", "http"]);
  });

  it("A sighting holds five source addresses at the most, the first ones, each once.", () => {
    const addresses = ["10.0.0.1", "10.0.0.1", ...[2, 3, 4, 5, 6].map((last) => `10.0.0.${last}`)];
    expect(seen(...addresses.map((src_ip) => ({ src_ip }))).sources).toEqual([
      "10.0.0.1",
      "10.0.0.2",
      "10.0.0.3",
      "10.0.0.4",
      "10.0.0.5",
    ]);
  });

  it("A sighting holds ten ports and ten rules at the most, the first ones, each once.", () => {
    const numbers = [1, ...Array.from({ length: 12 }, (_, index) => index + 1)];
    const { ports, rules } = seen(
      ...numbers.map((number) => ({ dest_port: number, alert: { signature: `rule ${number}` } })),
    );
    expect(ports).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(rules).toEqual(ports.map((number) => `rule ${number}`));
  });

  it("A sighting lists a port once where one record writes it as a number and another as text.", () => {
    expect(seen({ dest_port: 443 }, { dest_port: "443" }, { dest_port: "0443" }).ports).toEqual([443]);
  });

  it("A sighting leaves out sources, ports and rules that are not readable.", () => {
    expect(
      seen({ src_ip: "not an address", dest_port: "x", alert: { signature: 7 } }, { alert: "a rule" }),
    ).toMatchObject({
      sources: [],
      ports: [],
      rules: [],
    });
  });
});

describe("merging", () => {
  const older = sightingOf({ firstSeen: 10, lastSeen: 20, sources: ["1", "2", "3"], ports: [1], protocols: ["tls"] });
  const newer = sightingOf({
    firstSeen: 5,
    lastSeen: 15,
    sources: ["3", "4", "5", "6"],
    ports: [2],
    protocols: ["http"],
  });

  it("Two sightings of a name merge into one that spans the time of both.", () => {
    expect(mergeSightings(older, newer)).toMatchObject({ firstSeen: 5, lastSeen: 20 });
    expect(mergeSightings(newer, older)).toMatchObject({ firstSeen: 5, lastSeen: 20 });
  });

  it("Two sightings of a name merge into one that holds the older examples first, each once, up to the limits.", () => {
    const many = Array.from({ length: 11 }, (_, index) => `rule ${index}`);
    expect(mergeSightings({ ...older, rules: ["rule 3"] }, { ...newer, rules: many })).toMatchObject({
      sources: ["1", "2", "3", "4", "5"],
      ports: [1, 2],
      protocols: ["tls", "http"],
      rules: ["rule 3", ...many.filter((rule) => rule !== "rule 3").slice(0, 9)],
    });
  });

  it("Two sightings of a name merge into one that has the connections of both, and a trailing dot where both have it.", () => {
    const dotted = sightingOf({ connections: 2, trailingDot: true });
    expect(mergeSightings(dotted, { ...dotted, connections: 3 })).toMatchObject({ connections: 5, trailingDot: true });
    expect(mergeSightings(dotted, sightingOf())).toMatchObject({ connections: 3, trailingDot: false });
    expect(mergeSightings(sightingOf(), dotted)).toMatchObject({ trailingDot: false });
  });

  it("Two sightings of a name merge into one that leaves both of them as they were.", () => {
    const [first, second] = [structuredClone(older), { ...structuredClone(newer), ports: [7] }];
    expect(mergeSightings(first, second).ports).toContain(7);
    expect(first.ports).not.toContain(7);
    expect(second.ports).toEqual([7]);
  });

  it("Two sightings of a name merge into one that leaves out what only the table knows.", () => {
    expect(mergeSightings({ ...older, writtenAt: 1, expiresAt: 2 } as Sighting, newer)).not.toHaveProperty("writtenAt");
  });
});
