import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsMessage } from "../../shared/sns-message.ts";
import { type AnnouncementSettings, announcementOf, type Part } from "./announcement.ts";
import type { Sighting } from "./sighting.ts";

export interface DigestSettings extends AnnouncementSettings {
  topicArn: string;
}

/** One message of a digest and the sightings that it announces. */
export interface DigestMessage {
  message: ReturnType<typeof snsMessage>;
  sightings: Sighting[];
}

/**
 * Makes the messages of a digest: blocked sightings before allowed ones, each sorted by name, in as few messages as
 * SNS's size limit allows.
 */
export function digestMessages(
  sightings: readonly Sighting[],
  { topicArn, ...settings }: DigestSettings,
): DigestMessage[] {
  const message = (part: readonly Sighting[], place: Part) =>
    snsMessage(topicArn, announcementOf(part, place, settings));
  // How many parts there will be is not known yet: room for the longest numbers that can come.
  const longest = { number: sightings.length, of: sightings.length };
  const fits = (part: readonly Sighting[]) => messageBytes(message(part, longest)) <= MAX_MESSAGE_BYTES;
  const parts = split([...sightings].sort(byVerdictAndName), fits);
  return parts.map((part, index) => ({
    sightings: part,
    message: message(part, { number: index + 1, of: parts.length }),
  }));
}

/** Fills one part after the other with as many sightings as fit. */
function split(sightings: readonly Sighting[], fits: (part: readonly Sighting[]) => boolean): Sighting[][] {
  const parts: Sighting[][] = [];
  for (let start = 0; start < sightings.length; start += parts.at(-1)?.length ?? 0) {
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
