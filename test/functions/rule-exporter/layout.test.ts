import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readTemplates } from "../../../cli/export-rules/templates.ts";
import { estateLayout, ruleLayout, TEMPLATE_FILES } from "../../../functions/rule-exporter/layout.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule-entry.ts";

const templates = readTemplates();
const entry: RuleEntry = { kind: "managed", identifier: "X", description: "d", tags: { b: "1", a: "2" } };

it("The layout lists every Terraform file in the folder of templates.", () => {
  expect(Object.values(TEMPLATE_FILES).sort()).toEqual(readdirSync("functions/rule-exporter/templates").sort());
});

describe("the layout of an estate", () => {
  it("The layout of an estate has the same JSON in any order of the keys of an entry.", () => {
    const turned = Object.fromEntries(Object.entries(entry).reverse());
    const layout = (rule: RuleEntry) =>
      estateLayout(
        new Map([
          ["B", rule],
          ["A", rule],
        ]),
        templates,
      );
    expect(layout({ ...turned, kind: "managed", description: "d" })).toEqual(layout(entry));
    expect(layout(entry)["rules.auto.tfvars.json"]).toMatch(
      /^\{\n {2}"rules": \{\n {4}"A": \{\n {6}"description": "d",/,
    );
    expect(layout(entry)["rules.auto.tfvars.json"]).toMatch(/\n\}\n$/);
  });

  it("The layout of an estate has JSON that names the bucket of the code where there is one.", () => {
    const rulesOf = (bucket?: string) =>
      JSON.parse(estateLayout(new Map(), templates, bucket)["rules.auto.tfvars.json"]);
    expect(rulesOf("code")).toEqual({ rules: {}, source_bucket: "code" });
    expect(rulesOf()).toEqual({ rules: {} });
  });
});

it("The layout of a rule has the files of the RDK: names in small letters, but for the zip.", () => {
  const rule = { name: "My_Rule", kind: "custom" as const, ruleSets: [], entry, problems: [] };
  expect(Object.keys(ruleLayout({ ...rule, code: new Uint8Array([1]) }, templates))).toEqual([
    "my_rule_rule.tf",
    "my_rule_variables.tf",
    "my_rule.tfvars.json",
    "My_Rule.zip",
  ]);
  expect(Object.keys(ruleLayout({ ...rule, code: undefined }, templates))).toHaveLength(3);
});
