import { PARAMETERS_FILE } from "./parameters-file.ts";
import { type Problem, problemOf } from "./problem.ts";
import type { RuleEntry } from "./rule-entry.ts";

/**
 * Finds rules that cannot be together in one account.
 *
 * @param rules with their entries; a rule may come without one, where it is refused already
 * @returns problems by the names of rules
 */
export function clashesAmong(
  rules: readonly { name: string; entry: RuleEntry | undefined }[],
): ReadonlyMap<string, readonly Problem[]> {
  const sameName = [...Map.groupBy(rules, ({ name }) => name)].flatMap(([name, { length }]) => {
    const message = `There are ${length} folders of this name: give each rule a name of its own.`;
    return length > 1 ? [{ name, problem: problemOf(PARAMETERS_FILE, "", message) }] : [];
  });
  const functions = rules.flatMap(({ name, entry }) =>
    entry?.function ? [{ rule: name, name: entry.function.name }] : [],
  );
  // The role of a function has the name of the function, and IAM compares names of roles without regard to case.
  const sameFunction = [...Map.groupBy(functions, ({ name }) => name.toLowerCase()).values()].flatMap((group) => {
    const names = [...new Set(group.map(({ rule }) => rule))];
    if (names.length < 2) return [];
    return names.map((name) => {
      const others = names.filter((other) => other !== name).join(", ");
      const message = `The function would be ${group[0]?.name}, which is also the function of ${others}: write a name of its own.`;
      return { name, problem: problemOf(PARAMETERS_FILE, "/Parameters/CustomLambdaName", message) };
    });
  });
  const clashes = Map.groupBy([...sameName, ...sameFunction], ({ name }) => name);
  return new Map([...clashes].map(([name, found]) => [name, found.map(({ problem }) => problem)]));
}
