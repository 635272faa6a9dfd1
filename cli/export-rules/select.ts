import { basename } from "node:path";
import { clashesAmong } from "../../functions/rule-exporter/clashes.ts";
import type { RuleFolder } from "../../functions/rule-exporter/needed-files.ts";
import type { ReadRule } from "../../functions/rule-exporter/rule.ts";
import { findRules, readRuleFolder } from "./rule-folders.ts";

/** Which rules to export: any that is named, or is in one of the rule sets; or all. */
export interface Selection {
  names: ReadonlySet<string>;
  rulesets: readonly string[];
  all: boolean;
}

/** A rule, and the path of its folder. */
export interface SelectedRule {
  folder: string;
  rule: ReadRule;
}

/**
 * Finds and reads the selected rules below a folder, in the order of their paths. Those that cannot be together in one
 * account are refused.
 *
 * @throws Error where a named rule is not there, or none is selected
 */
export function selectRules(
  rulesDir: string,
  selection: Selection,
  read: (folder: RuleFolder) => ReadRule,
): SelectedRule[] {
  const folders = findRules(rulesDir);
  refuseUnknown(selection.names, folders);
  // Only the file of a rule names its rule sets, so all files are read.
  const everyRule = selection.all || selection.rulesets.length > 0;
  const selected = folders
    .filter((folder) => everyRule || selection.names.has(basename(folder)))
    .map((folder) => ({ folder, rule: read(readRuleFolder(folder)) }))
    .filter(({ rule }) => isSelected(rule, selection));
  if (selected.length === 0) throw new Error("No rule is selected: name rules, or rule sets by -s, or take --all.");
  const clashes = clashesAmong(selected.map(({ rule }) => rule));
  return selected.map(({ folder, rule }) => {
    const problems = clashes.get(rule.name);
    return problems
      ? { folder, rule: { ...rule, entry: undefined, code: undefined, problems: [...rule.problems, ...problems] } }
      : { folder, rule };
  });
}

const isSelected = ({ name, ruleSets }: ReadRule, { names, rulesets, all }: Selection): boolean =>
  all || names.has(name) || ruleSets.some((set) => rulesets.includes(set));

function refuseUnknown(names: ReadonlySet<string>, folders: readonly string[]): void {
  const known = folders.map((folder) => basename(folder));
  const unknown = [...names].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no rule ${unknown.join(", ")}. Rules: ${known.join(", ") || "none"}.`);
}
