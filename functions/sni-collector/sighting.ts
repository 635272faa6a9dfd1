import { addressOf, portOf, ruleOf } from "./firewall-record.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import type { Name } from "./name.ts";
import type { Verdict } from "./verdict.ts";

/** One name that one firewall blocked or allowed, with examples of how. Times are epoch milliseconds. */
export interface Sighting extends SightedName {
  firewall: string;
  verdict: Verdict;
  firstSeen: number;
  lastSeen: number;
  /** `tls`, `quic`, `http`, `http2`. */
  protocols: string[];
  /** Signatures of the rules that matched, or `sid 4` where the signature is empty. */
  rules: string[];
  /** Source addresses. */
  sources: string[];
  /** Destination ports. */
  ports: number[];
  /** The number of records: of connections, at least. Of malformed names it is how many. */
  connections: number;
  /** Whether every record had the name with a dot at its end. */
  trailingDot: boolean;
}

/**
 * A name, or the source of malformed names. What is neither a DNS name nor an IP address is remembered by its source
 * address, or `unknown`, and never by its text.
 */
export interface SightedName {
  kind: Name["kind"] | "malformed";
  name: string;
}

/** An operator wants examples, not a list. The limits also bound the item (400 KB) and the message. */
const MOST_SOURCES = 5;
const MOST_OTHERS = 10;

type Identity = Pick<Sighting, "kind" | "name" | "firewall" | "verdict">;

/** What identifies a sighting among those of its firewall. The characters between the parts can stand in none of them. */
export const keyInFirewall = ({ kind, name, verdict }: Omit<Identity, "firewall">): string =>
  `${verdict}#${kind === "malformed" ? "malformed#" : ""}${name}`;

/** What identifies a sighting. */
export const sightingKey = (sighting: Identity): string => `${sighting.firewall}#${keyInFirewall(sighting)}`;

/** A sighting without records. The first one that is added sets its times. */
export const emptySighting = ({ kind, name }: SightedName, firewall: string, verdict: Verdict): Sighting => ({
  kind,
  name,
  firewall,
  verdict,
  firstSeen: Number.POSITIVE_INFINITY,
  lastSeen: 0,
  protocols: [],
  rules: [],
  sources: [],
  ports: [],
  connections: 0,
  trailingDot: kind !== "malformed",
});

/**
 * Adds to a sighting what one record says about its name. It does not count the connection: a record may hold a name in
 * two spellings.
 *
 * @param time when the record was made (epoch, ms)
 * @param event the record's `event`
 */
export function addToSighting(sighting: Sighting, protocol: string, time: number, event: JsonObject): void {
  const { alert, src_ip, dest_port } = event;
  if (time < sighting.firstSeen) sighting.firstSeen = time;
  if (time > sighting.lastSeen) sighting.lastSeen = time;
  addExample(sighting.protocols, protocol, MOST_OTHERS);
  // Most records of a name repeat the last one's values, so that a value is read only where it may be a new example.
  if (isJsonObject(alert) && mayBeNew(sighting.rules, alert.signature, MOST_OTHERS))
    addExample(sighting.rules, ruleOf(alert), MOST_OTHERS);
  if (mayBeNew(sighting.sources, src_ip, MOST_SOURCES)) addExample(sighting.sources, addressOf(src_ip), MOST_SOURCES);
  if (mayBeNew(sighting.ports, dest_port, MOST_OTHERS)) addExample(sighting.ports, portOf(dest_port), MOST_OTHERS);
}

/** Makes one sighting of two: the whole span of time, all connections, and the older examples first. */
export const mergeSightings = (older: Sighting, newer: Sighting): Sighting => ({
  kind: older.kind,
  name: older.name,
  firewall: older.firewall,
  verdict: older.verdict,
  firstSeen: Math.min(older.firstSeen, newer.firstSeen),
  lastSeen: Math.max(older.lastSeen, newer.lastSeen),
  protocols: mergeExamples(older.protocols, newer.protocols, MOST_OTHERS),
  rules: mergeExamples(older.rules, newer.rules, MOST_OTHERS),
  sources: mergeExamples(older.sources, newer.sources, MOST_SOURCES),
  ports: mergeExamples(older.ports, newer.ports, MOST_OTHERS),
  connections: older.connections + newer.connections,
  trailingDot: older.trailingDot && newer.trailingDot,
});

function mergeExamples<Value>(older: readonly Value[], newer: readonly Value[], most: number): Value[] {
  const examples = [...older];
  for (const value of newer) addExample(examples, value, most);
  return examples;
}

function addExample<Value>(examples: Value[], value: Value | undefined, most: number): void {
  if (value !== undefined && examples.length < most && !examples.includes(value)) examples.push(value);
}

function mayBeNew(examples: readonly unknown[], raw: unknown, most: number): boolean {
  if (examples.length >= most) return false;
  for (const example of examples) if (example === raw) return false;
  return true;
}
