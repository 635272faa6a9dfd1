import { expect, it } from "vitest";
import { fingerprintOf, ownersToTell, workloadVerdict } from "../../../functions/guardrail-merger/owner-news.ts";
import { complianceOf, type Failures } from "../../support/guardrail-merger.ts";

const AT = "2026-10-14T12:00:00Z";
const check = (failures?: Failures, workload = "web") => ({
  workload,
  owner: "o",
  compliance: complianceOf(workload, "a".repeat(40), failures),
});
const unchecked = { workload: "web", owner: "o", couldNotCheck: "No." };
const one: Failures = { Encrypted: { addresses: ["a"] } };

it.each([
  ["complies", check()],
  ["complies", check({ Small: { level: "warn", addresses: ["a"] } })],
  ["does not comply", check(one)],
  ["could not check", unchecked],
] as const)("The owner news say of a workload that it %s.", (verdict, of) => {
  expect(workloadVerdict(of)).toBe(verdict);
});

it("The owner news are of other failures, resources and levels, and of checks that could not be made.", () => {
  const different = [
    check(),
    check(one),
    check({ Encrypted: { addresses: ["b"] } }),
    check({ Encrypted: { addresses: ["a"], level: "warn" } }),
    check({ ...one, Small: { addresses: ["a"] } }),
    unchecked,
  ].map(fingerprintOf);
  expect(new Set(different).size).toBe(different.length);
  expect(fingerprintOf({ ...unchecked, couldNotCheck: "Another reason." })).toBe(fingerprintOf(unchecked));
});

it("The owner news reach nobody twice, and nobody who hears for the first time that all is well.", () => {
  const tell = (of: Parameters<typeof ownersToTell>[0][number], heard: [string, string] | undefined, at = AT) =>
    ownersToTell([of], at, new Map(heard ? [["web", { at: heard[0], fingerprint: heard[1] }]] : [])).length;
  expect(tell(check(), undefined)).toBe(0);
  expect(tell(check(one), undefined)).toBe(1);
  expect(tell(check(one), [AT, fingerprintOf(check(one))])).toBe(0);
  expect(tell(check(), [AT, fingerprintOf(check(one))])).toBe(1);
  // A copy of an older event.
  expect(tell(check(), ["2026-10-14T13:00:00Z", fingerprintOf(check(one))])).toBe(0);
});
