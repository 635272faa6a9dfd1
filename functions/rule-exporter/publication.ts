import { isDeepStrictEqual } from "node:util";
import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { clashesAmong } from "./clashes.ts";
import type { ExportedRule } from "./event.ts";
import type { Problem } from "./problem.ts";
import type { RuleEntry } from "./rule-entry.ts";
import { ruleNameOf } from "./rule-paths.ts";

/** A rule that could not be exported. */
export interface RefusedRule {
  /** The path of its folder. */
  rule: string;
  /** Whether it stays as it was: a slip in a file must not take a rule out of service. */
  kept: boolean;
  problems: readonly Problem[];
}

/** The names of rules by what became of them, in order. */
export interface Outcomes {
  exported: readonly string[];
  /** Those among the exported that are new or differ. */
  changed: readonly string[];
  removed: readonly string[];
  refused: readonly RefusedRule[];
  /** Those among the exported that have problems all the same. */
  warned: readonly { rule: string; problems: readonly Problem[] }[];
}

/** The rules that an estate gets by an export, by name. */
export interface Publication {
  rules: ReadonlyMap<string, RuleEntry>;
  outcomes: Outcomes;
}

/**
 * Decides which rules an estate gets.
 *
 * @param before the rules that it has
 */
export function publicationOf(entries: readonly ExportedRule[], before: ReadonlyMap<string, RuleEntry>): Publication {
  const found = entries.map((exported) => ({ ...exported, name: ruleNameOf(exported.rule) }));
  // A rule that stays as it was counts, too.
  const clashes = clashesAmong(found.map(({ name, entry }) => ({ name, entry: entry ?? before.get(name) })));
  const exported = found.flatMap(({ name, rule, entry, problems }) =>
    entry && !clashes.has(name) ? [{ name, rule, entry, problems }] : [],
  );
  const refused = found
    .filter(({ name, entry }) => !entry || clashes.has(name))
    .map(({ name, rule, problems }) => ({
      rule,
      kept: before.has(name),
      problems: [...problems, ...(clashes.get(name) ?? [])],
    }));
  const kept = [...before].filter(([name]) => refused.some(({ rule }) => ruleNameOf(rule) === name));
  const names = new Set(found.map(({ name }) => name));
  return {
    rules: new Map([...kept, ...exported.map(({ name, entry }) => [name, entry] as const)]),
    outcomes: {
      exported: exported.map(({ name }) => name).sort(),
      changed: exported
        .filter(({ name, entry }) => !isDeepStrictEqual(before.get(name), entry))
        .map(({ name }) => name)
        .sort(),
      removed: [...before.keys()].filter((name) => !names.has(name)).sort(),
      warned: exported.filter(({ problems }) => problems.length > 0).map(({ rule, problems }) => ({ rule, problems })),
      refused: refused.sort((a, b) => byCodeUnits(a.rule, b.rule)),
    },
  };
}
