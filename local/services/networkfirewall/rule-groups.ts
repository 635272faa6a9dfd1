import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Operation } from "../../gateway/service.ts";
import { encryptionSchema, invalid, notNow, type Resource, type Resources, tagsSchema } from "./resource.ts";

const contentSchema = z.looseObject({
  RulesSource: z.looseObject({
    RulesString: z.string().optional(),
    RulesSourceList: z.looseObject({ Targets: z.array(z.string()), TargetTypes: z.array(z.string()) }).optional(),
  }),
  StatefulRuleOptions: z.looseObject({ RuleOrder: z.string() }).optional(),
});
type Content = z.output<typeof contentSchema>;

export interface RuleGroup extends Resource {
  type: string;
  /** Cannot be changed: no operation takes it. */
  capacity: number;
  description: string | undefined;
  encryption: z.output<typeof encryptionSchema>;
  content: Content;
}

const createInput = z.object({
  RuleGroupName: z.string(),
  Type: z.enum(["STATEFUL"]),
  Capacity: z.number(),
  RuleGroup: contentSchema,
  Description: z.string().optional(),
  EncryptionConfiguration: encryptionSchema,
  Tags: tagsSchema,
});
const referenceInput = z
  .object({ RuleGroupArn: z.string().optional(), RuleGroupName: z.string().optional() })
  .transform(({ RuleGroupArn: arn, RuleGroupName: name }) => ({ arn, name }));
const updateInput = createInput
  .pick({ RuleGroup: true, Description: true, EncryptionConfiguration: true })
  .extend({ UpdateToken: z.string() });

/** The operations of stateful rule groups: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateRuleGroup.html */
export function ruleGroupOperations(
  arnOf: (kind: string, name: string) => string,
  groups: Resources<RuleGroup>,
  isUsed: (arn: string) => boolean,
): Record<string, Operation> {
  const response = (group: RuleGroup) => ({
    RuleGroupName: group.name,
    RuleGroupArn: group.arn,
    RuleGroupId: group.arn,
    RuleGroupStatus: "ACTIVE",
    Type: group.type,
    Capacity: group.capacity,
    ConsumedCapacity: capacityOf(group.content),
    Description: group.description,
    EncryptionConfiguration: group.encryption,
    Tags: group.tags,
  });

  return {
    CreateRuleGroup: (input) => {
      const asked = createInput.parse(input);
      refuseOverfull(asked.RuleGroup, asked.Capacity);
      const group = groups.add({
        arn: arnOf("stateful-rulegroup", asked.RuleGroupName),
        name: asked.RuleGroupName,
        token: randomUUID(),
        type: asked.Type,
        capacity: asked.Capacity,
        description: asked.Description,
        encryption: asked.EncryptionConfiguration,
        content: asked.RuleGroup,
        tags: asked.Tags,
      });
      return { UpdateToken: group.token, RuleGroupResponse: response(group) };
    },
    DescribeRuleGroup: (input) => {
      const group = groups.get(referenceInput.parse(input));
      return { UpdateToken: group.token, RuleGroup: group.content, RuleGroupResponse: response(group) };
    },
    UpdateRuleGroup: (input) => {
      const asked = updateInput.parse(input);
      const group = groups.get(referenceInput.parse(input), asked.UpdateToken);
      refuseOverfull(asked.RuleGroup, group.capacity);
      groups.change(group, {
        content: asked.RuleGroup,
        description: asked.Description,
        encryption: asked.EncryptionConfiguration,
      });
      return { UpdateToken: group.token, RuleGroupResponse: response(group) };
    },
    DeleteRuleGroup: (input) => {
      const group = groups.get(referenceInput.parse(input));
      if (isUsed(group.arn)) notNow(`Unable to delete ${group.name}: a firewall policy uses it`);
      groups.remove(group);
      return { RuleGroupResponse: { ...response(group), RuleGroupStatus: "DELETING" } };
    },
  };
}

function refuseOverfull(content: Content, capacity: number): void {
  if (capacityOf(content) > capacity)
    invalid(`The rules take a capacity of ${capacityOf(content)}: the rule group has ${capacity}`);
}

/**
 * A rule takes one. A list of domains takes one for each domain and protocol, and one for each protocol.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html
 */
function capacityOf({ RulesSource: { RulesString = "", RulesSourceList: list } }: Content): number {
  if (list) return (list.Targets.length + 1) * list.TargetTypes.length;
  return RulesString.split("\n").filter((line) => /^\s*[^\s#]/.test(line)).length;
}
