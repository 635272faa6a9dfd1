import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import * as z from "zod";
import type { Applied, LedgerOutcome, ReleaseFacts, RememberedRelease } from "../../shared/ledger.ts";
import { type ReleaseSummary, releaseSummary } from "../../shared/release-summary.ts";
import type { StageResult } from "../../shared/stage-result.ts";
import { lastTries } from "./last-tries.ts";

/** An action that ended a release. */
export interface FailedAction {
  action: string;
  /** What it says of its failure, in sentences from outside. */
  sentence: string;
  nextSteps: readonly string[];
  /** Where to read more, from outside. */
  link: string;
}

/** An approval that is open or ended. */
export interface Approval {
  id: string;
  /** What CodePipeline takes an answer by. */
  token: string;
  /** ISO 8601. */
  startedAt: string;
  /** ARN; empty where AWS names nobody. */
  by: string;
  /** What the approver wrote. */
  comment: string;
}

/** What became of the resources of a release. */
export interface AppliedResources {
  made: readonly string[];
  notMade: readonly string[];
  moved: readonly string[];
  /** What is there, but a provisioner did not succeed: Terraform replaces it next time. */
  tainted: readonly string[];
  /** What Terraform destroyed and did not make again. */
  destroyedOnly: readonly string[];
}

/** How a release stands. */
export interface Situation {
  outcome: LedgerOutcome;
  /** The moment that CodePipeline last reported a change of (ISO 8601). */
  asOf: string;
  /** When Plan and Apply ended (ISO 8601). */
  plannedAt: string | undefined;
  appliedAt: string | undefined;
  /** When somebody approved it (ISO 8601). */
  approvedAt: string | undefined;
  /** What the ledger must say is there now; undefined where this release did not change that, or nothing says so. */
  there: Applied | undefined;
  changes: number | undefined;
  summary: ReleaseSummary | undefined;
  approval: Approval | undefined;
  /** Why it ended without a release, from CodePipeline; empty where an action says so. */
  reason: string;
  /** What people should know besides, in sentences from outside. */
  notes: readonly string[];
  failed: readonly FailedAction[];
  resources: AppliedResources | undefined;
}

/** What CodePipeline and the stages know of a release. */
export interface Look {
  execution: PipelineExecution;
  actions: readonly ActionExecutionDetail[];
  /** By action; only results of the last tries. */
  results: ReadonlyMap<string, StageResult>;
}

const addresses = z.array(z.string()).catch([]);
const moment = z.iso.datetime().optional().catch(undefined);
const planDetails = z.object({ summary: releaseSummary, plannedAt: moment });
const applyDetails = z.object({
  made: addresses,
  notMade: addresses,
  moved: addresses,
  tainted: addresses,
  /** Apply leaves it where Terraform failed, and only there. */
  destroyedOnly: addresses.optional(),
  appliedAt: moment,
  approver: z.string().optional().catch(undefined),
});
const counted = z.coerce.number().int().min(0);

/**
 * Says how a release stands.
 *
 * @param requestedAt when it was asked for (ISO 8601)
 * @param approvalDays how long it waits for an approval; undefined where that is not known
 */
export function situationOf(
  { execution, actions, results }: Look,
  requestedAt: string,
  approvalDays: number | undefined,
): Situation {
  const tries = lastTries(actions);
  const [plan, approve, apply] = [tries.get("Plan"), tries.get("Approve"), tries.get("Apply")];
  const { CHANGES, PLAN_SHA256 } = plan?.output?.outputVariables ?? {};
  const planned = planDetails.safeParse(results.get("Plan")?.details).data;
  // Another build may write results, but it does not know the plan.
  const isOfPlan =
    planned !== undefined &&
    planned.summary.executionId === execution.pipelineExecutionId &&
    (PLAN_SHA256 === undefined || planned.summary.planSha256 === PLAN_SHA256);
  const summary = isOfPlan ? planned.summary : undefined;
  const changes = counted.safeParse(CHANGES).data ?? (summary?.applyable === false ? 0 : undefined);
  const applied = results.get("Apply");
  const details = applied && applyDetails.parse(applied.details);
  const approval = approve && approvalIn(approve);
  const isApplied =
    applied?.outcome === "succeeded" ||
    apply?.status === "Succeeded" ||
    // Apply fails, too, where it could not write the ledger.
    (details?.appliedAt !== undefined && details.destroyedOnly === undefined && details.notMade.length === 0);
  const isSkipped = execution.status === "Succeeded" && !isApplied && changes === 0 && summary?.applyable === false;
  const thereSince = isSkipped ? planned?.plannedAt : details?.appliedAt;
  const base = {
    asOf: latest([requestedAt, ...actions.flatMap(({ startTime, lastUpdateTime }) => [startTime, lastUpdateTime])]),
    plannedAt: plan?.status === "Succeeded" ? plan.lastUpdateTime?.toISOString() : undefined,
    appliedAt: isApplied ? (details?.appliedAt ?? apply?.lastUpdateTime?.toISOString()) : undefined,
    approvedAt: approve?.status === "Succeeded" ? approve.lastUpdateTime?.toISOString() : undefined,
    there:
      summary && changes !== undefined && thereSince !== undefined
        ? ({
            outcome: isSkipped || isApplied ? "released" : "failed",
            ...{ changes, planSha256: summary.planSha256, planFingerprint: summary.planFingerprint },
            appliedAt: thereSince,
            ...(details?.approver !== undefined && { approver: details.approver }),
          } satisfies Applied)
        : undefined,
    changes,
    summary,
    approval,
    resources: details && { ...details, destroyedOnly: details.destroyedOnly ?? [] },
    failed: [],
    notes: [],
    reason: "",
  };
  const status = execution.status;
  const statusSummary = execution.statusSummary ?? "";

  if (status === "InProgress" || status === "Stopping")
    return {
      ...base,
      outcome: status === "InProgress" && approve?.status === "InProgress" ? "waiting" : "running",
    };
  if (status === "Succeeded")
    return isApplied || changes === 0
      ? { ...base, outcome: "released" }
      : {
          ...base,
          outcome: "failed",
          reason: "The pipeline ended without Apply, though Plan found changes. Nothing was applied.",
        };
  // The build can fail, and people can stop it, after Terraform is done.
  if (isApplied)
    return {
      ...base,
      outcome: "released",
      notes: [...(applied && applied.outcome !== "succeeded" ? [`Apply says: ${applied.sentence}`] : []), ENDED_BADLY],
    };
  if (status !== "Failed") return { ...base, outcome: "stopped", reason: statusSummary };

  const failed = [...tries.values()].filter((one) => one.status === "Failed");
  if (approve?.status === "Failed" && approval)
    return { ...base, outcome: isOver(approve, approval, approvalDays) ? "expired" : "rejected" };
  const outcomes = failed.map(({ actionName = "" }) => results.get(actionName)?.outcome);
  return {
    ...base,
    outcome: outcomes.length > 0 && outcomes.every((one) => one === "refused") ? "refused" : "failed",
    failed: failed.map((action) => failedAction(action, results.get(action.actionName ?? ""))),
    reason: failed.length > 0 ? "" : statusSummary || "CodePipeline names no action that failed.",
  };
}

