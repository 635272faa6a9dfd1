import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { Refusal } from "../../shared/refusal.ts";
import { readReleaseTag } from "../../shared/release-tag.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, type Notice, plainRequestId, plainTag, reasonOf } from "./announcement.ts";
import { type ReleaseEvent, readReleaseEvent } from "./event.ts";
import { foreignness, type Home } from "./foreign-event.ts";
import type { Once } from "./once.ts";
import { releaseToStart } from "./release-to-start.ts";
import type { Environments } from "./settings.ts";
import type { createStartPipeline } from "./start-pipeline.ts";
import { startKey, startRequest } from "./start-request.ts";
import { type createFindTaggedCommit, refuseUnmerged } from "./tagged-commit.ts";

/** The result of one event. */
export type Result = {
  outcome: "started" | "refused" | "ignored" | "already started";
  /** Null for an event that is not about a tag. */
  tag: string | null;
  /** The id of a request to release the tag again. */
  requestId?: string;
  /** Why nothing was started. */
  reason?: string;
  pipeline?: string;
  executionId?: string;
};

interface Dependencies extends Home {
  findTaggedCommit: ReturnType<typeof createFindTaggedCommit>;
  startPipeline: ReturnType<typeof createStartPipeline>;
  once: Once;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  branch: string;
  environments: Environments;
}

/** A tag that was moved or deleted starts nothing, since release tags do not change. */
const CHANGES = { referenceUpdated: "tag-moved", referenceDeleted: "tag-deleted" } as const;

const METRICS: Readonly<Record<Result["outcome"], string>> = {
  started: "Started",
  refused: "Refused",
  ignored: "Ignored",
  "already started": "AlreadyStarted",
};

/** The key of an event. The id alone is not enough: a hand-made copy of an event may keep the id. */
const keyOf = (event: ReleaseEvent) => [
  event.id,
  event.event,
  event.tag,
  ...(event.event === "releaseRequested" ? [] : [event.commitId ?? ""]),
];

/**
 * The story of one event: read the tag, find its commit, start the pipeline, send a message. A tag starts a commit once,
 * and each request starts it once more, whatever fails in between. An event sends one message, and a second one only
 * where the function ends right after the first.
 *
 * @throws Error on input that is no event of EventBridge, and when CodeCommit, CodePipeline, the table or the topic
 * fails: Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { findTaggedCommit, startPipeline, once, sns, logger, metrics, topicArn } = dependencies;
  const { repository, branch, environments } = dependencies;

  async function handle(event: ReleaseEvent | undefined, invocation: Invocation): Promise<Result> {
    if (!event) return { outcome: "ignored", tag: null, reason: "The event is not about a tag." };
    const requested = event.event === "releaseRequested";
    const about = { tag: plainTag(event.tag), ...(requested && { requestId: plainRequestId(event.id) }) };
    const foreign = foreignness(event, dependencies);
    if (foreign !== undefined) return { outcome: "ignored", ...about, reason: foreign };
    const { environment, team } = readReleaseTag(event.tag, environments) ?? {};
    if (environment === undefined && !requested)
      return { outcome: "ignored", ...about, reason: "The tag does not begin with an environment and _." };

    const { result, repeated } = await once(["event", ...keyOf(event)], invocation, async (): Promise<Result> => {
      const { notice, outcome } = await release({ event, environment, team }, invocation);
      const message = snsMessage(topicArn, announcementOf(notice, repository));
      await sns.send(new PublishCommand(message), { abortSignal: invocation.signal });
      return "executionId" in notice
        ? { outcome, ...about, pipeline: notice.pipeline, executionId: notice.executionId }
        : { outcome, ...about, reason: reasonOf(notice) };
    });
    return repeated && result.outcome === "started" ? { ...result, outcome: "already started" } : result;
  }

  async function release(
    about: Pick<Notice, "event" | "environment" | "team">,
    invocation: Invocation,
  ): Promise<{ notice: Notice; outcome: Result["outcome"] }> {
    const { event } = about;
    if (event.event === "referenceUpdated" || event.event === "referenceDeleted")
      return { notice: { ...about, kind: CHANGES[event.event] }, outcome: "refused" };
    let commitId: string | undefined;
    try {
      const { release, pipeline, sourceAction } = releaseToStart(event, environments);
      // Remembered, so that a retry releases the same commit, wherever the tag points by then.
      const { result: found } = await once(["commit", ...keyOf(event)], invocation, () =>
        findTaggedCommit(release.tag, invocation.signal),
      );
      commitId = found.commitId;
      refuseUnmerged(found, branch);
      const start = { release, pipeline, sourceAction, repository, commitId, event };
      const { result: started, repeated } = await once(["release", ...startKey(start)], invocation, async () => ({
        executionId: await startPipeline(startRequest(start), release.tag, invocation.signal),
        eventId: event.id,
      }));
      // A retry after a fault of the topic reports the start of its own event.
      const kind = started.eventId === event.id ? "release-started" : "release-repeated";
      return {
        notice: { ...about, kind, release, commitId, pipeline, executionId: started.executionId },
        outcome: repeated ? "already started" : "started",
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, steps } = error;
      return { notice: { ...about, kind: "release-refused", commitId, reason, steps }, outcome: "refused" };
    }
  }

  return async (input: unknown, invocation: Invocation): Promise<Result> => {
    const result = await handle(readReleaseEvent(input), invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    if (result.requestId !== undefined) metrics.addMetric("Requested", MetricUnit.Count, 1);
    logger.info("event handled", result);
    return result;
  };
}
