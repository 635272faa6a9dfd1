import { expect, it } from "vitest";
import { fittingList } from "../../../functions/sni-collector/list-text.ts";

it.each([
  [[], 10, ""],
  [["a"], 0, "a"],
  [["a", "b", "c"], 7, "a, b, c"],
  [["aa", "bb", "cc", "dd", "ee"], 17, "aa, bb and 3 more"],
  [["aa", "bb", "cc", "dd", "ee"], 16, "aa and 4 more"],
  [["aa", "bb"], 0, "aa and 1 more"],
])("A list of %j reads in %i characters: %j.", (values, room, text) => {
  expect(fittingList(values, room)).toBe(text);
});
