import { expect, it } from "vitest";
import { labelledLines } from "../../shared/labelled-lines.ts";

it("Labelled lines have their values in one column, and leave out what has no value.", () => {
  const rows = [
    ["tag", "1.0"],
    ["repository", "infra"],
    ["the longest label", ""],
  ] as const;
  expect(labelledLines(rows, "  ")).toEqual(["  tag                1.0", "  repository         infra"]);
});
