import { randomUUID } from "node:crypto";
import type { Endpoints } from "../../../local/services/networkfirewall/firewalls.ts";

/** Calls EC2 of moto, and returns the XML of the answer. */
export async function ec2(aws: string, region: string, parameters: Record<string, string>): Promise<string> {
  const response = await fetch(aws, {
    method: "POST",
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=a/20261014/${region}/ec2/aws4_request` },
    body: new URLSearchParams({ Version: "2016-11-15", ...parameters }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${parameters.Action}: ${text}`);
  return text;
}

/** The content of the first element with a name. */
export const element = (xml: string, name: string): string => {
  const [, content] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? [];
  if (content === undefined) throw new Error(`There is no ${name} in ${xml}`);
  return content;
};

/** Makes the endpoints of firewalls in the VPCs of moto, which takes routes to endpoints of this type. */
export const motoEndpoints = (aws: string, region: string): Endpoints => ({
  make: async (subnetId) => {
    const subnet = await ec2(aws, region, { Action: "DescribeSubnets", "SubnetId.1": subnetId });
    const endpoint = await ec2(aws, region, {
      Action: "CreateVpcEndpoint",
      VpcId: element(subnet, "vpcId"),
      VpcEndpointType: "GatewayLoadBalancer",
      ServiceName: `made-up-${randomUUID()}`,
      "SubnetId.1": subnetId,
    });
    return { id: element(endpoint, "vpcEndpointId"), zone: element(subnet, "availabilityZone") };
  },
  remove: async (id) => {
    await ec2(aws, region, { Action: "DeleteVpcEndpoints", "VpcEndpointId.1": id });
  },
});
