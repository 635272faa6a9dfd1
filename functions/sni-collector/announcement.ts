import { labelledLines } from "../../shared/labelled-lines.ts";
import { defang } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import { factRows, type Section, sectionLines } from "./name-lines.ts";
import { number, quantity } from "./number-text.ts";
import { isMalformed, type ReachedName, reachedNames } from "./reached-name.ts";
import { saidOfAll } from "./said-once.ts";
import type { Sighting } from "./sighting.ts";

/** Which message to machines of how many, from 1. */
export interface Part {
  number: number;
  of: number;
}

export interface AnnouncementSettings {
  /** The same where a digest is sent again. */
  digestId: string;
  /** Whether names in the e-mail and the SMS are written as `evil.example[.]com`. */
  defanged: boolean;
  /** Days after which a name is new again. */
  ttlDays: number;
}

/** Writes one message to machines. `digest.schema.json` describes its data. */
export function announcementToMachines(
  sightings: readonly Sighting[],
  part: Part,
  { digestId }: AnnouncementSettings,
): Announcement {
  const counts = countsOf(sightings);
  const title = [
    `[palisade] For machines: ${summaryOf(reachedNames(sightings))}`,
    ...(part.of > 1 ? [`part ${part.number} of ${part.of}`] : []),
  ].join(", ");
  // A person who reads this has a subscription without a filter.
  const line = `${title}. To get one readable message instead, filter by audience = people.`;
  return {
    subject: title,
    data: { kind: "new-hostnames", digestId, part, ...counts, sightings: sightings.map(dataOf) },
    email: line,
    sms: line,
    attributes: { audience: "machines", kind: "new-hostnames", blocked: hasBlocked(sightings) },
  };
}

/** Writes the message to people. `digest-summary.schema.json` describes its data. */
export function announcementToPeople(
  sightings: readonly Sighting[],
  { digestId, defanged, ttlDays }: AnnouncementSettings,
): Announcement {
  const names = reachedNames(sightings);
  const title = `[palisade] ${summaryOf(names)}`;
  const shown = namesOf(names).map(({ name }) => (defanged ? defang(name) : name));
  return {
    subject: title,
    data: { kind: "new-hostnames-summary", digestId, ...countsOf(sightings) },
    email: emailOf(names, { digestId, defanged, ttlDays }),
    sms: [title, ...(shown.length > 0 ? [[...new Set(shown)].join(", ")] : [])].join(": "),
    attributes: { audience: "people", kind: "new-hostnames-summary", blocked: hasBlocked(sightings) },
  };
}

const hasBlocked = (sightings: readonly Sighting[]): string =>
  String(sightings.some(({ verdict }) => verdict === "blocked"));
const connectionsOf = (names: readonly { connections: number }[]): number =>
  names.reduce((sum, { connections }) => sum + connections, 0);

function countsOf(sightings: readonly Sighting[]) {
  const named = sightings.filter((sighting) => !isMalformed(sighting));
  return {
    new: named.length,
    blocked: named.filter(({ verdict }) => verdict === "blocked").length,
    rejected: connectionsOf(sightings.filter(isMalformed)),
  };
}

/** Malformed names have no name: their text is not passed on. */
const dataOf = ({ kind, name, firstSeen, lastSeen, trailingDot, ...sighting }: Sighting) => ({
  kind,
  ...(kind === "malformed" ? {} : { name, trailingDot }),
  ...sighting,
  firstSeen: new Date(firstSeen).toISOString(),
  lastSeen: new Date(lastSeen).toISOString(),
});

/** The names that are shown, in the order of the e-mail. */
const namesOf = (names: readonly ReachedName[]): ReachedName[] =>
  ["blocked", "allowed"].flatMap((verdict) => names.filter((name) => !isMalformed(name) && name.verdict === verdict));

/** For example `3 new hostnames, 1 blocked, via egress-firewall`. */
function summaryOf(names: readonly ReachedName[]): string {
  const blocked = namesOf(names).filter(({ verdict }) => verdict === "blocked").length;
  const malformed = connectionsOf(names.filter(isMalformed));
  const [firewall, ...others] = new Set(names.flatMap(({ firewalls }) => firewalls));
  return [
    ...newByKind(names),
    ...(blocked > 0 ? [`${number(blocked)} blocked`] : []),
    ...(malformed > 0 ? [quantity(malformed, "malformed name")] : []),
    `via ${others.length === 0 ? firewall : quantity(others.length + 1, "firewall")}`,
  ].join(", ");
}

