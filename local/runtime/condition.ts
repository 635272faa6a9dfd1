import * as z from "zod";
import type { Condition } from "./deployment.ts";
import { type Namespaces, resolved } from "./variables.ts";

/** https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html */
const variableCheck = z.strictObject({
  Variable: z.string(),
  Value: z.string(),
  Operator: z.enum(["EQ", "NE", "CONTAINS", "MATCHES"]),
});

const HOLDS: Readonly<Record<z.output<typeof variableCheck>["Operator"], (value: string, wanted: string) => boolean>> =
  {
    EQ: (value, wanted) => value === wanted,
    NE: (value, wanted) => value !== wanted,
    CONTAINS: (value, wanted) => value.includes(wanted),
    MATCHES: (value, wanted) => new RegExp(`^(?:${wanted})$`, "su").test(value),
  };

/**
 * Decides about the entry to a stage. The result of a condition takes effect where one of its rules does not hold.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-conditions.html
 *
 * @param condition undefined for a stage without one
 * @param place names the condition in errors
 * @throws Error for a result, a rule or a setting that is not known here
 */
export function entryTo(
  condition: Condition | undefined,
  namespaces: Namespaces,
  place: string,
): "enter" | "skip" | "fail" {
  if (condition === undefined) return "enter";
  const { result, rule: rules } = condition;
  if (result !== "SKIP" && result !== "FAIL") throw new Error(`${place}: the result ${result} is not known here.`);
  const holds = rules.map(({ name, rule_type_id: [type], configuration }) => {
    if (type?.provider !== "VariableCheck")
      throw new Error(`${place}: the rule ${name} of ${type?.provider} is not known here.`);
    const parsed = variableCheck.safeParse(configuration);
    if (!parsed.success) throw new Error(`${place}: the rule ${name} is wrong. ${z.prettifyError(parsed.error)}`);
    const { Variable, Value, Operator } = parsed.data;
    return HOLDS[Operator](resolved(Variable, namespaces, place), resolved(Value, namespaces, place));
  });
  if (holds.every(Boolean)) return "enter";
  return result === "SKIP" ? "skip" : "fail";
}
