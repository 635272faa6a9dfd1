import { expect, it } from "vitest";
import { violationsOf } from "../../../functions/guardrail-merger/violations.ts";
import { complianceOf, type Failures } from "../../support/guardrail-merger.ts";

const check = (workload: string, failures?: Failures) => ({
  workload,
  owner: "o",
  compliance: complianceOf(workload, "a".repeat(40), failures),
});

it("The violations are counted in all, by guardrail and by workload, zero included, and a workload that could not be checked is left out.", () => {
  const checks = [
    check("orders", { Encrypted: { addresses: ["a", "b"] }, Exists: { level: "warn", addresses: [] } }),
    check("web"),
    { workload: "dark", owner: "o", couldNotCheck: "No." },
  ];
  expect(violationsOf(checks).map(({ dimension, count }) => [dimension?.name, dimension?.value, count])).toEqual([
    [undefined, undefined, 3],
    ["guardrail", "encryption: Encrypted", 2],
    ["guardrail", "encryption: Exists", 1],
    ["guardrail", "tags: Instances have tags", 0],
    ["workload", "orders", 3],
    ["workload", "web", 0],
  ]);
});

it("The violations have dimensions of printable ASCII.", () => {
  const values = violationsOf([check("w", { "\u202eé\n": { addresses: ["a"] } })]).map(
    ({ dimension }) => dimension?.value,
  );
  expect(values[1]).toBe("encryption: ???");
});
