import type { ReadRule, RuleEntry } from "./rule.ts";

/** The constant Terraform files of an estate, as they lie in `terraform/`. */
export interface EstateTemplates {
  configRules: string;
  estateVariables: string;
}

/** The same of a rule. */
export interface RuleTemplates {
  configRules: string;
  ruleVariables: string;
}

/** What is written: contents by their paths. */
export type Output = Record<string, string | Uint8Array>;

/**
 * What the RDK writes for one rule: a root that applies with `-var-file`. The folder keeps the name of the rule, the files
 * have it in small letters.
 */
export function ruleLayout({ name, entry, code }: ReadRule, { configRules, ruleVariables }: RuleTemplates): Output {
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

/** The file that holds the rules of an estate. */
export const ESTATE_RULES = "rules.auto.tfvars.json";

/**
 * One root for all rules, but for the code of those that name a file.
 *
 * @param bucket the S3 bucket of the code of those that name a key
 */
export const estateLayout = (
  rules: ReadonlyMap<string, RuleEntry>,
  { configRules, estateVariables }: EstateTemplates,
  bucket?: string,
) => ({
  "config_rules.tf": configRules,
  "variables.tf": estateVariables,
  [ESTATE_RULES]: json({
    ...(bucket !== undefined && { source_bucket: bucket }),
    rules: Object.fromEntries(rules),
  }),
});

/** Where the estate layout has the code. */
export const zipInEstate = (name: string): string => `code/${name}.zip`;

/** Where the bucket has the code, by its SHA-256 (hex). */
export const zipInBucket = (sha256: string): string => `${sha256}.zip`;

/** Keys in order: those of an entry may come back from a state machine in another one. */
const json = (value: unknown): string =>
  `${JSON.stringify(value, (_key, member: unknown) => (isObject(member) ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1))) : member), 2)}\n`;

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
