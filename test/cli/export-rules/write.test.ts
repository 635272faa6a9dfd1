import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { SelectedRule } from "../../../cli/export-rules/select.ts";
import { carryOut, pendingChangesOf, planEstate, planRuleRoots } from "../../../cli/export-rules/write.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule-entry.ts";
import { filesBelow } from "../../support/export-rules.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade write-"));
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true }));

const templates = { configRules: "rules", ruleVariables: "rule", estateVariables: "estate" };
const entry: RuleEntry = { kind: "managed", description: "" };
const selected = (name: string, what: { entry?: RuleEntry; code?: Uint8Array } = {}): SelectedRule => ({
  folder: join(folder, name),
  rule: { name, kind: "managed", ruleSets: [], entry: undefined, code: undefined, problems: [], ...what },
});
const SELECTED = [selected("A", { entry, code: Buffer.from("zip") }), selected("REFUSED"), selected("B", { entry })];
const shown = (paths: Iterable<string>) => [...paths].map((path) => path.slice(folder.length + 1));

describe("the plan of an export", () => {
  it("export-rules writes a root for each exported rule into its own folder.", () => {
    const { contents, files, obsolete } = planRuleRoots(SELECTED, templates);
    const a = ["A/a_rule.tf", "A/a_variables.tf", "A/a.tfvars.json", "A/A.zip"];
    const b = ["B/b_rule.tf", "B/b_variables.tf", "B/b.tfvars.json"];
    expect(shown(contents.keys())).toEqual([...a, ...b]);
    expect(files.map(shown)).toEqual([a, [], b]);
    expect(obsolete).toEqual([]);
  });

  it("export-rules writes a folder for each exported rule below the folder that the user names.", () => {
    const { files } = planRuleRoots(SELECTED, templates, join(folder, "out"));
    expect(shown(files[2] ?? [])).toEqual(["out/B/b_rule.tf", "out/B/b_variables.tf", "out/B/b.tfvars.json"]);
  });

  it("export-rules writes an estate as one root with the code of all its rules.", () => {
    const { contents, files } = planEstate(SELECTED, templates, join(folder, "estate"));
    const own = ["config_rules.tf", "variables.tf", "rules.auto.tfvars.json", "code/A.zip"];
    expect(shown(contents.keys())).toEqual(own.map((path) => `estate/${path}`));
    expect(files.map(shown)).toEqual([
      ["estate/rules.auto.tfvars.json", "estate/code/A.zip"],
      [],
      ["estate/rules.auto.tfvars.json"],
    ]);
    const json = contents.get(join(folder, "estate", "rules.auto.tfvars.json"));
    expect(JSON.parse(Buffer.from(json ?? "").toString())).toEqual({ rules: { A: entry, B: entry } });
  });

  it("export-rules writes by a plan in which the zip of a rule that is gone is obsolete, and other files are not.", () => {
    mkdirSync(join(folder, "estate", "code"), { recursive: true });
    for (const name of ["A.zip", "GONE.zip", "README.md"]) writeFileSync(join(folder, "estate", "code", name), "");
    const plan = planEstate(SELECTED, templates, join(folder, "estate"));
    expect(shown(plan.obsolete)).toEqual(["estate/code/GONE.zip"]);
    expect(pendingChangesOf(plan).remove).toEqual(plan.obsolete);
  });
});

describe("the changes of an export", () => {
  it("export-rules writes nothing once all changes were made.", () => {
    const plan = planEstate(SELECTED, templates, join(folder, "estate"));
    expect(shown(pendingChangesOf(plan).write)).toHaveLength(4);
    carryOut(plan, pendingChangesOf(plan));
    expect(filesBelow(folder)).toHaveLength(4);
    expect(pendingChangesOf(planEstate(SELECTED, templates, join(folder, "estate")))).toEqual({
      write: [],
      remove: [],
    });
  });

  it("export-rules writes no file again that has its content already.", () => {
    const plan = planRuleRoots(SELECTED, templates);
    carryOut(plan, pendingChangesOf(plan));
    const before = statSync(join(folder, "A", "A.zip")).ino;
    writeFileSync(join(folder, "A", "a_rule.tf"), "changed");
    expect(shown(pendingChangesOf(plan).write)).toEqual(["A/a_rule.tf"]);
    carryOut(plan, pendingChangesOf(plan));
    expect(readFileSync(join(folder, "A", "a_rule.tf"), "utf8")).toBe("rules");
    expect(statSync(join(folder, "A", "A.zip")).ino).toBe(before);
  });

  it("export-rules writes an export and removes its obsolete zips.", () => {
    mkdirSync(join(folder, "estate", "code"), { recursive: true });
    writeFileSync(join(folder, "estate", "code", "GONE.zip"), "");
    const plan = planEstate(SELECTED, templates, join(folder, "estate"));
    carryOut(plan, pendingChangesOf(plan));
    expect(readdirSync(join(folder, "estate", "code"))).toEqual(["A.zip"]);
  });

  it("export-rules writes nothing unfinished that stays where a file cannot be put into place.", () => {
    const plan = planRuleRoots(SELECTED, templates);
    mkdirSync(join(folder, "A", "a_rule.tf", "in the way"), { recursive: true });
    expect(() => carryOut(plan, pendingChangesOf(plan))).toThrow("EISDIR");
    expect(readdirSync(join(folder, "A"))).toEqual(["a_rule.tf"]);
  });
});
