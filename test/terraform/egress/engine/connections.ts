import { clientHello, quicInitials } from "./hello.ts";
import {
  client,
  type Ends,
  fragments,
  inPackets,
  keepAlive,
  otherProtocol,
  type Packet,
  ping,
  type Segment,
  server,
  tcp,
  udp,
} from "./packets.ts";

/** A connection that a workload opens, and what each mode promises. The list of the tests has `ALLOWED_DOMAINS`. */
export interface Connection {
  /** The end of the sentence "The firewall …". */
  name: string;
  /** The port of the server. */
  port: number;
  packets: (ends: Ends) => Packet[];
  /** Hostnames in the alerts of the mode observe; "" for an alert without one. */
  observed: string[];
  /** The same in the mode enforce, for connections and requests that are dropped. */
  blocked: string[];
  /** The same for those that pass, where `log_allowed` is set. */
  allowed: string[];
  /** The most bytes of the client that the mode enforce lets through; Infinity where it drops nothing. */
  through: number;
}

export const ALLOWED_DOMAINS = ["listed.example.com", ".example.org"];

const LISTED = "listed.example.com";
const BELOW = "a.sub.example.org";
const OTHER = "other.example.net";

/** The size of an Ethernet packet's data, which a hello with post-quantum keys exceeds. */
const PACKET = 1_460;

const hello = {
  listed: await clientHello(LISTED),
  below: await clientHello(BELOW),
  other: await clientHello(OTHER),
  upperCase: await clientHello(LISTED.toUpperCase()),
  trailingDot: await clientHello(`${LISTED}.`),
  without: await clientHello(undefined),
  belowInUpperCase: await clientHello(BELOW.toUpperCase()),
  apex: await clientHello("example.org"),
  longer: await clientHello(`evil${LISTED}`),
  continued: await clientHello(`${BELOW}.evil.net`),
  withoutDot: await clientHello("evilexample.org"),
};

const serverHello = server(Buffer.from(`160303002a02000026${"0303"}${"00".repeat(32)}00130100`, "hex"));
const secret = client(Buffer.from(`1703030020${"41".repeat(32)}`, "hex"));

const request = (host: string | undefined, { more = "", path = "/" } = {}) =>
  `GET ${path} HTTP/1.1\r\n${host === undefined ? "" : `Host: ${host}\r\n`}User-Agent: test\r\n${more}\r\n`;
