import { expect, it } from "vitest";
import { scanCopies } from "../../../stages/plan/scan-copies.ts";

const resource = (address: string, mode = "managed") => {
  const [type = "", name = ""] = address.split(".");
  return { address, mode, type, name, values: {} };
};
const change = (address: string, after: unknown, more: object = {}, actions = ["create"]) => ({
  ...resource(address),
  change: { actions, after },
  ...more,
});
const planOf = (resources: unknown[], resource_changes: unknown[]) => ({
  format_version: "1.2",
  planned_values: { root_module: { resources } },
  resource_changes,
  configuration: { root_module: {} },
});
const copied = (plan: unknown) => {
  const { trivy, ...copies } = scanCopies(plan);
  const { resource_changes } = trivy as { resource_changes: { address: string; change: { after: unknown } }[] };
  return { ...copies, after: resource_changes.map(({ address, change }) => [address, change.after]) };
};

it("Data sources, resources that are forgotten, and deposed ones are not scanned.", () => {
  const { resources, after } = copied(
    planOf(
      [resource("aws_x.a"), resource("aws_x.forgotten"), resource("aws_x.data", "data")],
      [
        change("aws_x.a", { b: 1 }),
        change("aws_x.a", { b: 2 }, { deposed: "00000001" }, ["delete"]),
        change("aws_x.forgotten", {}, {}, ["forget"]),
      ],
    ),
  );
  expect([resources, after[0], after.length]).toEqual([1, ["aws_x.r0", { b: 1 }], 2]);
});

it("Values have no null in a list, no control character, and no text that begins like a heredoc.", () => {
  const { after } = copied(
    planOf(
      [resource("aws_x.a")],
      [change("aws_x.a", { a: [null, [null, { b: [null] }]], c: "<<EOF\u0000\n", d: null })],
    ),
  );
  expect(after[0]).toEqual(["aws_x.r0", { a: [[{ b: [] }]], c: " <<EOF \n", d: null }]);
});

it("A resource with several blocks stands there once for each of them, with it in the first place.", () => {
  const { resources, after, standsFor } = copied(
    planOf([resource("aws_x.a")], [change("aws_x.a", { in: [{ p: 1 }, { p: 2 }], out: [{ p: 3 }], list: [4, 5] })]),
  );
  expect(after.slice(0, 2)).toEqual([
    ["aws_x.r0", { in: [{ p: 1 }, { p: 2 }], out: [{ p: 3 }], list: [4, 5] }],
    ["aws_x.r0_1", { in: [{ p: 2 }, { p: 1 }], out: [{ p: 3 }], list: [4, 5] }],
  ]);
  expect([resources, standsFor.get("aws_x.r0_1")]).toEqual([1, { address: "aws_x.a", repeated: true }]);
});
