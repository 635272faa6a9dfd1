import { expect, it } from "vitest";
import { reachedNames } from "../../../functions/sni-collector/reached-name.ts";
import { sightingOf } from "../../support/sni-collector.ts";

it("A reached name joins what all firewalls with one verdict saw of it.", () => {
  const sightings = [
    sightingOf({ firstSeen: 5, lastSeen: 9, connections: 2, sources: ["1"], ports: [443], trailingDot: true }),
    sightingOf({
      firewall: "b",
      firstSeen: 4,
      lastSeen: 6,
      connections: 3,
      sources: ["2", "1"],
      ports: [80],
      rules: ["b"],
    }),
    sightingOf({ firewall: "b", verdict: "blocked" }),
  ];
  expect(reachedNames(sightings)).toEqual([
    {
      kind: "hostname",
      name: "www.example.com",
      verdict: "allowed",
      firewalls: ["egress-firewall", "b"],
      firstSeen: 4,
      lastSeen: 9,
      protocols: ["tls"],
      rules: ["a rule", "b"],
      sources: ["1", "2"],
      ports: [443, 80],
      connections: 5,
      trailingDot: false,
    },
    expect.objectContaining({ verdict: "blocked", firewalls: ["b"], connections: 1 }),
  ]);
});

it("A reached name comes before those with fewer connections, and before later names with as many.", () => {
  const names = [
    ["b", 1],
    ["c", 5],
    ["a", 1],
  ] as const;
  expect(
    reachedNames(names.map(([name, connections]) => sightingOf({ name, connections }))).map(({ name }) => name),
  ).toEqual([...["c", "a", "b"]]);
});

it("A reached name that is an address stays apart from malformed names from this address.", () => {
  expect(
    reachedNames((["address", "malformed"] as const).map((kind) => sightingOf({ kind, name: "10.0.0.1" }))),
  ).toHaveLength(2);
});
