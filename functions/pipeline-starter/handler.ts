import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import type { Once } from "../../shared/once.ts";
import { Refusal } from "../../shared/refusal.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, type Notice, plainTag } from "./announcement.ts";
import { readTagEvent, type TagEvent } from "./event.ts";
import { type ReleaseTag, readReleaseTag } from "./release-tag.ts";
import { requestedRelease } from "./requested-release.ts";
import type { Environments } from "./settings.ts";
import type { createStartPipeline } from "./start-pipeline.ts";
import { startRequest } from "./start-request.ts";
import type { createFindTaggedCommit } from "./tagged-commit.ts";

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

/** What tells an event from others. One that was made from a copy of another may still have its id. */
const keyOf = (event: TagEvent) => [event.id, event.event, event.tag, event.commitId ?? ""];

/**
 * The story of one event: read the tag, find its commit, start the pipeline, tell people. A commit is started once under
 * a tag, whatever fails in between; an event is told once, and again only where it ends right after the message.
 *
 * @throws Error on what is no event of EventBridge, and when CodeCommit, CodePipeline, the table or the topic fails:
 * Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { findTaggedCommit, startPipeline, once, sns, logger, metrics, topicArn } = dependencies;
  const { repository, branch, environments, teams } = dependencies;

  async function resultOf(event: TagEvent | undefined, invocation: Invocation): Promise<Result> {
    if (!event) return { outcome: "ignored", tag: null, reason: "The event is not about a tag." };
    const tag = plainTag(event.tag);
    if (event.repositoryName !== repository)
      return { outcome: "ignored", tag, reason: `The tag is not in the repository ${repository}.` };
    const releaseTag = readReleaseTag(event.tag, environments, teams);
    if (!releaseTag) return { outcome: "ignored", tag, reason: "The tag does not begin with an environment and _." };

    const { result, now } = await once(["event", ...keyOf(event)], invocation, async (): Promise<Result> => {
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
    invocation: Invocation,
  ): Promise<{ notice: Notice; startedNow: boolean }> {
    const { environment } = tag;
    let commitId: string | undefined;
    try {
      const release = requestedRelease(event, tag);
      // Remembered, so that a retry releases the same commit, wherever the tag points by then.
      const { result: found } = await once(["commit", ...keyOf(event)], invocation, () =>
        findTaggedCommit(release.tag, invocation.signal),
      );
      commitId = found.commitId;
      if (!found.onBranch)
        throw new Refusal(
          `Its commit ${commitId} is not on the branch ${branch}.`,
          `Merge the change to ${branch}. Then push a tag with a new version, on a commit of ${branch}.`,
        );
      const request = startRequest(release, repository, commitId);
      const { result: start, now } = await once(
        ["release", repository, release.tag, commitId],
        invocation,
        async () => ({
          executionId: await startPipeline(request, invocation.signal),
          eventId: event.id,
        }),
      );
      // After a fault of the topic it is the event's own start that is told.
      const kind = start.eventId === event.id ? "release-started" : "release-repeated";
      return {
        notice: { kind, event, environment, release, commitId, executionId: start.executionId },
        startedNow: now,
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, remedy } = error;
      return {
        notice: { kind: REFUSED[event.event], event, environment, commitId, reason, remedy },
        startedNow: false,
      };
    }
  }

  return async (event: unknown, invocation: Invocation): Promise<Result> => {
    const result = await resultOf(readTagEvent(event), invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", result);
    return result;
  };
}
