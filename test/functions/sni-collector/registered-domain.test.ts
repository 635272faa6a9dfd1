import { expect, it } from "vitest";
import { reachedNames } from "../../../functions/sni-collector/reached-name.ts";
import { byRegisteredDomain } from "../../../functions/sni-collector/registered-domain.ts";
import { sightingOf } from "../../support/sni-collector.ts";

it.each([
  ["a.b.example.com", "example.com"],
  ["example.com", "example.com"],
  ["a.b.example.co.uk", "example.co.uk"],
  ["a.customer.github.io", "customer.github.io"],
  ["a.bucket.s3.amazonaws.com", "bucket.s3.amazonaws.com"],
  ["_service._tcp.example.com", "example.com"],
  ["db.corp.internal", "corp.internal"],
  ["a.xn--bcher-kva.example", "xn--bcher-kva.example"],
])("The registered domain of %s is %s.", (name, domain) => {
  expect(byRegisteredDomain(reachedNames([sightingOf({ name })])).map((group) => group.domain)).toEqual([domain]);
});

it("The registered domain of a name without one makes no group: such names stand alone, as IP addresses do.", () => {
  const names = ["localhost", "other", "github.io", "co.uk"].map((name) => sightingOf({ name }));
  const addresses = ["203.0.113.9", "203.0.113.10"].map((name) => sightingOf({ kind: "address", name }));
  expect(byRegisteredDomain(reachedNames([...names, ...addresses])).map((group) => group.names.length)).toEqual(
    Array(6).fill(1),
  );
});

it("The registered domain with the most connections comes first.", () => {
  const names = [
    ["a.one.com", 3],
    ["b.one.com", 4],
    ["two.com", 6],
    ["a.zero.com", 7],
  ] as const;
  expect(
    byRegisteredDomain(reachedNames(names.map(([name, connections]) => sightingOf({ name, connections })))).map(
      ({ domain, connections }) => [domain, connections],
    ),
  ).toEqual([
    ["one.com", 7],
    ["zero.com", 7],
    ["two.com", 6],
  ]);
});
