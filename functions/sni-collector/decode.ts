import { gunzipSync } from "node:zlib";
import { type SubscriptionPayload, subscriptionPayload } from "./event.ts";

/**
 * Unpacks the payload of a CloudWatch Logs subscription.
 *
 * @param data base64 of gzip of JSON
 * @param maxBytes the most that the JSON may measure: the invocation limit (1 MB) bounds only the packed form
 * @throws Error that says which layer is broken; it never quotes the payload
 */
export function decode(data: string, maxBytes: number): SubscriptionPayload {
  const parsed = subscriptionPayload.safeParse(parseJson(gunzip(fromBase64(data), maxBytes)));
  if (parsed.success) return parsed.data;

  const faults = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "payload"}: ${message}`);
  throw new Error(`Payload is not a CloudWatch Logs subscription message. ${faults.join("; ")}`);
}

function fromBase64(data: string): Buffer {
  const packed = Buffer.from(data, "base64");
  // Buffer.from skips what is not base64, so that damage would only show as bad gzip.
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  if (packed.length === 0 || packed.length !== Math.floor(((data.length - padding) * 3) / 4))
    throw new Error("Payload is not base64");
  return packed;
}

/** Bytes that are unpacked at once, at the least. */
const LEAST_CHUNK = 65_536;

function gunzip(packed: Buffer, maxBytes: number): string {
  // The last four bytes of gzip are the size of its content (https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1). A
  // chunk of this size holds it whole, and nothing has to be joined. The byte more spares zlib a second chunk.
  const size = packed.length < 4 ? 0 : packed.readUInt32LE(packed.length - 4);
  const chunkSize = Math.max(LEAST_CHUNK, Math.min(size, maxBytes) + 1);
  try {
    return gunzipSync(packed, { maxOutputLength: maxBytes, chunkSize }).toString();
  } catch (error) {
    switch (error instanceof Error && "code" in error && error.code) {
      case "ERR_BUFFER_TOO_LARGE":
        throw new Error(
          `Payload unpacks to more than ${maxBytes} bytes. If it is genuine, raise MAX_PAYLOAD_MIB and the memory of the function.`,
        );
      case "Z_BUF_ERROR":
        throw new Error("Payload is truncated gzip");
      default:
        throw new Error("Payload is not gzip");
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text, so it is not passed on.
    throw new Error("Payload is not JSON");
  }
}
