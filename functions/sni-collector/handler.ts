import { hash } from "node:crypto";
import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Invocation } from "../../shared/event-handler.ts";
import type { createAnnounce } from "./announce.ts";
import { collect } from "./collect.ts";
import { decode } from "./decode.ts";
import { sniCollectorEvent } from "./event.ts";
import { isMalformed } from "./reached-name.ts";
import type { createRemember } from "./remember.ts";
import type { Sighting } from "./sighting.ts";

/** The result of one event. */
export interface Result {
  outcome: "announced" | "recorded" | "nothing new" | "control message" | "flushed";
  /** Log events in the batch. */
  records: number;
  /** Distinct names in it, per firewall and verdict. */
  names: number;
  /** The number of them that are new. */
  new: number;
  /** Log events that are not a firewall record. */
  unreadable: number;
  /** Names that are neither a DNS name nor an IP address. They are none of `names`. */
  rejected: number;
  /** Records without a name. */
  nameless: number;
}

interface Dependencies {
  remember: ReturnType<typeof createRemember>;
  announce: ReturnType<typeof createAnnounce>;
  logger: Logger;
  metrics: Metrics;
  maxPayloadBytes: number;
  now: () => number;
}

const NOTHING = { records: 0, names: 0, new: 0, unreadable: 0, rejected: 0, nameless: 0 };

const isName = (sighting: Sighting): boolean => !isMalformed(sighting);

/** A log line lists at most this many records, to stay below the limit of a log event. */
const MOST_IDS_PER_LINE = 500;

/**
 * The story of one event: decode, collect, remember, announce.
 *
 * @throws Error on a payload that cannot be decoded, and when the table or the topic fails. Lambda retries, and the
 * retry announces what was recorded before.
 */
export const createHandler =
  ({ remember, announce, logger, metrics, maxPayloadBytes, now }: Dependencies) =>
  async (event: unknown, invocation: Invocation): Promise<Result> => {
    const parsed = sniCollectorEvent.safeParse(event);
    if (!parsed.success) throw new Error(`Event is ${parsed.error.issues.map(({ message }) => message).join("; ")}`);

    if (!("awslogs" in parsed.data)) {
      const { messages, announced } = await announce({ somethingWaits: false }, invocation);
      metrics.addMetric("Digests", MetricUnit.Count, Math.min(messages, 1));
      logger.info("flushed", { announced });
      return { ...NOTHING, outcome: "flushed" };
    }

    const { data } = parsed.data.awslogs;
    const { messageType, logEvents } = decode(data, maxPayloadBytes);
    if (messageType === "CONTROL_MESSAGE") {
      metrics.addMetric("Records", MetricUnit.Count, 0);
      logger.info("control message acknowledged");
      return { ...NOTHING, outcome: "control message" };
    }

    const { sightings, records, unreadable, rejected, nameless } = collect(logEvents, now());
    for (let start = 0; start < unreadable.length; start += MOST_IDS_PER_LINE)
      logger.warn("records are not readable", { eventIds: unreadable.slice(start, start + MOST_IDS_PER_LINE) });
    metrics.addMetric("Records", MetricUnit.Count, records);
    const names = sightings.filter(isName);
    metrics.addMetric("Names", MetricUnit.Count, names.length);
    metrics.addMetric("BlockedNames", MetricUnit.Count, names.filter(({ verdict }) => verdict === "blocked").length);
    metrics.addMetric("UnreadableRecords", MetricUnit.Count, unreadable.length);
    metrics.addMetric("RejectedNames", MetricUnit.Count, rejected);
    metrics.addMetric("NamelessRecords", MetricUnit.Count, nameless);

    // Lambda's retry has the same bytes.
    const added = await remember(sightings, hash("sha256", data), invocation.signal);
    const newNames = added.filter(isName).length;
    metrics.addMetric("NewNames", MetricUnit.Count, newNames);
    const { messages, announced } = await announce({ somethingWaits: added.length > 0 }, invocation);
    metrics.addMetric("Digests", MetricUnit.Count, Math.min(messages, 1));

    const result: Result = {
      outcome: messages > 0 ? "announced" : added.length > 0 ? "recorded" : "nothing new",
      records,
      names: names.length,
      new: newNames,
      unreadable: unreadable.length,
      rejected,
      nameless,
    };
    logger.info("batch done", { ...result, announced });
    return result;
  };
