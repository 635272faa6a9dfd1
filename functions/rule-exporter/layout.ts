import { byCodeUnits } from "../../shared/code-unit-order.ts";
import type { ReadRule } from "./rule.ts";
import type { RuleEntry } from "./rule-entry.ts";

/** The constant Terraform files, by what they hold: their names in `templates/`. */
export const TEMPLATE_FILES = {
  configRules: "config-rules.tf",
  ruleVariables: "rule-variables.tf",
  estateVariables: "estate-variables.tf",
} as const;

/** Their contents. */
export type Templates = Readonly<Record<keyof typeof TEMPLATE_FILES, string>>;

/** The templates of an estate. */
export type EstateTemplates = Omit<Templates, "ruleVariables">;

/** Contents of files by their paths. */
export type Output = Record<string, string | Uint8Array>;

/**
 * The files that the RDK writes for one rule: a root that applies with `-var-file`. The folder keeps the name of the rule, the files
 * have it in small letters.
 */
export function ruleLayout({ name, entry, code }: ReadRule, { configRules, ruleVariables }: Templates): Output {
  const small = name.toLowerCase();
  return {
    [`${small}_rule.tf`]: configRules,
    [`${small}_variables.tf`]: ruleVariables,
    [`${small}.tfvars.json`]: orderedJson({ rule_name: name, rule: entry }),
    ...(code && { [zipOfRule(name)]: code }),
  };
}

/** Where the rule layout has the code. */
export const zipOfRule = (name: string): string => `${name}.zip`;

/** The file that holds the rules of an estate. */
export const ESTATE_RULES = "rules.auto.tfvars.json";

/**
 * The Terraform files of one root for all rules. Zips are not among them.
 *
 * @param bucket the S3 bucket that holds the zips, where the entries name them by key
 */
export const estateLayout = (
  rules: ReadonlyMap<string, RuleEntry>,
  { configRules, estateVariables }: EstateTemplates,
  bucket?: string,
) => ({
  "config_rules.tf": configRules,
  "variables.tf": estateVariables,
  [ESTATE_RULES]: orderedJson({
    ...(bucket !== undefined && { source_bucket: bucket }),
    rules: Object.fromEntries(rules),
  }),
});

/** Where the estate layout has the code. */
export const zipInEstate = (name: string): string => `code/${name}.zip`;

/** Where the bucket has the code, by its SHA-256 (hex). */
export const zipInBucket = (sha256: string): string => `${sha256}.zip`;

/** JSON with its keys in order: a state machine may hand the keys of an entry on in another order. */
const orderedJson = (value: unknown): string =>
  `${JSON.stringify(value, (_key, member: unknown) => (isObject(member) ? inOrder(member) : member), 2)}\n`;

const inOrder = (value: object) => Object.fromEntries(Object.entries(value).sort(([a], [b]) => byCodeUnits(a, b)));

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
