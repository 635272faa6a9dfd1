import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, gateway } from "../../../../local/gateway/gateway.ts";
import { networkFirewall } from "../../../../local/services/networkfirewall/networkfirewall.ts";

let endpoints: string[] = [];
let served: Gateway;
beforeEach(async () => {
  endpoints = [];
  served = await gateway([
    networkFirewall("111122223333", "eu-central-1", {
      make: async (subnetId) => {
        const id = `vpce-${subnetId}`;
        endpoints.push(id);
        return { id, zone: `eu-central-1${subnetId.slice(-1)}` };
      },
      remove: async (id) => {
        endpoints = endpoints.filter((one) => one !== id);
      },
    }),
  ]);
});
afterEach(() => served.close());

// biome-ignore lint/suspicious/noExplicitAny: each operation has an answer of its own.
async function call(operation: string, input: object): Promise<any> {
  const response = await fetch(served.endpoint, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=a/20261014/eu-central-1/network-firewall/aws4_request",
      "x-amz-target": `NetworkFirewall_20201112.${operation}`,
    },
    body: JSON.stringify(input),
  });
  const answer = (await response.json()) as Record<string, string>;
  return response.ok ? answer : `${answer.__type}: ${answer.message}`;
}

const list = (...Targets: string[]) => ({
  RulesSource: {
    RulesSourceList: { Targets, TargetTypes: ["TLS_SNI", "HTTP_HOST"], GeneratedRulesType: "ALLOWLIST" },
  },
  StatefulRuleOptions: { RuleOrder: "STRICT_ORDER" },
});
const makeGroup = async (RuleGroupName: string, RuleGroup: object = list("example.com"), Capacity = 4) =>
  call("CreateRuleGroup", { RuleGroupName, Type: "STATEFUL", Capacity, RuleGroup });
const policyOf = (arns: string[], more: object = {}) => ({
  StatelessDefaultActions: ["aws:forward_to_sfe"],
  StatelessFragmentDefaultActions: ["aws:forward_to_sfe"],
  StatefulEngineOptions: { RuleOrder: "STRICT_ORDER" },
  StatefulRuleGroupReferences: arns.map((ResourceArn, place) => ({ ResourceArn, Priority: place + 1 })),
  ...more,
});
const makePolicy = (FirewallPolicy: object, FirewallPolicyName = "egress") =>
  call("CreateFirewallPolicy", { FirewallPolicyName, FirewallPolicy });
/** Makes a rule group, a policy with it, and a firewall with the policy in the zones a and b. */
async function makeFirewall(protections: object = {}) {
  const group: string = (await makeGroup("allowed")).RuleGroupResponse.RuleGroupArn;
  const policy: string = (await makePolicy(policyOf([group]))).FirewallPolicyResponse.FirewallPolicyArn;
  await call("CreateFirewall", {
    FirewallName: "egress",
    FirewallPolicyArn: policy,
    VpcId: "vpc-1",
    SubnetMappings: [{ SubnetId: "subnet-a" }, { SubnetId: "subnet-b" }],
    ...protections,
  });
  return { group, policy };
}

it("The service has the operations that its model and local/README.md name.", () => {
  const [{ operations, model } = { operations: {}, model: { operations: {} } }] = served.services;
  const [, row = ""] = /^\| NetworkFirewall \| (.*) \|$/m.exec(readFileSync("local/README.md", "utf8")) ?? [];
  expect(Object.keys(operations).sort()).toEqual(Object.keys(model.operations).sort());
  expect([...row.matchAll(/`(\w+)`/g)].map(([, operation]) => operation).sort()).toEqual(
    Object.keys(operations).sort(),
  );
});

