import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import type { Once } from "../../shared/once.ts";
import { Refusal } from "../../shared/refusal.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, type Notice, plainTag } from "./announcement.ts";
import { readTagEvent, type TagEvent } from "./event.ts";
import { startRequest } from "./pipeline-start.ts";
import { type ReleaseTag, readReleaseTag } from "./release-tag.ts";
import { requestedRelease } from "./requested-release.ts";
import type { Environments } from "./settings.ts";
import type { createStartPipeline } from "./start-pipeline.ts";
import type { createTaggedCommit } from "./tagged-commit.ts";

/** What one event came to. */
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
  taggedCommit: ReturnType<typeof createTaggedCommit>;
  startPipeline: ReturnType<typeof createStartPipeline>;
  once: Once;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  repository: string;
  environments: Environments;
  teams: readonly string[] | undefined;
}

const REFUSED = {
  referenceCreated: "release-refused",
  referenceUpdated: "tag-moved",
  referenceDeleted: "tag-deleted",
} as const;

const METRICS: Readonly<Record<Result["outcome"], string>> = {
  started: "Started",
  refused: "Refused",
  ignored: "Ignored",
  "already started": "AlreadyStarted",
};

/**
 * The story of one event: read the tag, find its commit, start the pipeline, tell people. A commit is started once under
 * a tag, and an event is told once, whatever fails in between.
 *
 * @throws Error on what is no event of EventBridge, and when CodeCommit, CodePipeline, the table or the topic fails:
 * Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { taggedCommit, startPipeline, once, sns, logger, metrics, topicArn } = dependencies;
  const { repository, environments, teams } = dependencies;

  async function resultOf(event: TagEvent | undefined, invocation: Invocation): Promise<Result> {
    if (!event) return { outcome: "ignored", tag: null, reason: "The event is not about a tag." };
    const tag = plainTag(event.tag);
    if (event.repositoryName !== repository)
      return { outcome: "ignored", tag, reason: `The tag is not in the repository ${repository}.` };
    const releaseTag = readReleaseTag(event.tag, environments, teams);
    if (!releaseTag) return { outcome: "ignored", tag, reason: "The tag does not begin with an environment and _." };

    // A copy of an event may carry its id and tell of something else.
    const key = ["event", event.id, event.event, event.tag, event.commitId ?? ""];
    const { result, now } = await once(key, invocation.context, async (): Promise<Result> => {
      const { notice, startedNow } = await release(event, releaseTag, invocation);
      const message = snsMessage(topicArn, announcementOf(notice));
      await sns.send(new PublishCommand(message), { abortSignal: invocation.signal });
      return "reason" in notice
        ? { outcome: "refused", tag, reason: notice.reason }
        : {
            outcome: startedNow ? "started" : "already started",
            tag,
            pipeline: notice.release.pipeline,
            executionId: notice.executionId,
          };
    });
    return !now && result.outcome === "started" ? { ...result, outcome: "already started" } : result;
  }

  async function release(
    event: TagEvent,
    tag: ReleaseTag,
    { context, signal }: Invocation,
  ): Promise<{ notice: Notice; startedNow: boolean }> {
    const { environment } = tag;
    try {
      const release = requestedRelease(event, tag);
      const commitId = await taggedCommit(release.tag, signal);
      const { result: start, now } = await once(["release", repository, release.tag, commitId], context, async () => ({
        executionId: await startPipeline(startRequest(release, repository, commitId), signal),
        eventId: event.id,
      }));
      // After a fault of the topic it is the event's own start that is told.
      const kind = start.eventId === event.id ? "release-started" : "release-repeated";
      return {
        notice: { kind, event, environment, release, commitId, executionId: start.executionId },
        startedNow: now,
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, remedy } = error;
      return { notice: { kind: REFUSED[event.event], event, environment, reason, remedy }, startedNow: false };
    }
  }

  return async (event: unknown, invocation: Invocation): Promise<Result> => {
    const result = await resultOf(readTagEvent(event), invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", result);
    return result;
  };
}
