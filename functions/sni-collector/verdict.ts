import { isJsonObject, type JsonObject } from "./json-object.ts";

export type Verdict = "blocked" | "allowed";

const BLOCKING = new Set(["drop", "reject", "blocked"]);

/**
 * Judges from one record's `event` whether the firewall blocked the traffic. The final verdict decides: an alert can say
 * `allowed` for a packet that a later rule drops. TLS logs have neither. They report connections that TLS inspection
 * reset (`tls_error`), or the action that a failed certificate revocation check led to.
 * https://docs.aws.amazon.com/network-firewall/latest/developerguide/tls-inspection-logging.html
 */
export function judge(event: JsonObject): Verdict {
  const action = actionOf(event.verdict) ?? actionOf(event.alert) ?? actionOf(event.revocation_check);
  if (action === undefined) return isJsonObject(event.tls_error) ? "blocked" : "allowed";
  return BLOCKING.has(action.toLowerCase()) ? "blocked" : "allowed";
}

const actionOf = (value: unknown): string | undefined =>
  isJsonObject(value) && typeof value.action === "string" ? value.action : undefined;
