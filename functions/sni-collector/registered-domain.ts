import { getDomain } from "tldts";
import { byCodeUnits } from "../../shared/code-unit-order.ts";
import type { ReachedName } from "./reached-name.ts";

/** The names below one domain that somebody registered, or one address. The most connections come first. */
export interface DomainGroup {
  domain: string;
  names: ReachedName[];
  connections: number;
}

/** Names are normalised already. Private suffixes count: two customers of `github.io` are not one. */
const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };

/**
 * Groups names by registered domain, such as `example.co.uk`, by the Public Suffix List (https://publicsuffix.org). A
 * name without one, such as `localhost`, is a group of its own. The group with the most connections comes first.
 */
export function byRegisteredDomain(names: readonly ReachedName[]): DomainGroup[] {
  const domainOf = ({ kind, name }: ReachedName) => (kind === "hostname" ? getDomain(name, OPTIONS) : undefined);
  return [...Map.groupBy(names, (reached) => domainOf(reached) ?? `${reached.verdict}#${reached.name}`)]
    .map(([, group]) => ({
      domain: (group[0] && domainOf(group[0])) ?? "",
      names: group,
      connections: group.reduce((sum, { connections }) => sum + connections, 0),
    }))
    .sort((a, b) => b.connections - a.connections || byCodeUnits(a.domain, b.domain));
}