describe("a rule group", () => {
  it("DescribeRuleGroup returns what CreateRuleGroup was given, and the capacity that its rules take.", async () => {
    await makeGroup("allowed", list("example.com", ".example.org"), 6);
    expect(await call("DescribeRuleGroup", { RuleGroupName: "allowed", Type: "STATEFUL" })).toMatchObject({
      RuleGroup: list("example.com", ".example.org"),
      RuleGroupResponse: {
        RuleGroupArn: "arn:aws:network-firewall:eu-central-1:111122223333:stateful-rulegroup/allowed",
        Capacity: 6,
        ConsumedCapacity: 6,
      },
    });
  });

  it("A second rule group of a name is refused.", async () => {
    await makeGroup("allowed");
    expect(await makeGroup("allowed")).toBe("InvalidRequestException: A resource with the name allowed exists");
  });

  it.each([
    ["a list takes domains × protocols + protocols", list("example.com", "example.org"), 5, 6],
    [
      "a rule takes one, and a comment none",
      {
        RulesSource: {
          RulesString: "# rules\ndrop udp any any -> any any (sid:1;)\n\ndrop icmp any any -> any any (sid:2;)\n",
        },
      },
      1,
      2,
    ],
  ])("Rules that do not fit the capacity are refused: %s.", async (_what, content, capacity, taken) => {
    expect(await makeGroup("allowed", content, capacity)).toBe(
      `InvalidRequestException: The rules take a capacity of ${taken}: the rule group has ${capacity}`,
    );
    await makeGroup("allowed", content, taken);
    expect(await makeGroup("other", content, taken)).toHaveProperty("RuleGroupResponse");
  });

  it("An update keeps the capacity, and is refused where its rules do not fit.", async () => {
    const { UpdateToken } = await makeGroup("allowed");
    const update = (RuleGroup: object) =>
      call("UpdateRuleGroup", { UpdateToken, RuleGroupName: "allowed", Type: "STATEFUL", RuleGroup, Capacity: 100 });
    expect(await update(list("example.com", "example.org"))).toContain("the rule group has 4");
    expect(await update(list("example.org"))).toMatchObject({ RuleGroupResponse: { Capacity: 4 } });
  });

  it("An update with the token of an older state is refused.", async () => {
    const { UpdateToken } = await makeGroup("allowed");
    const update = () =>
      call("UpdateRuleGroup", { UpdateToken, RuleGroupName: "allowed", RuleGroup: list("example.org") });
    expect(await update()).toHaveProperty("UpdateToken");
    expect(await update()).toMatch(/^InvalidTokenException/);
  });

  it("A rule group that a policy uses cannot be deleted, until the policy drops it.", async () => {
    const { group } = await makeFirewall();
    expect(await call("DeleteRuleGroup", { RuleGroupArn: group })).toMatch(/^InvalidOperationException/);
    const { UpdateToken } = await call("DescribeFirewallPolicy", { FirewallPolicyName: "egress" });
    await call("UpdateFirewallPolicy", { UpdateToken, FirewallPolicyName: "egress", FirewallPolicy: policyOf([]) });
    expect(await call("DeleteRuleGroup", { RuleGroupArn: group })).toHaveProperty("RuleGroupResponse");
    expect(await call("DescribeRuleGroup", { RuleGroupArn: group })).toMatch(/^ResourceNotFoundException/);
  });

  it("An input that breaks the model is refused.", async () => {
    expect(await makeGroup("not a name")).toMatch(/^InvalidRequestException: 1 validation error/);
  });
});

