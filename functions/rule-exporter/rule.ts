import { configRuleOf } from "./config-rule.ts";
import type { ExportOptions } from "./export-options.ts";
import { guardPolicyOf } from "./guard-policy.ts";
import type { RuleFolder } from "./needed-files.ts";
import { type Parameters, readParameters } from "./parameters-file.ts";
import type { Problem } from "./problem.ts";
import type { RuleEntry, RuleKind } from "./rule-entry.ts";
import { type Locate, ruleFunctionOf } from "./rule-function.ts";

/** A rule that was read: what Terraform needs, or what keeps it from that. */
export interface ReadRule {
  name: string;
  kind: RuleKind;
  ruleSets: readonly string[];
  /** Undefined where a problem is an error. */
  entry: RuleEntry | undefined;
  /** The zip with the code of a custom rule. */
  code: Uint8Array | undefined;
  problems: readonly Problem[];
}

/**
 * Reads a rule of the RDK, with all that is wrong with it.
 *
 * @param today such as `2026-11-23`
 */
export function readRule(folder: RuleFolder, options: ExportOptions, today: string, locate: Locate): ReadRule {
  const { name } = folder;
  const { value: parameters, problems: misread } = readParameters(folder.files);
  if (!parameters)
    return {
      name,
      kind: "custom",
      ruleSets: [],
      entry: undefined,
      code: undefined,
      problems: [...folder.problems, ...misread],
    };

  const kind = kindOf(parameters);
  const common = configRuleOf(folder, parameters, kind, options);
  const policy = kind === "guard" ? guardPolicyOf(folder, parameters) : undefined;
  const made = kind === "custom" ? ruleFunctionOf(folder, parameters, options, today, locate) : undefined;
  const problems = [folder, common, policy, made].flatMap((part) => part?.problems ?? []);
  const refused = problems.some(({ severity }) => severity === "error");
  return {
    name,
    kind,
    ruleSets: parameters.RuleSets ?? [],
    entry: refused
      ? undefined
      : {
          ...common.value,
          ...(policy && { policy: policy.value }),
          ...(made?.value && { function: made.value.entry }),
        },
    code: refused ? undefined : made?.value?.code,
    problems,
  };
}

function kindOf({ SourceIdentifier, SourceRuntime = "" }: Parameters): RuleKind {
  if (SourceIdentifier !== undefined) return "managed";
  return SourceRuntime.startsWith("guard-") ? "guard" : "custom";
}
