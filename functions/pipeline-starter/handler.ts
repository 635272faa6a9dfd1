import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { Refusal } from "../../shared/refusal.ts";
import { type ReleaseTag, readReleaseTag } from "../../shared/release-tag.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, type Notice, plainTag, reasonOf } from "./announcement.ts";
import { readTagEvent, type TagEvent } from "./event.ts";
import type { Once } from "./once.ts";
import type { Environments } from "./settings.ts";
import type { createStartPipeline } from "./start-pipeline.ts";
import { startRequest } from "./start-request.ts";
import { type createFindTaggedCommit, refuseUnmerged } from "./tagged-commit.ts";

/** The result of one event. */
export type Result = {
  outcome: "started" | "refused" | "ignored" | "already started";
  /** Null for an event that is not about a tag. */
  tag: string | null;
  /** Why nothing was started. */
  reason?: string;
  pipeline?: string;
  executionId?: string;
};

interface Dependencies {
  findTaggedCommit: ReturnType<typeof createFindTaggedCommit>;
  startPipeline: ReturnType<typeof createStartPipeline>;
  once: Once;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  repository: string;
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
const keyOf = (event: TagEvent) => [event.id, event.event, event.tag, event.commitId ?? ""];

/**
 * The story of one event: read the tag, find its commit, start the pipeline, send a message. A tag starts a commit once,
 * whatever fails in between. An event sends one message, and a second one only where the function ends right after the
 * first.
 *
 * @throws Error on input that is no event of EventBridge, and when CodeCommit, CodePipeline, the table or the topic
 * fails: Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { findTaggedCommit, startPipeline, once, sns, logger, metrics, topicArn } = dependencies;
  const { repository, branch, environments } = dependencies;

  async function handle(event: TagEvent | undefined, invocation: Invocation): Promise<Result> {
    if (!event) return { outcome: "ignored", tag: null, reason: "The event is not about a tag." };
    const tag = plainTag(event.tag);
    if (event.repositoryName !== repository)
      return { outcome: "ignored", tag, reason: `The tag is not in the repository ${repository}.` };
    const releaseTag = readReleaseTag(event.tag, environments);
    const environment = releaseTag && environments[releaseTag.environment];
    if (!environment) return { outcome: "ignored", tag, reason: "The tag does not begin with an environment and _." };

    const { result, repeated } = await once(["event", ...keyOf(event)], invocation, async (): Promise<Result> => {
      const { notice, outcome } = await release(event, releaseTag, environment, invocation);
      const message = snsMessage(topicArn, announcementOf(notice));
      await sns.send(new PublishCommand(message), { abortSignal: invocation.signal });
      return "executionId" in notice
        ? { outcome, tag, pipeline: notice.pipeline, executionId: notice.executionId }
        : { outcome, tag, reason: reasonOf(notice) };
    });
    return repeated && result.outcome === "started" ? { ...result, outcome: "already started" } : result;
  }

  async function release(
    event: TagEvent,
    tag: ReleaseTag,
    { pipeline, sourceAction }: Environments[string],
    invocation: Invocation,
  ): Promise<{ notice: Notice; outcome: Result["outcome"] }> {
    const { environment } = tag;
    if (event.event !== "referenceCreated")
      return { notice: { kind: CHANGES[event.event], event, environment }, outcome: "refused" };
    let commitId: string | undefined;
    try {
      if ("refusal" in tag) throw tag.refusal;
      const { release } = tag;
      // Remembered, so that a retry releases the same commit, wherever the tag points by then.
      const { result: found } = await once(["commit", ...keyOf(event)], invocation, () =>
        findTaggedCommit(release.tag, invocation.signal),
      );
      commitId = found.commitId;
      refuseUnmerged(found, branch);
      const request = startRequest({ release, pipeline, sourceAction, repository, commitId });
      const { result: start, repeated } = await once(
        ["release", repository, release.tag, commitId],
        invocation,
        async () => ({ executionId: await startPipeline(request, invocation.signal), eventId: event.id }),
      );
      // A retry after a fault of the topic reports the start of its own event.
      const kind = start.eventId === event.id ? "release-started" : "release-repeated";
      return {
        notice: { kind, event, environment, release, commitId, pipeline, executionId: start.executionId },
        outcome: repeated ? "already started" : "started",
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, steps } = error;
      return {
        notice: { kind: "release-refused", event, environment, commitId, reason, steps },
        outcome: "refused",
      };
    }
  }

  return async (event: unknown, invocation: Invocation): Promise<Result> => {
    const result = await handle(readTagEvent(event), invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", result);
    return result;
  };
}