describe("a policy", () => {
  it.each([
    [
      "a rule group that does not exist",
      policyOf(["arn:aws:network-firewall:eu-central-1:111122223333:stateful-rulegroup/none"]),
      "ResourceNotFoundException",
    ],
    [
      "two drop actions",
      policyOf([], { StatefulDefaultActions: ["aws:drop_strict", "aws:drop_established"] }),
      "one drop action",
    ],
    ["an unknown action", policyOf([], { StatefulDefaultActions: ["aws:drop_all"] }), "aws:drop_all"],
    [
      "actions of connections beside those of their application layer",
      policyOf([], { StatefulDefaultActions: ["aws:drop_established_app_layer", "aws:alert_established"] }),
      "exclude each other",
    ],
    [
      "default actions without strict order",
      policyOf([], { StatefulDefaultActions: ["aws:drop_strict"], StatefulEngineOptions: {} }),
      "strict order only",
    ],
  ])("A policy with %s is refused.", async (_what, policy, reason) => {
    expect(await makePolicy(policy)).toContain(reason);
  });

  it.each([
    ["twice", (arn: string) => policyOf([arn, arn]), "twice"],
    [
      "without a priority",
      (ResourceArn: string) => policyOf([], { StatefulRuleGroupReferences: [{ ResourceArn }] }),
      "priority",
    ],
    [
      "in another order",
      (arn: string) => policyOf([arn], { StatefulEngineOptions: { RuleOrder: "DEFAULT_ACTION_ORDER" } }),
      "priority",
    ],
  ])("A policy that names a rule group %s is refused.", async (_what, policy, reason) => {
    const { RuleGroupResponse } = await makeGroup("allowed");
    expect(await makePolicy(policy(RuleGroupResponse.RuleGroupArn))).toContain(reason);
  });

  it("Two rule groups of the same priority, and a rule group of another order, are refused.", async () => {
    const arns: string[] = [];
    for (const name of ["one", "two"]) arns.push((await makeGroup(name)).RuleGroupResponse.RuleGroupArn);
    const same = arns.map((ResourceArn) => ({ ResourceArn, Priority: 1 }));
    expect(await makePolicy(policyOf([], { StatefulRuleGroupReferences: same }))).toContain("same priority");
    const { StatefulRuleOptions: _order, ...content } = list("example.com");
    const { RuleGroupResponse } = await makeGroup("three", content);
    expect(await makePolicy(policyOf([RuleGroupResponse.RuleGroupArn]))).toContain("differs from the order");
  });

  it("A policy takes the rule groups that AWS manages, and the actions of the direction to the server.", async () => {
    const managed =
      "arn:aws:network-firewall:eu-central-1:aws-managed:stateful-rulegroup/BotNetCommandAndControlDomainsStrictOrder";
    const actions = ["aws:drop_established_app_layer_to_server", "aws:alert_established_app_layer_to_server"];
    expect(await makePolicy(policyOf([managed], { StatefulDefaultActions: actions }))).toHaveProperty("UpdateToken");
  });

  it("A policy that a firewall uses cannot be deleted.", async () => {
    const { policy } = await makeFirewall();
    expect(await call("DeleteFirewallPolicy", { FirewallPolicyArn: policy })).toMatch(/^InvalidOperationException/);
    await call("DeleteFirewall", { FirewallName: "egress" });
    expect(await call("DeleteFirewallPolicy", { FirewallPolicyArn: policy })).toHaveProperty("FirewallPolicyResponse");
  });
});

