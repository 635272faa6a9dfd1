import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Network } from "../support/packets.ts";
import { type Resource, Root } from "../support/root.ts";
import { ec2, element } from "../support/vpc.ts";
import { ACCOUNT, REGION, startAws } from "./aws.ts";

const SPOKE = "10.21.4.9";
const STREAM = `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/alarms`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/alarms-to-firehose`;
const VARIABLES = {
  region: REGION,
  zones: ["a", "b", "c"],
  subscribers: { "oncall@example.com": {}, [STREAM]: { protocol: "firehose", role_arn: ROLE } },
};
/** 254 characters, one more than a domain may have. */
const LONG = `${"aaaaa.".repeat(41)}long.net`;
const TWO_ZONES = { ...VARIABLES, zones: ["a", "b"], deletion_protection: false };

const root = Root.of("egress");
let aws = "";
beforeAll(async () => {
  const started = await startAws(root);
  aws = started.aws;
  return started.stop;
});
afterAll(() => root.remove());

let happened: string[] = [];
let resources: Resource[] = [];
async function apply(variables: object): Promise<void> {
  root.give(variables);
  happened = await root.apply();
  resources = await root.resources();
}
const the = (address: string) => {
  const found = resources.find((resource) => resource.address === address);
  if (!found) throw new Error(`There is no ${address}.`);
  return found.values;
};
const all = (type: string) => resources.filter((resource) => resource.type === type);
/** The natures of changes, such as `update aws_route`, each once. */
const kinds = (changes: readonly string[]) => [
  ...new Set(changes.map((change) => change.replace(/ (module\.\w+\.)?(\w+)\..*$/, " $2"))),
];
const refusal = async (command: string, args: string[] = []) =>
  (await root.run(command, ["-no-color", ...args], 1)).replace(/[\s│]+/g, " ");
const statement = (Sid: string, rest: object) => ({ Sid, Effect: "Allow", ...rest });

describe("a new network, with the firewall before the NAT gateways", () => {
  beforeAll(() => apply({ ...VARIABLES, tags: { Owner: "network-team" } }));

  it("A second plan of the network changes nothing.", async () => {
    expect(resources.length).toBeGreaterThan(60);
    expect(await root.changes()).toEqual([]);
  });

  it.each(["a", "b", "c"])(
    "A connection of zone %s passes the endpoint of its zone once in each direction, before the NAT gateway.",
    (zone) => {
      const network = new Network(resources);
      expect(network.out(`private-${zone}`)).toEqual([`endpoint ${zone}`, `nat ${zone}`, "internet"]);
      expect(network.back(`private-${zone}`, network.address(`private-${zone}`))).toEqual([
        `nat-${zone}`,
        `endpoint ${zone}`,
        `private-${zone}`,
      ]);
    },
  );

  it("Each subnet is in its zone, with a route table of its own.", () => {
    const tables = all("aws_route_table_association").map(({ values }) => values.route_table_id);
    expect(new Set(tables).size).toBe(10);
    for (const { index = "", values } of all("aws_subnet"))
      expect([index, values.availability_zone]).toEqual([index, `${REGION}${index.slice(-1)}`]);
    expect(all("aws_subnet").map(({ index }) => index)).toEqual(
      ["firewall", "nat", "private"].flatMap((tier) => ["a", "b", "c"].map((zone) => `${tier}-${zone}`)),
    );
  });

  it("The firewall has an endpoint in each zone, is protected, and is encrypted with the key of the network.", () => {
    const key = the("module.key.aws_kms_key.this").arn;
    const firewall = the("aws_networkfirewall_firewall.this");
    expect(firewall).toMatchObject({
      name: "egress",
      vpc_id: the("aws_vpc.this").id,
      firewall_policy_arn: the("aws_networkfirewall_firewall_policy.this").arn,
      delete_protection: true,
      subnet_change_protection: true,
      firewall_policy_change_protection: true,
    });
    expect(firewall.subnet_mapping.map(({ subnet_id }: { subnet_id: string }) => subnet_id).sort()).toEqual(
      ["a", "b", "c"].map((zone) => the(`aws_subnet.this["firewall-${zone}"]`).id).sort(),
    );
    const encrypted = resources.filter(({ type }) =>
      /^aws_networkfirewall_(firewall|firewall_policy|rule_group)$/.test(type),
    );
    expect(encrypted.length).toBeGreaterThan(3);
    for (const { address, values } of encrypted)
      expect([address, values.encryption_configuration]).toEqual([address, [{ key_id: key, type: "CUSTOMER_KMS" }]]);
  });

  it("The firewall logs its alerts to an encrypted log group that keeps them for a year.", () => {
    expect(the("aws_networkfirewall_logging_configuration.this").logging_configuration).toEqual([
      {
        log_destination_config: [
          {
            log_type: "ALERT",
            log_destination_type: "CloudWatchLogs",
            log_destination: { logGroup: "/aws/network-firewall/egress/alert" },
          },
        ],
      },
    ]);
    expect(the("aws_cloudwatch_log_group.alert")).toMatchObject({
      name: "/aws/network-firewall/egress/alert",
      retention_in_days: 365,
      kms_key_id: the("module.key.aws_kms_key.this").arn,
    });
  });

  it("The private subnets, and no others, reach S3 and DynamoDB by gateway endpoints.", () => {
    const tables = ["a", "b", "c"].map((zone) => the(`aws_route_table.this["private-${zone}"]`).id).sort();
    for (const service of ["s3", "dynamodb"]) {
      const { service_name, vpc_endpoint_type, route_table_ids } = the(`aws_vpc_endpoint.this["${service}"]`);
      expect([service_name, vpc_endpoint_type, route_table_ids.sort()]).toEqual([
        `com.amazonaws.${REGION}.${service}`,
        "Gateway",
        tables,
      ]);
    }
  });

  it("In the mode observe, the gateway endpoints let workloads reach buckets and tables of any account.", () => {
    const any = { Principal: "*", Resource: "*", Condition: { StringLike: { "aws:ResourceAccount": "*" } } };
    expect(JSON.parse(the('aws_vpc_endpoint.this["s3"]').policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        statement("BucketsOfTheseAccounts", { Action: "s3:*", ...any }),
        statement("ImagesAndPackagesOfAws", {
          Principal: "*",
          Action: "s3:GetObject",
          Resource: [
            `arn:aws:s3:::prod-${REGION}-starport-layer-bucket/*`,
            `arn:aws:s3:::al2023-repos-${REGION}-de612dc2/*`,
          ],
        }),
      ],
    });
    expect(JSON.parse(the('aws_vpc_endpoint.this["dynamodb"]').policy)).toEqual({
      Version: "2012-10-17",
      Statement: [statement("TablesOfTheseAccounts", { Action: "dynamodb:*", ...any })],
    });
  });

  it("CloudWatch Logs uses the key for the alerts only, and CloudWatch for the topic of the alarms only.", () => {
    expect(JSON.parse(the("module.key.aws_kms_key.this").policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        statement("AccountDecidesByIam", {
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
          Action: "kms:*",
          Resource: "*",
        }),
        statement("CloudwatchToTopics", {
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Action: ["kms:GenerateDataKey*", "kms:Decrypt"],
          Resource: "*",
          Condition: {
            ArnEquals: { "kms:EncryptionContext:aws:sns:topicArn": `arn:aws:sns:${REGION}:${ACCOUNT}:egress-alarms` },
          },
        }),
        statement("LogGroups", {
          Principal: { Service: `logs.${REGION}.amazonaws.com` },
          Action: ["kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Encrypt", "kms:DescribeKey", "kms:Decrypt"],
          Resource: "*",
          Condition: {
            ArnEquals: {
              "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/aws/network-firewall/egress/alert`,
            },
          },
        }),
      ],
    });
  });

  it("Only CloudWatch publishes to the topic of the alarms, besides roles of the account, and only over TLS.", () => {
    const topic = { Action: "sns:Publish", Resource: the("module.alarms.aws_sns_topic.this").arn };
    expect(JSON.parse(the("module.alarms.aws_sns_topic_policy.this").policy)).toEqual({
      Version: "2012-10-17",
      Statement: [
        statement("Cloudwatch", {
          ...topic,
          Principal: { Service: "cloudwatch.amazonaws.com" },
          Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
        }),
        {
          ...topic,
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
  });

  it("Each zone has the alarms of its endpoint, and the topic has its own: all reach the subscribers when they begin and when they end.", () => {
    const alarms = all("aws_cloudwatch_metric_alarm").map(({ values }) => values);
    expect(
      Object.fromEntries(
        alarms.map((alarm) => [
          alarm.alarm_name,
          [
            `${alarm.namespace} ${alarm.metric_name}`,
            alarm.dimensions,
            `${alarm.statistic} ${alarm.comparison_operator} ${alarm.threshold} in ${alarm.evaluation_periods} x ${alarm.period} s, missing data ${alarm.treat_missing_data}`,
          ],
        ]),
      ),
    ).toEqual({
      ...Object.fromEntries(
        ["a", "b", "c"].flatMap((zone) => {
          const dimensions = { FirewallName: "egress", AvailabilityZone: `${REGION}${zone}` };
          const packets = "Sum GreaterThanThreshold 100 in 3 x 300 s, missing data notBreaching";
          return [
            [
              `egress-broken-connections-${zone}`,
              ["AWS/NetworkFirewall StreamExceptionPolicyPackets", { ...dimensions, Engine: "Stateful" }, packets],
            ],
            [
              `egress-invalid-packets-${zone}`,
              ["AWS/NetworkFirewall InvalidDroppedPackets", { ...dimensions, Engine: "Stateless" }, packets],
            ],
          ];
        }),
      ),
      "egress-alarms-not-delivered": [
        "AWS/SNS NumberOfNotificationsFailed",
        { TopicName: "egress-alarms" },
        "Sum GreaterThanThreshold 0 in 1 x 300 s, missing data notBreaching",
      ],
    });
    const topic = the("module.alarms.aws_sns_topic.this").arn;
    for (const { alarm_name, alarm_actions, ok_actions, alarm_description } of alarms) {
      expect([alarm_name, alarm_actions, ok_actions]).toEqual([alarm_name, [topic], [topic]]);
      expect(alarm_description).toMatch(/^\S.+\. Impact: .+\.$/);
    }
    expect(
      Object.fromEntries(
        all("aws_sns_topic_subscription").map(({ values }) => [
          values.endpoint,
          [values.topic_arn, values.protocol, values.subscription_role_arn],
        ]),
      ),
    ).toEqual({ "oncall@example.com": [topic, "email", ""], [STREAM]: [topic, "firehose", ROLE] });
  });

  it("Resources have the tags of the project and those that the variable tags adds.", () => {
    for (const address of ["aws_vpc.this", "aws_networkfirewall_firewall.this", "module.key.aws_kms_key.this"])
      expect(the(address).tags_all).toMatchObject({ Project: "palisade", Root: "egress", Owner: "network-team" });
  });

  it("The outputs name what partners, other roots and other tools need.", async () => {
    const outputs: Record<string, { value: unknown }> = JSON.parse(await root.run("output", ["-json"]));
    const ids = (type: string) =>
      Object.fromEntries(all(type).flatMap(({ index, values }) => (index ? [[index, values.id]] : [])));
    expect(Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]))).toEqual({
      vpc_id: the("aws_vpc.this").id,
      subnet_ids: ids("aws_subnet"),
      subnet_cidrs: Object.fromEntries(all("aws_subnet").map(({ index, values }) => [index, values.cidr_block])),
      private_subnet_ids: Object.fromEntries(
        ["a", "b", "c"].map((zone) => [zone, the(`aws_subnet.this["private-${zone}"]`).id]),
      ),
      route_table_ids: ids("aws_route_table"),
      nat_addresses: Object.fromEntries(all("aws_eip").map(({ index, values }) => [index, values.public_ip])),
      firewall_arn: the("aws_networkfirewall_firewall.this").arn,
      firewall_policy_arn: the("aws_networkfirewall_firewall_policy.this").arn,
      alert_log_group_name: "/aws/network-firewall/egress/alert",
      alarm_topic_arn: the("module.alarms.aws_sns_topic.this").arn,
      kms_key_arn: the("module.key.aws_kms_key.this").arn,
    });
  });

  it("A change of the mode changes the policies of the firewall and of the gateway endpoints, in place, and nothing else.", async () => {
    root.give({ ...VARIABLES, tags: { Owner: "network-team" }, mode: "enforce" });
    expect(await root.changes()).toEqual([
      "update aws_networkfirewall_firewall_policy.this",
      'update aws_vpc_endpoint.this["dynamodb"]',
      'update aws_vpc_endpoint.this["s3"]',
    ]);
  });
});

describe("a change of the placement", () => {
  let changes: string[] = [];
  beforeAll(async () => {
    root.give({ ...VARIABLES, firewall_placement: "after-nat" });
    changes = await root.changes("-refresh=false");
    await apply({ ...VARIABLES, firewall_placement: "after-nat" });
  });

  it("A change of the placement changes only routes, and the default routes in place.", () => {
    const routes = changes.filter((change) => change.includes("aws_route.this"));
    // The tags of the first test go too.
    expect(
      kinds(changes.filter((change) => !routes.includes(change)).filter((change) => !change.startsWith("update"))),
    ).toEqual([]);
    expect(routes.sort()).toEqual(
      ["a", "b", "c"]
        .flatMap((zone) => [
          `create aws_route.this["internet-${zone} nat"]`,
          `delete aws_route.this["nat-${zone} private"]`,
          ...["firewall", "nat", "private"].map((tier) => `update aws_route.this["${tier}-${zone} 0.0.0.0/0"]`),
        ])
        .sort(),
    );
  });

  it.each(["a", "b", "c"])(
    "With the firewall after the NAT gateways, a connection of zone %s passes the endpoint of its zone once in each direction.",
    (zone) => {
      const network = new Network(resources);
      expect(network.out(`private-${zone}`)).toEqual([`nat ${zone}`, `endpoint ${zone}`, "internet"]);
      expect(network.back(`private-${zone}`, network.address(`private-${zone}`))).toEqual([
        `endpoint ${zone}`,
        `nat-${zone}`,
        `private-${zone}`,
      ]);
    },
  );

  it("A network of version 0.1.0 keeps its subnets, gateways and firewall: only its rules are replaced, the function goes, and the table of hostnames stays in the account.", async () => {
    const file = join(root.folder, "terraform.tfstate");
    const state = readFileSync(file, "utf8");
    writeFileSync(file, JSON.stringify(asVersion010(JSON.parse(state))));
    const changes = await root.changes("-refresh=false");
    writeFileSync(file, state);
    expect(changes.sort()).toEqual([
      // The new groups come first, so that the policy always has rules.
      'create delete aws_networkfirewall_rule_group.this["enforce"]',
      'create delete aws_networkfirewall_rule_group.this["observe"]',
      'delete aws_networkfirewall_rule_group.written["not-allowed"]',
      "delete aws_sns_topic.digests",
      "delete module.sni_collector.aws_lambda_function.this",
      "forget aws_dynamodb_table.hostnames",
      "update aws_networkfirewall_firewall_policy.this",
    ]);
  });
});

describe("a zone that goes", () => {
  beforeAll(() => apply(TWO_ZONES));

  it("The firewall leaves the subnets of a zone before they are destroyed, which AWS refuses in the other order.", () => {
    const left = happened.indexOf("complete aws_networkfirewall_firewall.this");
    expect(left).toBeGreaterThan(-1);
    for (const tier of ["firewall", "nat", "private"])
      expect(happened.indexOf(`start aws_subnet.this["${tier}-c"]`)).toBeGreaterThan(left);
  });

  it("The gateway endpoints leave the route table of a zone before it is destroyed, which they cannot afterwards.", () => {
    for (const service of ["s3", "dynamodb"]) {
      const left = happened.indexOf(`complete aws_vpc_endpoint.this["${service}"]`);
      expect(left).toBeGreaterThan(-1);
      expect(happened.indexOf('start aws_route_table.this["private-c"]')).toBeGreaterThan(left);
    }
  });

  it("A zone goes with all that it had, and the other zones stay.", () => {
    const ofZones = happened.filter((step) => /^start aws_(subnet|eip|nat_gateway|route_table)\./.test(step));
    expect(ofZones.sort()).toEqual([
      'start aws_eip.nat["c"]',
      'start aws_nat_gateway.this["c"]',
      ...["route_table", "subnet"].flatMap((type) =>
        ["firewall", "nat", "private"].map((tier) => `start aws_${type}.this["${tier}-c"]`),
      ),
    ]);
    expect(the("aws_networkfirewall_firewall.this").firewall_status[0].sync_states).toHaveLength(2);
  });

  it.each(["a", "b"])("After the change, the way of zone %s is whole and before the NAT gateway again.", (zone) => {
    const network = new Network(resources);
    expect(network.out(`private-${zone}`)).toEqual([`endpoint ${zone}`, `nat ${zone}`, "internet"]);
    expect(network.back(`private-${zone}`, network.address(`private-${zone}`))).toEqual([
      `nat-${zone}`,
      `endpoint ${zone}`,
      `private-${zone}`,
    ]);
  });
});

describe("a hub", () => {
  const HUB = {
    ...TWO_ZONES,
    zones: ["a", "c"],
    spoke_cidrs: ["10.21.0.0/16", "10.22.0.0/16"],
    flow_log_bucket_arns: ["arn:aws:s3:::flow-logs"],
    enabled_analysis_types: ["TLS_SNI"],
    mode: "enforce",
    endpoint_account_ids: ["444455556666"],
  };
  let gatewayId = "";
  let tableId = "";
  beforeAll(async () => {
    const authorization = "AWS4-HMAC-SHA256 Credential=a/20261014/us-east-1/s3/aws4_request";
    await fetch(`${aws}/flow-logs`, { method: "PUT", headers: { authorization } });
    gatewayId = element(await ec2(aws, REGION, { Action: "CreateTransitGateway" }), "transitGatewayId");
    tableId = element(
      await ec2(aws, REGION, { Action: "CreateTransitGatewayRouteTable", TransitGatewayId: gatewayId }),
      "transitGatewayRouteTableId",
    );
    await apply({ ...HUB, transit_gateway_id: gatewayId, transit_gateway_route_table_id: tableId });
  });

  it("A second plan of the hub changes nothing.", async () => {
    expect(await root.changes()).toEqual([]);
  });

  it.each(["a", "c"])(
    "A connection of a spoke that enters in zone %s passes the endpoint of that zone once in each direction.",
    (zone) => {
      const network = new Network(resources);
      expect(network.out(`attachment-${zone}`)).toEqual([`endpoint ${zone}`, `nat ${zone}`, "internet"]);
      for (const spoke of [SPOKE, "10.22.255.254"])
        expect(network.back(`attachment-${zone}`, spoke)).toEqual([
          `nat-${zone}`,
          `endpoint ${zone}`,
          "transit gateway",
        ]);
    },
  );

  it("The network's own workloads take the same way as before.", () => {
    const network = new Network(resources);
    expect(network.out("private-c")).toEqual(["endpoint c", "nat c", "internet"]);
    expect(network.back("private-c", network.address("private-c"))).toEqual(["nat-c", "endpoint c", "private-c"]);
  });

  it("The attachment is in each zone and keeps both directions of a connection in one.", async () => {
    const attachment = the(`aws_ec2_transit_gateway_vpc_attachment.this["${gatewayId}"]`);
    expect(attachment).toMatchObject({ transit_gateway_id: gatewayId, appliance_mode_support: "enable" });
    expect(attachment.subnet_ids.sort()).toEqual(
      ["a", "c"].map((zone) => the(`aws_subnet.this["attachment-${zone}"]`).id).sort(),
    );
    expect(the(`aws_ec2_transit_gateway_route.internet["${tableId}"]`)).toMatchObject({
      destination_cidr_block: "0.0.0.0/0",
      transit_gateway_attachment_id: attachment.id,
      transit_gateway_route_table_id: tableId,
    });
    expect(JSON.parse(await root.run("output", ["-json", "transit_gateway_attachment_id"]))).toBe(attachment.id);
  });

  it("The firewall knows the workloads of the spokes as its own.", () => {
    const [{ policy_variables }] = the("aws_networkfirewall_firewall_policy.this").firewall_policy;
    const [{ ip_set }] = policy_variables[0].rule_variables;
    expect(ip_set[0].definition.sort()).toEqual(["10.0.0.0/16", "10.21.0.0/16", "10.22.0.0/16"]);
  });

  it("In the mode enforce, the gateway endpoints let workloads reach what the named accounts have.", () => {
    for (const service of ["s3", "dynamodb"]) {
      const [{ Condition }] = JSON.parse(the(`aws_vpc_endpoint.this["${service}"]`).policy).Statement;
      expect(Condition).toEqual({ StringLike: { "aws:ResourceAccount": [ACCOUNT, "444455556666"] } });
    }
  });

  it("Flow logs and AWS's own analysis come on request.", () => {
    expect(the('aws_flow_log.this["arn:aws:s3:::flow-logs"]')).toMatchObject({
      vpc_id: the("aws_vpc.this").id,
      traffic_type: "ALL",
      log_destination_type: "s3",
      log_destination: "arn:aws:s3:::flow-logs",
    });
    expect(the("aws_networkfirewall_firewall.this").enabled_analysis_types).toEqual(["TLS_SNI"]);
  });

  it("A zone that replaces another one has an endpoint, and the zone that stays keeps its addresses and gateways.", () => {
    expect(happened.filter((step) => /-a\b|\["a"\]/.test(step) && /subnet|nat_gateway|eip/.test(step))).toEqual([
      'start aws_subnet.this["attachment-a"]',
      'complete aws_subnet.this["attachment-a"]',
    ]);
    expect(happened.indexOf('complete aws_subnet.this["firewall-c"]')).toBeLessThan(
      happened.indexOf("start aws_networkfirewall_firewall.this"),
    );
    expect(happened.indexOf('start aws_subnet.this["firewall-b"]')).toBeGreaterThan(
      happened.indexOf("complete aws_networkfirewall_firewall.this"),
    );
  });

  it("The network is destroyed with all that belongs to it.", async () => {
    expect(await root.destroy()).toBe("");
    expect(await ec2(aws, REGION, { Action: "DescribeVpcEndpoints" })).not.toContain("<state>available</state>");
  });
});

describe("wrong values of variables", () => {
  const refused = async (variables: object) => {
    root.give({ ...VARIABLES, ...variables });
    return refusal("plan");
  };

  it("A plan with wrong values says what to write for each variable.", async () => {
    const text = await refused({
      region: "Frankfurt",
      name: "Egress",
      vpc_cidr: "10.0.0.0/24",
      eks_cluster_names: ["no cluster"],
      firewall_placement: "beside-nat",
      endpoint_account_ids: ["1"],
      flow_log_bucket_arns: ["flow-logs"],
      dns_query_log_destination_arns: ["dns"],
      dns_firewall_rule_group_ids: ["rslvr-frg-a", "rslvr-frg-a"],
      mode: "block",
      allowed_domains: ["https://example.com", "*.example.org", ".example.net"],
      allowed_http_domains: ["Example.com"],
      rule_capacity: 50,
      rule_group_arns: ["mine"],
      enabled_analysis_types: ["QUIC"],
      log_retention_days: 100,
      subscribers: { "no address": {} },
    });
    for (const sentence of [
      "Write a region such as eu-central-1",
      "The name must have 1 to 24 of a-z, 0-9 and -",
      "Write an IPv4 network from /16 to /21, such as 10.0.0.0/16",
      "Write names of EKS clusters",
      "The placement must be before-nat or after-nat",
      "Write account ids of 12 digits",
      "Write ARNs of buckets",
      "Write ARNs of log groups, buckets or delivery streams",
      "Write each rule group once, and at most five",
      "The mode must be enforce or observe",
      "These are not domains: *.example.org, https://example.com. Write example.com",
      "These are not domains: Example.com. Write them as in allowed_domains",
      "The capacity must be a whole number from 100 to 30000",
      "Write at most 19 ARNs of stateful rule groups",
      "The analysis types are TLS_SNI and HTTP_HOST",
      "CloudWatch Logs keeps logs for 1, 3, 5",
      "Write e-mail addresses such as team@example.com",
    ])
      expect(text).toContain(sentence);
  });

  it("A plan with a zone that the region lacks names the zones that it has, a hub needs its transit gateway, and a domain has at most 253 characters.", async () => {
    const text = await refused({
      zones: ["e"],
      transit_gateway_route_table_id: "tgw-rtb-0123456789abcdef0",
      spoke_cidrs: ["10.21.0.1/16"],
      allowed_domains: [LONG],
      allowed_http_domains: [LONG],
    });
    for (const sentence of [
      "These are not zones of eu-central-1 for this account: e. It has a, b, c.",
      'Write two or more letters of zones, such as ["a", "b"]',
      "Write IPv4 networks such as 10.1.0.0/16, with zeros after the prefix",
      "Write transit_gateway_id too: the route leads to its attachment",
      `These are not domains: ${LONG}. Write example.com`,
      `These are not domains: ${LONG}. Write them as in allowed_domains`,
      "Write transit_gateway_id too: spokes reach the firewall only through a transit gateway",
    ])
      expect(text).toContain(sentence);
  });
});

/** The state of an applied network after-nat, by the names that version 0.1.0 had. */
function asVersion010(state: { resources: StateResource[] }): object {
  const renamed = state.resources.map((resource): StateResource[] => {
    const { module, type, name, instances } = resource;
    const keyed = (key: (index: string) => string) =>
      instances.map((instance) => ({ ...instance, index_key: key(String(instance.index_key)) }));
    if (module === "module.key" && type === "aws_kms_key") return [{ ...resource, module: "module.sni_collector" }];
    if (module === "module.alarms" && /^aws_sns_topic(_subscription)?$/.test(type) && resource.mode === "managed") {
      const { module: _module, ...own } = resource;
      return [{ ...own, name: "alarms" }];
    }
    if (module !== undefined || resource.mode !== "managed") return [resource];
    if (type === "aws_route")
      return Object.entries(OLD_ROUTES).map(([old, tier]) => ({
        ...resource,
        name: old,
        instances: keyed((index) => index.replace(/^\w+-(.).*$/, "$1")).filter((_one, place) =>
          String(instances[place]?.index_key).startsWith(`${tier}-`),
        ),
      }));
    if (/^aws_(subnet|route_table|route_table_association)$/.test(type) && name === "this")
      return [
        {
          ...resource,
          instances: keyed((index) => index.replace("nat-", "protected-").replace("firewall-", "public-")),
        },
      ];
    if (type === "aws_networkfirewall_rule_group")
      return OLD_RULE_GROUPS.map(({ from, old, key, ...attributes }) => ({
        ...resource,
        name: old,
        instances: instances
          .filter(({ index_key }) => index_key === from)
          .map((instance) => ({
            ...instance,
            index_key: key,
            attributes: {
              ...instance.attributes,
              ...attributes,
              arn: `made-up/${attributes.name}`,
              id: `made-up/${attributes.name}`,
            },
          })),
      }));
    if (OLD_COUNTS.includes(`${type}.${name}`))
      return [{ ...resource, instances: instances.map((instance) => ({ ...instance, index_key: 0 })) }];
    return [resource];
  });
  const provider = state.resources.find(({ module }) => module === undefined)?.provider;
  const gone = OLD_RESOURCES.map((resource) => ({
    ...{ ...resource, mode: "managed", provider },
    instances: [{ schema_version: resource.type === "aws_dynamodb_table" ? 1 : 0, attributes: { id: "made-up" } }],
  }));
  return { ...state, resources: [...renamed.flat(), ...gone] };
}

