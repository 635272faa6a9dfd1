import fc from "fast-check";
import { expect, it } from "vitest";
import { nameOf, rulesAmong } from "../../../functions/rule-exporter/rules-among.ts";

it.each([
  [
    "a folder with a parameters.json is a rule, at any depth",
    ["A/parameters.json", "b/c/D/parameters.json"],
    ["A", "b/c/D"],
  ],
  ["a folder without one is none", ["A/A.py", "parameters.json.txt", "A/xparameters.json"], []],
  ["what lies within a rule is its own", ["A/parameters.json", "A/tests/fixture/parameters.json"], ["A"]],
  ["the whole repository is no rule", ["parameters.json"], []],
  ["hidden folders and packages are left out", [".git/A/parameters.json", "node_modules/x/parameters.json"], []],
  ["a neighbour whose name begins alike is another rule", ["A/parameters.json", "A_B/parameters.json"], ["A", "A_B"]],
])("%s", (_what, paths, rules) => {
  expect(rulesAmong(paths)).toEqual(rules);
});

it("finds the same in any order", () => {
  const paths = [
    "a/parameters.json",
    "a/b/parameters.json",
    "c/d/parameters.json",
    "c/d/e/parameters.json",
    "f/parameters.json",
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(paths, { minLength: paths.length }), (shuffled) => {
      expect(rulesAmong(shuffled)).toEqual(["a", "c/d", "f"]);
    }),
  );
});

it("a rule has the name of its folder", () => {
  expect(["A", "b/c/D", 'x/it\'s "odd"'].map(nameOf)).toEqual(["A", "D", 'it\'s "odd"']);
});
