import { isIP } from "node:net";
import { plainText } from "../../shared/plain-text.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";

/** A record of Network Firewall: one alert, flow or TLS connection. Nothing but the shape is known. */
export interface FirewallRecord {
  readonly firewall_name?: unknown;
  /** Seconds since the epoch: a string in alert and flow logs, a number in TLS logs. */
  readonly event_timestamp?: unknown;
  readonly event: JsonObject;
}

/** A server name as the client wrote it; not yet checked, and not always text. */
export interface WrittenName {
  raw: unknown;
  /** `tls`, `quic`, `http`, `http2`. */
  protocol: string;
}

/**
 * Reads the record in a log event's message.
 *
 * @returns undefined for anything that is not a record
 */
export function readRecord(message: unknown): FirewallRecord | undefined {
  if (typeof message !== "string") return undefined;
  let record: unknown;
  try {
    record = JSON.parse(message);
  } catch {
    return undefined;
  }
  return isFirewallRecord(record) ? record : undefined;
}

const isFirewallRecord = (value: unknown): value is FirewallRecord => isJsonObject(value) && isJsonObject(value.event);

/**
 * The server names of a record, from every place that can hold one. The most trusted place comes first. A name that
 * stands in two places is listed once.
 */
export function namesIn(event: JsonObject): WrittenName[] {
  const names: WrittenName[] = [];
  // A record has one name as a rule; a hostile one may have a hundred thousand.
  let seen: Set<unknown> | undefined;
  const add = (raw: unknown, protocol: string) => {
    if (!isGiven(raw)) return;
    if (names.length >= FEW) {
      seen ??= new Set(names.map((other) => other.raw));
      if (seen.has(raw)) return;
      seen.add(raw);
    } else if (names.some((other) => other.raw === raw)) return;
    names.push({ raw, protocol });
  };
  const { tls, quic, http, sni } = event;
  if (isJsonObject(tls)) add(tls.sni, "tls");
  if (isJsonObject(quic)) {
    add(quic.sni, "quic");
    for (const { values } of entriesNamed(SERVER_NAME, quic.extensions))
      if (Array.isArray(values)) for (const value of values) add(value, "quic");
  }
  if (isJsonObject(http)) {
    const protocol = event.app_proto === "http2" || http.version === "2" ? "http2" : "http";
    add(http.hostname, protocol);
    // HTTP/2 has no hostname field: https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html
    for (const { value } of entriesNamed(AUTHORITY, http.request_headers)) add(value, protocol);
  }
  add(sni, "tls");
  return names;
}

/** So many names are compared one by one, which is faster than a set. */
const FEW = 8;

const SERVER_NAME = new Set(["server_name"]);
const AUTHORITY = new Set([":authority", "host"]);

/** A TLS log writes `-` where the client sent no name. */
const isGiven = (raw: unknown): boolean => raw !== undefined && raw !== null && raw !== "" && raw !== "-";

function entriesNamed(names: ReadonlySet<string>, entries: unknown): JsonObject[] {
  const matching: JsonObject[] = [];
  if (Array.isArray(entries))
    for (const entry of entries)
      if (isJsonObject(entry) && typeof entry.name === "string" && names.has(entry.name.toLowerCase()))
        matching.push(entry);
  return matching;
}

/** The name of a firewall (https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_Firewall.html). */
export const firewallOf = (value: unknown): string =>
  typeof value === "string" && /^[A-Za-z0-9-]{1,128}$/.test(value) ? value : "unknown";

/**
 * Reads seconds (a number or digits), milliseconds, or a date as Suricata writes it.
 *
 * @returns epoch, ms; undefined for anything else and for years outside 2000 to 9999. Such a time is a fault, and
 * DynamoDB does not take every number.
 */
export function timeOf(value: unknown): number | undefined {
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
export function ruleOf({ signature, signature_id }: JsonObject): string | undefined {
  if (typeof signature === "string" && signature !== "") return plainText(signature, 128);
  return Number.isInteger(signature_id) ? `sid ${signature_id}` : undefined;
}

export const addressOf = (value: unknown): string | undefined =>
  typeof value === "string" && value.length <= LONGEST_ADDRESS && isIP(value) ? value : undefined;

/** An IPv6 address that ends in an IPv4 one; Node also takes a zone of any length behind it. */
const LONGEST_ADDRESS = 45;

/** A port is a number in alert logs and a string in TLS logs. ICMP has 0, which is not a port. */
export function portOf(value: unknown): number | undefined {
  const port = typeof value === "string" && /^\d{1,5}$/.test(value) ? Number(value) : value;
  return typeof port === "number" && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}