interface StateResource {
  module?: string;
  mode: string;
  type: string;
  name: string;
  provider?: string;
  instances: { index_key?: string | number; schema_version?: number; attributes?: object }[];
}

const OLD_ROUTES = {
  private_to_nat: "private",
  protected_to_firewall: "nat",
  public_to_internet: "firewall",
  internet_to_firewall: "internet",
};
const OLD_RULE_GROUPS = [
  { from: "enforce", old: "allowed", key: 0, name: "egress-allowed", capacity: 4000 },
  { from: "observe", old: "written", key: "observed", name: "egress-observed", capacity: 100 },
  { from: "observe", old: "written", key: "not-allowed", name: "egress-not-allowed", capacity: 100 },
];
/** Some of the resources that this root no longer has. */
const OLD_RESOURCES = [
  { type: "aws_dynamodb_table", name: "hostnames" },
  { type: "aws_sns_topic", name: "digests" },
  { module: "module.sni_collector", type: "aws_lambda_function", name: "this" },
];
const OLD_COUNTS = [
  "aws_vpc.this",
  "aws_default_security_group.this",
  "aws_internet_gateway.this",
  "aws_route_table.internet",
  "aws_route_table_association.internet",
  "aws_networkfirewall_firewall_policy.this",
  "aws_networkfirewall_firewall.this",
  "aws_networkfirewall_logging_configuration.this",
  "aws_cloudwatch_log_group.alert",
];
