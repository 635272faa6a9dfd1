import { gunzipSync } from "node:zlib";

/** The least that reading a batch takes: gunzip, parse the envelope, parse every message, nothing else. */
export function floor(data: string): void {
  const { logEvents }: { logEvents: { message: string }[] } = JSON.parse(
    gunzipSync(Buffer.from(data, "base64")).toString(),
  );
  for (const { message } of logEvents) JSON.parse(message);
}
