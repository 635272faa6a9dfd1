import type { Resource } from "./root.ts";

/** Where a packet goes next: `endpoint a`, `nat a`, `internet`, `transit gateway`, or a tier and zone where it arrives, such as `private-a`. */
type Hop = string;

interface Route {
  destination: string;
  /** The id of the next hop; `local` for the VPC itself. */
  target: string;
}

const bitsOf = (address: string): number =>
  address.split(".").reduce((bits, octet) => (bits * 256 + Number(octet)) >>> 0, 0);

function holds(cidr: string, address: string): boolean {
  const [network = "", length] = cidr.split("/");
  const size = 2 ** (32 - Number(length));
  return Math.floor(bitsOf(network) / size) === Math.floor(bitsOf(address) / size);
}

/** An address in a network, such as the tenth. */
const addressIn = (cidr: string): string => {
  const [network = ""] = cidr.split("/");
  const bits = bitsOf(network) + 10;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join(".");
};

/** Sends packets through the routes of an applied network, as AWS does: by the longest prefix. */
export class Network {
  readonly #vpcCidr: string;
  readonly #internetGateway: string;
  /** By id. */
  readonly #subnets: Map<string, { name: string; cidr: string; routes: Route[] }>;
  readonly #edgeRoutes: Route[];
  /** The subnets of NAT gateways and firewall endpoints, by their ids. */
  readonly #nats: Map<string, string>;
  readonly #endpoints: Map<string, string>;

  constructor(resources: readonly Resource[]) {
    const all = (type: string) => resources.filter((resource) => resource.type === type).map(({ values }) => values);
    const only = (type: string) => {
      const [found, ...others] = all(type);
      if (!found || others.length > 0) throw new Error(`There is not one ${type}.`);
      return found;
    };
    this.#vpcCidr = only("aws_vpc").cidr_block;
    this.#internetGateway = only("aws_internet_gateway").id;
    const routesOf = (tableId: string): Route[] => [
      { destination: this.#vpcCidr, target: "local" },
      ...all("aws_route")
        .filter(({ route_table_id }) => route_table_id === tableId)
        .map((route) => ({
          destination: route.destination_cidr_block,
          target: route.vpc_endpoint_id || route.nat_gateway_id || route.gateway_id || route.transit_gateway_id,
        })),
    ];
    const associations = all("aws_route_table_association");
    const tableOf = (key: string, id: string): string => {
      const [found, ...others] = associations.filter((association) => association[key] === id);
      if (!found || others.length > 0) throw new Error(`${id} has not one route table.`);
      return found.route_table_id;
    };
    this.#subnets = new Map(
      resources
        .filter(({ type }) => type === "aws_subnet")
        .map(({ index = "", values: { id, cidr_block: cidr } }) => [
          id,
          { name: index, cidr, routes: routesOf(tableOf("subnet_id", id)) },
        ]),
    );
    this.#edgeRoutes = routesOf(tableOf("gateway_id", this.#internetGateway));
    this.#nats = new Map(all("aws_nat_gateway").map(({ id, subnet_id }) => [id, subnet_id]));
    const [status] = only("aws_networkfirewall_firewall").firewall_status;
    this.#endpoints = new Map(
      status.sync_states.map(({ attachment }: { attachment: [{ endpoint_id: string; subnet_id: string }] }) => [
        attachment[0].endpoint_id,
        attachment[0].subnet_id,
      ]),
    );
  }

  /** What a packet of a tier passes on its way to an address of the internet. */
  out(tier: string): Hop[] {
    return this.#walk(this.#subnetNamed(tier).routes, "203.0.113.7");
  }

  /** What an answer from the internet passes, until it arrives in a private subnet or at the transit gateway. */
  back(tier: string, to: string): Hop[] {
    const [nat = ""] = this.out(tier).flatMap((hop) => (hop.startsWith("nat ") ? [hop.slice("nat ".length)] : []));
    const { cidr, routes } = this.#subnetNamed(`nat-${nat}`);
    const toNat = this.#walk(this.#edgeRoutes, addressIn(cidr));
    // The NAT gateway gives the answer the address of whoever asked.
    return [...toNat, ...this.#walk(routes, to)];
  }

  /** An address in the subnet of a tier. */
  address = (tier: string): string => addressIn(this.#subnetNamed(tier).cidr);

  #subnetNamed(name: string) {
    const found = [...this.#subnets.values()].find((subnet) => subnet.name === name);
    if (!found) throw new Error(`There is no subnet ${name}.`);
    return found;
  }

  #walk(from: readonly Route[], to: string): Hop[] {
    const hops: Hop[] = [];
    let routes = from;
    while (hops.length < 10) {
      const prefix = ({ destination }: Route) => Number(destination.split("/")[1]);
      const [route] = routes.filter(({ destination }) => holds(destination, to)).sort((a, b) => prefix(b) - prefix(a));
      if (!route) return [...hops, "nowhere"];
      if (route.target === "local") {
        const arrived = [...this.#subnets.values()].find(({ cidr }) => holds(cidr, to));
        return [...hops, arrived?.name ?? "nowhere"];
      }
      if (route.target === this.#internetGateway) return [...hops, "internet"];
      if (route.target.startsWith("tgw-")) return [...hops, "transit gateway"];
      const isNat = this.#nats.has(route.target);
      const subnet = this.#subnets.get((isNat ? this.#nats : this.#endpoints).get(route.target) ?? "");
      if (!subnet) return [...hops, "nowhere"];
      hops.push(`${isNat ? "nat" : "endpoint"} ${subnet.name.slice(-1)}`);
      routes = subnet.routes;
    }
    return [...hops, "in circles"];
  }
}
