import { expect, it } from "vitest";
import { countChanges, numberOfChanges } from "../../shared/count-changes.ts";
import { changedOutputs, plannedChanges, readPlan } from "../../shared/terraform-plan.ts";
import { planOf, planText, resourceChange } from "../support/terraform-plan.ts";

it.each([
  [["create"], {}, {}, "create"],
  [["update"], {}, {}, "update"],
  [["delete"], {}, {}, "destroy"],
  [["delete", "create"], {}, {}, "replace"],
  [["create", "delete"], {}, {}, "replace"],
  [["forget"], {}, {}, "forget"],
  [["create", "forget"], {}, {}, "forget"],
  [["no-op"], { previous_address: "aws_vpc.old" }, {}, "move"],
  [["no-op"], {}, { importing: { id: "vpc-1" } }, "import"],
  [["update"], { previous_address: "aws_vpc.old" }, {}, "update"],
  [["update"], {}, { importing: { id: "vpc-1" } }, "update"],
])("The actions %j of a resource, with %j and %j, count once, as %s.", (actions, more, change, action) => {
  const plan = planOf([resourceChange("aws_vpc.this", actions, more, change)]);
  expect(plannedChanges(plan)).toEqual([{ address: "aws_vpc.this", type: "aws_vpc", action }]);
  expect(countChanges(plan)).toMatchObject({ [action]: 1 });
  expect(numberOfChanges(true, countChanges(plan))).toBe(1);
});

it.each([[["no-op"]], [["read"]]])("A resource with the actions %j does not change.", (actions) => {
  expect(plannedChanges(planOf([resourceChange("aws_vpc.this", actions)]))).toEqual([]);
});

it("Actions that the program does not know are an error that names the resource.", () => {
  const plan = planOf([resourceChange("aws_vpc.this", ["delete", "forget"])]);
  expect(() => plannedChanges(plan)).toThrow("Terraform plans to delete and forget aws_vpc.this");
});

it("CHANGES is 0 if and only if Terraform says that there is nothing to apply.", () => {
  const none = countChanges(planOf([]));
  expect(numberOfChanges(false, none)).toBe(0);
  expect(numberOfChanges(true, none)).toBe(1);
  const some = countChanges(
    planOf([resourceChange("a.b", ["create"])], { output_changes: { o: { actions: ["update"] } } }),
  );
  expect(numberOfChanges(false, some)).toBe(0);
  expect(numberOfChanges(true, some)).toBe(2);
});

it("An output that does not change is not counted.", () => {
  const output_changes = { same: { actions: ["no-op"] }, other: { actions: ["create"], before: null, after: 1 } };
  expect(changedOutputs(planOf([], { output_changes }))).toEqual(["other"]);
});

it.each(["9007199254740993", "0.1000000000000000055511151231257827", "123456789012345678901234567890"])(
  "The number %s, which a double does not hold, stays as Terraform wrote it.",
  (number) => {
    const text = planText([resourceChange("a.b", ["create"], {}, { after: { size: "NUMBER" } })]);
    const plan = readPlan(text.replace('"NUMBER"', number));
    expect(plan.resource_changes[0]?.change.after).toEqual({ size: number });
  },
);

it("A plan of a form that the program does not know is an error that names what is wrong.", () => {
  expect(() => readPlan(planText([], { format_version: "2.0" }))).toThrow("must be 1.x");
  expect(() => readPlan('{"format_version":"1.2"}')).toThrow("applyable");
});
