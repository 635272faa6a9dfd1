import { fittingList } from "./list-text.ts";
import type { ReachedName } from "./reached-name.ts";

/** What the e-mail says of a name besides its connections. */
const FACTS = ["source", "port", "firewall", "rule"] as const;
export type Fact = (typeof FACTS)[number];

/** What is said once for many names. */
export interface Said {
  values: readonly string[];
  /** Otherwise it holds for most of the names, and the lines of the others say otherwise. */
  ofAll: boolean;
}
export type SaidOnce = ReadonlyMap<Fact, Said>;

/** Among fewer names than this, or for a smaller share of them, nothing is usual. */
const LEAST_FOR_USUAL = 4;
const LEAST_SHARE = 0.75;

/** The values of a fact; none where it says nothing. The id of a rule says nothing to whoever reads an e-mail. */
export function valuesOf(fact: Fact, { sources, ports, protocols, firewalls, rules }: ReachedName): readonly string[] {
  switch (fact) {
    case "source":
      return sources;
    case "port":
      return [portText({ ports, protocols })];
    case "firewall":
      return firewalls;
    case "rule":
      return rules.filter((rule) => !/^sid \d+$/.test(rule));
  }
}

/** Finds what all names have alike. */
export const saidOfAll = (names: readonly ReachedName[]): SaidOnce => said(names, names.length);

/** Finds what all names have alike or, besides the source, most of them. */
export function saidOfMost(names: readonly ReachedName[]): SaidOnce {
  const most = said(names, names.length < LEAST_FOR_USUAL ? names.length : Math.ceil(names.length * LEAST_SHARE));
  return new Map([...most].filter(([fact, { ofAll }]) => ofAll || fact !== "source"));
}

/** Ports and protocols in so much room (characters), such as `80, 443 (http, tls)`. */
export function portText(
  { ports, protocols }: Pick<ReachedName, "ports" | "protocols">,
  room = Number.POSITIVE_INFINITY,
): string {
  const numbers = fittingList([...ports].sort((a, b) => a - b).map(String), room);
  const letters = [...protocols].sort().join(", ");
  return numbers === "" ? letters : `${numbers} (${letters})`;
}

/** Whether a line has to say a fact of its name. */
export function saysItself(fact: Fact, name: ReachedName, once: SaidOnce): boolean {
  const values = valuesOf(fact, name);
  const known = once.get(fact);
  return values.length > 0 && (known === undefined || key(known.values) !== key(values));
}

function said(names: readonly ReachedName[], least: number): SaidOnce {
  const found = new Map<Fact, Said>();
  for (const fact of FACTS) {
    const alike = Map.groupBy(
      names.map((name) => valuesOf(fact, name)),
      key,
    );
    // A line that says nothing would seem to say what is usual.
    if (alike.has(key([]))) continue;
    for (const [values = [], ...others] of alike.values())
      if (others.length + 1 >= least) found.set(fact, { values, ofAll: alike.size === 1 });
  }
  return found;
}

const key = (values: readonly string[]): string => JSON.stringify([...values].sort());
