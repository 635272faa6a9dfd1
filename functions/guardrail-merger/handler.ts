import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, MAX_REASON, type Names, type Notice } from "./announcement.ts";
import { type CommitLog, MOST_PATHS } from "./commit-log.ts";
import { type ForceMergeEvent, type GuardrailEvent, type PipelineEvent, readGuardrailEvent } from "./event.ts";
import { failedActions } from "./failed-actions.ts";
import { commitToForce } from "./forced-commit.ts";
import type { GuardrailBranch, Merge, OnDivergence } from "./guardrail-branch.ts";
import type { PipelineExecutions } from "./pipeline-executions.ts";
import { refuseUntried, testedCommit } from "./tested-commit.ts";

export type Outcome =
  | "merged"
  | "already active"
  | "diverged"
  | "conflict"
  | "not compliant"
  | "forced"
  | "refused"
  | "ignored";

/** What one event came to. */
export interface Result {
  outcome: Outcome;
  /** The commit that was tested, or that somebody asked for. */
  commitId?: string;
  /** The head of the target branch after the merge. */
  mergedCommitId?: string;
  strategy?: "fast-forward" | "three-way";
}

interface Dependencies extends Names {
  executions: PipelineExecutions;
  source: GuardrailBranch;
  target: GuardrailBranch;
  commitLog: CommitLog;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  pipeline: string;
  sourceArtifact: string;
  onDivergence: "refuse" | "three-way";
  /** Aborts when what a message may do without has taken long enough, so that time is left for the message itself. */
  patience: () => AbortSignal;
}

