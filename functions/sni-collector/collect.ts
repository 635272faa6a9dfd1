import { isIP } from "node:net";
import { plainText } from "../../shared/plain-text.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { type Name, normaliseName } from "./name.ts";
import { judge, type Verdict } from "./verdict.ts";

/** One name that one firewall blocked or allowed, and how it was seen. Times are epoch milliseconds. */
export interface Sighting extends Name {
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
}

/** What a batch of log events holds. */
export interface Collected {
  /** One per firewall, verdict and name, in the order of first appearance. */
  sightings: Sighting[];
  records: number;
  /** Ids of the log events that could not be read. */
  unreadable: string[];
  /** Names that are neither a DNS name nor an IP address. */
  rejected: number;
  /** Records that hold no name at all, such as ICMP alerts or flows. */
  nameless: number;
}

/** An operator wants examples, not a list; it also bounds the item (400 KB) and the message. */
export const MOST_SOURCES = 5;
export const MOST_OTHERS = 10;

/** What identifies a sighting. The characters between the parts can stand in none of them. */
export const sightingKey = ({ firewall, verdict, name }: Pick<Sighting, "firewall" | "verdict" | "name">): string =>
  `${firewall}#${verdict}#${name}`;

/**
 * Collects the names from the records of one batch.
 *
 * This is the hot path: a batch may hold ten thousand records, so they are narrowed by hand and each name is
 * normalised once.
 *
 * @param logEvents as CloudWatch Logs sends them: `{id, timestamp, message}`, the message being the record as JSON
 * @param receivedAt the time of a record that has none (epoch, ms)
 */
export function collect(logEvents: readonly unknown[], receivedAt: number): Collected {
  const sightings = new Map<string, Sighting>();
  const unreadable: string[] = [];
  let rejected = 0;
  let nameless = 0;
  // A log stream holds the records of one firewall, and of many in one second: both hardly ever change.
  let firewall: unknown;
  let names = new Map<unknown, NameSeen>();
  let eventTimestamp: unknown;
  let eventTime: number | undefined;

  for (let index = 0; index < logEvents.length; index += 1) {
    const record = readRecord(logEvents[index]);
    if (record === undefined) {
      unreadable.push(logEventId(logEvents[index]));
      continue;
    }
    const { event } = record;
    if (record.firewall !== firewall) {
      firewall = record.firewall;
      names = new Map();
    }
    if (record.eventTimestamp !== eventTimestamp) {
      eventTimestamp = record.eventTimestamp;
      eventTime = timeOf(eventTimestamp);
    }
    const verdict = judge(event);
    let found = false;

    eachName(event, (raw, protocol) => {
      found = true;
      let seen = names.get(raw);
      if (seen === undefined) {
        const name = typeof raw === "string" ? normaliseName(raw) : undefined;
        seen = { name, blocked: undefined, allowed: undefined, lastRecord: -1 };
        names.set(raw, seen);
      }
      if (seen.lastRecord === index) return;
      seen.lastRecord = index;
      if (seen.name === undefined) {
        rejected += 1;
        return;
      }
      seen[verdict] ??= sightingOf(sightings, seen.name, firewallName(firewall), verdict);
      const time = eventTime ?? timeOf(event.timestamp) ?? timeOf(record.timestamp) ?? receivedAt;
      note(seen[verdict], protocol, time, event);
    });
    if (!found) nameless += 1;
  }
  return { sightings: [...sightings.values()], records: logEvents.length, unreadable, rejected, nameless };
}

/** What a name as one client wrote it stands for: looking it up costs less than to normalise it in every record. */
interface NameSeen extends Record<Verdict, Sighting | undefined> {
  name: Name | undefined;
  /** Index of the last record that held it: a record may hold it in two places. */
  lastRecord: number;
}

/** Adds to a list of examples what it does not hold yet, until it is full. */
export function addExamples<Value>(examples: Value[], values: readonly Value[], most: number): void {
  for (const value of values) if (examples.length < most && !examples.includes(value)) examples.push(value);
}

interface FirewallRecord {
  firewall: unknown;
  /** Seconds since the epoch: a string in alert and flow logs, a number in TLS logs. */
  eventTimestamp: unknown;
  event: JsonObject;
  /** When CloudWatch Logs says that it happened (epoch, ms). */
  timestamp: unknown;
}

function readRecord(logEvent: unknown): FirewallRecord | undefined {
  if (!isJsonObject(logEvent) || typeof logEvent.message !== "string") return undefined;
  let record: unknown;
  try {
    record = JSON.parse(logEvent.message);
  } catch {
    return undefined;
  }
  return isJsonObject(record) && isJsonObject(record.event)
    ? {
        firewall: record.firewall_name,
        eventTimestamp: record.event_timestamp,
        event: record.event,
        timestamp: logEvent.timestamp,
      }
    : undefined;
}

const logEventId = (logEvent: unknown): string =>
  isJsonObject(logEvent) && typeof logEvent.id === "string" ? plainText(logEvent.id, 64) : "without id";

const SERVER_NAME = new Set(["server_name"]);
const AUTHORITY = new Set([":authority", "host"]);

