import { labelledLines } from "../../shared/labelled-lines.ts";
import { defang } from "../../shared/plain-text.ts";
import type { Announcement } from "../../shared/sns-message.ts";
import type { Sighting } from "./sighting.ts";

/** Which message of how many, from 1. */
export interface Part {
  number: number;
  of: number;
}

export interface AnnouncementSettings {
  /** Whether names in the e-mail and the SMS are written as `evil.example[.]com`. */
  defanged: boolean;
  /** Days after which a name is new again. */
  ttlDays: number;
}

/** Writes one message of a digest. `digest.schema.json` describes its data for machines. */
export function announcementOf(
  sightings: readonly Sighting[],
  part: Part,
  { defanged, ttlDays }: AnnouncementSettings,
): Announcement {
  const shown = (name: string) => (defanged ? defang(name) : name);
  const blocked = sightings.filter(({ verdict }) => verdict === "blocked");
  const allowed = sightings.filter(({ verdict }) => verdict === "allowed");
  const title = `[palisade] ${summaryOf(sightings, blocked.length, part)}`;
  return {
    subject: title,
    data: {
      kind: "new-hostnames",
      part,
      new: sightings.length,
      blocked: blocked.length,
      sightings: sightings.map(({ firstSeen, lastSeen, ...sighting }) => ({
        ...sighting,
        firstSeen: new Date(firstSeen).toISOString(),
        lastSeen: new Date(lastSeen).toISOString(),
      })),
    },
    email: [
      `Workloads reached for ${newByKind(sightings)}: ${countsOf(blocked.length, allowed.length)}.`,
      ...(part.of > 1 ? [`This e-mail is part ${part.number} of ${part.of}.`] : []),
      "",
      ...sectionOf("BLOCKED", blocked, shown),
      ...sectionOf("ALLOWED", allowed, shown),
      "WHAT TO DO NEXT",
      "",
      ...(blocked.length > 0 ? [...BLOCKED_ADVICE, ""] : []),
      ...(allowed.length > 0 ? [...ALLOWED_ADVICE, ""] : []),
      "Palisade e-mails each name once per firewall and verdict.",
      `After ${quantity(ttlDays, "day")} without traffic, a name is new again.`,
      ...(defanged ? ["[.] stands for a dot, so that mail programs do not make links of names."] : []),
    ].join("\n"),
    sms: `${title}: ${[...new Set(sightings.map(({ name }) => shown(name)))].join(", ")}`,
    attributes: { kind: "new-hostnames", blocked: String(blocked.length > 0) },
  };
}

/** For example `3 new hostnames, 1 blocked, via egress-firewall`. */
function summaryOf(sightings: readonly Sighting[], blocked: number, part: Part): string {
  const [firewall, ...others] = new Set(sightings.map((sighting) => sighting.firewall));
  return [
    newByKind(sightings),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
    ...(part.of > 1 ? [`part ${part.number} of ${part.of}`] : []),
    `via ${others.length === 0 ? firewall : quantity(others.length + 1, "firewall")}`,
  ].join(", ");
}

/** For example `3 new hostnames and 1 new IP address`. */
function newByKind(sightings: readonly Sighting[]): string {
  const addresses = sightings.filter(({ kind }) => kind === "address").length;
  const hostnames = sightings.length - addresses;
  return [
    ...(hostnames > 0 ? [quantity(hostnames, "new hostname")] : []),
    ...(addresses > 0 ? [quantity(addresses, "new IP address", "es")] : []),
  ].join(" and ");
}

const countsOf = (blocked: number, allowed: number): string =>
  [...(blocked > 0 ? [`${blocked} blocked`] : []), ...(allowed > 0 ? [`${allowed} allowed`] : [])].join(", ");

const quantity = (number: number, noun: string, plural = "s"): string =>
  `${number} ${noun}${number === 1 ? "" : plural}`;

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

/** Hostnames first, then IP addresses under a title of their own; nothing where there are none. */
function sectionOf(title: string, sightings: readonly Sighting[], shown: (name: string) => string): string[] {
  const kinds = [
    { heading: title, matching: sightings.filter(({ kind }) => kind === "hostname") },
    { heading: `${title}, BY IP ADDRESS`, matching: sightings.filter(({ kind }) => kind === "address") },
  ];
  return kinds
    .filter(({ matching }) => matching.length > 0)
    .flatMap(({ heading, matching }) => [
      `${heading} (${matching.length})`,
      "",
      ...matching.flatMap((sighting) => [`  ${shown(sighting.name)}`, ...factsOf(sighting), ""]),
    ]);
}

const factsOf = (sighting: Sighting): string[] =>
  labelledLines(
    [
      ["protocol", sighting.protocols.join(", ")],
      ["rule", sighting.rules.join("; ")],
      ["source", sighting.sources.join(", ")],
      ["port", sighting.ports.join(", ")],
      ["firewall", sighting.firewall],
      ["first seen", `${new Date(sighting.firstSeen).toISOString().slice(0, 19).replace("T", " ")} UTC`],
    ],
    "    ",
  );
