import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import { Refusal } from "../../shared/refusal.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, commentOf, commitMessageOf, type Names, summaryOf } from "./announcement.ts";
import { type Check, type CheckResults, complies, stopped, unchecked } from "./check-results.ts";
import { firstPaths } from "./commit-log.ts";
import type { Details } from "./details.ts";
import { type BranchEvent, type Home, type PipelineEvent, type PullRequestEvent, readGuardrailEvent } from "./event.ts";
import { failedActions } from "./failed-actions.ts";
import { refuseForce, refuseOffBranch } from "./forced-commit.ts";
import type { GuardrailBranch, Merged, OnDivergence } from "./guardrail-branch.ts";
import type { MergeRecords } from "./merge-record.ts";
import type { MergeRequest } from "./merge-request.ts";
import { type MergeNotice, type Notice, type Result, resultOf } from "./outcome.ts";
import { ownersToTell } from "./owner-news.ts";
import type { PipelineExecutions } from "./pipeline-executions.ts";
import { isPrincipal } from "./principal.ts";
import type { PullRequests } from "./pull-requests.ts";
import { countVerdicts } from "./report.ts";
import { folderOf, type ReportStore } from "./report-store.ts";
import type { Run, RunHistory } from "./run-history.ts";
import { commitToMerge, refuseUntested, testedCommit } from "./tested-commit.ts";
import { violationsOf } from "./violations.ts";
import type { WaiverFiles } from "./waiver-files.ts";
import { dueWaivers } from "./waivers.ts";

interface Dependencies extends Home, Names {
  executions: PipelineExecutions;
  results: CheckResults;
  source: GuardrailBranch;
  target: GuardrailBranch;
  details: Details;
  pullRequests: PullRequests;
  waiverFiles: WaiverFiles;
  records: MergeRecords;
  history: RunHistory;
  reports: ReportStore;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  now: () => number;
  topicArn: string;
  sourceArtifact: string;
  onDivergence: "refuse" | "three-way";
  /** ARNs of roles and users who may force a merge. */
  forcePrincipals: readonly string[];
  /** ARNs of roles that may write to the target branch. */
  writers: readonly string[];
}

const METRICS: Readonly<Record<Result["outcome"], string>> = {
  merged: "Merged",
  "already active": "AlreadyActive",
  diverged: "Diverged",
  conflict: "Conflicts",
  "not compliant": "NotCompliant",
  "could not check": "CouldNotCheck",
  forced: "Forced",
  refused: "Refused",
  bypassed: "Bypassed",
  checked: "Checked",
  ignored: "Ignored",
};

