import { expect, it } from "vitest";
import { reachedNames } from "../../../functions/sni-collector/reached-name.ts";
import { saidOfAll, saidOfMost, saysItself } from "../../../functions/sni-collector/said-once.ts";
import type { Sighting } from "../../../functions/sni-collector/sighting.ts";
import { sightingOf } from "../../support/sni-collector.ts";

const namesWith = (...parts: Partial<Sighting>[]) =>
  reachedNames(parts.map((part, index) => sightingOf({ name: `${index}.example.com`, ...part })));

it("What is said once for all names is what they have alike, in whatever order.", () => {
  const names = namesWith(
    { sources: ["1", "2"], ports: [80, 443] },
    { sources: ["2", "1"], ports: [443, 80], rules: ["b"] },
  );
  expect(Object.fromEntries(saidOfAll(names))).toEqual({
    source: { values: ["1", "2"], ofAll: true },
    port: { values: ["80, 443 (tls)"], ofAll: true },
    firewall: { values: ["egress-firewall"], ofAll: true },
  });
});

it("What is said once is nothing where a name has no value: its line would seem to have the usual one.", () => {
  const names = namesWith({}, {}, {}, { rules: [], sources: [], ports: [], protocols: ["tls"] });
  expect([...saidOfMost(names).keys()]).toEqual(["port", "firewall"]);
  expect([...saidOfAll(names).keys()]).toEqual(["firewall"]);
});

it("What is said once of most names holds for three quarters of four or more, and for no source.", () => {
  const [other, usual] = [{ ports: [80], sources: ["2"] }, { ports: [443] }];
  const ofMost = (...parts: Partial<Sighting>[]) => saidOfMost(namesWith(...parts));
  expect(ofMost(other, usual, usual, usual).get("port")).toEqual({ values: ["443 (tls)"], ofAll: false });
  expect(ofMost(other, usual, usual, usual).has("source")).toBe(false);
  expect(ofMost(other, usual, usual).has("port")).toBe(false);
  expect(ofMost(other, other, usual, usual, usual, usual).has("port")).toBe(false);
});

it("What is said once is not said on the line of a name, but for a name that differs.", () => {
  const [one, other] = namesWith({}, { firewall: "b" });
  const once = new Map([["firewall", { values: ["b"], ofAll: false }]] as const);
  expect(one && saysItself("firewall", one, once)).toBe(true);
  expect(other && saysItself("firewall", other, once)).toBe(false);
  expect(one && saysItself("source", one, once)).toBe(true);
});
