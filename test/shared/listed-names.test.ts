import { expect, it } from "vitest";
import { listedNames } from "../../shared/listed-names.ts";

it("A list of names is short and plain.", () => {
  const names = Array.from({ length: 22 }, (_, index) => `a\n${index}`);
  expect(listedNames(names)).toMatch(/^a\?0, a\?1, .*a\?19, and 2 more$/);
  expect(listedNames([])).toBe("");
});
