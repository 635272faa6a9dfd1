import { gunzipSync } from "node:zlib";

/**
 * The least that reading a batch takes: unpack it into one chunk of the right size, parse the envelope, parse every
 * message, nothing else.
 */
export function floor(data: string): void {
  const packed = Buffer.from(data, "base64");
  // The last four bytes of gzip are the size of its content.
  const chunkSize = packed.readUInt32LE(packed.length - 4) + 1;
  const { logEvents }: { logEvents: { message: string }[] } = JSON.parse(gunzipSync(packed, { chunkSize }).toString());
  for (const { message } of logEvents) JSON.parse(message);
}
