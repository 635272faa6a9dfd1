import { PARAMETERS_FILE } from "./parameters-file.ts";

/** Whether the search for rules skips a folder of this name: a hidden folder, or packages. */
export const isPassedOver = (folder: string): boolean => folder.startsWith(".") || folder === "node_modules";

/**
 * The folders with a parameters.json among the paths of a repository, in order. A parameters.json within the folder of a
 * rule is a file of that rule.
 */
export function rulesAmong(paths: Iterable<string>): string[] {
  const rules = new Set<string>();
  const folders = [...paths]
    .filter((path) => path.endsWith(`/${PARAMETERS_FILE}`))
    .map((path) => path.slice(0, -PARAMETERS_FILE.length - 1).split("/"))
    .filter((parts) => !parts.some(isPassedOver))
    .sort((a, b) => a.length - b.length);
  for (const parts of folders) {
    const above = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join("/"));
    if (!above.some((folder) => rules.has(folder))) rules.add(parts.join("/"));
  }
  return [...rules].sort();
}

/** The name of a rule: the name of its folder. */
export const ruleNameOf = (rule: string): string => rule.slice(rule.lastIndexOf("/") + 1);