/**
 * The story of one event: find the tested commit, merge it and nothing else, write the page, send messages. A record is made before
 * each merge and closed after its message, so that a retry finishes what was begun; a late or repeated event merges nothing and says
 * so.
 *
 * @throws Error on what is no event, and when a service of AWS fails: Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { executions, results, source, target, details, pullRequests, records, history, reports } = dependencies;
  const { sns, logger, metrics, now, topicArn, repository, sourceBranch, sourceArtifact } = dependencies;

  async function publish(notice: Notice, abortSignal: AbortSignal): Promise<void> {
    await sns.send(new PublishCommand(snsMessage(topicArn, announcementOf(notice, dependencies))), { abortSignal });
  }

  async function orRefusal<Value>(
    request: MergeRequest,
    commitId: string | undefined,
    act: () => Promise<Value>,
  ): Promise<Value | Extract<MergeNotice, { outcome: "refused" }>> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { request, outcome: "refused", commitId, reason: error.message, steps: error.steps };
    }
  }

  function onDivergenceOf(request: MergeRequest, commitId: string): OnDivergence {
    const force = request.kind === "force merge";
    return force || dependencies.onDivergence === "three-way"
      ? { kind: "three-way", force, commitMessage: commitMessageOf(request, commitId) }
      : { kind: "refuse" };
  }

  /** Merges a commit that may be merged, or finishes its merge. `refuse` is called before the branch is written to. */
  async function merge(
    request: MergeRequest,
    commitId: string,
    invocation: Invocation,
    refuse: () => void = () => undefined,
  ): Promise<MergeNotice> {
    const { signal } = invocation;
    let claimed = false;
    const made = await target.merge(
      commitId,
      onDivergenceOf(request, commitId),
      async (attempt) => {
        refuse();
        refuseOffBranch(await source.contains(commitId, signal), sourceBranch);
        await records.claim(commitId, { attempt, request }, invocation);
        claimed = true;
      },
      signal,
    );
    if (made.kind === "merged") return await noticeOf(request, commitId, made, signal);
    // Somebody else merged the commit, or it cannot be merged now.
    if (claimed) await records.told(commitId, signal);
    if (made.kind === "contained") {
      const begun = await records.untold(commitId, invocation);
      const finished = begun && (await target.finished(commitId, begun.attempt, made.head, signal));
      if (finished) return await noticeOf(begun.request, commitId, finished, signal);
      return { request, outcome: "already active", commitId, commits: await details.commit(commitId, signal) };
    }
    if (made.kind === "conflict") return { request, outcome: "conflict", commitId, paths: firstPaths(made.paths) };
    refuseOffBranch(await source.contains(commitId, signal), sourceBranch);
    const commits = await details.commitsOnlyIn(made.head, commitId, made.base, signal);
    return { request, outcome: "diverged", commitId, commits };
  }

  const noticeOf = async (
    request: MergeRequest,
    commitId: string,
    merged: Merged,
    signal: AbortSignal,
  ): Promise<MergeNotice> => ({
    request,
    outcome: request.kind === "force merge" ? "forced" : "merged",
    commitId,
    mergedCommitId: merged.after,
    strategy: merged.strategy,
    combined: await details.isCombined(commitId, merged, signal),
    commits: await details.commitsOnlyIn(commitId, merged.before, merged.base, signal),
    paths: await details.pathsChanged(merged, signal),
  });

  /** Notes that people know of a merge, and whose check is the one of the active guardrails. */
  async function close(notice: MergeNotice, at: string, run: Run | undefined, signal: AbortSignal): Promise<void> {
    if (notice.outcome !== "merged" && notice.outcome !== "forced") return;
    await history.activate({ at, commitId: notice.commitId, folder: run?.folder }, signal);
    await records.told(notice.commitId, signal);
  }

  async function pipelineEnded(event: PipelineEvent, invocation: Invocation): Promise<Result> {
    const { signal } = invocation;
    const { region, pipeline, executionId, state, at } = event;
    const request = { kind: "pipeline", region, pipeline, executionId } as const;
    const examined = await orRefusal(request, undefined, async () => {
      const execution = await executions.get(pipeline, executionId, signal);
      refuseUntested(execution, state, now() - Date.parse(at));
      const commitId =
        state === "SUCCEEDED" ? commitToMerge(execution, sourceArtifact) : testedCommit(execution, sourceArtifact);
      return { commitId };
    });
    if ("outcome" in examined) {
      await publish(examined, signal);
      return resultOf(examined);
    }

    const { commitId } = examined;
    const actions = await executions.actions(pipeline, executionId, signal);
    const check = await results(executionId, commitId, actions, signal);
    const notice = await orRefusal(request, commitId, async (): Promise<MergeNotice> => {
      if (state === "SUCCEEDED" && commitId !== undefined && complies(check))
        return await merge(request, commitId, invocation);
      const outcome = stopped(check).length > 0 ? "not compliant" : "could not check";
      return {
        ...{ request, outcome, commitId, selfCheck: check.selfCheck, failed: failedActions(actions) },
        stopped: stopped(check).length,
        unchecked: unchecked(check).length,
        active: commitId !== undefined && (await details.isActive(commitId, signal)),
      };
    });
    if (commitId === undefined) {
      await publish(notice, signal);
      return resultOf(notice);
    }
    const { run, isNew } = await report(event, commitId, check, notice, signal);
    const owners = await tellOwners(event, commitId, check, run.folder, signal);
    await publish({ ...notice, check: { workloads: check.workloads, folder: run.folder } }, signal);
    await close(notice, at, run, signal);
    if (isNew) count(check);
    return resultOf(notice, owners);
  }

  /** Writes the page of a run, unless a copy of the event did. */
  async function report(
    { at, executionId }: PipelineEvent,
    commitId: string,
    { workloads }: Check,
    notice: MergeNotice,
    signal: AbortSignal,
  ): Promise<{ run: Run; isNew: boolean }> {
    const folder = folderOf(at, executionId);
    const runs = await history.runs(signal);
    const known = runs.find((one) => one.folder === folder);
    if (known && notice.outcome === "already active") return { run: known, isNew: false };
    const active = known ? known.active : await history.active(signal);
    const run: Run = { at, commitId, counts: countVerdicts(workloads), folder, active };
    const checked = active?.folder === undefined ? undefined : await reports.read(active.folder, signal);
    const earlier = runs.filter((one) => one.folder !== folder && one.at <= at).reverse();
    await reports.write(
      folder,
      {
        ...{ repository, commitId, execution: executionId, at, outcome: summaryOf(notice, dependencies), workloads },
        ...(checked && { active: checked }),
        trend: [...earlier, run].map(({ at: ended, commitId: tested, counts }) => ({
          at: ended,
          commitId: tested,
          counts,
        })),
      },
      signal,
    );
    await history.addRun(executionId, run, signal);
    return { run, isNew: known === undefined };
  }

  async function tellOwners(
    request: PipelineEvent,
    commitId: string,
    { workloads }: Check,
    folder: string,
    signal: AbortSignal,
  ): Promise<string[]> {
    const news = ownersToTell(workloads, request.at, await history.heard(signal));
    for (const { check, fingerprint } of news) {
      await publish({ outcome: "owner", check, request, commitId, folder }, signal);
      await history.ownerHeard(check.workload, fingerprint, request.at, signal);
    }
    return news.map(({ check }) => check.workload);
  }

  function count({ workloads }: Check): void {
    for (const { dimension, count: violations } of violationsOf(workloads)) {
      const metric = metrics.singleMetric();
      if (dimension) metric.addDimension(dimension.name, dimension.value);
      metric.addMetric("Violations", MetricUnit.Count, violations);
    }
  }

  async function pullRequestOpened(
    { region, pullRequestId, commitId }: PullRequestEvent,
    invocation: Invocation,
  ): Promise<Result> {
    const { signal } = invocation;
    const pullRequest = await pullRequests.get(pullRequestId, signal);
    const { authorArn: requestedBy = "", description: reason = "", pullRequestStatus } = pullRequest;
    const request = { kind: "force merge", region, repository, pullRequestId, requestedBy, reason } as const;
    const isClosed = pullRequestStatus === "CLOSED";
    if (isClosed) {
      // Somebody withdrew it, or an earlier invocation handled it. Only a merge that people have not heard of goes on.
      const begun = (await records.untold(commitId, invocation))?.request;
      if (begun?.kind !== "force merge" || begun.pullRequestId !== pullRequestId) return { outcome: "ignored" };
    }
    const notice = await orRefusal(request, commitId, async () => {
      refuseForce(pullRequest, commitId, { repository, principals: dependencies.forcePrincipals });
      return await merge(request, commitId, invocation, () => {
        if (isClosed) throw new Refusal("The pull request was closed before its commit was merged.");
      });
    });
    await publish(notice, signal);
    await pullRequests.close(pullRequest, commentOf(notice, dependencies), signal);
    const run = (await history.runs(signal)).find((one) => one.commitId === commitId);
    await close(notice, new Date(now()).toISOString(), run, signal);
    return resultOf(notice);
  }

  async function branchWritten(event: BranchEvent, signal: AbortSignal): Promise<Result> {
    if (isPrincipal(event.by, dependencies.writers)) return { outcome: "ignored" };
    await publish({ outcome: "bypassed", event }, signal);
    return { outcome: "bypassed", ...(event.commitId !== undefined && { commitId: event.commitId }) };
  }

  async function waiversDue(signal: AbortSignal): Promise<Result> {
    const files = await dependencies.waiverFiles(signal);
    const due = [...files].flatMap(([workload, waivers]) => dueWaivers(workload, waivers, now()));
    const told = await Promise.all(due.map(({ key }) => history.waiverTold(key, signal)));
    const news = due.filter((_waiver, index) => !told[index]);
    for (const kind of ["ending", "ended"] as const) {
      const waivers = news.filter((waiver) => waiver.due === kind);
      if (waivers.length === 0) continue;
      for (const [workload, own] of Map.groupBy(waivers, (waiver) => waiver.workload))
        await publish({ outcome: "waivers", due: kind, workload, waivers: own }, signal);
      await publish({ outcome: "waivers", due: kind, workload: undefined, waivers }, signal);
      for (const { key } of waivers) await history.tellWaiver(key, new Date(now()).toISOString(), signal);
    }
    return { outcome: "checked", waivers: news.length };
  }

  async function handle(received: unknown, invocation: Invocation): Promise<Result> {
    const event = readGuardrailEvent(received, dependencies);
    switch (event?.kind) {
      case undefined:
        return { outcome: "ignored" };
      case "pipeline":
        return await pipelineEnded(event, invocation);
      case "pull request":
        return await pullRequestOpened(event, invocation);
      case "branch":
        return await branchWritten(event, invocation.signal);
      case "waivers":
        return await waiversDue(invocation.signal);
    }
  }

  return async (received: unknown, invocation: Invocation): Promise<Result> => {
    const result = await handle(received, invocation);
    metrics.addMetric(METRICS[result.outcome], MetricUnit.Count, 1);
    logger.info("event handled", { ...result });
    return result;
  };
}
