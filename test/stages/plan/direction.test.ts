import { expect, it } from "vitest";
import { directionOf } from "../../../stages/plan/direction.ts";

/** 1 ← 2 ← 3, and aside of them 4. */
const isAncestor = async (ancestor: string, descendant: string) =>
  descendant !== "4" && ancestor !== "4" && ancestor < descendant;

it.each([
  [undefined, "2", "first"],
  ["2", "2", "same"],
  ["1", "3", "forward"],
  ["3", "1", "back"],
  ["4", "1", "aside"],
])("From commit %s to commit %s is %s.", async (from, to, direction) => {
  expect(await directionOf(from, to, isAncestor)).toBe(direction);
});
