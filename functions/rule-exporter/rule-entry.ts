import * as z from "zod";

// Terraform converts texts to numbers and booleans, and the other way round, and takes null for an attribute that is left out.
const text = z.union([z.string(), z.number(), z.boolean()]).nullish();
const number = z.union([z.number(), z.string()]).nullish();
const boolean = z.union([z.boolean(), z.string()]).nullish();
const texts = z.array(z.union([z.string(), z.number(), z.boolean()])).nullish();

const functionEntry = z.looseObject({
  name: z.string(),
  runtime: text,
  handler: text,
  /** Seconds. */
  timeout: number,
  /** MB. */
  memory_size: number,
  /** Whether it needs the layer with rdklib that the RDK publishes. */
  rdklib: boolean,
  layers: texts,
  subnet_ids: texts,
  security_group_ids: texts,
  role_arn: text,
  role_name: text,
  /** Whether its code takes the role that Config names in an event. */
  assume_role: boolean,
  /** The zip: a file of the root, or a key in the bucket. Its SHA-256 is written in Base64. */
  code: z.looseObject({ file: text, key: text, sha256: text }).nullish(),
});

const remediationEntry = z.looseObject({
  target_id: text,
  target_version: text,
  resource_type: text,
  automatic: boolean,
  maximum_automatic_attempts: number,
  retry_attempt_seconds: number,
  concurrent_execution_rate_percentage: number,
  error_percentage: number,
  parameters: z.record(z.string(), z.looseObject({ resource_value: text, static_values: texts })).nullish(),
  /** The automation that the rule brings, as JSON, and the actions that its role allows. */
  document: z.looseObject({ name: text, content: text, actions: texts }).nullish(),
});

/**
 * A rule as Terraform gets it: the type of the variables in `templates/`. It is read back from the state machine and from
 * the target branch, where people may have edited it: whatever Terraform takes is taken, and attributes of another version
 * stay.
 */
export const ruleEntry = z.looseObject({
  kind: z.enum(["custom", "managed", "guard"]),
  organization: boolean,
  description: text,
  /** A JSON object. */
  input_parameters: text,
  resource_types: texts,
  triggers: texts,
  frequency: text,
  evaluation_modes: texts,
  excluded_accounts: texts,
  tags: z.record(z.string(), text).nullish(),
  /** Of a managed rule. */
  identifier: text,
  /** Of a Guard rule. */
  policy: z.looseObject({ runtime: text, text }).nullish(),
  /** Of a custom rule. */
  function: functionEntry.nullish(),
  remediation: remediationEntry.nullish(),
});

export type RuleEntry = z.output<typeof ruleEntry>;
export type RuleKind = RuleEntry["kind"];
export type FunctionEntry = z.output<typeof functionEntry>;
export type RemediationEntry = z.output<typeof remediationEntry>;
