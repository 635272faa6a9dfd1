/** One IP packet and the side that sends it. */
export interface Packet {
  from: Side;
  bytes: Buffer;
  /** Bytes behind the headers of IP and TCP or UDP. */
  size: number;
}

export type Side = "client" | "server";

/** The two ends of a connection: IPv4 addresses and ports. */
export interface Ends {
  client: { address: string; port: number };
  server: { address: string; port: number };
}

/** What one side of a TCP connection sends in one packet. */
export interface Segment {
  from: Side;
  data: Buffer;
  /** An old sequence number with no new data, as a keep-alive has it. */
  keepAlive?: boolean;
}

export const client = (data: Buffer | string): Segment => ({ from: "client", data: Buffer.from(data) });
export const server = (data: Buffer | string): Segment => ({ from: "server", data: Buffer.from(data) });
/** A packet without new data: a keep-alive or a window update. */
export const keepAlive = (from: Side): Segment => ({ from, data: Buffer.alloc(0), keepAlive: true });

/** The data in packets of at most `size` bytes. */
export const inPackets = (size: number, { from, data }: Segment): Segment[] =>
  Array.from({ length: Math.ceil(data.length / size) }, (_, index) => ({
    from,
    data: data.subarray(index * size, (index + 1) * size),
  }));

const [FIN, SYN, PSH, ACK] = [1, 2, 8, 16];

/**
 * A TCP connection: its handshake, the segments, each with its acknowledgement, and its end.
 *
 * @param begun false leaves the handshake out, as a firewall sees a connection that is older than the firewall
 */
export function tcp(ends: Ends, segments: readonly Segment[], { begun = true, ended = true } = {}): Packet[] {
  const packets: Packet[] = [];
  const next = { client: 1_000, server: 2_000 };
  const send = (from: Side, flags: number, data: Buffer = Buffer.alloc(0), sequence = next[from]) => {
    const to = from === "client" ? "server" : "client";
    packets.push({
      from,
      bytes: tcpPacket(ends, from, sequence, flags & ACK ? next[to] : 0, flags, data),
      size: data.length,
    });
    next[from] = Math.max(next[from], sequence + data.length + (flags & (SYN | FIN) ? 1 : 0));
  };
  if (begun) {
    send("client", SYN);
    send("server", SYN | ACK);
    send("client", ACK);
  } else {
    next.client += 1;
    next.server += 1;
  }
  for (const { from, data, keepAlive: isKeepAlive } of segments) {
    if (isKeepAlive) send(from, ACK, data, next[from] - 1);
    else send(from, PSH | ACK, data);
    send(from === "client" ? "server" : "client", ACK);
  }
  if (ended) {
    send("client", FIN | ACK);
    send("server", FIN | ACK);
    send("client", ACK);
  }
  return packets;
}

/** Datagrams of one UDP flow. */
export const udp = (ends: Ends, datagrams: readonly Segment[]): Packet[] =>
  datagrams.map(({ from, data }) => {
    const [source, destination] = inOrder(ends, from);
    const header = Buffer.alloc(8);
    header.writeUInt16BE(source.port, 0);
    header.writeUInt16BE(destination.port, 2);
    header.writeUInt16BE(8 + data.length, 4);
    const bytes = ipPacket(source.address, destination.address, 17, Buffer.concat([header, data]));
    return { from, bytes, size: data.length };
  });

/** Echo requests with their answers. */
export const ping = (ends: Ends, times: number): Packet[] =>
  Array.from({ length: times }, (_, sequence) =>
    (["client", "server"] as const).map((from) => {
      const [source, destination] = inOrder(ends, from);
      const message = Buffer.alloc(16);
      message[0] = from === "client" ? 8 : 0;
      message.writeUInt16BE(source.port & 0xff, 4);
      message.writeUInt16BE(sequence, 6);
      message.writeUInt16BE(checksum(message), 2);
      return { from, bytes: ipPacket(source.address, destination.address, 1, message), size: message.length };
    }),
  ).flat();

/** A packet of another protocol, by its number. */
export const otherProtocol = (ends: Ends, protocol: number, data: Buffer): Packet[] => [
  { from: "client", bytes: ipPacket(ends.client.address, ends.server.address, protocol, data), size: data.length },
];

/** The packet as IP fragments of at most `size` bytes (a multiple of 8). */
export function fragments({ from, bytes }: Packet, size: number): Packet[] {
  const data = bytes.subarray(20);
  return Array.from({ length: Math.ceil(data.length / size) }, (_, index) => {
    const part = data.subarray(index * size, (index + 1) * size);
    const header = Buffer.from(bytes.subarray(0, 20));
    header.writeUInt16BE(20 + part.length, 2);
    const isLast = (index + 1) * size >= data.length;
    header.writeUInt16BE((isLast ? 0 : 0x2000) | ((index * size) / 8), 6);
    header.writeUInt16BE(0, 10);
    header.writeUInt16BE(checksum(header), 10);
    return { from, bytes: Buffer.concat([header, part]), size: part.length };
  });
}

/** A capture file of IP packets, one each millisecond. https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html */
export function captureOf(packets: readonly Packet[]): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(65_535, 16);
  header.writeUInt32LE(101, 20);
  return Buffer.concat([
    header,
    ...packets.flatMap(({ bytes }, index) => {
      const record = Buffer.alloc(16);
      record.writeUInt32LE(1_790_000_000 + Math.floor(index / 1_000), 0);
      record.writeUInt32LE((index % 1_000) * 1_000, 4);
      record.writeUInt32LE(bytes.length, 8);
      record.writeUInt32LE(bytes.length, 12);
      return [record, bytes];
    }),
  ]);
}

const inOrder = ({ client, server }: Ends, from: Side) =>
  from === "client" ? ([client, server] as const) : ([server, client] as const);

function tcpPacket(
  ends: Ends,
  from: Side,
  sequence: number,
  acknowledged: number,
  flags: number,
  data: Buffer,
): Buffer {
  const [source, destination] = inOrder(ends, from);
  const segment = Buffer.alloc(20 + data.length);
  segment.writeUInt16BE(source.port, 0);
  segment.writeUInt16BE(destination.port, 2);
  segment.writeUInt32BE(sequence, 4);
  segment.writeUInt32BE(acknowledged, 8);
  segment[12] = 5 << 4;
  segment[13] = flags;
  segment.writeUInt16BE(65_535, 14);
  data.copy(segment, 20);
  const pseudo = Buffer.alloc(12);
  addressBytes(source.address).copy(pseudo, 0);
  addressBytes(destination.address).copy(pseudo, 4);
  pseudo[9] = 6;
  pseudo.writeUInt16BE(segment.length, 10);
  segment.writeUInt16BE(checksum(Buffer.concat([pseudo, segment])), 16);
  return ipPacket(source.address, destination.address, 6, segment);
}

function ipPacket(source: string, destination: string, protocol: number, data: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + data.length, 2);
  header.writeUInt16BE(identification++ & 0xffff, 4);
  header[8] = 64;
  header[9] = protocol;
  addressBytes(source).copy(header, 12);
  addressBytes(destination).copy(header, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, data]);
}

/** Fragments belong together by this number. */
let identification = 1;

const addressBytes = (address: string) => Buffer.from(address.split(".").map(Number));

/** https://www.rfc-editor.org/rfc/rfc1071 */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index < bytes.length; index += 2) sum += (bytes[index] ?? 0) * 256 + (bytes[index + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
