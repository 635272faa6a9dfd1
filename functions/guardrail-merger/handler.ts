import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { Refusal } from "../../shared/refusal.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, commitMessageOf, type Names } from "./announcement.ts";
import { firstPaths } from "./commit-log.ts";
import type { Details } from "./details.ts";
import { type GuardrailEvent, type PipelineEvent, readGuardrailEvent } from "./event.ts";
import { failedActions } from "./failed-actions.ts";
import { commitToForce, refuseOffBranch } from "./forced-commit.ts";
import type { GuardrailBranch, Merge, OnDivergence } from "./guardrail-branch.ts";
import { type Notice, type Result, resultOf } from "./outcome.ts";
import type { PipelineExecutions } from "./pipeline-executions.ts";
import { commitToMerge, refuseUntested, testedCommit } from "./tested-commit.ts";

interface Dependencies extends Names {
  executions: PipelineExecutions;
  source: GuardrailBranch;
  target: GuardrailBranch;
  details: Details;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  pipeline: string;
  sourceArtifact: string;
  onDivergence: "refuse" | "three-way";
}

const METRICS: Readonly<Record<Result["outcome"], string>> = {
  merged: "Merged",
  "already active": "AlreadyActive",
  diverged: "Diverged",
  conflict: "Conflicts",
  "not compliant": "NotCompliant",
  forced: "Forced",
  refused: "Refused",
  ignored: "Ignored",
};

/**
 * The story of one event: find the tested commit, merge it and nothing else, send a message. The repository shows what
 * was merged before, so a repeated or late event merges nothing and says so.
 *
 * @throws Error on what is no event, and when CodePipeline, CodeCommit or the topic fails: Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { executions, source, target, details, sns, logger, metrics, topicArn } = dependencies;
  const { repository, sourceBranch, pipeline, sourceArtifact, onDivergence } = dependencies;

  /** Handles an event of ours. */
  async function noticeOf(event: GuardrailEvent, signal: AbortSignal): Promise<Notice> {
    let commitId: string | undefined;
    try {
      if (event.kind === "pipeline") {
        const execution = await executions.get(event.pipeline, event.executionId, signal);
        refuseUntested(execution, event.state);
        if (event.state === "FAILED") return await notCompliant(event, testedCommit(execution, sourceArtifact), signal);
        commitId = commitToMerge(execution, sourceArtifact);
      } else {
        commitId = commitToForce(event);
        refuseOffBranch(await source.contains(commitId, signal), sourceBranch);
      }
      const merge = await target.merge(commitId, onDivergenceOf(event, commitId), signal);
      return await noticeOfMerge(event, commitId, merge, signal);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, steps } = error;
      return { event, outcome: "refused", commitId, reason, steps };
    }
  }

  function onDivergenceOf(event: GuardrailEvent, commitId: string): OnDivergence {
    const force = event.kind === "force merge";
    return force || onDivergence === "three-way"
      ? { kind: "three-way", force, commitMessage: commitMessageOf(event, commitId) }
      : { kind: "refuse" };
  }

  async function noticeOfMerge(
    event: GuardrailEvent,
    commitId: string,
    merge: Merge,
    signal: AbortSignal,
  ): Promise<Notice> {
    switch (merge.kind) {
      case "contained":
        return { event, outcome: "already active", commitId, commits: await details.commit(commitId, signal) };
      case "diverged":
        return {
          event,
          outcome: "diverged",
          commitId,
          commits: await details.commitsOnlyIn(merge.head, commitId, merge.base, signal),
        };
      case "conflict":
        return { event, outcome: "conflict", commitId, paths: firstPaths(merge.paths) };
      case "merged":
        return {
          event,
          outcome: event.kind === "force merge" ? "forced" : "merged",
          commitId,
          mergedCommitId: merge.after,
          strategy: merge.strategy,
          combined: await details.isCombined(commitId, merge, signal),
          commits: await details.commitsOnlyIn(commitId, merge.before, merge.base, signal),
          paths: await details.pathsChanged(merge, signal),
        };
    }
  }

  async function notCompliant(
    event: PipelineEvent,
    commitId: string | undefined,
    signal: AbortSignal,
  ): Promise<Notice> {
    const failed = failedActions(await executions.actions(event.pipeline, event.executionId, signal));
    const active = commitId !== undefined && (await details.isActive(commitId, signal));
    return { event, outcome: "not compliant", commitId, active, failed };
  }

  return async (received: unknown, { signal }: Invocation): Promise<Result> => {
    const event = readGuardrailEvent(received, { pipeline, repository });
    const notice = event && (await noticeOf(event, signal));
    if (notice) {
      const message = snsMessage(topicArn, announcementOf(notice, dependencies));
      await sns.send(new PublishCommand(message), { abortSignal: signal });
    }
    const result = resultOf(notice);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", { ...result });
    return result;
  };
}
