import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { isNeeded, MAX_CODE_BYTES, type RuleFolder } from "../functions/rule-exporter/code-package.ts";
import { PARAMETERS_FILE } from "../functions/rule-exporter/parameters-file.ts";
import { type Problem, reporter } from "../functions/rule-exporter/problem.ts";

/** No rule has so many; somebody left a whole environment in its folder. */
const MOST_FILES = 5_000;

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
export function readRuleFolder(folder: string): RuleFolder & { problems: Problem[] } {
  const problems: Problem[] = [];
  const files = new Map<string, Uint8Array>();
  let bytes = 0;

  const visit = (directory: string): void => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name);
      const shown = relative(folder, path).split(sep).join("/");
      const { error } = reporter(problems, shown);
      try {
        const status = lstatSync(path);
        if (status.isDirectory()) {
          if (isNeeded(`${shown}/x.py`)) visit(path);
          continue;
        }
        if (!isNeeded(shown)) continue;
        if (status.isSymbolicLink() || !status.isFile()) {
          error(
            [],
            "is no plain file: a link would take in what does not belong to the rule. Put the file itself there.",
          );
          continue;
        }
        bytes += status.size;
        if (files.size >= MOST_FILES || bytes > MAX_CODE_BYTES) continue;
        files.set(shown, readFileSync(path));
      } catch (fault) {
        error([], `cannot be read: ${fault instanceof Error ? fault.message : fault}`);
      }
    }
  };
  visit(folder);

  const { error } = reporter(problems, "");
  if (files.size >= MOST_FILES) error([], `holds more than ${MOST_FILES} files: take out what the rule does not need.`);
  if (bytes > MAX_CODE_BYTES) error([], `holds ${bytes} bytes of code; Lambda takes ${MAX_CODE_BYTES}.`);
  return { name: basename(folder), files, problems };
}

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
