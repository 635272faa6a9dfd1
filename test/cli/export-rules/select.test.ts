import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { type Selection, selectRules } from "../../../cli/export-rules/select.ts";
import { exportOptions } from "../../../functions/rule-exporter/export-options.ts";
import { readRule } from "../../../functions/rule-exporter/rule.ts";
import { CUSTOM, createRuleFolders, MANAGED } from "../../support/rule-folders.ts";

const { rules, put, reset, remove } = createRuleFolders();
beforeEach(reset);
afterAll(remove);

const select = (selection: Partial<Selection>) => {
  const read: string[] = [];
  const selected = selectRules(rules, { names: new Set(), rulesets: [], all: false, ...selection }, (folder) => {
    read.push(folder.name);
    return readRule(folder, exportOptions.parse({}), "2026-11-23", (name) => ({ file: `${name}.zip` }));
  });
  return { selected, read };
};
const namesOf = (selection: Partial<Selection>) => select(selection).selected.map(({ rule }) => rule.name);

describe("the selected rules", () => {
  it("export-rules selects a rule by its name, and reads no other rule.", () => {
    expect(select({ names: new Set(['it\'s "odd"']) }).read).toEqual(['it\'s "odd"']);
    expect(namesOf({ names: new Set(['it\'s "odd"']) })).toEqual(['it\'s "odd"']);
  });

  it("export-rules selects a rule by any of its rule sets.", () => {
    expect(namesOf({ rulesets: ["pci"] })).toEqual(["CUSTOM_RULE"]);
    expect(namesOf({ rulesets: ["iam", "high"] })).toEqual(["CUSTOM_RULE", "MANAGED_RULE"]);
  });

  it("export-rules selects the rules of both names and rule sets.", () => {
    expect(namesOf({ names: new Set(['it\'s "odd"']), rulesets: ["iam"] })).toEqual(['it\'s "odd"', "MANAGED_RULE"]);
  });

  it("export-rules selects all rules in the order of their paths.", () => {
    expect(namesOf({ all: true })).toEqual(["CUSTOM_RULE", 'it\'s "odd"', "MANAGED_RULE"]);
  });

  it.each([
    [
      "a name without a rule",
      { names: new Set(["CUSTOM_RULE", "NONE"]) },
      "There is no rule NONE. Rules: CUSTOM_RULE, ",
    ],
    ["a rule set without rules", { rulesets: ["none"] }, "No rule is selected"],
    ["no selection", {}, "No rule is selected"],
  ])("export-rules selects nothing for %s, which is an error.", (_what, selection, message) => {
    expect(() => select(selection)).toThrow(message);
  });

  it("export-rules selects no rule by its name in a folder without rules, and the error says that there are none.", () => {
    expect(() =>
      selectRules("test/cli/export-rules", { names: new Set(["X"]), rulesets: [], all: false }, () => {
        throw new Error("There is nothing to read.");
      }),
    ).toThrow("There is no rule X. Rules: none.");
  });
});

describe("rules that cannot be together", () => {
  const refused = (selection: Partial<Selection>) =>
    select(selection)
      .selected.filter(({ rule }) => rule.entry === undefined && rule.code === undefined)
      .map(({ folder, rule }) => [folder.slice(rules.length + 1), rule.problems.map(({ message }) => message)]);

  it("export-rules selects two folders of one name and refuses both.", () => {
    put("elsewhere/CUSTOM_RULE", MANAGED);
    const message = "There are 2 folders of this name: give each rule a name of its own.";
    expect(refused({ all: true })).toEqual([
      ["CUSTOM_RULE", [message]],
      ["elsewhere/CUSTOM_RULE", [message]],
    ]);
  });

  it("export-rules selects two rules with one function and refuses both, since the RDK leaves out underscores.", () => {
    put("CUSTOMRULE", { ...CUSTOM, RuleSets: [] }, { "CUSTOMRULE.py": "x = 1\n" });
    const message = "The function would be RDK-Rule-Function-CUSTOMRULE, which is also the function of";
    expect(refused({ all: true })).toEqual([
      ["CUSTOMRULE", [`${message} CUSTOM_RULE: write a name of its own.`]],
      ["CUSTOM_RULE", [`${message} CUSTOMRULE: write a name of its own.`]],
    ]);
  });

  it("export-rules selects a rule without a clash with one that is not selected.", () => {
    put("CUSTOMRULE", { ...CUSTOM, RuleSets: [] }, { "CUSTOMRULE.py": "x = 1\n" });
    expect(refused({ rulesets: ["pci"] })).toEqual([]);
  });

  it("export-rules selects a rule that clashes with its own problems before those of the clash.", () => {
    put("elsewhere/CUSTOM_RULE", { ...MANAGED, RuleName: "OTHER" });
    expect(refused({ all: true })[1]?.[1]).toEqual([
      expect.stringContaining("differs from the name of the folder"),
      expect.stringContaining("There are 2 folders"),
    ]);
  });
});
