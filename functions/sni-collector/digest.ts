import { labelledLines } from "../../shared/labelled-lines.ts";
import { defang } from "../../shared/plain-text.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsMessage } from "../../shared/sns-message.ts";
import type { Sighting } from "./collect.ts";

export interface DigestSettings {
  topicArn: string;
  /** Whether names in the e-mail and the SMS are written as `evil.example[.]com`. */
  defanged: boolean;
  /** Days after which a name is new again. */
  ttlDays: number;
}

/** One message of a digest and the sightings that it announces. */
export interface DigestMessage {
  message: ReturnType<typeof snsMessage>;
  sightings: Sighting[];
}

/** Which message of how many, from 1. */
interface Part {
  number: number;
  of: number;
}

/**
 * Writes the digest: blocked sightings before allowed ones, each sorted by name, in as few messages as SNS's size
 * limit allows, numbered where there is more than one.
 */
export function digestMessages(sightings: readonly Sighting[], settings: DigestSettings): DigestMessage[] {
  // How many parts there will be is not known yet: room for the longest numbers that can come.
  const longest = { number: sightings.length, of: sightings.length };
  const fits = (part: Sighting[]) => messageBytes(messageOf(part, longest, settings)) <= MAX_MESSAGE_BYTES;
  const parts = split([...sightings].sort(byVerdictAndName), fits);
  return parts.map((part, index) => ({
    sightings: part,
    message: messageOf(part, { number: index + 1, of: parts.length }, settings),
  }));
}

/** Fills one part after the other with as many sightings as fit. */
function split(sightings: Sighting[], fits: (part: Sighting[]) => boolean): Sighting[][] {
  const parts: Sighting[][] = [];
  for (let start = 0; start < sightings.length; start += parts.at(-1)?.length ?? 0) {
    const fitting = (count: number) => start + count <= sightings.length && fits(sightings.slice(start, start + count));
    let most = 1;
    let tooMany = 2;
    for (; fitting(tooMany); tooMany *= 2) most = tooMany;
    while (most + 1 < tooMany) {
      const middle = Math.floor((most + tooMany) / 2);
      if (fitting(middle)) most = middle;
      else tooMany = middle;
    }
    parts.push(sightings.slice(start, start + most));
  }
  return parts;
}

function byVerdictAndName(a: Sighting, b: Sighting): number {
  if (a.verdict !== b.verdict) return a.verdict === "blocked" ? -1 : 1;
  return compare(a.name, b.name) || compare(a.firewall, b.firewall);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function messageOf(sightings: readonly Sighting[], part: Part, settings: DigestSettings) {
  const summary = summaryOf(sightings, part);
  const blocked = sightings.filter(({ verdict }) => verdict === "blocked");
  const shown = (name: string) => (settings.defanged ? defang(name) : name);
  return snsMessage(settings.topicArn, {
    subject: `[palisade] ${summary}`,
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
    email: emailOf(sightings, summary, part, settings),
    sms: `[palisade] ${summary}: ${[...new Set(sightings.map(({ name }) => shown(name)))].join(", ")}`,
    attributes: { kind: "new-hostnames", blocked: String(blocked.length > 0) },
  });
}

/** For example `3 new hostnames, 1 blocked, via egress-firewall`. */
function summaryOf(sightings: readonly Sighting[], part: Part): string {
  const hostnames = sightings.filter(({ kind }) => kind === "hostname").length;
  const addresses = sightings.length - hostnames;
  const blocked = sightings.filter(({ verdict }) => verdict === "blocked").length;
  const firewalls = [...new Set(sightings.map(({ firewall }) => firewall))];
  return [
    [
      ...(hostnames > 0 ? [count(hostnames, "new hostname")] : []),
      ...(addresses > 0 ? [`${count(addresses, "new IP address", "es")}`] : []),
    ].join(" and "),
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
    ...(part.of > 1 ? [`part ${part.number} of ${part.of}`] : []),
    `via ${firewalls.length === 1 ? firewalls[0] : count(firewalls.length, "firewall")}`,
  ].join(", ");
}

const count = (number: number, noun: string, plural = "s"): string => `${number} ${noun}${number === 1 ? "" : plural}`;

function emailOf(
  sightings: readonly Sighting[],
  summary: string,
  part: Part,
  { defanged, ttlDays }: DigestSettings,
): string {
  const shown = (name: string) => (defanged ? defang(name) : name);
  const section = (verdict: Sighting["verdict"], kind: Sighting["kind"], title: string): string[] => {
    const matching = sightings.filter((sighting) => sighting.verdict === verdict && sighting.kind === kind);
    return matching.length === 0
      ? []
      : [`${title} (${matching.length})`, "", ...matching.flatMap((sighting) => [...entryOf(sighting, shown), ""])];
  };
  const blocked = sightings.some(({ verdict }) => verdict === "blocked");
  const allowed = sightings.some(({ verdict }) => verdict === "allowed");
  return [
    `Workloads reached for ${summary}.`,
    "",
    ...section("blocked", "hostname", "BLOCKED"),
    ...section("blocked", "address", "BLOCKED, BY IP ADDRESS"),
    ...section("allowed", "hostname", "ALLOWED"),
    ...section("allowed", "address", "ALLOWED, BY IP ADDRESS"),
    "WHAT TO DO NEXT",
    "",
    ...(blocked
      ? [
          "Blocked: ask the owner of the source address. A name that the workload",
          "needs belongs on the firewall's list of allowed domains. A name that",
          "nobody knows is a reason to look at the workload.",
        ]
      : []),
    ...(allowed
      ? [
          "Allowed: nothing was stopped. A name that no workload should reach",
          "belongs off the firewall's list of allowed domains.",
        ]
      : []),
    "",
    "A name is announced once per firewall and verdict, and again when it",
    `comes back after ${count(ttlDays, "day")}.`,
    ...(defanged ? ["[.] stands for a dot, so that mail programs do not make links of names."] : []),
    ...(part.of > 1 ? [`This is part ${part.number} of ${part.of} of one digest.`] : []),
  ].join("\n");
}

const entryOf = (sighting: Sighting, shown: (name: string) => string): string[] => [
  `  ${shown(sighting.name)}`,
  ...labelledLines(
    [
      ["protocol", sighting.protocols.join(", ")],
      ["rule", sighting.rules.join("; ")],
      ["source", sighting.sources.join(", ")],
      ["port", sighting.ports.join(", ")],
      ["firewall", sighting.firewall],
      ["first seen", `${new Date(sighting.firstSeen).toISOString().slice(0, 19).replace("T", " ")} UTC`],
    ],
    "    ",
  ),
];
