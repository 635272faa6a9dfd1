import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import {
  isNeeded,
  isNeededFolder,
  limitFolder,
  MAX_CODE_BYTES,
  MOST_FILES,
  NO_FILE,
  type RuleFolder,
} from "../../functions/rule-exporter/code-package.ts";
import { PARAMETERS_FILE } from "../../functions/rule-exporter/parameters-file.ts";
import { type Problem, reporter } from "../../functions/rule-exporter/problem.ts";

/** The folders below one that hold a parameters.json, in order; what lies in the folder of a rule is not looked at. */
export function findRules(root: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  // Whatever it is: what is no plain file, the reading of the rule complains of.
  if (entries.some((entry) => entry.name === PARAMETERS_FILE)) return [root];
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules")
    .flatMap(({ name }) => findRules(join(root, name)));
}

/** Reads what is needed of a rule's folder. What cannot be read is a problem of that rule alone. */
export function readRuleFolder(folder: string): RuleFolder {
  const problems: Problem[] = [];
  const files = new Map<string, Uint8Array>();
  let count = 0;
  let bytes = 0;

  const visit = (directory: string): void => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name);
      const shown = relative(folder, path).split(sep).join("/");
      const { error } = reporter(problems, shown);
      try {
        const status = lstatSync(path);
        if (status.isDirectory()) {
          if (isNeededFolder(shown)) visit(path);
          continue;
        }
        if (!isNeeded(shown)) continue;
        if (status.isSymbolicLink() || !status.isFile()) {
          error([], NO_FILE);
          continue;
        }
        count += 1;
        bytes += status.size;
        if (count > MOST_FILES || bytes > MAX_CODE_BYTES) continue;
        files.set(shown, readFileSync(path));
      } catch (fault) {
        error([], `cannot be read: ${fault instanceof Error ? fault.message : fault}`);
      }
    }
  };
  visit(folder);

  limitFolder(count, bytes, problems);
  return { name: basename(folder), files, problems };
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
