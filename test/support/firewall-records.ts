import { pack } from "../../local/runtime/sample.ts";

interface RecordParts {
  sni?: unknown;
  firewall?: string;
  action?: "pass" | "alert" | "drop" | "reject";
  source?: string;
  /** Seconds since the epoch. */
  at?: number;
  /** Fields of the event that replace or join the default ones. */
  event?: Record<string, unknown>;
}

/** A Network Firewall alert record. By default it is about a TLS connection that was dropped. */
export const alertRecord = ({
  sni = "www.example.com",
  firewall = "egress-firewall",
  action = "drop",
  source = "10.0.3.21",
  at = 1_791_982_415,
  event = {},
}: RecordParts = {}) => ({
  firewall_name: firewall,
  availability_zone: "us-east-1a",
  event_timestamp: String(at),
  event: {
    event_type: "alert",
    timestamp: "2026-10-14T12:53:35.006867+0000",
    src_ip: source,
    src_port: 40_312,
    dest_ip: "198.51.100.20",
    dest_port: 443,
    proto: "TCP",
    app_proto: "tls",
    alert: {
      action: action === "drop" || action === "reject" ? "blocked" : "allowed",
      signature: "a rule",
      signature_id: 4,
    },
    verdict: { action },
    tls: { sni, version: "TLS 1.3" },
    ...event,
  },
});

/** Log events as CloudWatch Logs delivers them; text stays as it is. */
export const logEvents = (records: readonly unknown[]) =>
  records.map((record, index) => ({
    id: String(index).padStart(56, "0"),
    timestamp: 1_791_982_500_000 + index,
    message: typeof record === "string" ? record : JSON.stringify(record),
  }));

/** The JSON of a subscription payload. */
export const payload = (records: readonly unknown[]) => ({
  messageType: "DATA_MESSAGE",
  owner: "111122223333",
  logGroup: "/palisade/egress/alert",
  logStream: "/aws/network-firewall/alert/egress-firewall_2026-10-14-12",
  subscriptionFilters: ["sni-collector"],
  logEvents: logEvents(records),
});

/** The event that wakes the function for these records. */
export const subscriptionEvent = (records: readonly unknown[]) => pack(payload(records));

/** The event that wakes the function for these hostnames, each dropped once. */
export const hostnamesEvent = (...hostnames: string[]) =>
  subscriptionEvent(hostnames.map((sni) => alertRecord({ sni })));

export const scheduledEvent = { source: "aws.events", "detail-type": "Scheduled Event", detail: {} };
