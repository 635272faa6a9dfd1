import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Operation } from "../../gateway/service.ts";
import type { Policy } from "./policies.ts";
import { encryptionSchema, invalid, notNow, type Resource, type Resources, tagsSchema } from "./resource.ts";

/** The VPC side of a firewall: a Gateway Load Balancer endpoint in each of its subnets. */
export interface Endpoints {
  /** Makes the endpoint in a subnet. Returns its id and the zone of the subnet. */
  make(subnetId: string): Promise<{ id: string; zone: string }>;
  remove(id: string): Promise<void>;
}

interface Endpoint {
  subnetId: string;
  id: string;
  zone: string;
}

const loggingSchema = z.object({
  LogDestinationConfigs: z.array(
    z.object({
      LogType: z.string(),
      LogDestinationType: z.string(),
      LogDestination: z.record(z.string(), z.string()),
    }),
  ),
});
const protectionsSchema = z.object({
  DeleteProtection: z.boolean().default(false),
  SubnetChangeProtection: z.boolean().default(false),
  FirewallPolicyChangeProtection: z.boolean().default(false),
});

export interface Firewall extends Resource {
  vpcId: string;
  policyArn: string;
  endpoints: Endpoint[];
  protections: z.output<typeof protectionsSchema>;
  encryption: z.output<typeof encryptionSchema>;
  analysisTypes: string[];
  logging: z.output<typeof loggingSchema>;
}

const mappingsSchema = z.array(z.object({ SubnetId: z.string() })).min(1);
const createInput = protectionsSchema.extend({
  FirewallName: z.string(),
  FirewallPolicyArn: z.string(),
  VpcId: z.string(),
  SubnetMappings: mappingsSchema,
  EncryptionConfiguration: encryptionSchema,
  EnabledAnalysisTypes: z.array(z.string()).default([]),
  Tags: tagsSchema,
});
const referenceInput = z
  .object({ FirewallArn: z.string().optional(), FirewallName: z.string().optional() })
  .transform(({ FirewallArn: arn, FirewallName: name }) => ({ arn, name }));
const tokenInput = z.object({ UpdateToken: z.string().optional() });
const loggingInput = z.object({ LoggingConfiguration: loggingSchema.optional() });

