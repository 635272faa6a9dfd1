import { type CipherGCMTypes, createCipheriv, createHmac } from "node:crypto";
import { Duplex } from "node:stream";
import { type ConnectionOptions, connect } from "node:tls";

/** The first bytes that Node's TLS client sends: the record with its ClientHello. */
export const clientHello = (servername: string | undefined, options: ConnectionOptions = {}): Promise<Buffer> =>
  new Promise((resolve) => {
    const socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        done();
        resolve(chunk);
      },
    });
    connect({ socket, ...(servername === undefined ? {} : { servername }), ...options }).on("error", () => undefined);
  });

/** The secrets of the client's Initial packets depend on the version alone. https://www.rfc-editor.org/rfc/rfc9001#section-5.2 */
const SALT = Buffer.from("38762cf7f55934b34d179ae6a4c80cadccbb7f0a", "hex");

/** The size that the first datagrams of a client must have. https://www.rfc-editor.org/rfc/rfc9000#section-14.1 */
const INITIAL_SIZE = 1_200;
/** So much of the message fits beside headers and seal. */
const MESSAGE_BYTES = 1_100;

/**
 * The datagrams in which a QUIC client (version 1) sends its first message, a ClientHello without TLS record.
 *
 * @param connectionId the client's choice for the server, 8 bytes
 */
export function quicInitials(message: Buffer, connectionId: Buffer, { firstNumber = 0 } = {}): Buffer[] {
  const initial = createHmac("sha256", SALT).update(connectionId).digest();
  const secret = expandLabel(initial, "client in", 32);
  const keys = {
    key: expandLabel(secret, "quic key", 16),
    iv: expandLabel(secret, "quic iv", 12),
    hp: expandLabel(secret, "quic hp", 16),
  };
  const starts = Array.from({ length: Math.ceil(message.length / MESSAGE_BYTES) }, (_, index) => index * MESSAGE_BYTES);
  return starts.map((start, index) => {
    const part = message.subarray(start, start + MESSAGE_BYTES);
    const frame = Buffer.concat([Buffer.from([6]), variable(start), variable(part.length), part]);
    return protect(frame, connectionId, firstNumber + index, keys);
  });
}

function protect(
  frame: Buffer,
  connectionId: Buffer,
  number: number,
  { key, iv, hp }: { key: Buffer; iv: Buffer; hp: Buffer },
): Buffer {
  const start = Buffer.concat([
    Buffer.from([0xc3, 0, 0, 0, 1, connectionId.length]),
    connectionId,
    // No id of the client and no token.
    Buffer.from([0, 0]),
  ]);
  const NUMBER_BYTES = 4;
  const TAG_BYTES = 16;
  const payload = Buffer.alloc(INITIAL_SIZE - start.length - 2 - NUMBER_BYTES - TAG_BYTES);
  frame.copy(payload);
  const numberBytes = Buffer.alloc(NUMBER_BYTES);
  numberBytes.writeUInt32BE(number);
  const header = Buffer.concat([start, variable(NUMBER_BYTES + payload.length + TAG_BYTES, 2), numberBytes]);
  const nonce = Buffer.from(iv);
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  const algorithm: CipherGCMTypes = "aes-128-gcm";
  const cipher = createCipheriv(algorithm, key, nonce).setAAD(header);
  const sealed = Buffer.concat([cipher.update(payload), cipher.final(), cipher.getAuthTag()]);
  // https://www.rfc-editor.org/rfc/rfc9001#section-5.4: the sample begins where a number of four bytes ends.
  const mask = createCipheriv("aes-128-ecb", hp, null).update(sealed.subarray(0, 16));
  header[0] = (header[0] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  for (let index = 0; index < NUMBER_BYTES; index += 1) {
    const at = header.length - NUMBER_BYTES + index;
    header[at] = (header[at] ?? 0) ^ (mask[index + 1] ?? 0);
  }
  return Buffer.concat([header, sealed]);
}

/** https://www.rfc-editor.org/rfc/rfc8446#section-7.1 */
function expandLabel(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
  return createHmac("sha256", secret).update(info).digest().subarray(0, length);
}

/** https://www.rfc-editor.org/rfc/rfc9000#section-16 */
function variable(value: number, bytes = value < 64 ? 1 : 2): Buffer {
  const encoded = Buffer.alloc(bytes);
  encoded.writeUIntBE(value + (bytes === 1 ? 0 : 0x4000), 0, bytes);
  return encoded;
}