const ENDED_BADLY = "The execution did not end well, but only after Terraform had applied everything.";

/** How a release stands where the ledger knows of an apply that CodePipeline and the results do not know. */
export function withLedger(situation: Situation, { outcome, appliedAt }: RememberedRelease): Situation {
  if (appliedAt === undefined || situation.outcome === "running" || situation.outcome === "waiting") return situation;
  if (outcome === "released" && situation.outcome !== "released")
    return { ...situation, outcome, appliedAt, notes: [ENDED_BADLY], reason: "", failed: [], resources: undefined };
  if (situation.outcome !== "refused") return situation;
  const note = "An earlier try of Apply has applied a part of this release, which is there now.";
  return { ...situation, outcome: "failed", notes: [note] };
}

/** What the ledger keeps of it. */
export const factsOf = ({
  outcome,
  asOf,
  plannedAt,
  approvedAt,
  changes,
  summary,
  approval,
}: Situation): ReleaseFacts => ({
  outcome,
  endedAt: asOf,
  ...(plannedAt !== undefined && { plannedAt }),
  ...(approvedAt !== undefined && { approvedAt }),
  ...(changes !== undefined && { changes }),
  ...(summary && { planSha256: summary.planSha256, planFingerprint: summary.planFingerprint }),
  ...(approval && approval.by !== "" && outcome !== "waiting" && { approver: approval.by }),
});

function approvalIn({ actionExecutionId = "", startTime, updatedBy = "", output }: ActionExecutionDetail): Approval {
  const { externalExecutionId = "", externalExecutionSummary = "" } = output?.executionResult ?? {};
  return {
    id: actionExecutionId,
    token: TOKEN.test(externalExecutionId) ? externalExecutionId : "",
    startedAt: startTime?.toISOString() ?? "",
    by: updatedBy,
    comment: externalExecutionSummary,
  };
}

/** https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PutApprovalResult.html */
const TOKEN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const DAY = 86_400_000;

/** Whether an approval failed because nobody answered. CodePipeline does not say so. */
function isOver(
  { startTime, lastUpdateTime }: ActionExecutionDetail,
  { by }: Approval,
  days: number | undefined,
): boolean {
  if (days === undefined || !startTime || !lastUpdateTime) return by === "";
  return lastUpdateTime.getTime() - startTime.getTime() >= days * DAY;
}

function failedAction(
  { actionName = "", output }: ActionExecutionDetail,
  result: StageResult | undefined,
): FailedAction {
  const { externalExecutionSummary = "", externalExecutionUrl = "", errorDetails } = output?.executionResult ?? {};
  const said = externalExecutionSummary || (errorDetails?.message ?? "");
  return {
    action: actionName,
    sentence:
      result?.outcome === "refused" || result?.outcome === "failed"
        ? result.sentence
        : ["It left no result.", ...(said === "" ? [] : [`CodePipeline says: ${said}`])].join(" "),
    nextSteps: result?.nextSteps ?? [],
    link: externalExecutionUrl,
  };
}

const latest = (times: readonly (Date | string | undefined)[]): string =>
  new Date(Math.max(...times.map((time) => (time === undefined ? 0 : new Date(time).getTime())))).toISOString();
