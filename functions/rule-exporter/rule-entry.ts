import * as z from "zod";

const texts = z.array(z.string());

const functionEntry = z.looseObject({
  name: z.string(),
  runtime: z.string(),
  handler: z.string(),
  /** Seconds. */
  timeout: z.number().exactOptional(),
  /** MB. */
  memory_size: z.number().exactOptional(),
  /** Whether it needs the layer with rdklib that the RDK publishes. */
  rdklib: z.boolean().exactOptional(),
  layers: texts.exactOptional(),
  subnet_ids: texts.exactOptional(),
  security_group_ids: texts.exactOptional(),
  role_arn: z.string().exactOptional(),
  role_name: z.string().exactOptional(),
  /** Whether its code takes the role that Config names in an event. */
  assume_role: z.boolean().exactOptional(),
  /** The zip: a file of the root, or a key in the bucket. Its SHA-256 is written in Base64. */
  code: z.looseObject({ file: z.string().exactOptional(), key: z.string().exactOptional(), sha256: z.string() }),
});

const remediationEntry = z.looseObject({
  target_id: z.string(),
  target_version: z.string().exactOptional(),
  resource_type: z.string().exactOptional(),
  automatic: z.boolean().exactOptional(),
  maximum_automatic_attempts: z.number().exactOptional(),
  retry_attempt_seconds: z.number().exactOptional(),
  concurrent_execution_rate_percentage: z.number().exactOptional(),
  error_percentage: z.number().exactOptional(),
  parameters: z
    .record(
      z.string(),
      z.looseObject({ resource_value: z.string().exactOptional(), static_values: texts.exactOptional() }),
    )
    .exactOptional(),
  /** The automation that the rule brings, as JSON, and the actions that its role allows. */
  document: z.looseObject({ name: z.string(), content: z.string(), actions: texts.exactOptional() }).exactOptional(),
});

/**
 * A rule as Terraform gets it: the type of the variables in `templates/`. Other attributes were
 * written by another version, and stay.
 */
export const ruleEntry = z.looseObject({
  kind: z.enum(["custom", "managed", "guard"]),
  organization: z.boolean().exactOptional(),
  description: z.string(),
  /** A JSON object. */
  input_parameters: z.string().exactOptional(),
  resource_types: texts.exactOptional(),
  triggers: texts.exactOptional(),
  frequency: z.string().exactOptional(),
  evaluation_modes: texts.exactOptional(),
  excluded_accounts: texts.exactOptional(),
  tags: z.record(z.string(), z.string()).exactOptional(),
  /** Of a managed rule. */
  identifier: z.string().exactOptional(),
  /** Of a Guard rule. */
  policy: z.looseObject({ runtime: z.string(), text: z.string() }).exactOptional(),
  /** Of a custom rule. */
  function: functionEntry.exactOptional(),
  remediation: remediationEntry.exactOptional(),
});

export type RuleEntry = z.output<typeof ruleEntry>;
export type RuleKind = RuleEntry["kind"];
export type FunctionEntry = z.output<typeof functionEntry>;
export type RemediationEntry = z.output<typeof remediationEntry>;
