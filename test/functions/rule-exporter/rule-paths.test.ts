import fc from "fast-check";
import { expect, it } from "vitest";
import { isPassedOver, ruleNameOf, rulesAmong } from "../../../functions/rule-exporter/rule-paths.ts";

it.each([
  [
    "A folder with a parameters.json is a rule, at any depth.",
    ["A/parameters.json", "b/c/D/parameters.json"],
    ["A", "b/c/D"],
  ],
  ["A folder without a parameters.json is no rule.", ["A/A.py", "parameters.json.txt", "A/xparameters.json"], []],
  ["A folder within the folder of a rule is no rule.", ["A/parameters.json", "A/tests/fixture/parameters.json"], ["A"]],
  ["The whole repository is no rule.", ["parameters.json"], []],
  ["Hidden folders and packages are passed over.", [".git/A/parameters.json", "node_modules/x/parameters.json"], []],
  [
    "A folder whose name begins like its neighbour's is another rule.",
    ["A/parameters.json", "A_B/parameters.json"],
    ["A", "A_B"],
  ],
])("%s", (_what, paths, rules) => {
  expect(rulesAmong(paths)).toEqual(rules);
});

it("The rules among paths are the same in whatever order the paths come.", () => {
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

it("A rule has the name of its folder.", () => {
  expect(["A", "b/c/D", 'x/it\'s "odd"'].map(ruleNameOf)).toEqual(["A", "D", 'it\'s "odd"']);
});

it("Rules are looked for in any folder that is neither hidden nor a folder of packages.", () => {
  expect([".git", "node_modules", "rules", "a.b", "node_modules2"].filter(isPassedOver)).toEqual([
    ".git",
    "node_modules",
  ]);
});