/** The operations of firewalls: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html */
export function firewallOperations(
  arnOf: (kind: string, name: string) => string,
  firewalls: Resources<Firewall>,
  policies: Resources<Policy>,
  { make, remove }: Endpoints,
): Record<string, Operation> {
  const find = (input: unknown) => firewalls.get(referenceInput.parse(input), tokenInput.parse(input).UpdateToken);
  const head = (firewall: Firewall) => ({
    FirewallArn: firewall.arn,
    FirewallName: firewall.name,
    UpdateToken: firewall.token,
  });
  const firewallOf = (firewall: Firewall) => ({
    FirewallName: firewall.name,
    FirewallArn: firewall.arn,
    FirewallId: firewall.arn,
    FirewallPolicyArn: firewall.policyArn,
    VpcId: firewall.vpcId,
    SubnetMappings: mappingsOf(firewall),
    ...firewall.protections,
    EncryptionConfiguration: firewall.encryption,
    EnabledAnalysisTypes: firewall.analysisTypes,
    Tags: firewall.tags,
  });
  const mappingsOf = ({ endpoints }: Firewall) => endpoints.map(({ subnetId }) => ({ SubnetId: subnetId }));

  /** Makes the endpoints of further subnets. A firewall has one in a zone. */
  async function extend(endpoints: readonly Endpoint[], mappings: z.output<typeof mappingsSchema>) {
    const made = [...endpoints];
    for (const { SubnetId: subnetId } of mappings) {
      const endpoint = { subnetId, ...(await make(subnetId)) };
      if (made.some(({ zone }) => zone === endpoint.zone)) invalid(`The firewall has two subnets in ${endpoint.zone}`);
      made.push(endpoint);
    }
    return made;
  }

  /** An operation that changes one protection. */
  const protect =
    (protection: keyof Firewall["protections"]): Operation =>
    (input) => {
      const firewall = find(input);
      const { [protection]: isOn } = protectionsSchema.parse(input);
      firewalls.change(firewall, { protections: { ...firewall.protections, [protection]: isOn } });
      return { ...head(firewall), [protection]: isOn };
    };

  function refuseProtected({ name, protections }: Firewall, protection: keyof Firewall["protections"]): void {
    if (protections[protection]) notNow(`${name} has the protection ${protection}`);
  }

  return {
    CreateFirewall: async (input) => {
      const asked = createInput.parse(input);
      const { DeleteProtection, SubnetChangeProtection, FirewallPolicyChangeProtection } = asked;
      const firewall = firewalls.add({
        arn: arnOf("firewall", asked.FirewallName),
        name: asked.FirewallName,
        token: randomUUID(),
        vpcId: asked.VpcId,
        policyArn: policies.get({ arn: asked.FirewallPolicyArn }).arn,
        endpoints: await extend([], asked.SubnetMappings),
        protections: { DeleteProtection, SubnetChangeProtection, FirewallPolicyChangeProtection },
        encryption: asked.EncryptionConfiguration,
        analysisTypes: asked.EnabledAnalysisTypes,
        logging: { LogDestinationConfigs: [] },
        tags: asked.Tags,
      });
      return { Firewall: firewallOf(firewall), FirewallStatus: statusOf(firewall, "PROVISIONING") };
    },
    DescribeFirewall: (input) => {
      const firewall = find(input);
      return {
        UpdateToken: firewall.token,
        Firewall: firewallOf(firewall),
        FirewallStatus: statusOf(firewall, "READY"),
      };
    },
    DeleteFirewall: async (input) => {
      const firewall = find(input);
      refuseProtected(firewall, "DeleteProtection");
      if (firewall.logging.LogDestinationConfigs.length > 0) notNow(`${firewall.name} has a logging configuration`);
      for (const { id } of firewall.endpoints) await remove(id);
      firewalls.remove(firewall);
      return { Firewall: firewallOf(firewall), FirewallStatus: statusOf(firewall, "DELETING") };
    },
    AssociateSubnets: async (input) => {
      const firewall = find(input);
      refuseProtected(firewall, "SubnetChangeProtection");
      const { SubnetMappings } = z.object({ SubnetMappings: mappingsSchema }).parse(input);
      firewalls.change(firewall, { endpoints: await extend(firewall.endpoints, SubnetMappings) });
      return { ...head(firewall), SubnetMappings: mappingsOf(firewall) };
    },
    DisassociateSubnets: async (input) => {
      const firewall = find(input);
      refuseProtected(firewall, "SubnetChangeProtection");
      const { SubnetIds } = z.object({ SubnetIds: z.array(z.string()) }).parse(input);
      const [left, kept] = [true, false].map((leaves) =>
        firewall.endpoints.filter(({ subnetId }) => SubnetIds.includes(subnetId) === leaves),
      );
      if (!left || !kept || left.length < SubnetIds.length) invalid("The firewall is not in each of these subnets");
      if (kept.length === 0) invalid("A firewall has at least one subnet");
      for (const { id } of left) await remove(id);
      firewalls.change(firewall, { endpoints: kept });
      return { ...head(firewall), SubnetMappings: mappingsOf(firewall) };
    },
    AssociateFirewallPolicy: (input) => {
      const firewall = find(input);
      refuseProtected(firewall, "FirewallPolicyChangeProtection");
      const { FirewallPolicyArn: arn } = z.object({ FirewallPolicyArn: z.string() }).parse(input);
      firewalls.change(firewall, { policyArn: policies.get({ arn }).arn });
      return { ...head(firewall), FirewallPolicyArn: arn };
    },
    UpdateFirewallDeleteProtection: protect("DeleteProtection"),
    UpdateSubnetChangeProtection: protect("SubnetChangeProtection"),
    UpdateFirewallPolicyChangeProtection: protect("FirewallPolicyChangeProtection"),
    UpdateFirewallEncryptionConfiguration: (input) => {
      const firewall = find(input);
      const { EncryptionConfiguration: encryption } = z
        .object({ EncryptionConfiguration: encryptionSchema })
        .parse(input);
      firewalls.change(firewall, { encryption });
      return { ...head(firewall), EncryptionConfiguration: encryption };
    },
    UpdateFirewallAnalysisSettings: (input) => {
      const firewall = find(input);
      const { EnabledAnalysisTypes: analysisTypes } = createInput.pick({ EnabledAnalysisTypes: true }).parse(input);
      firewalls.change(firewall, { analysisTypes });
      return { ...head(firewall), EnabledAnalysisTypes: analysisTypes };
    },
    DescribeLoggingConfiguration: (input) => {
      const firewall = find(input);
      return { FirewallArn: firewall.arn, LoggingConfiguration: firewall.logging };
    },
    UpdateLoggingConfiguration: (input) => {
      const firewall = find(input);
      const { LoggingConfiguration: logging = { LogDestinationConfigs: [] } } = loggingInput.parse(input);
      const before = new Set(firewall.logging.LogDestinationConfigs.map((config) => JSON.stringify(config)));
      const after = new Set(logging.LogDestinationConfigs.map((config) => JSON.stringify(config)));
      // A changed destination goes and comes.
      if (before.difference(after).size > 1 || after.difference(before).size > 1)
        invalid("One call changes one log destination");
      firewall.logging = logging;
      return { FirewallArn: firewall.arn, FirewallName: firewall.name, LoggingConfiguration: logging };
    },
  };
}

const statusOf = ({ endpoints }: Firewall, status: "PROVISIONING" | "READY" | "DELETING") => ({
  Status: status,
  ConfigurationSyncStateSummary: status === "READY" ? "IN_SYNC" : "PENDING",
  SyncStates: Object.fromEntries(
    endpoints.map(({ zone, subnetId, id }) => [
      zone,
      { Attachment: { SubnetId: subnetId, EndpointId: id, Status: status === "READY" ? "READY" : "CREATING" } },
    ]),
  ),
});
