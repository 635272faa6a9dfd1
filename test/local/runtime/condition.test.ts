import { expect, it } from "vitest";
import { entryTo } from "../../../local/runtime/condition.ts";
import type { Condition } from "../../../local/runtime/deployment.ts";

const condition = (
  result: string,
  configuration: Record<string, string>,
  provider = "VariableCheck",
  more: Condition["rule"] = [],
): Condition => ({
  result,
  rule: [
    {
      name: "changes",
      rule_type_id: [{ category: "Rule", owner: "AWS", provider, version: "1" }],
      configuration,
      commands: undefined,
      input_artifacts: undefined,
      region: undefined,
      role_arn: undefined,
      timeout_in_minutes: undefined,
    },
    ...more,
  ],
});
const check = (Operator: string, Value = "0") => ({ Variable: "#{Plan.CHANGES}", Value, Operator });
const withChanges = (CHANGES: string) => new Map([["Plan", { CHANGES }]]);

it.each([
  ["SKIP", check("NE"), "3", "enter"],
  ["SKIP", check("NE"), "0", "skip"],
  ["FAIL", check("NE"), "3", "enter"],
  ["FAIL", check("NE"), "0", "fail"],
  ["SKIP", check("EQ"), "0", "enter"],
  ["SKIP", check("EQ"), "3", "skip"],
  ["FAIL", check("CONTAINS", "1"), "210", "enter"],
  ["FAIL", check("CONTAINS", "1"), "20", "fail"],
  ["SKIP", check("MATCHES", "\\d+"), "20", "enter"],
  ["SKIP", check("MATCHES", "\\d"), "20", "skip"],
])("A condition %s with %j and CHANGES=%s lets a stage %s.", (result, configuration, changes, entry) => {
  expect(entryTo(condition(result, configuration), withChanges(changes), "Apply")).toBe(entry);
});

it("A stage without a condition is entered.", () => {
  expect(entryTo(undefined, new Map(), "Apply")).toBe("enter");
});

it("One rule of several that does not hold is enough for the result.", () => {
  const [second] = condition("SKIP", check("EQ")).rule;
  expect(
    entryTo(condition("SKIP", check("NE"), "VariableCheck", second ? [second] : []), withChanges("3"), "Apply"),
  ).toBe("skip");
});

it.each([
  ["a result", condition("ROLLBACK", check("NE")), "the result ROLLBACK is not known here"],
  ["a rule", condition("SKIP", check("NE"), "LambdaInvoke"), "of LambdaInvoke is not known here"],
  ["an operator", condition("SKIP", check("GT")), "Operator"],
  ["a setting", condition("SKIP", { ...check("NE"), Extra: "1" }), "Extra"],
  ["a missing setting", condition("SKIP", { Variable: "1", Operator: "NE" }), "Value"],
])("A condition with %s that is not known is an error.", (_what, unknown, message) => {
  expect(() => entryTo(unknown, withChanges("0"), "Apply")).toThrow(message);
});

it("A condition on a variable that nothing has set is an error which names it.", () => {
  expect(() => entryTo(condition("SKIP", check("NE")), new Map(), "the stage Apply")).toThrow(
    "the stage Apply: nothing has set the variable #{Plan.CHANGES}",
  );
});
