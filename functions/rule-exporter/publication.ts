import { isDeepStrictEqual } from "node:util";
import { clashesAmong } from "./clashes.ts";
import type { ExportedRule } from "./event.ts";
import type { Problem } from "./problem.ts";
import type { RuleEntry } from "./rule.ts";
import { nameOf } from "./rules-among.ts";

/** A rule that could not be exported. */
export interface RefusedRule {
  rule: string;
  /** Whether it stays as it was: a slip in a file must not take a rule out of service. */
  kept: boolean;
  problems: Problem[];
}

/** What an estate becomes by an export; names of rules in order. */
export interface Publication {
  rules: ReadonlyMap<string, RuleEntry>;
  exported: string[];
  /** Those among the exported that are new or differ. */
  changed: string[];
  removed: string[];
  refused: RefusedRule[];
  /** Those among the exported of which something is to be said. */
  warned: { rule: string; problems: Problem[] }[];
}

/**
 * Decides what an estate becomes.
 *
 * @param before the rules that it has
 */
export function publicationOf(entries: readonly ExportedRule[], before: ReadonlyMap<string, RuleEntry>): Publication {
  const named = entries.map(({ rule, entry, problems }) => ({ name: nameOf(rule), rule, entry, problems }));
  // What stays as it was counts, too.
  const clashes = clashesAmong(named.map(({ name, entry }) => ({ name, entry: entry ?? before.get(name) })));
  const exported = named.flatMap(({ name, entry }) => (entry && !clashes.has(name) ? [{ name, entry }] : []));
  const refused = named
    .filter(({ name, entry }) => !entry || clashes.has(name))
    .map(({ name, rule, problems }) => ({
      rule,
      kept: before.has(name),
      problems: [...problems, ...(clashes.get(name) ?? [])],
    }));
  const kept = [...before].filter(([name]) => refused.some(({ rule }) => nameOf(rule) === name));
  const names = new Set(named.map(({ name }) => name));
  return {
    rules: new Map([...kept, ...exported.map(({ name, entry }) => [name, entry] as const)]),
    exported: exported.map(({ name }) => name).sort(),
    changed: exported
      .filter(({ name, entry }) => !isDeepStrictEqual(before.get(name), entry))
      .map(({ name }) => name)
      .sort(),
    removed: [...before.keys()].filter((name) => !names.has(name)).sort(),
    warned: named
      .filter(({ name, entry, problems }) => entry && !clashes.has(name) && problems.length > 0)
      .map(({ rule, problems }) => ({ rule, problems })),
    refused: refused.sort((a, b) => (a.rule < b.rule ? -1 : 1)),
  };
}