const response = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
const tunnel = (host: string) => [
  client(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`),
  server("HTTP/1.1 200 OK\r\n\r\n"),
];
const manyHeaders = (host: string, size = 3_000) =>
  `GET / HTTP/1.1\r\nCookie: ${"c".repeat(size)}\r\nHost: ${host}\r\n\r\n`;

/** The beginning of HTTP/2, and a request: https://www.rfc-editor.org/rfc/rfc9113#section-3.4 */
function http2(host?: string): Buffer {
  const authority = host === undefined ? [] : [Buffer.from([0x41, host.length]), Buffer.from(host)];
  const headers = Buffer.concat([Buffer.from("828486", "hex"), ...authority]);
  return Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    Buffer.from("000000040000000000", "hex"),
    Buffer.from([0, 0, headers.length, 1, 5, 0, 0, 0, 1]),
    headers,
  ]);
}

const connectionId = Buffer.from("8394c8f03e515708", "hex");
/** With X25519 alone, the hello fits into one datagram. */
const quicHello = async (host: string | undefined, ecdhCurve = "X25519") =>
  (await clientHello(host, { ALPNProtocols: ["h3"], ecdhCurve })).subarray(5);
const quic = {
  listed: quicInitials(await quicHello(LISTED), connectionId).map(client),
  other: quicInitials(await quicHello(OTHER), connectionId).map(client),
  inTwo: quicInitials(await quicHello(OTHER, "X25519MLKEM768:X25519"), connectionId).map(client),
  without: quicInitials(await quicHello(undefined), connectionId).map(client),
};

const over = (port: number, ...segments: Segment[]) => ({ port, packets: (ends: Ends) => tcp(ends, segments) });
const datagrams = (port: number, ...segments: Segment[]) => ({ port, packets: (ends: Ends) => udp(ends, segments) });

const NOTHING = { observed: [], blocked: [], allowed: [], through: 0 };
const allowed = (...names: string[]) => ({
  ...NOTHING,
  observed: names,
  allowed: names,
  through: Number.POSITIVE_INFINITY,
});
const blocked = (...names: string[]) => ({ ...NOTHING, observed: names, blocked: names });
/** No rule of the mode observe is for it. */
const unobserved = { ...NOTHING, blocked: [""] };

export const CONNECTIONS: readonly Connection[] = [
  {
    name: "TLS to a listed name, with a window update and keep-alives behind it",
    ...over(
      443,
      ...inPackets(PACKET, client(hello.listed)),
      serverHello,
      secret,
      keepAlive("server"),
      keepAlive("client"),
    ),
    ...allowed(LISTED),
  },
  {
    name: "TLS to a name below a listed domain",
    ...over(443, ...inPackets(PACKET, client(hello.below)), serverHello, secret),
    ...allowed(BELOW),
  },
  {
    name: "TLS to a listed name in upper case",
    ...over(443, ...inPackets(PACKET, client(hello.upperCase)), serverHello),
    ...allowed(LISTED),
  },
  {
    name: "TLS to a name below a listed domain in upper case",
    ...over(443, ...inPackets(PACKET, client(hello.belowInUpperCase)), serverHello),
    ...allowed(BELOW),
  },
  {
    name: "TLS to the listed domain itself",
    ...over(443, ...inPackets(PACKET, client(hello.apex)), serverHello),
    ...allowed("example.org"),
  },
  {
    name: "TLS to a name that ends in a listed one",
    ...over(443, ...inPackets(PACKET, client(hello.longer)), serverHello),
    ...blocked(`evil${LISTED}`),
    through: PACKET,
  },
  {
    name: "TLS to a name that begins as one below a listed domain",
    ...over(443, ...inPackets(PACKET, client(hello.continued)), serverHello),
    ...blocked(`${BELOW}.evil.net`),
    through: PACKET,
  },
  {
    name: "TLS to a name that ends in a listed domain without its dot",
    ...over(443, ...inPackets(PACKET, client(hello.withoutDot)), serverHello),
    ...blocked("evilexample.org"),
    through: PACKET,
  },
  {
    name: "TLS to a listed name on another port",
    ...over(8443, ...inPackets(PACKET, client(hello.listed)), serverHello),
    ...allowed(LISTED),
  },
  {
    name: "TLS to a listed name, whose hello comes in packets of one byte",
    ...over(443, ...inPackets(1, client(hello.listed)), serverHello, secret),
    ...allowed(LISTED),
  },
  {
    name: "TLS to another name",
    ...over(443, ...inPackets(PACKET, client(hello.other)), serverHello, secret),
    ...blocked(OTHER),
    through: PACKET,
  },
  {
    name: "TLS to another name, whose hello comes in packets of 100 bytes",
    ...over(443, ...inPackets(100, client(hello.other)), serverHello),
    ...blocked(OTHER),
    through: hello.other.length,
  },
  {
    name: "TLS to a listed name with a trailing dot",
    ...over(443, ...inPackets(PACKET, client(hello.trailingDot)), serverHello),
    ...blocked(`${LISTED}.`),
    through: PACKET,
  },
  {
    name: "TLS without a name",
    ...over(443, ...inPackets(PACKET, client(hello.without)), serverHello),
    ...blocked(""),
    through: PACKET,
  },
  {
    name: "TLS whose hello never ends",
    ...over(
      443,
      ...inPackets(
        PACKET,
        client(Buffer.concat([Buffer.from("1603014000010100000303", "hex"), Buffer.alloc(40_000, 32)])),
      ),
    ),
    ...unobserved,
    through: 16_640,
  },
  { name: "bytes that only look like TLS", ...over(443, secret, secret), ...unobserved },
  { name: "HTTP to a listed host", ...over(80, client(request(LISTED)), response), ...allowed(LISTED) },
  { name: "HTTP to a host below a listed domain", ...over(80, client(request(BELOW)), response), ...allowed(BELOW) },
  {
    name: "HTTP to a listed host in upper case and with a port",
    ...over(8080, client(request(`${LISTED.toUpperCase()}:8080`)), response),
    ...allowed(LISTED),
  },
  {
    name: "HTTP to a listed host, whose headers come in three packets",
    ...over(80, ...inPackets(PACKET, client(manyHeaders(LISTED))), response),
    ...allowed(LISTED),
  },
  {
    name: "HTTP to a listed host, in packets of one byte",
    ...over(80, ...inPackets(1, client(request(LISTED))), response),
    ...allowed(LISTED),
  },
  {
    name: "an upload of 100 kB to a listed host",
    ...over(
      80,
      client(`POST / HTTP/1.1\r\nHost: ${LISTED}\r\nContent-Length: 100000\r\n\r\n`),
      ...inPackets(PACKET, client("b".repeat(100_000))),
      response,
    ),
    ...allowed(LISTED),
  },
  {
    name: "an upload of 20 kB to a listed host in upper case and with a port",
    ...over(
      8080,
      client(`POST / HTTP/1.1\r\nHost: ${LISTED.toUpperCase()}:8080\r\nContent-Length: 20000\r\n\r\n`),
      ...inPackets(PACKET, client("b".repeat(20_000))),
      response,
    ),
    ...allowed(LISTED),
  },
  {
    name: "an upload of text to a listed host, whose lines look like requests without headers",
    ...over(
      80,
      client(`POST / HTTP/1.1\r\nHost: ${LISTED}\r\nContent-Length: 60000\r\n\r\n`),
      ...inPackets(100, client("INFO started\n".repeat(5_000).slice(0, 60_000))),
      response,
    ),
    ...allowed(LISTED),
  },
  {
    name: "a tunnel through a listed host that it asks for without Host",
    ...over(
      80,
      client(`CONNECT ${LISTED}:443 HTTP/1.0\r\n\r\n`),
      server("HTTP/1.0 200 OK\r\n\r\n"),
      ...inPackets(PACKET, client(hello.listed)),
      serverHello,
    ),
    ...allowed(LISTED, LISTED),
  },
  {
    // The list restricts honest software.
    name: "bytes that are no HTTP behind a request to a listed host",
    ...over(80, client(request(LISTED)), response, client(Buffer.alloc(500, 7)), server("ok")),
    ...allowed(LISTED),
  },
  {
    name: "a WebSocket at a listed host",
    ...over(
      80,
      client(request(LISTED, { more: "Upgrade: websocket\r\nConnection: Upgrade\r\n" })),
      server("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
      client(Buffer.from("818412345678aabbccdd", "hex")),
    ),
    ...allowed(LISTED),
  },
  {
    name: "two requests to listed hosts in one packet",
    ...over(80, client(request(LISTED) + request(BELOW)), response, response),
    ...allowed(BELOW, LISTED),
  },
  { name: "HTTP to another host", ...over(80, client(request(OTHER)), response), ...blocked(OTHER) },
  ...[`evil${LISTED}`, `${LISTED}.evil.net`, "evilexample.org", "listedxexample.com"].map((host) => ({
    name: `HTTP to ${host}`,
    ...over(80, client(request(host)), response),
    ...blocked(host),
  })),
  {
    name: "HTTP/2 without TLS and without a host",
    ...over(80, client(http2()), server(Buffer.from("000000040000000000", "hex"))),
    ...blocked(""),
  },
  {
    name: "HTTP/2 without TLS to another host",
    ...over(80, client(http2(OTHER)), server(Buffer.from("000000040000000000", "hex"))),
    ...blocked(OTHER),
  },
  {
    name: "HTTP to another host, whose headers come in three packets",
    ...over(80, ...inPackets(PACKET, client(manyHeaders(OTHER))), response),
    ...blocked(OTHER),
    through: 2 * PACKET,
  },
  {
    name: "a second request to another host on a connection to a listed host",
    ...over(80, client(request(LISTED)), response, client(request(OTHER)), response),
    observed: [LISTED, OTHER],
    blocked: [OTHER],
    allowed: [LISTED],
    through: request(LISTED).length,
  },
  {
    name: "a request to another host behind one to a listed host in the same packet",
    ...over(80, client(request(LISTED) + request(OTHER)), response),
    observed: [LISTED, OTHER],
    blocked: [OTHER],
    allowed: [LISTED],
    through: 0,
  },
  {
    name: "HTTP with two hosts",
    ...over(80, client(request(LISTED, { more: `Host: ${OTHER}\r\n` })), response),
    ...blocked(`${LISTED}, ${OTHER}`),
  },
  {
    name: "HTTP to another host in the address and a listed one in the header",
    ...over(80, client(request(LISTED, { path: `http://${OTHER}/` })), response),
    ...blocked(OTHER),
  },
  {
    name: "HTTP to another host in the address, without a header",
    ...over(80, client(`GET http://${OTHER}/ HTTP/1.0\r\n\r\n`), response),
    ...blocked(OTHER),
  },
  {
    name: "HTTP to another host in the address, without Host",
    ...over(80, client(request(undefined, { path: `http://${OTHER}/` })), response),
    ...blocked(OTHER),
  },
  ...["HTTP/1.1\r\nUser-Agent: test\r\n\r\n", "HTTP/1.0\r\n\r\n"].map((rest) => ({
    name: `HTTP without Host, with an address in the query: ${JSON.stringify(rest)}`,
    ...over(80, client(`GET /?next=http://${LISTED}/ ${rest}`), response),
    ...blocked(""),
  })),
  {
    name: "a second request without headers on a connection to a listed host",
    ...over(80, client(request(LISTED)), response, client("GET / HTTP/1.0\r\n\r\n"), response),
    observed: [LISTED, ""],
    blocked: [""],
    allowed: [LISTED],
    through: request(LISTED).length,
  },
  {
    name: "a method in small letters, without headers",
    ...over(80, client("get / HTTP/1.0\r\n\r\n"), response),
    ...blocked(""),
  },
  {
    name: "a tunnel through another host that it asks for without Host",
    ...over(80, client(`CONNECT ${OTHER}:443 HTTP/1.0\r\n\r\n`), server("HTTP/1.0 200 OK\r\n\r\n")),
    ...blocked(OTHER),
  },
  {
    name: "HTTP with another host and one below a listed domain",
    ...over(80, client(request(OTHER, { more: `Host: ${BELOW}\r\n` })), response),
    ...blocked(`${OTHER}, ${BELOW}`),
  },
  {
    name: "HTTP without Host, with an odd address",
    ...over(80, client(request(undefined, { path: "index.html" })), response),
    ...blocked(""),
  },
  {
    name: "HTTP to a listed host behind 20 kB of other headers",
    ...over(80, ...inPackets(PACKET, client(manyHeaders(LISTED, 20_000))), response),
    ...unobserved,
    through: 16_640,
  },
  { name: "HTTP/1.1 without Host", ...over(80, client(request(undefined)), response), ...blocked("") },
  { name: "HTTP/1.0 without headers", ...over(80, client("GET / HTTP/1.0\r\n\r\n"), response), ...blocked("") },
  { name: "HTTP/0.9", ...over(80, client("GET /\r\n"), response), ...blocked("") },
  { name: "HTTP with an empty Host", ...over(80, client(request("")), response), ...blocked("") },
  {
    name: "a tunnel through a listed host to a listed name",
    ...over(80, ...tunnel(LISTED), ...inPackets(PACKET, client(hello.listed)), serverHello, secret),
    ...allowed(LISTED, LISTED),
  },
  {
    name: "a tunnel through a listed host to another name",
    ...over(80, ...tunnel(LISTED), ...inPackets(PACKET, client(hello.other)), serverHello, secret),
    observed: [LISTED, OTHER],
    blocked: [OTHER],
    allowed: [LISTED],
    through: 100 + PACKET,
  },
  {
    name: "a tunnel through another host",
    ...over(80, ...tunnel(OTHER), ...inPackets(PACKET, client(hello.other))),
    ...NOTHING,
    observed: [OTHER, OTHER],
    blocked: [OTHER],
  },
  {
    name: "NATS, which says CONNECT as HTTP does",
    ...over(4_222, server("INFO {}\r\n"), client('CONNECT {"verbose":false}\r\nPING\r\n'), server("PONG\r\n")),
    ...blocked(""),
  },
  {
    name: "SSH",
    ...over(22, server("SSH-2.0-made-up\r\n"), client("SSH-2.0-made-up\r\n"), client("x".repeat(200))),
    ...unobserved,
  },
  {
    name: "SMTP",
    ...over(
      25,
      server("220 mail ESMTP\r\n"),
      client("EHLO a\r\n"),
      server("250 ok\r\n"),
      client("MAIL FROM:<a@b>\r\n"),
    ),
    ...unobserved,
    through: 10,
  },
  {
    name: "an unknown protocol over TCP",
    ...over(9_999, client("hello\n"), server("hi\n"), client("x".repeat(1_000))),
    ...unobserved,
    through: 10,
  },
  {
    name: "a server that speaks while the client listens",
    ...over(9_999, server("news\n"), server("more\n")),
    ...NOTHING,
    through: Number.POSITIVE_INFINITY,
  },
  { name: "QUIC to another name", ...datagrams(443, ...quic.other, ...quic.other), ...blocked(OTHER) },
  {
    name: "QUIC to another name, whose hello takes two datagrams",
    ...datagrams(443, ...quic.inTwo),
    ...blocked(OTHER),
  },
  { name: "QUIC to a listed name", ...datagrams(443, ...quic.listed), ...blocked(LISTED) },
  { name: "QUIC without a name", ...datagrams(443, ...quic.without, ...quic.without), ...blocked("") },
  { name: "UDP on the port of QUIC", ...datagrams(443, client("hello"), client("world")), ...unobserved },
  {
    name: "a flow of UDP that is older than the firewall",
    ...datagrams(5_000, server("one"), client("two"), server("three"), client("four")),
    ...unobserved,
  },
  { name: "UDP", ...datagrams(5_000, client("one"), server("two"), client("three"), client("four")), ...unobserved },
  {
    name: "DNS to a server outside",
    ...datagrams(53, client(Buffer.from("0001010000010000000000000765786d61706c6503636f6d0000010001", "hex"))),
    ...unobserved,
  },
  {
    name: "UDP in fragments",
    port: 5_001,
    packets: (ends) => udp(ends, [client(Buffer.alloc(3_000, 9))]).flatMap((packet) => fragments(packet, 1_400)),
    ...unobserved,
  },
  { name: "three pings", port: 0, packets: (ends) => ping(ends, 3), ...unobserved },
  {
    name: "a GRE tunnel",
    port: 0,
    packets: (ends) => otherProtocol(ends, 47, Buffer.from("0000080045000014", "hex")),
    ...NOTHING,
  },
];
