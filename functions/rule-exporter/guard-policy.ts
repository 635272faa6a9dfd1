import type { RuleFolder } from "./needed-files.ts";
import { PARAMETERS_FILE, type Parameters } from "./parameters-file.ts";
import { type Checked, problemsIn } from "./problem.ts";
import type { RuleEntry } from "./rule-entry.ts";

/** https://docs.aws.amazon.com/config/latest/APIReference/API_CustomPolicyDetails.html */
const MAX_POLICY = 10_000;

/** The policy of a Guard rule: the file with the name of the rule. */
export function guardPolicyOf(
  { name, files }: RuleFolder,
  { SourceRuntime: runtime = "" }: Parameters,
): Checked<NonNullable<RuleEntry["policy"]>> {
  const file = `${name}.guard`;
  const text = Buffer.from(files.get(file) ?? "").toString();
  return {
    value: { runtime, text },
    problems: [
      ...problemsIn(file, [
        [text.trim() === "", "", "is missing or empty: it holds the policy of the rule."],
        [text.length > MAX_POLICY, "", `has ${text.length} characters; Config takes ${MAX_POLICY}.`],
      ]),
      ...problemsIn(PARAMETERS_FILE, [
        [runtime !== "guard-2.x.x", "/Parameters/SourceRuntime", "must be guard-2.x.x for a Guard rule."],
      ]),
    ],
  };
}
