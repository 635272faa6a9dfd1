import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { compliance, stops } from "../../shared/compliance.ts";
import { readLeftResult } from "../../shared/left-result.ts";
import { parsedJson } from "../../shared/parsed-json.ts";
import { resultKey, type StageResult } from "../../shared/stage-result.ts";
import { CHECK, lastTries } from "./failed-actions.ts";
import type { WorkloadCheck } from "./report.ts";

/** The object in the artifact bucket with the configuration of the stages. */
const CONFIGURATION = "targets.json";

/** What the function needs of the configuration; `shared/guardrail-configuration.ts` describes all of it. */
const configurationSchema = z.object({
  kind: z.literal("guardrails"),
  workloads: z.record(z.string(), z.object({ owner: z.string() })),
});

/** The action that runs each guardrail against its fixtures. */
const SELF_CHECK = "SelfCheck";

const NOT_READABLE = "The result of the check is not readable.";

/** What an execution says of the guardrails. */
export interface Check {
  /** Every workload that it should have checked, by name. */
  workloads: readonly WorkloadCheck[];
  /** Why the guardrails themselves cannot be trusted; undefined where each of them can pass and fail. */
  selfCheck: string | undefined;
}

/** The workloads that a guardrail of the level `block` stops. */
export const stopped = ({ workloads }: Check): readonly WorkloadCheck[] =>
  workloads.filter((check) => check.compliance && stops(check.compliance));

/** The workloads that could not be checked. */
export const unchecked = ({ workloads }: Check): readonly WorkloadCheck[] =>
  workloads.filter((check) => !check.compliance);

/** Whether every workload was checked and complies. */
export const complies = (check: Check): boolean =>
  check.selfCheck === undefined && stopped(check).length === 0 && unchecked(check).length === 0;

export type CheckResults = ReturnType<typeof createCheckResults>;

/** Reads what the checks of an execution left behind. */
export function createCheckResults({ s3, bucket, pipeline }: { s3: S3Client; bucket: string; pipeline: string }) {
  /** @returns the result of the last try of an action, or why there is none */
  async function resultOf(
    action: string,
    executionId: string,
    tries: ReadonlyMap<string, ActionExecutionDetail>,
    abortSignal: AbortSignal,
  ): Promise<StageResult | string> {
    const { startTime } = tries.get(action) ?? {};
    const key = resultKey(pipeline, executionId, action);
    const left = await readLeftResult(s3, { bucket, key, startTime }, abortSignal);
    if ("result" in left) return left.result;
    if (left.lack === "stale") return "The last try of the check left no result.";
    if (left.lack === "unreadable") return NOT_READABLE;
    return tries.has(action) ? "The check left no result." : "The check did not run.";
  }

  /**
   * Reads the check of a commit.
   *
   * @param actions every try of every action, newest first
   * @throws Error where the configuration cannot be read, and the errors of S3
   */
  return async function check(
    executionId: string,
    commitId: string | undefined,
    actions: readonly ActionExecutionDetail[],
    abortSignal: AbortSignal,
  ): Promise<Check> {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: CONFIGURATION }), { abortSignal });
    const { data, error } = configurationSchema.safeParse(parsedJson((await Body?.transformToString()) ?? ""));
    if (!data) throw new Error(`${CONFIGURATION} in the bucket ${bucket} is wrong. ${z.prettifyError(error)}`);
    const tries = new Map(lastTries(actions).map((action) => [action.actionName ?? "", action]));
    const [self, ...workloads] = await Promise.all([
      resultOf(SELF_CHECK, executionId, tries, abortSignal),
      ...Object.entries(data.workloads).map(async ([workload, { owner }]): Promise<WorkloadCheck> => {
        const result = await resultOf(`${CHECK}${workload}`, executionId, tries, abortSignal);
        return { workload, owner, ...verdictOf(result, workload, commitId) };
      }),
    ]);
    return {
      selfCheck: typeof self === "string" ? self : self.outcome === "succeeded" ? undefined : self.sentence,
      workloads: workloads.sort((a, b) => byCodeUnits(a.workload, b.workload)),
    };
  };
}

/** What a result says of a workload. A result of another workload or commit says nothing. */
function verdictOf(
  result: StageResult | string,
  workload: string,
  commitId: string | undefined,
): Pick<WorkloadCheck, "compliance" | "couldNotCheck"> {
  if (typeof result === "string") return { couldNotCheck: result };
  const { outcome, sentence, details } = result;
  const { data } = compliance.safeParse(details.compliance);
  if (outcome === "failed" || (!data && outcome === "refused")) return { couldNotCheck: sentence };
  if (!data) return { couldNotCheck: NOT_READABLE };
  return data.workload === workload && data.guardrails.commitId === commitId
    ? { compliance: data }
    : { couldNotCheck: "The result of the check is of another workload or commit." };
}
