import { plainText } from "../../shared/plain-text.ts";
import { addressOf, firewallOf, namesIn, readRecord, timeOf } from "./firewall-record.ts";
import { isJsonObject, type JsonObject } from "./json-object.ts";
import { hasTrailingDot, normaliseName } from "./name.ts";
import { addToSighting, emptySighting, type SightedName, type Sighting } from "./sighting.ts";
import { judge, type Verdict } from "./verdict.ts";

/** What a batch of log events holds. */
export interface Collected {
  /** One per firewall, verdict and name, or source of malformed names, in the order of first appearance. */
  sightings: Sighting[];
  records: number;
  /** Ids of the log events that could not be read. */
  unreadable: string[];
  /** Names that are neither a DNS name nor an IP address. */
  rejected: number;
  /** Records that hold no name at all, such as ICMP alerts or flows. */
  nameless: number;
}

/** A name behind one firewall, and its sightings in this batch. */
interface SeenName extends Record<Verdict, Sighting | undefined> {
  name: SightedName;
  /** The last record that was counted: a record may hold a name in two spellings. */
  countedRecord: number;
}

/**
 * Collects the names from the records of one batch.
 *
 * This is the hot path: a batch may hold ten thousand records. They are narrowed by hand, and each spelling of a name is
 * normalised once.
 *
 * @param logEvents as CloudWatch Logs sends them: `{id, timestamp, message}`, the message being the record as JSON
 * @param receivedAt the time of a record that has none (epoch, ms)
 */
export function collect(logEvents: readonly unknown[], receivedAt: number): Collected {
  const sightings: Sighting[] = [];
  const unreadable: string[] = [];
  let records = 0;
  let rejected = 0;
  let nameless = 0;
  const seenNames = new Map<string, SeenName>();
  // A log stream holds the records of one firewall, and of many in one second: both hardly ever change.
  let rawFirewall: unknown;
  let firewall = firewallOf(rawFirewall);
  // Null for a spelling that is no name.
  let bySpelling = new Map<unknown, SeenName | null>();
  let rawTime: unknown;
  let recordTime: number | undefined;

  for (const entry of logEvents) {
    records += 1;
    const logEvent: JsonObject = isJsonObject(entry) ? entry : {};
    const record = readRecord(logEvent.message);
    if (record === undefined) {
      unreadable.push(typeof logEvent.id === "string" ? plainText(logEvent.id, 64) : "without id");
      continue;
    }
    const { event } = record;
    const names = namesIn(event);
    if (names.length === 0) {
      nameless += 1;
      continue;
    }
    if (record.firewall_name !== rawFirewall) {
      rawFirewall = record.firewall_name;
      firewall = firewallOf(rawFirewall);
      bySpelling = new Map();
    }
    if (record.event_timestamp !== rawTime) {
      rawTime = record.event_timestamp;
      recordTime = timeOf(rawTime);
    }
    const time = recordTime ?? timeOf(event.timestamp) ?? timeOf(logEvent.timestamp) ?? receivedAt;
    const verdict = judge(event);
    for (const { raw, protocol } of names) {
      let seen = bySpelling.get(raw);
      if (seen === undefined) {
        const name = typeof raw === "string" ? normaliseName(raw) : undefined;
        seen = name === undefined ? null : seenName(seenNames, firewall, name);
        bySpelling.set(raw, seen);
      }
      if (seen === null) {
        rejected += 1;
        seen = seenName(seenNames, firewall, { kind: "malformed", name: addressOf(event.src_ip) ?? "unknown" });
        seen.countedRecord = 0;
      }
      let sighting = seen[verdict];
      if (sighting === undefined) {
        sighting = emptySighting(seen.name, firewall, verdict);
        seen[verdict] = sighting;
        sightings.push(sighting);
      }
      addToSighting(sighting, protocol, time, event);
      if (sighting.trailingDot && !(typeof raw === "string" && hasTrailingDot(raw))) sighting.trailingDot = false;
      if (seen.countedRecord !== records) {
        seen.countedRecord = records;
        sighting.connections += 1;
      }
    }
  }
  return { sightings, records, unreadable, rejected, nameless };
}

/** Two spellings of a name share what is seen of it, and so do the malformed names of one source. */
function seenName(seenNames: Map<string, SeenName>, firewall: string, name: SightedName): SeenName {
  const key = `${firewall}#${name.kind === "malformed"}#${name.name}`;
  const seen = seenNames.get(key) ?? { name, blocked: undefined, allowed: undefined, countedRecord: 0 };
  seenNames.set(key, seen);
  return seen;
}
