import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsMessage } from "../../shared/sns-message.ts";
import { type AnnouncementSettings, announcementToMachines, announcementToPeople, type Part } from "./announcement.ts";
import type { Sighting } from "./sighting.ts";

export interface DigestSettings extends AnnouncementSettings {
  topicArn: string;
}

/** The messages of a digest in the order of sending, and the sightings that they announce together. */
export interface Digest {
  messages: ReturnType<typeof snsMessage>[];
  sightings: Sighting[];
}

/** The most messages to machines in one digest: an invocation of 60 s has to send them all. The rest follow in the next. */
const MOST_PARTS = 50;

/**
 * Makes the messages of a digest. First come those to machines, in as few parts as SNS's size limit allows: blocked
 * sightings before allowed ones, each sorted by name. The last message is the one to people.
 */
export function digestMessages(waiting: readonly Sighting[], { topicArn, ...settings }: DigestSettings): Digest {
  const toMachines = (part: readonly Sighting[], place: Part) =>
    snsMessage(topicArn, announcementToMachines(part, place, settings));
  // How many parts there will be is not known yet: room for the longest numbers that can come.
  const longest = { number: MOST_PARTS, of: MOST_PARTS };
  const fits = (part: readonly Sighting[]) => messageBytes(toMachines(part, longest)) <= MAX_MESSAGE_BYTES;
  const parts = split([...waiting].sort(byVerdictAndName), fits);
  const sightings = parts.flat();
  if (sightings.length === 0) return { messages: [], sightings };
  return {
    messages: [
      ...parts.map((part, index) => toMachines(part, { number: index + 1, of: parts.length })),
      snsMessage(topicArn, announcementToPeople(sightings, settings)),
    ],
    sightings,
  };
}

/** Fills one part after the other with as many sightings as fit. */
function split(sightings: readonly Sighting[], fits: (part: readonly Sighting[]) => boolean): Sighting[][] {
  const parts: Sighting[][] = [];
  for (let start = 0; start < sightings.length && parts.length < MOST_PARTS; start += parts.at(-1)?.length ?? 0) {
    const fitting = (size: number) => start + size <= sightings.length && fits(sightings.slice(start, start + size));
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
  return byCodeUnits(a.name, b.name) || byCodeUnits(a.firewall, b.firewall);
}