describe("a firewall", () => {
  const state = async () => (await call("DescribeFirewall", { FirewallName: "egress" })).FirewallStatus;

  it("DescribeFirewall returns an endpoint for each zone of the subnets.", async () => {
    await makeFirewall();
    expect(await state()).toMatchObject({
      Status: "READY",
      SyncStates: {
        "eu-central-1a": { Attachment: { SubnetId: "subnet-a", EndpointId: "vpce-subnet-a", Status: "READY" } },
        "eu-central-1b": { Attachment: { SubnetId: "subnet-b", EndpointId: "vpce-subnet-b", Status: "READY" } },
      },
    });
  });

  it("Subnets come and go with their endpoints, one in a zone, and one stays.", async () => {
    await makeFirewall();
    await call("AssociateSubnets", { FirewallName: "egress", SubnetMappings: [{ SubnetId: "subnet-c" }] });
    expect(
      await call("AssociateSubnets", { FirewallName: "egress", SubnetMappings: [{ SubnetId: "subnet-other-c" }] }),
    ).toContain("two subnets in eu-central-1c");
    await call("DisassociateSubnets", { FirewallName: "egress", SubnetIds: ["subnet-a", "subnet-b"] });
    expect(Object.keys((await state()).SyncStates)).toEqual(["eu-central-1c"]);
    const leave = (subnet: string) => call("DisassociateSubnets", { FirewallName: "egress", SubnetIds: [subnet] });
    expect(await leave("subnet-a")).toContain("not in each of these subnets");
    expect(await leave("subnet-c")).toContain("at least one subnet");
  });

  it.each([
    ["DeleteProtection", "UpdateFirewallDeleteProtection", "DeleteFirewall", {}],
    [
      "SubnetChangeProtection",
      "UpdateSubnetChangeProtection",
      "AssociateSubnets",
      { SubnetMappings: [{ SubnetId: "subnet-c" }] },
    ],
    ["SubnetChangeProtection", "UpdateSubnetChangeProtection", "DisassociateSubnets", { SubnetIds: ["subnet-b"] }],
    ["FirewallPolicyChangeProtection", "UpdateFirewallPolicyChangeProtection", "AssociateFirewallPolicy", {}],
  ])(
    "The protection %s refuses, until %s takes it off, the call %s.",
    async (protection, unprotect, operation, input) => {
      const { policy } = await makeFirewall({ [protection]: true });
      const change = () => call(operation, { FirewallName: "egress", FirewallPolicyArn: policy, ...input });
      expect(await change()).toBe(`InvalidOperationException: egress has the protection ${protection}`);
      await call(unprotect, { FirewallName: "egress", [protection]: false });
      expect(JSON.stringify(await change())).not.toContain("InvalidOperationException");
    },
  );

  it("No protection keeps the content of a policy or of a rule group from changing.", async () => {
    const { group, policy } = await makeFirewall({
      SubnetChangeProtection: true,
      FirewallPolicyChangeProtection: true,
    });
    const { UpdateToken } = await call("DescribeFirewallPolicy", { FirewallPolicyArn: policy });
    expect(
      await call("UpdateFirewallPolicy", { UpdateToken, FirewallPolicyArn: policy, FirewallPolicy: policyOf([group]) }),
    ).toHaveProperty("UpdateToken");
  });

  it("A firewall that logs cannot be deleted, and one call changes one log destination.", async () => {
    await makeFirewall();
    const log = (...groups: string[]) =>
      call("UpdateLoggingConfiguration", {
        FirewallName: "egress",
        LoggingConfiguration: {
          LogDestinationConfigs: groups.map((logGroup) => ({
            LogType: "ALERT",
            LogDestinationType: "CloudWatchLogs",
            LogDestination: { logGroup },
          })),
        },
      });
    expect(await log("one", "two")).toContain("One call changes one log destination");
    await log("one");
    expect(await call("DescribeLoggingConfiguration", { FirewallName: "egress" })).toMatchObject({
      LoggingConfiguration: { LogDestinationConfigs: [{ LogDestination: { logGroup: "one" } }] },
    });
    expect(await call("DeleteFirewall", { FirewallName: "egress" })).toContain("has a logging configuration");
    await log();
    expect(await call("DeleteFirewall", { FirewallName: "egress" })).toMatchObject({
      FirewallStatus: { Status: "DELETING" },
    });
    expect(endpoints).toEqual([]);
  });

  it("Encryption, analysis types and tags are what the last call set.", async () => {
    await makeFirewall({ EnabledAnalysisTypes: ["TLS_SNI"], Tags: [{ Key: "Owner", Value: "a" }] });
    const named = { FirewallName: "egress" };
    await call("UpdateFirewallAnalysisSettings", { ...named, EnabledAnalysisTypes: [] });
    await call("UpdateFirewallEncryptionConfiguration", {
      ...named,
      EncryptionConfiguration: { KeyId: "key", Type: "CUSTOMER_KMS" },
    });
    const { FirewallArn: ResourceArn } = (await call("DescribeFirewall", named)).Firewall;
    await call("TagResource", {
      ResourceArn,
      Tags: [
        { Key: "Root", Value: "egress" },
        { Key: "Owner", Value: "b" },
      ],
    });
    await call("UntagResource", { ResourceArn, TagKeys: ["Root"] });
    expect((await call("DescribeFirewall", named)).Firewall).toMatchObject({
      EnabledAnalysisTypes: [],
      EncryptionConfiguration: { KeyId: "key", Type: "CUSTOMER_KMS" },
      Tags: [{ Key: "Owner", Value: "b" }],
    });
  });
});
