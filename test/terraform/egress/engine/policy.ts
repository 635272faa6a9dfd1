import type { Resource } from "../../support/root.ts";

/** What Suricata gets of a firewall policy. */
export interface Policy {
  /** The rules of its groups, in the order of their priorities. */
  rules: string;
  /** Settings of the engine, as `suricata --set` takes them. */
  settings: string[];
}

/** Network Firewall names these policies; Suricata has a setting for connections and one for what goes wrong in them. */
const STREAM_EXCEPTIONS: Record<string, string[]> = {
  CONTINUE: ["exception-policy=ignore", "stream.midstream=true"],
  DROP: ["exception-policy=drop-flow"],
  REJECT: ["exception-policy=reject"],
};

/** Reads the policy of the root out of the resources that were applied. */
export function policyOf(resources: readonly Resource[]): Policy {
  const [{ firewall_policy: [policy] = [] } = {}] = resources
    .filter(({ type }) => type === "aws_networkfirewall_firewall_policy")
    .map(({ values }) => values);
  const [options] = policy.stateful_engine_options;
  // Stock Suricata has none: with one, the test would need the rules that AWS makes of it.
  if (policy.stateful_default_actions?.length > 0) throw new Error("The policy has default actions.");
  const references: { priority: number; resource_arn: string }[] = policy.stateful_rule_group_reference;
  const rules = [...references]
    .sort((a, b) => a.priority - b.priority)
    .map(({ resource_arn }) => {
      const group = resources.find(({ values }) => values.arn === resource_arn);
      if (!group) throw new Error(`There is no rule group ${resource_arn}.`);
      return group.values.rule_group[0].rules_source[0].rules_string;
    });
  const [variable] = policy.policy_variables[0].rule_variables;
  return {
    rules: rules.join("\n"),
    settings: [
      `vars.address-groups.HOME_NET=[${variable.ip_set[0].definition}]`,
      ...(STREAM_EXCEPTIONS[options.stream_exception_policy] ?? []),
    ],
  };
}
