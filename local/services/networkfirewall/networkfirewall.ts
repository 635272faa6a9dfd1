import * as z from "zod";
import { readModel } from "../../gateway/model.ts";
import { awsJson } from "../../gateway/protocols.ts";
import type { Operation, Service } from "../../gateway/service.ts";
import { type Endpoints, type Firewall, firewallOperations } from "./firewalls.ts";
import { type Policy, policyOperations } from "./policies.ts";
import { invalid, Resources, tagsSchema } from "./resource.ts";
import { type RuleGroup, ruleGroupOperations } from "./rule-groups.ts";

const tagInput = z.object({ ResourceArn: z.string(), Tags: tagsSchema });
const untagInput = z.object({ ResourceArn: z.string(), TagKeys: z.array(z.string()) });

/**
 * Network Firewall without packets: what Terraform can do wrong with rule groups, policies and firewalls, it refuses as AWS does.
 *
 * @param endpoints the VPC of the firewall
 */
export function networkFirewall(account: string, region: string, endpoints: Endpoints): Service {
  const groups = new Resources<RuleGroup>();
  const policies = new Resources<Policy>();
  const firewalls = new Resources<Firewall>();
  const arnOf = (kind: string, name: string) => `arn:aws:network-firewall:${region}:${account}:${kind}/${name}`;
  const inPolicy = (arn: string) =>
    policies
      .all()
      .some(({ content }) => content.StatefulRuleGroupReferences.some(({ ResourceArn }) => ResourceArn === arn));
  const inFirewall = (arn: string) => firewalls.all().some(({ policyArn }) => policyArn === arn);

  const tagged = (arn: string) =>
    [...groups.all(), ...policies.all(), ...firewalls.all()].find((resource) => resource.arn === arn) ??
    invalid(`There is no resource ${arn}`);
  const tagOperations: Record<string, Operation> = {
    TagResource: (input) => {
      const { ResourceArn, Tags } = tagInput.parse(input);
      const resource = tagged(ResourceArn);
      const named = new Map([...resource.tags, ...Tags].map((tag) => [tag.Key, tag]));
      resource.tags = [...named.values()];
      return {};
    },
    UntagResource: (input) => {
      const { ResourceArn, TagKeys } = untagInput.parse(input);
      const resource = tagged(ResourceArn);
      resource.tags = resource.tags.filter(({ Key }) => !TagKeys.includes(Key));
      return {};
    },
  };

  return {
    name: "NetworkFirewall",
    signingName: "network-firewall",
    protocol: awsJson("1.0"),
    model: readModel("networkfirewall"),
    invalidInput: "InvalidRequestException",
    operations: {
      ...ruleGroupOperations(arnOf, groups, inPolicy),
      ...policyOperations(arnOf, policies, groups, inFirewall),
      ...firewallOperations(arnOf, firewalls, policies, endpoints),
      ...tagOperations,
    },
  };
}
