import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Invocation } from "../../shared/event-handler.ts";
import type { Ledger, LedgerOutcome, RememberedRelease } from "../../shared/ledger.ts";
import { snsMessage } from "../../shared/sns-message.ts";
import { announcementOf, type NoticeKind } from "./announcement.ts";
import { isBehind } from "./behind.ts";
import { endsSoon } from "./deadline.ts";
import { type ExecutionEvent, type Home, readRecorderEvent } from "./event.ts";
import type { PipelineExecutions } from "./pipeline-executions.ts";
import { factsOf, type Situation, situationOf, withLedger } from "./situation.ts";
import type { StageResults } from "./stage-results.ts";
import { type StartedRelease, startedRelease } from "./started-release.ts";

/** The result of one event. */
export type Result =
  | {
      /** How the release stands. */
      outcome: LedgerOutcome;
      environment: string;
      tag: string;
      executionId: string;
      /** The kinds of e-mail that it sent. */
      emailed: readonly NoticeKind[];
    }
  | { outcome: "checked"; executions: number; emailed: readonly NoticeKind[] }
  | { outcome: "ignored"; reason: string };

interface Dependencies extends Home {
  executions: PipelineExecutions;
  results: StageResults;
  ledger: Ledger;
  sns: SNSClient;
  logger: Logger;
  metrics: Metrics;
  topicArn: string;
  wait: (milliseconds: number) => Promise<void>;
}

const METRICS: Readonly<Record<NoticeKind, string>> = {
  "approval-needed": "Waiting",
  "approval-expiring": "Expiring",
  "approval-rejected": "Rejected",
  "approval-expired": "Expired",
  released: "Released",
  "release-failed": "Failed",
  "release-stopped": "Stopped",
  "stage-refused": "Refused",
};

/** What people hear of an end. */
const ENDS: Readonly<Partial<Record<LedgerOutcome, NoticeKind>>> = {
  released: "released",
  failed: "release-failed",
  refused: "stage-refused",
  rejected: "approval-rejected",
  expired: "approval-expired",
  stopped: "release-stopped",
};

// CodePipeline can send an event before it knows of it itself.
const MOST_LOOKS = 3;
const PAUSE_BETWEEN_LOOKS = 2_000;

const HOUR = 3_600_000;
/** How long after its end a schedule still looks at an execution: several schedules may fail. */
const LOOK_BACK = 6 * HOUR;
/** A build takes 36 hours at most: https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html */
const LONGEST_APPLY = 48 * HOUR;

/**
 * The story of one event: look at the execution, write into the ledger how the release stands, and e-mail people what they have
 * not heard yet. The event only says where to look. So a late, repeated or lost event does no harm, and a schedule finds what
 * no event came for.
 *
 * An e-mail goes out before the ledger notes it: at worst it comes twice.
 *
 * @throws Error on input that is no event of EventBridge, and when CodePipeline, the bucket, the table or the topic fails:
 * Lambda retries
 */
