import type { ReadRule } from "./rule.ts";

/** The constant Terraform files, as they lie in `terraform/`. */
export interface Templates {
  configRules: string;
  ruleVariables: string;
  estateVariables: string;
}

/** What is written: contents by their paths. */
export type Output = Record<string, string | Uint8Array>;

/**
 * What the RDK writes for one rule: a root that applies with `-var-file`. The folder keeps the name of the rule, the files
 * have it in small letters.
 */
export function ruleLayout({ name, entry, code }: ReadRule, { configRules, ruleVariables }: Templates): Output {
  const small = name.toLowerCase();
  return {
    [`${small}_rule.tf`]: configRules,
    [`${small}_variables.tf`]: ruleVariables,
    [`${small}.tfvars.json`]: json({ rule_name: name, rule: entry }),
    ...(code && { [zipOfRule(name)]: code }),
  };
}

/** Where the rule layout has the code. */
export const zipOfRule = (name: string): string => `${name}.zip`;

/** One root for all rules. */
export const estateLayout = (rules: readonly ReadRule[], { configRules, estateVariables }: Templates): Output => ({
  "config_rules.tf": configRules,
  "variables.tf": estateVariables,
  "rules.auto.tfvars.json": json({ rules: Object.fromEntries(rules.map(({ name, entry }) => [name, entry])) }),
  ...Object.fromEntries(rules.flatMap(({ name, code }) => (code ? [[zipInEstate(name), code]] : []))),
});

/** Where the estate layout has the code. */
export const zipInEstate = (name: string): string => `code/${name}.zip`;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