/** Visits every place where a record can hold a server name, in the order in which they are trusted. */
function eachName(event: JsonObject, visit: (raw: unknown, protocol: string) => void): void {
  const { tls, quic, http, sni } = event;
  if (isJsonObject(tls) && isGiven(tls.sni)) visit(tls.sni, "tls");
  if (isJsonObject(quic)) {
    if (isGiven(quic.sni)) visit(quic.sni, "quic");
    for (const { values } of named(quic.extensions, SERVER_NAME))
      if (Array.isArray(values)) for (const value of values) if (isGiven(value)) visit(value, "quic");
  }
  if (isJsonObject(http)) {
    const protocol = event.app_proto === "http2" || http.version === "2" ? "http2" : "http";
    if (isGiven(http.hostname)) visit(http.hostname, protocol);
    // HTTP/2 has no hostname field: https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
    for (const { value } of named(http.request_headers, AUTHORITY)) if (isGiven(value)) visit(value, protocol);
  }
  if (isGiven(sni)) visit(sni, "tls");
}

/** A TLS log writes `-` where the client sent no name. */
const isGiven = (raw: unknown): boolean => raw !== undefined && raw !== null && raw !== "" && raw !== "-";

function named(entries: unknown, names: ReadonlySet<string>): JsonObject[] {
  const matching: JsonObject[] = [];
  if (Array.isArray(entries))
    for (const entry of entries)
      if (isJsonObject(entry) && typeof entry.name === "string" && names.has(entry.name.toLowerCase()))
        matching.push(entry);
  return matching;
}

/** The sighting of a name, made when it is the first: two ways of writing a name share one. */
function sightingOf(sightings: Map<string, Sighting>, name: Name, firewall: string, verdict: Verdict): Sighting {
  const key = sightingKey({ firewall, verdict, name: name.name });
  const known = sightings.get(key);
  if (known !== undefined) return known;
  const sighting: Sighting = {
    kind: name.kind,
    name: name.name,
    firewall,
    verdict,
    firstSeen: Number.POSITIVE_INFINITY,
    lastSeen: 0,
    protocols: [],
    rules: [],
    sources: [],
    ports: [],
  };
  sightings.set(key, sighting);
  return sighting;
}

/** Adds what one record says of a name to the name's sighting. */
function note(sighting: Sighting, protocol: string, time: number, event: JsonObject): void {
  if (time < sighting.firstSeen) sighting.firstSeen = time;
  if (time > sighting.lastSeen) sighting.lastSeen = time;
  if (!sighting.protocols.includes(protocol)) sighting.protocols.push(protocol);
  if (isJsonObject(event.alert)) addRule(sighting.rules, event.alert);
  addNewExample(sighting.sources, event.src_ip, addressIn, MOST_SOURCES);
  addNewExample(sighting.ports, event.dest_port, portIn, MOST_OTHERS);
}

function addRule(rules: string[], alert: JsonObject): void {
  if (rules.length >= MOST_OTHERS) return;
  for (const rule of rules) if (rule === alert.signature) return;
  const rule = ruleIn(alert);
  if (rule !== undefined) addExamples(rules, [rule], MOST_OTHERS);
}

/** Reads a value only where it is not an example already: most records of a name repeat the last one's. */
function addNewExample<Value>(
  examples: Value[],
  raw: unknown,
  read: (raw: unknown) => Value | undefined,
  most: number,
): void {
  if (examples.length >= most) return;
  for (const example of examples) if (example === raw) return;
  const value = read(raw);
  if (value !== undefined) addExamples(examples, [value], most);
}

/** The name of a firewall (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Firewall.html). */
const firewallName = (value: unknown): string =>
  typeof value === "string" && /^[A-Za-z0-9-]{1,128}$/.test(value) ? value : "unknown";

/**
 * Reads seconds (a number or digits), milliseconds, or a date as Suricata writes it. Undefined for anything else, and for
 * what lies outside the years 2000 to 9999: such a time is a fault, and DynamoDB takes not every number.
 */
function timeOf(value: unknown): number | undefined {
  const time =
    typeof value === "number" || (typeof value === "string" && /^\d{1,15}(?:\.\d{1,9})?$/.test(value))
      ? Number(value)
      : typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)
        ? Date.parse(value)
        : Number.NaN;
  const milliseconds = Math.round(time < 1e11 ? time * 1_000 : time);
  return milliseconds >= START_OF_TIME && milliseconds < END_OF_TIME ? milliseconds : undefined;
}

const START_OF_TIME = Date.UTC(2000);
const END_OF_TIME = Date.UTC(10_000);

/** The signature of a rule, or its id: the rules of a firewall policy's default actions have an empty signature. */
function ruleIn({ signature, signature_id }: JsonObject): string | undefined {
  if (typeof signature === "string" && signature !== "") return plainText(signature, 128);
  return Number.isInteger(signature_id) ? `sid ${signature_id}` : undefined;
}

const addressIn = (value: unknown): string | undefined =>
  typeof value === "string" && value.length <= LONGEST_ADDRESS && isIP(value) ? value : undefined;

/** An IPv6 address that ends in an IPv4 one; Node also takes a zone of any length behind it. */
const LONGEST_ADDRESS = 45;

/** A port is a number in alert logs and a string in TLS logs; ICMP has 0, which is none. */
function portIn(value: unknown): number | undefined {
  const port = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