const METRICS: Readonly<Record<Outcome, string>> = {
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
 * The story of one event: find the tested commit, merge it and nothing else, tell people. What was done before is seen
 * in the repository itself, so a repeated or late event merges nothing and says so.
 *
 * @throws Error on what is no event, and when CodePipeline, CodeCommit or the topic fails: Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { executions, source, target, commitLog, sns, logger, metrics, topicArn } = dependencies;
  const { repository, sourceBranch, targetBranch, pipeline, sourceArtifact, onDivergence, patience } = dependencies;

  const forceCommand = (commitId: string) => `npm run force-merge -- --commit ${commitId} --reason "..."`;

  async function pipelineEnded(event: PipelineEvent, signal: AbortSignal): Promise<Notice> {
    const execution = await executions.get(event.pipeline, event.executionId, signal);
    refuseUntried(execution, event.state === "SUCCEEDED" ? "Succeeded" : "Failed");
    const commitId = testedCommit(execution, sourceArtifact);
    if (event.state === "FAILED") return await notCompliant(event, commitId, signal);
    if (commitId === undefined)
      throw new Refusal(
        `The execution names no commit for the artifact ${sourceArtifact}.`,
        "Set SOURCE_ARTIFACT of the function guardrail-merger to the output artifact of the source action, and start the pipeline again.",
      );
    return await refusedFor(event, commitId, async () => {
      const merge = await target.merge(
        commitId,
        onDivergence === "refuse"
          ? { kind: "refuse" }
          : { kind: "three-way", force: false, commitMessage: `Activate the guardrails of ${commitId}` },
        signal,
      );
      return await noticeOf(event, commitId, merge, signal);
    });
  }

  async function notCompliant(
    event: PipelineEvent,
    commitId: string | undefined,
    signal: AbortSignal,
  ): Promise<Notice> {
    const failed = failedActions(await executions.actions(event.pipeline, event.executionId, signal));
    const checked = failed.some(({ workload }) => workload !== undefined);
    const { active = false } =
      commitId === undefined
        ? {}
        : await told(signal, async (patient) => ({ active: await target.contains(commitId, patient) }));
    return {
      event,
      outcome: "not compliant",
      ...(commitId !== undefined && { commitId }),
      active,
      failed,
      reason: [
        checked
          ? "The workloads below do not comply with the guardrails."
          : "The pipeline failed, and not in the check of a workload: the guardrails were not tried to the end.",
        active ? "These are active all the same, by force or from before." : "These are not active.",
      ].join(" "),
      remedy: [
        checked
          ? "Talk to the owners of the workloads, and try the failed stage again when they comply."
          : "Mend what failed, and try the stage again.",
        ...(active || commitId === undefined
          ? []
          : [
              `To activate the guardrails all the same, if ${commitId} is on ${sourceBranch}: ${forceCommand(commitId)}`,
            ]),
      ].join(" "),
    };
  }

  async function forceMerge(event: ForceMergeEvent, signal: AbortSignal): Promise<Notice> {
    const commitId = commitToForce(event);
    return await refusedFor(event, commitId, async () => {
      if (!(await source.contains(commitId, signal)))
        throw new Refusal(
          `The commit is not on the branch ${sourceBranch}.`,
          `Push it to ${sourceBranch} first. Its pipeline may do the rest.`,
        );
      const because = `Reason: ${plainText(event.reason, MAX_REASON)}\nRequested by: ${plainText(event.requestedBy, 200)}`;
      const onConflict: OnDivergence = {
        kind: "three-way",
        force: true,
        commitMessage: `Force the guardrails of ${commitId}\n\n${because}\n`,
      };
      return await noticeOf(event, commitId, await target.merge(commitId, onConflict, signal), signal);
    });
  }

  async function refusedFor(
    event: GuardrailEvent,
    commitId: string | undefined,
    attempt: () => Promise<Notice>,
  ): Promise<Notice> {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { message: reason, remedy } = error;
      return { event, outcome: "refused", ...(commitId !== undefined && { commitId }), reason, remedy };
    }
  }

  async function noticeOf(event: GuardrailEvent, commitId: string, merge: Merge, signal: AbortSignal): Promise<Notice> {
    const backToTest = `Merge ${targetBranch} into ${sourceBranch} and push it: the pipeline tries the result, and it becomes active if all comply.`;
    switch (merge.kind) {
      case "contained":
        return {
          event,
          outcome: "already active",
          commitId,
          reason: `The commit is on ${targetBranch}: by an earlier event, whose message may have been lost, or by hand. Nothing was merged now.`,
          remedy: "Nothing.",
          ...(await told(signal, async (patient) => ({ commits: await commitLog.commit(commitId, patient) }))),
        };
      case "diverged":
        return {
          event,
          outcome: "diverged",
          commitId,
          reason: `${targetBranch} has commits that the tested commit lacks. The two were never tested as a whole, so nothing was merged.`,
          remedy: `${backToTest} Or, if ${commitId} is on ${sourceBranch}: ${forceCommand(commitId)}`,
          ...(await told(signal, async (patient) => ({
            commits: await commitLog.commitsOnlyIn(merge.head, commitId, merge.base, patient),
          }))),
        };
      case "conflict":
        return {
          event,
          outcome: "conflict",
          commitId,
          reason: "The files below were changed on both sides, so nothing was merged.",
          remedy: `${backToTest} Settle the conflicts as you do.`,
          paths: { values: merge.paths.slice(0, MOST_PATHS), more: merge.paths.length > MOST_PATHS },
        };
      case "merged": {
        const forced = event.kind === "force merge";
        const { before, after, base } = merge;
        const combined = merge.strategy === "three-way" && !(await isTreeOf(commitId, after, signal));
        return {
          event,
          outcome: forced ? "forced" : "merged",
          commitId,
          mergedCommitId: after,
          strategy: merge.strategy,
          combined,
          reason: [
            ...(forced ? ["The guardrails are active because somebody asked for it, whatever the checks said."] : []),
            ...(combined
              ? [
                  `${targetBranch} had diverged: the result is a combination of it and the commit, which was never tested as a whole.`,
                ]
              : merge.strategy === "three-way"
                ? [`${targetBranch} had diverged; the result is, file by file, that of the commit alone.`]
                : []),
          ].join(" "),
          remedy: [
            ...(forced
              ? ["Talk to the owners of the workloads that do not comply: their next deployment is stopped."]
              : ["From now on, workloads are checked by these guardrails."]),
            // Otherwise the next tested commit would have diverged again.
            ...(merge.strategy === "three-way" ? [backToTest] : []),
          ].join(" "),
          ...(await told(signal, async (patient) => ({
            commits: await commitLog.commitsOnlyIn(commitId, before, base, patient),
          }))),
          ...(await told(signal, async (patient) => ({ paths: await commitLog.pathsChanged(before, after, patient) }))),
        };
      }
    }
  }

  /** Whether the result of a merge holds what the commit holds, and nothing else. */
  async function isTreeOf(commitId: string, after: string, signal: AbortSignal): Promise<boolean> {
    const { same = false } = await told(signal, async (patient) => ({
      same: await commitLog.sameTree(commitId, after, patient),
    }));
    return same;
  }

  /** What could not be read is left out: the merge has happened, and people must hear of it. */
  async function told<Details extends object>(
    signal: AbortSignal,
    read: (signal: AbortSignal) => Promise<Details>,
  ): Promise<Partial<Details>> {
    try {
      return await read(AbortSignal.any([signal, patience()]));
    } catch (error) {
      logger.warn("details for the message could not be read", {
        error: error instanceof Error ? error : String(error),
      });
      return {};
    }
  }

  return async (received: unknown, { signal }: Invocation): Promise<Result> => {
    const event = readGuardrailEvent(received, { pipeline, repository });
    let result: Result = { outcome: "ignored" };
    if (event) {
      const notice = await refusedFor(event, undefined, () =>
        event.kind === "pipeline" ? pipelineEnded(event, signal) : forceMerge(event, signal),
      );
      const message = snsMessage(topicArn, announcementOf(notice, { repository, sourceBranch, targetBranch }));
      await sns.send(new PublishCommand(message), { abortSignal: signal });
      const { outcome, commitId, mergedCommitId, strategy } = notice;
      result = {
        outcome,
        ...(commitId !== undefined && { commitId }),
        ...(mergedCommitId !== undefined && { mergedCommitId }),
        ...(strategy && { strategy }),
      };
    }
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", { ...result });
    return result;
  };
}
