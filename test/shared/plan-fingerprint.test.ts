import fc from "fast-check";
import { expect, it } from "vitest";
import { differences, planFingerprint } from "../../shared/plan-fingerprint.ts";
import { readPlan } from "../../shared/terraform-plan.ts";
import { planOf, planText, resourceChange } from "../support/terraform-plan.ts";

const change = { before: { name: "old", tags: { a: "1" } }, after: { name: "new" }, after_unknown: { id: true } };
const base = () => resourceChange("aws_vpc.this", ["update"], {}, change);
const fingerprintOf = (resources: readonly object[], more: object = {}) => planFingerprint(planOf(resources, more));

it.each([
  ["address", resourceChange("aws_vpc.other", ["update"], {}, change)],
  ["deposed", resourceChange("aws_vpc.this", ["update"], { deposed: "1a2b3c4d" }, change)],
  ["previous_address", resourceChange("aws_vpc.this", ["update"], { previous_address: "aws_vpc.old" }, change)],
  ["actions", resourceChange("aws_vpc.this", ["delete", "create"], {}, change)],
  ["before", resourceChange("aws_vpc.this", ["update"], {}, { ...change, before: { name: "old", tags: { a: "2" } } })],
  ["after", resourceChange("aws_vpc.this", ["update"], {}, { ...change, after: { name: "newer" } })],
  ["after_unknown", resourceChange("aws_vpc.this", ["update"], {}, { ...change, after_unknown: {} })],
  ["replace_paths", resourceChange("aws_vpc.this", ["update"], {}, { ...change, replace_paths: [["name"]] })],
  ["importing", resourceChange("aws_vpc.this", ["update"], {}, { ...change, importing: { id: "vpc-1" } })],
])("A plan with another %s has another fingerprint.", (_, resource) => {
  expect(fingerprintOf([resource]).hash).not.toBe(fingerprintOf([base()]).hash);
});

it("The order of resources, of keys, and what does not change, make no other fingerprint.", () => {
  const two = resourceChange("aws_vpc.two", ["create"], {}, { after: { a: 1, b: 2 } });
  const turned = resourceChange("aws_vpc.two", ["create"], {}, { after: { b: 2, a: 1 } });
  const still = [resourceChange("aws_vpc.still", ["no-op"]), resourceChange("data.aws_vpc.read", ["read"])];
  const one = fingerprintOf([base(), two]);
  expect(fingerprintOf([...still, turned, base()], { timestamp: "2026-11-25T10:00:00Z" }).hash).toBe(one.hash);
  expect(one.hash).toMatch(/^[0-9a-f]{64}$/);
});

it("Each of two deposed objects of one address counts, in any order.", () => {
  const deposed = ["1a", "2b"].map((key) => resourceChange("aws_vpc.this", ["delete"], { deposed: key }));
  const both = fingerprintOf([...deposed, base()]);
  expect(fingerprintOf([base(), ...deposed.toReversed()]).hash).toBe(both.hash);
  expect(differences(both, fingerprintOf([base()]))).toEqual([
    "aws_vpc.this (deposed object 1a)",
    "aws_vpc.this (deposed object 2b)",
  ]);
});

it("A sensitive value is part of the fingerprint, and an output that changes is too.", () => {
  const secret = (value: string) =>
    fingerprintOf([
      resourceChange("a.b", ["create"], {}, { after: { password: value }, after_sensitive: { password: true } }),
    ]);
  expect(secret("one").hash).not.toBe(secret("two").hash);

  const output = (actions: string[], after: unknown) =>
    fingerprintOf([], { output_changes: { o: { actions, before: 1, after } } });
  expect(output(["update"], 2).hash).not.toBe(output(["update"], 3).hash);
  expect(output(["no-op"], 2).hash).toBe(output(["no-op"], 3).hash);
  expect(differences(output(["update"], 2), output(["update"], 3))).toEqual(["output.o"]);
});

it("The order of outputs makes no other fingerprint.", () => {
  const hashOf = (...names: string[]) =>
    fingerprintOf([], {
      output_changes: Object.fromEntries(names.map((name) => [name, { actions: ["create"], after: name }])),
    }).hash;
  expect(hashOf("b", "a", "B")).toBe(hashOf("a", "B", "b"));
});

it("Two integers that one double stands for have two fingerprints.", () => {
  const sized = (size: string) =>
    planFingerprint(
      readPlan(planText([resourceChange("a.b", ["create"], {}, { after: { size: "SIZE" } })]).replace('"SIZE"', size)),
    );
  expect(Number("9007199254740993")).toBe(Number("9007199254740992"));
  expect(sized("9007199254740993").hash).not.toBe(sized("9007199254740992").hash);
});

it("Two plans have one fingerprint if and only if what they do is the same JSON, whatever the values.", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const after = (value: unknown) => fingerprintOf([resourceChange("a.b", ["create"], {}, { after: { value } })]);
      const text = (value: unknown) => JSON.stringify(sorted(JSON.parse(JSON.stringify(value))));
      expect(after(one).hash === after(other).hash).toBe(text(one) === text(other));
      expect(differences(after(one), after(one))).toEqual([]);
    }),
  );
});

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  // An empty object is no empty list.
  return {
    entries: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  };
};
