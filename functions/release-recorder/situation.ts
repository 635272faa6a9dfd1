import type { ActionExecutionDetail, PipelineExecution } from "@aws-sdk/client-codepipeline";
import * as z from "zod";
import type { LedgerOutcome, ReleaseFacts } from "../../shared/ledger.ts";
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
}

/** How a release stands. */
export interface Situation {
  outcome: LedgerOutcome;
  /** The moment that CodePipeline last reported a change of (ISO 8601). */
  asOf: string;
  /** When Plan and Apply ended (ISO 8601). */
  plannedAt: string | undefined;
  appliedAt: string | undefined;
  changes: number | undefined;
  summary: ReleaseSummary | undefined;
  approval: Approval | undefined;
  /** Why it ended without a release, from CodePipeline; empty where an action says so. */
  reason: string;
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
const planDetails = z.object({ summary: releaseSummary });
const applyDetails = z.object({
  made: addresses,
  notMade: addresses,
  moved: addresses,
  appliedAt: z.iso.datetime().optional().catch(undefined),
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
  const summary = planDetails.safeParse(results.get("Plan")?.details).data?.summary;
  const changes =
    counted.safeParse(plan?.output?.outputVariables?.CHANGES).data ?? (summary?.applyable === false ? 0 : undefined);
  const applied = results.get("Apply");
  const resources = applied && applyDetails.parse(applied.details);
  const approval = approve && approvalIn(approve);
  const isApplied = applied?.outcome === "succeeded" || apply?.status === "Succeeded";
  const base = {
    asOf: latest([requestedAt, ...actions.flatMap(({ startTime, lastUpdateTime }) => [startTime, lastUpdateTime])]),
    plannedAt: plan?.status === "Succeeded" ? plan.lastUpdateTime?.toISOString() : undefined,
    appliedAt: isApplied ? (resources?.appliedAt ?? apply?.lastUpdateTime?.toISOString()) : undefined,
    changes,
    summary,
    approval,
    resources,
    failed: [],
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
  if (status !== "Failed") return { ...base, outcome: "stopped", reason: statusSummary };

  const failed = [...tries.values()].filter((one) => one.status === "Failed");
  // The build can fail after Terraform and the ledger are done.
  if (isApplied) return { ...base, outcome: "released" };
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

/** What the ledger keeps of it. */
export const factsOf = ({ outcome, asOf, plannedAt, changes, summary, approval }: Situation): ReleaseFacts => ({
  outcome,
  endedAt: asOf,
  ...(plannedAt !== undefined && { plannedAt }),
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
