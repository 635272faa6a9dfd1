import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { keyInFirewall, type SightedName, type Sighting } from "./sighting.ts";

/** A name, or a source of malformed names, and what all firewalls with one verdict saw of it: a line of the e-mail. */
export interface ReachedName extends Omit<Sighting, "firewall"> {
  firewalls: string[];
}

/** Whether a sighting stands for malformed names of one source. */
export const isMalformed = ({ kind }: SightedName): boolean => kind === "malformed";

/** Makes one of the sightings of each name and verdict. The most connections come first. */
export function reachedNames(sightings: readonly Sighting[]): ReachedName[] {
  const names = new Map<string, ReachedName>();
  for (const { firewall, ...sighting } of sightings) {
    const key = keyInFirewall(sighting);
    const seen = { ...sighting, firewalls: [firewall] };
    const known = names.get(key);
    names.set(key, known ? merged(known, seen) : seen);
  }
  return [...names.values()].sort(byConnections);
}

const byConnections = (a: ReachedName, b: ReachedName): number =>
  b.connections - a.connections || byCodeUnits(a.name, b.name);

const merged = (one: ReachedName, other: ReachedName): ReachedName => ({
  ...one,
  firstSeen: Math.min(one.firstSeen, other.firstSeen),
  lastSeen: Math.max(one.lastSeen, other.lastSeen),
  protocols: union(one.protocols, other.protocols),
  rules: union(one.rules, other.rules),
  sources: union(one.sources, other.sources),
  ports: union(one.ports, other.ports),
  firewalls: union(one.firewalls, other.firewalls),
  connections: one.connections + other.connections,
  trailingDot: one.trailingDot && other.trailingDot,
});

const union = <Value>(some: readonly Value[], others: readonly Value[]): Value[] => [...new Set([...some, ...others])];
