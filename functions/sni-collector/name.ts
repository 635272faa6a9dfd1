import { isIP } from "node:net";
import { domainToASCII } from "node:url";

/** A hostname, or an IP address where a workload gave that instead of a name. */
export interface Name {
  kind: "hostname" | "address";
  name: string;
}

/** Longer input is refused unread. A name has at most 253 characters; room for brackets, port, and letters that IDNA folds. */
const MAX_INPUT_LENGTH = 512;

/** Labels of letters, digits, hyphens inside, and underscores (https://www.rfc-editor.org/rfc/rfc2181#section-11). */
const HOSTNAME = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;

/** A last label that is a number makes an IPv4 address or nothing (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
const ENDS_IN_NUMBER = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;

/** The characters that may stand in ASCII input to IDNA; others would be read as parts of a URL. */
const FORBIDDEN_IN_IDNA = /[^a-z0-9._\-\u0080-\u{10ffff}]/u;

/**
 * Brings a server name, as a client sent it, into one form: lower case, no port, no trailing dot, IDNA as ASCII
 * (UTS 46), an IP address as Node prints it.
 *
 * @returns undefined for text that is neither a DNS name nor an IP address
 */
export function normaliseName(raw: string): Name | undefined {
  if (raw.length > MAX_INPUT_LENGTH) return undefined;
  const lower = raw.toLowerCase();
  // Most names need no more than this: the pattern leaves nothing that IDNA or a port could change.
  if (HOSTNAME.test(lower) && !ENDS_IN_NUMBER.test(lower) && !lower.includes("xn--"))
    return { kind: "hostname", name: lower };
  const host = withoutPort(lower);
  if (isIP(host)) return { kind: "address", name: canonicalAddress(host) };

  const ascii = toAscii(host).replace(/\.$/, "");
  // IDNA turns full-width digits into an address, but also "1.1" in full width into 1.0.0.1, which nobody sent.
  if (isIP(ascii)) return isIP(host.normalize("NFKC")) ? { kind: "address", name: ascii } : undefined;
  return HOSTNAME.test(ascii) && !ENDS_IN_NUMBER.test(ascii) ? { kind: "hostname", name: ascii } : undefined;
}

/** Whether a name was written with a dot at its end, which `normaliseName` takes off. */
export const hasTrailingDot = (raw: string): boolean => /\.(?::\d{0,5})?$/.test(raw);

/** `host:443`, `host:` and `[::1]:443` lose the port, `[::1]` its brackets; a bare IPv6 address stays whole. */
function withoutPort(host: string): string {
  const [, bracketed, plain] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{0,5})?$/.exec(host) ?? [];
  return bracketed === undefined ? (plain ?? host) : isIP(bracketed) === 6 ? bracketed : "";
}

const canonicalAddress = (address: string): string =>
  isIP(address) === 6 ? new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname.slice(1, -1) : address;

function toAscii(host: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is all of ASCII
  if (/^[\x00-\x7f]*$/.test(host) && !host.includes("xn--")) return host;
  return FORBIDDEN_IN_IDNA.test(host) ? "" : domainToASCII(host);
}
