import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Operation } from "../../gateway/service.ts";
import { encryptionSchema, invalid, notNow, type Resource, type Resources, tagsSchema } from "./resource.ts";
import type { RuleGroup } from "./rule-groups.ts";

const contentSchema = z.looseObject({
  StatefulRuleGroupReferences: z
    .array(z.looseObject({ ResourceArn: z.string(), Priority: z.number().optional() }))
    .default([]),
  StatefulDefaultActions: z.array(z.string()).default([]),
  StatefulEngineOptions: z.looseObject({ RuleOrder: z.string().default("DEFAULT_ACTION_ORDER") }).optional(),
});
type Content = z.output<typeof contentSchema>;

export interface Policy extends Resource {
  description: string | undefined;
  encryption: z.output<typeof encryptionSchema>;
  content: Content;
}

const createInput = z.object({
  FirewallPolicyName: z.string(),
  FirewallPolicy: contentSchema,
  Description: z.string().optional(),
  EncryptionConfiguration: encryptionSchema,
  Tags: tagsSchema,
});
const referenceInput = z
  .object({ FirewallPolicyArn: z.string().optional(), FirewallPolicyName: z.string().optional() })
  .transform(({ FirewallPolicyArn: arn, FirewallPolicyName: name }) => ({ arn, name }));
const updateInput = createInput.omit({ FirewallPolicyName: true, Tags: true }).extend({ UpdateToken: z.string() });

/** The operations of policies: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewallPolicy.html */
export function policyOperations(
  arnOf: (kind: string, name: string) => string,
  policies: Resources<Policy>,
  groups: Resources<RuleGroup>,
  isUsed: (arn: string) => boolean,
): Record<string, Operation> {
  const response = (policy: Policy) => ({
    FirewallPolicyName: policy.name,
    FirewallPolicyArn: policy.arn,
    FirewallPolicyId: policy.arn,
    FirewallPolicyStatus: "ACTIVE",
    Description: policy.description,
    EncryptionConfiguration: policy.encryption,
    Tags: policy.tags,
  });

  return {
    CreateFirewallPolicy: (input) => {
      const asked = createInput.parse(input);
      refuseWrongRules(asked.FirewallPolicy, groups);
      const policy = policies.add({
        arn: arnOf("firewall-policy", asked.FirewallPolicyName),
        name: asked.FirewallPolicyName,
        token: randomUUID(),
        description: asked.Description,
        encryption: asked.EncryptionConfiguration,
        content: asked.FirewallPolicy,
        tags: asked.Tags,
      });
      return { UpdateToken: policy.token, FirewallPolicyResponse: response(policy) };
    },
    DescribeFirewallPolicy: (input) => {
      const policy = policies.get(referenceInput.parse(input));
      return { UpdateToken: policy.token, FirewallPolicy: policy.content, FirewallPolicyResponse: response(policy) };
    },
    UpdateFirewallPolicy: (input) => {
      const asked = updateInput.parse(input);
      const policy = policies.get(referenceInput.parse(input), asked.UpdateToken);
      refuseWrongRules(asked.FirewallPolicy, groups);
      policies.change(policy, {
        content: asked.FirewallPolicy,
        description: asked.Description,
        encryption: asked.EncryptionConfiguration,
      });
      return { UpdateToken: policy.token, FirewallPolicyResponse: response(policy) };
    },
    DeleteFirewallPolicy: (input) => {
      const policy = policies.get(referenceInput.parse(input));
      if (isUsed(policy.arn)) notNow(`Unable to delete ${policy.name}: a firewall uses it`);
      policies.remove(policy);
      return { FirewallPolicyResponse: { ...response(policy), FirewallPolicyStatus: "DELETING" } };
    },
  };
}

/** https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html */
function refuseWrongRules(content: Content, groups: Resources<RuleGroup>): void {
  const { StatefulRuleGroupReferences: references, StatefulDefaultActions: actions } = content;
  const order = content.StatefulEngineOptions?.RuleOrder ?? "DEFAULT_ACTION_ORDER";
  for (const { ResourceArn: arn, Priority: priority } of references) {
    if ((order === "STRICT_ORDER") !== (priority !== undefined))
      invalid(`The reference to ${arn} must have a priority in strict order, and only there`);
    if (/:aws-managed:stateful-rulegroup\//.test(arn)) continue;
    const { content: group } = groups.get({ arn });
    if ((group.StatefulRuleOptions?.RuleOrder ?? "DEFAULT_ACTION_ORDER") !== order)
      invalid(`The rule order of ${arn} differs from the order of the policy`);
  }
  const repeated = (values: readonly unknown[]) => new Set(values).size < values.length;
  if (repeated(references.map(({ ResourceArn }) => ResourceArn))) invalid("A rule group is in the policy twice");
  if (order === "STRICT_ORDER" && repeated(references.map(({ Priority }) => Priority)))
    invalid("Two rule groups have the same priority");

  if (actions.length > 0 && order !== "STRICT_ORDER") invalid("Default actions are for strict order only");
  const unknown = actions.filter(
    (action) => !/^aws:(drop|alert)_(strict|established|established_app_layer(_to_server)?)$/.test(action),
  );
  if (unknown.length > 0) invalid(`These are no default actions: ${unknown}`);
  if (actions.filter((action) => action.startsWith("aws:drop_")).length > 1) invalid("A policy has one drop action");
  if (
    actions.some((action) => action.endsWith("_established")) &&
    actions.some((action) => action.includes("_app_layer"))
  )
    invalid("The actions of established connections and of their application layer exclude each other");
}
