import { PARAMETERS_FILE } from "./parameters-file.ts";
import { type Problem, reporter } from "./problem.ts";
import type { RuleEntry } from "./rule.ts";

/** What keeps rules, each of which is fine alone, from being in one account; by their names. */
export function clashesAmong(rules: readonly { name: string; entry: RuleEntry | undefined }[]): Map<string, Problem[]> {
  const clashes = new Map<string, Problem[]>();
  const add = (name: string, path: readonly string[], message: string) => {
    const problems = clashes.get(name) ?? [];
    clashes.set(name, problems);
    reporter(problems, PARAMETERS_FILE).error(path, message);
  };
  for (const [name, group] of Map.groupBy(rules, (rule) => rule.name))
    if (group.length > 1) add(name, [], `There are ${group.length} folders of this name, which is that of the rule.`);
  // IAM, which names a role after the function, does not tell names apart by capitals.
  for (const [functionName, group] of Map.groupBy(rules, ({ entry }) => entry?.function?.name.toLowerCase())) {
    const names = [...new Set(group.map(({ name }) => name))];
    if (functionName === undefined || names.length < 2) continue;
    const message = `The function would be ${group[0]?.entry?.function?.name}, as that of`;
    for (const name of names)
      add(
        name,
        ["Parameters", "CustomLambdaName"],
        `${message} ${names.filter((other) => other !== name).join(", ")}: write a name of its own.`,
      );
  }
  return clashes;
}
