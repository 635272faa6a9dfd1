import { pack } from "../../local/runtime/sample.ts";

const FIREWALL = "egress-firewall";
const START = Date.UTC(2026, 9, 14, 12);

const WORDS = ["api", "auth", "cdn", "data", "files", "images", "login", "mirror", "status", "telemetry"];
const DOMAINS = ["example.com", "example.net", "example.org", "example.co.uk", "eu-central-1.example.cloud"];
const HOSTNAMES = WORDS.flatMap((service) =>
  WORDS.flatMap((team) => DOMAINS.map((domain) => `${service}.${team}.${domain}`)),
);
const SIGNATURES = ["aws:alert_established action", "not on the list of allowed domains", "watched domain", ""];
const VERDICTS = [
  { action: "blocked", verdict: "drop" },
  { action: "allowed", verdict: "drop" },
  { action: "allowed", verdict: "pass" },
  { action: "allowed", verdict: "alert" },
];

/**
 * Builds what CloudWatch Logs sends for `count` alert records of one firewall, the same at every call. Of 100 records
 * 84 are TLS, 6 HTTP, 3 HTTP/2, 3 QUIC, and 4 have no name; a few of 500 hostnames are in most of them.
 */
export function alertBatch(count: number): string {
  const random = randomNumbers(1);
  const below = (end: number) => Math.floor(random() * end);
  const one = <Value>(values: readonly Value[]) => values[below(values.length)];
  const popularHostname = () => HOSTNAMES[Math.floor(HOSTNAMES.length * random() ** 3)] ?? "";

  const alert = (time: number) => {
    const { action, verdict } = one(VERDICTS) ?? {};
    const kind = below(100);
    const name = popularHostname();
    const app = application(kind, kind % 10 === 0 ? name.toUpperCase() : name);
    return {
      firewall_name: FIREWALL,
      availability_zone: `us-east-1${one(["a", "b", "c"])}`,
      event_timestamp: String(Math.floor(time / 1_000)),
      event: {
        aws_category: '["Technology and Internet"]',
        tx_id: 0,
        ...(app && { app_proto: app.app_proto }),
        src_ip: `10.${below(4)}.${below(4)}.${below(64)}`,
        src_port: 32_768 + below(28_000),
        event_type: "alert",
        alert: {
          severity: 3,
          signature_id: 100_000 + below(40),
          rev: 1,
          signature: one(SIGNATURES),
          action,
          category: "",
        },
        flow_id: 10 ** 15 + below(10 ** 15),
        dest_ip: `198.51.100.${below(256)}`,
        proto: app?.app_proto === "quic" ? "UDP" : "TCP",
        verdict: { action: verdict },
        ...app,
        dest_port: app?.app_proto === "http" ? 80 : (one([443, 443, 443, 443, 443, 443, 443, 8443]) ?? 443),
        pkt_src: "geneve encapsulation",
        timestamp: new Date(time).toISOString().replace("Z", "000+0000"),
        direction: "to_server",
      },
    };
  };

  const logEvents = Array.from({ length: count }, (_, index) => {
    const timestamp = START + index * 20;
    return {
      id: String(index).padStart(56, "0"),
      timestamp,
      message: JSON.stringify(alert(timestamp)),
    };
  });
  return pack({
    messageType: "DATA_MESSAGE",
    owner: "111122223333",
    logGroup: "/aws/network-firewall/alert",
    logStream: `/aws/network-firewall/alert/${FIREWALL}_2026-10-14-12`,
    subscriptionFilters: ["sni-collector"],
    logEvents,
  }).awslogs.data;
}

/** What the firewall's protocol parsers say of the packet; nothing where none of them knew it. */
function application(kind: number, name: string) {
  if (kind < 84) return { app_proto: "tls", tls: { sni: name, version: "UNDETERMINED", ja3: {}, ja3s: {} } };
  if (kind < 90)
    return {
      app_proto: "http",
      http: {
        hostname: name,
        url: "/v1/list",
        http_user_agent: "ExampleAgent/10.0",
        http_method: "GET",
        protocol: "HTTP/1.1",
        length: 0,
      },
    };
  if (kind < 93)
    return {
      app_proto: "http2",
      http: {
        version: "2",
        request_headers: [
          { name: ":method", value: "GET" },
          { name: ":scheme", value: "https" },
          { name: ":authority", value: name },
          { name: ":path", value: "/" },
          { name: "user-agent", value: "curl/8.11.1" },
          { name: "accept", value: "*/*" },
        ],
        http_user_agent: "curl/8.11.1",
        url: "/",
        http_method: "GET",
        http2: { stream_id: 1, request: {}, response: {} },
      },
    };
  if (kind < 96)
    return {
      app_proto: "quic",
      quic: {
        version: "1",
        sni: name,
        ua: "Chrome/140.0",
        extensions: [
          { name: "server_name", type: 0, values: [name] },
          { name: "alpn", type: 16, values: ["h3"] },
        ],
      },
    };
  return undefined;
}

/** Numbers from 0 to 1 (mulberry32), so that every run measures the same batch. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
