import fc from "fast-check";
import { expect, it } from "vitest";
import { isPassedOver, ruleNameOf, rulesAmong } from "../../../functions/rule-exporter/rule-paths.ts";

it.each([
  [
    "The paths of rules are the folders with a parameters.json, at any depth.",
    ["A/parameters.json", "b/c/D/parameters.json"],
    ["A", "b/c/D"],
  ],
  [
    "The paths of rules leave out a folder without a parameters.json.",
    ["A/A.py", "parameters.json.txt", "A/xparameters.json"],
    [],
  ],
  [
    "The paths of rules leave out a folder within the folder of a rule.",
    ["A/parameters.json", "A/tests/fixture/parameters.json"],
    ["A"],
  ],
  ["The paths of rules leave out the whole repository.", ["parameters.json"], []],
  [
    "The paths of rules leave out hidden folders and packages.",
    [".git/A/parameters.json", "node_modules/x/parameters.json"],
    [],
  ],
  [
    "The paths of rules hold two folders where the name of one begins like its neighbour's.",
    ["A/parameters.json", "A_B/parameters.json"],
    ["A", "A_B"],
  ],
])("%s", (_what, paths, rules) => {
  expect(rulesAmong(paths)).toEqual(rules);
});

it("The paths of rules are the same in whatever order the paths of a repository come.", () => {
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

it("The path of a rule ends in its name.", () => {
  expect(["A", "b/c/D", 'x/it\'s "odd"'].map(ruleNameOf)).toEqual(["A", "D", 'it\'s "odd"']);
});

it("The path of a rule may lead through any folder that is neither hidden nor a folder of packages.", () => {
  expect([".git", "node_modules", "rules", "a.b", "node_modules2"].filter(isPassedOver)).toEqual([
    ".git",
    "node_modules",
  ]);
});