export function createHandler(dependencies: Dependencies) {
  const { executions, results, ledger, sns, logger, metrics, topicArn, wait, region, environments } = dependencies;

  async function look(
    pipeline: string,
    executionId: string,
    says: ExecutionEvent["says"] | undefined,
    signal: AbortSignal,
  ) {
    for (let looks = 1; ; looks += 1) {
      const execution = await executions.get(pipeline, executionId, signal);
      if (!execution) return undefined;
      const actions = await executions.actions(pipeline, executionId, signal);
      if (looks === MOST_LOOKS || !isBehind(execution, actions, says)) return { execution, actions };
      await wait(PAUSE_BETWEEN_LOOKS);
    }
  }

  /**
   * Writes down how a release stands, and e-mails people about it.
   *
   * @param now the moment of a schedule (ISO 8601): then people also hear of an approval that ends soon
   */
  async function record(
    { environment: name, executionId, says }: Omit<ExecutionEvent, "kind" | "says"> & Partial<ExecutionEvent>,
    signal: AbortSignal,
    now?: string,
  ): Promise<Result> {
    const environment = environments[name];
    if (!environment) throw new Error(`There is no environment ${name}.`);
    const { pipeline, artifactBucket: bucket, approval } = environment;
    const seen = await look(pipeline, executionId, says, signal);
    const release = seen && startedRelease(seen.execution, { environment: name, pipeline });
    if (!release)
      return {
        outcome: "ignored",
        reason: seen
          ? "The execution has no variables of a release: pipeline-starter did not start it."
          : "CodePipeline has no such execution.",
      };
    const { execution, actions } = seen;
    const seenBy = situationOf(
      { execution, actions, results: await results({ bucket, pipeline, executionId }, actions, signal) },
      release.requestedAt,
      approval?.days,
    );
    const call = { abortSignal: signal };
    let known = await ledger.remember(release, factsOf(seenBy), seenBy.asOf, call);
    const situation = withLedger(seenBy, known);
    if (situation !== seenBy) known = await ledger.remember(release, factsOf(situation), situation.asOf, call);
    await recordThere(release, situation, known, call);

    const emailed: NoticeKind[] = [];
    for (const [kind, key] of noticesOf(situation, known, approval?.days, now)) {
      if (known.emailed.includes(key)) continue;
      const message = snsMessage(topicArn, announcementOf({ kind, release, situation, environment, region }));
      await sns.send(new PublishCommand(message), call);
      await ledger.emailed(release, key, call);
      count(kind, release, situation, known);
      emailed.push(kind);
    }
    return { outcome: known.outcome, environment: name, tag: release.tag, executionId, emailed };
  }

  /** Writes what is there now where Apply did not: it is skipped where nothing changes, and can fail to write the ledger. */
  async function recordThere(
    release: StartedRelease,
    { outcome, asOf, there }: Situation,
    known: RememberedRelease,
    call: { abortSignal: AbortSignal },
  ) {
    if (!there || !ENDS[outcome] || known.asOf !== asOf) return;
    if (known.appliedAt !== undefined && Date.parse(known.appliedAt) >= Date.parse(there.appliedAt)) return;
    const isNow = await ledger.applied(release, there, call);
    if (!isNow) logger.info("a newer apply is there", { tag: release.tag, executionId: release.executionId });
  }

  function count(kind: NoticeKind, { requestedAt }: StartedRelease, situation: Situation, known: RememberedRelease) {
    const { plannedAt, approvedAt, appliedAt, changes } = situation;
    const since = (time: string) => Math.max(0, Date.parse(time) - Date.parse(requestedAt));
    metrics.addMetric(METRICS[kind], MetricUnit.Count, 1);
    const isFirst = !known.emailed.some((key) => key.startsWith("approval-needed"));
    if (plannedAt !== undefined && (kind === "approval-needed" || kind === "released") && isFirst)
      metrics.addMetric("TagToPlan", MetricUnit.Milliseconds, since(plannedAt));
    if (kind !== "released" || appliedAt === undefined || changes === 0) return;
    metrics.addMetric("TagToApplied", MetricUnit.Milliseconds, since(appliedAt));
    if (approvedAt !== undefined)
      metrics.addMetric("ApprovalToApplied", MetricUnit.Milliseconds, since(appliedAt) - since(approvedAt));
  }

  /** Looks at every execution that goes on or ended lately. One that fails does not hold up the others. */
  async function check(time: string, signal: AbortSignal): Promise<Result> {
    const now = Date.parse(time);
    const faults: unknown[] = [];
    const looked = await Promise.all(
      Object.entries(environments).map(async ([environment, { pipeline, approval }]) => {
        const longest = (approval?.days ?? 0) * 24 * HOUR + LONGEST_APPLY;
        const all = await executions.since(pipeline, new Date(now - longest), signal);
        const open = all.filter(
          ({ status, lastUpdateTime }) =>
            status === "InProgress" ||
            status === "Stopping" ||
            (lastUpdateTime !== undefined && lastUpdateTime.getTime() >= now - LOOK_BACK),
        );
        const found: Result[] = [];
        for (const { pipelineExecutionId: executionId = "" } of open)
          try {
            found.push(await record({ environment, executionId }, signal, time));
          } catch (error) {
            faults.push(error);
          }
        return found;
      }),
    );
    if (faults.length > 0) throw faults[0];
    const emailed = looked.flat().flatMap((result) => ("emailed" in result ? result.emailed : []));
    return { outcome: "checked", executions: looked.flat().length, emailed };
  }

  return async (received: unknown, { signal }: Invocation): Promise<Result> => {
    const event = readRecorderEvent(received, dependencies);
    const result: Result =
      event.kind === "ignored"
        ? { outcome: "ignored", reason: event.reason }
        : event.kind === "schedule"
          ? await check(event.time, signal)
          : await record(event, signal);
    if (result.outcome === "ignored") metrics.addMetric("Ignored", MetricUnit.Count, 1);
    else if (result.outcome === "checked") metrics.addMetric("Checked", MetricUnit.Count, 1);
    else if (result.emailed.length === 0) metrics.addMetric("Unchanged", MetricUnit.Count, 1);
    logger.info("event handled", { ...result });
    return result;
  };
}

/** What people hear of, each with the key by which the ledger notes that they did. A retried stage makes new keys. */
function noticesOf(
  { outcome, asOf, approval }: Situation,
  known: RememberedRelease,
  days: number | undefined,
  now: string | undefined,
): [NoticeKind, string][] {
  const end = ENDS[outcome];
  // Where the ledger knows something newer, people got an e-mail about it, or will.
  if (end) return known.asOf === asOf ? [[end, `ended#${asOf}`]] : [];
  if (outcome !== "waiting" || known.outcome !== "waiting" || !approval) return [];
  const isEnding = now !== undefined && days !== undefined && endsSoon(approval.startedAt, days, now);
  return [
    ["approval-needed", `approval-needed#${approval.id}`],
    ...(isEnding ? ([["approval-expiring", `approval-expiring#${approval.id}`]] satisfies [NoticeKind, string][]) : []),
  ];
}
