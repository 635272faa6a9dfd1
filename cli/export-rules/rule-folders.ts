import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import {
  excessOf,
  isNeeded,
  isNeededFolder,
  isWithinLimits,
  noPlainFile,
  type RuleFolder,
} from "../../functions/rule-exporter/needed-files.ts";
import { PARAMETERS_FILE } from "../../functions/rule-exporter/parameters-file.ts";
import { type Problem, problemOf } from "../../functions/rule-exporter/problem.ts";
import { isPassedOver } from "../../functions/rule-exporter/rule-paths.ts";
import { byCodeUnits } from "../../shared/code-unit-order.ts";

/** The folders with a parameters.json in a folder, in order. Nothing within the folder of a rule is a rule. */
export function findRules(root: string): string[] {
  const entries = readdirSync(root, { withFileTypes: true }).sort((a, b) => byCodeUnits(a.name, b.name));
  // It may be no plain file, which the reading of the rule complains of.
  if (entries.some((entry) => entry.name === PARAMETERS_FILE)) return [root];
  return entries
    .filter((entry) => entry.isDirectory() && !isPassedOver(entry.name))
    .flatMap(({ name }) => findRules(join(root, name)));
}

/** Reads the needed files of a rule's folder. A file that cannot be read is a problem of that rule alone. */
export function readRuleFolder(folder: string): RuleFolder {
  const problems: Problem[] = [];
  const files = new Map<string, Uint8Array>();
  let needed = 0;
  let bytes = 0;

  const visit = (directory: string): void => {
    for (const name of readdirSync(directory).sort()) {
      const path = join(directory, name);
      const within = relative(folder, path).split(sep).join("/");
      try {
        const status = lstatSync(path);
        if (status.isDirectory()) {
          if (isNeededFolder(within)) visit(path);
        } else if (isNeeded(within)) {
          if (!status.isFile()) {
            problems.push(noPlainFile(within));
            continue;
          }
          needed += 1;
          bytes += status.size;
          if (isWithinLimits(needed, bytes)) files.set(within, readFileSync(path));
        }
      } catch (fault) {
        problems.push(problemOf(within, "", `cannot be read: ${fault instanceof Error ? fault.message : fault}`));
      }
    }
  };
  visit(folder);

  return { name: basename(folder), files, problems: [...problems, ...excessOf(needed, bytes)] };
}