/** For example `3 new hostnames and 1 new IP address`; nothing where no name can be shown. */
function newByKind(names: readonly ReachedName[]): string[] {
  const addresses = names.filter(({ kind }) => kind === "address").length;
  const hostnames = names.filter(({ kind }) => kind === "hostname").length;
  const kinds = [
    ...(hostnames > 0 ? [quantity(hostnames, "new hostname")] : []),
    ...(addresses > 0 ? [quantity(addresses, "new IP address", "es")] : []),
  ];
  return kinds.length > 0 ? [kinds.join(" and ")] : [];
}

function emailOf(names: readonly ReachedName[], { digestId, defanged, ttlDays }: AnnouncementSettings): string {
  const named = namesOf(names);
  const malformed = names.filter(isMalformed);
  const blocked = named.filter(({ verdict }) => verdict === "blocked");
  const allowed = named.filter(({ verdict }) => verdict === "allowed");
  const said = saidOfAll(names);
  const { lines, leavesOut } = sectionLines(
    [
      ...sectionsOf("BLOCKED", blocked),
      ...sectionsOf("ALLOWED", allowed),
      { title: `MALFORMED NAMES (${number(connectionsOf(malformed))})`, names: malformed },
    ],
    said,
    defanged,
  );
  return [
    ...(named.length > 0 ? [`Workloads reached for ${newByKind(names)}: ${verdictsOf(blocked, allowed)}.`] : []),
    ...(malformed.length > 0 ? [`Workloads sent ${quantity(connectionsOf(malformed), "malformed name")}.`] : []),
    "",
    ...labelledLines([...factRows(said, defanged), ["first seen", spanOf(names)]], "  "),
    "",
    ...lines,
    "WHAT TO DO NEXT",
    "",
    ...(blocked.length > 0 ? [...BLOCKED_ADVICE, ""] : []),
    ...(allowed.length > 0 ? [...ALLOWED_ADVICE, ""] : []),
    ...(malformed.length > 0 ? [...MALFORMED_ADVICE, ""] : []),
    '"x" counts connections, at least.',
    ...(named.some(({ trailingDot }) => trailingDot) ? TRAILING_DOT_NOTE : []),
    ...(leavesOut ? [...LEFT_OUT_NOTE, `  ${digestId}`] : []),
    "Palisade e-mails each name once per firewall and verdict.",
    `After ${quantity(ttlDays, "day")} without traffic, a name is new again.`,
    ...(defanged && named.length > 0
      ? ["[.] stands for a dot, so that mail programs do not make links of names."]
      : []),
  ].join("\n");
}

/** Hostnames first, then IP addresses under a title of their own. */
const sectionsOf = (title: string, names: readonly ReachedName[]): Section[] =>
  [
    { heading: title, matching: names.filter(({ kind }) => kind === "hostname") },
    { heading: `${title}, BY IP ADDRESS`, matching: names.filter(({ kind }) => kind === "address") },
  ].map(({ heading, matching }) => ({ title: `${heading} (${number(matching.length)})`, names: matching }));

const verdictsOf = (blocked: readonly unknown[], allowed: readonly unknown[]): string =>
  [
    ...(blocked.length > 0 ? [`${number(blocked.length)} blocked`] : []),
    ...(allowed.length > 0 ? [`${number(allowed.length)} allowed`] : []),
  ].join(", ");

/** For example `2026-10-14 13:08:13 to 13:22:01 UTC`. */
function spanOf(names: readonly ReachedName[]): string {
  const times = names.map(({ firstSeen }) => firstSeen);
  const [from, to] = [Math.min(...times), Math.max(...times)].map((time) =>
    new Date(time).toISOString().slice(0, 19).replace("T", " "),
  );
  if (from === undefined || to === undefined || from === to) return `${from} UTC`;
  return `${from} to ${from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to} UTC`;
}

const BLOCKED_ADVICE = [
  "Blocked: ask the owner of the source address.",
  "If the workload needs the name, add it to the firewall's list of allowed",
  "domains. If nobody knows the name, investigate the workload.",
];

const ALLOWED_ADVICE = [
  "Allowed: the firewall stopped nothing.",
  "If no workload should reach the name, remove it from the firewall's list of",
  "allowed domains.",
];

const MALFORMED_ADVICE = [
  "Malformed names are neither DNS names nor IP addresses. E-mails never show them.",
  "Find them in the alert log by the source address, and investigate the workload.",
];

const LEFT_OUT_NOTE = ["This e-mail leaves names out. The messages to machines hold all, under the digestId"];

const TRAILING_DOT_NOTE = [
  "A name that ends in a dot always came with it. An entry of the firewall's list",
  "does not match such a name.",
];
