import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import {
  ESTATE_RULES,
  estateLayout,
  type Output,
  ruleLayout,
  type Templates,
  zipInEstate,
} from "../../functions/rule-exporter/layout.ts";
import type { RuleEntry } from "../../functions/rule-exporter/rule-entry.ts";
import { isFolder } from "../command.ts";
import type { SelectedRule } from "./select.ts";

/** The files that an export writes. */
export interface Plan {
  /** Contents of files by their paths. */
  contents: ReadonlyMap<string, Uint8Array>;
  /** Paths of the zips of rules that are gone. */
  obsolete: readonly string[];
  /** For each rule of `selected`, in its order, the paths of the files that hold it; none for a refused rule. */
  files: readonly (readonly string[])[];
}

/**
 * Plans a root for each rule.
 *
 * @param out the folder that gets a folder for each rule; by default the files lie in the folder of the rule
 */
export function planRuleRoots(selected: readonly SelectedRule[], templates: Templates, out?: string): Plan {
  const roots = selected.map(({ folder, rule }) =>
    rule.entry ? contentsOf(out === undefined ? folder : join(out, rule.name), ruleLayout(rule, templates)) : [],
  );
  return {
    contents: new Map(roots.flat()),
    obsolete: [],
    files: roots.map((root) => root.map(([path]) => path)),
  };
}

/** Plans one root for all rules. */
export function planEstate(selected: readonly SelectedRule[], templates: Templates, folder: string): Plan {
  const entries = selected.flatMap(({ rule: { name, entry } }): [string, RuleEntry][] =>
    entry ? [[name, entry]] : [],
  );
  const zips = selected.flatMap(({ rule: { name, code } }) => (code ? [[zipInEstate(name), code]] : []));
  const contents = new Map(
    contentsOf(folder, { ...estateLayout(new Map(entries), templates), ...Object.fromEntries(zips) }),
  );
  return {
    contents,
    obsolete: zipsIn(join(folder, dirname(zipInEstate("")))).filter((path) => !contents.has(path)),
    files: selected.map(({ rule: { name, entry, code } }) =>
      entry ? [ESTATE_RULES, ...(code ? [zipInEstate(name)] : [])].map((file) => join(folder, file)) : [],
    ),
  };
}

/** The changes that a plan makes: paths of files to write, and of zips to remove. */
export function pendingChangesOf({ contents, obsolete }: Plan): { write: string[]; remove: readonly string[] } {
  const write = [...contents].filter(([path, content]) => !isWritten(path, content)).map(([path]) => path);
  return { write, remove: obsolete };
}

/** Makes the changes of a plan. */
export function carryOut({ contents }: Plan, { write, remove }: ReturnType<typeof pendingChangesOf>): void {
  for (const path of write) put(path, contents.get(path) ?? new Uint8Array());
  for (const path of remove) rmSync(path);
}

const contentsOf = (folder: string, output: Output): [path: string, content: Uint8Array][] =>
  Object.entries(output).map(([name, content]) => [join(folder, name), Buffer.from(content)]);

const zipsIn = (folder: string): string[] =>
  (isFolder(folder) ? readdirSync(folder) : [])
    .filter((name) => name.endsWith(".zip"))
    .map((name) => join(folder, name));

function isWritten(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}

/** Puts a file into place whole, or not at all. */
function put(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}
