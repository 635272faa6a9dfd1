import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import * as z from "zod";
import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { compliance, stops } from "../../shared/compliance.ts";
import { resultKey, type StageResult, stageResult } from "../../shared/stage-result.ts";
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

/**
 * Whether S3 lacks the object. S3 denies what is missing to whoever may not list the bucket, and its condition on a prefix may not
 * count there. Where the denial names a right to read, the right is what is missing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const isMissing = ({ name, message }: Error): boolean =>
  name === "NoSuchKey" || (name === "AccessDenied" && !/\b(kms:|s3:GetObject)/.test(message));

export type CheckResults = ReturnType<typeof createCheckResults>;

/** Reads what the checks of an execution left behind. */
export function createCheckResults({ s3, bucket, pipeline }: { s3: S3Client; bucket: string; pipeline: string }) {
  async function read(key: string, abortSignal: AbortSignal) {
    const { Body, LastModified } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    return { text: (await Body?.transformToString()) ?? "", modified: LastModified };
  }

  /** @returns the result of the last try of an action, or why there is none */
  async function resultOf(
    action: string,
    executionId: string,
    tries: ReadonlyMap<string, ActionExecutionDetail>,
    abortSignal: AbortSignal,
  ): Promise<StageResult | string> {
    const { startTime } = tries.get(action) ?? {};
    try {
      const { text, modified } = await read(resultKey(pipeline, executionId, action), abortSignal);
      // A try that ends without a result leaves the one of the try before. S3 has times in whole seconds.
      if (startTime && modified && modified.getTime() < Math.floor(startTime.getTime() / 1_000) * 1_000)
        return "The last try of the check left no result.";
      return stageResult.safeParse(parsedJson(text)).data ?? "The result of the check is not readable.";
    } catch (error) {
      if (!(error instanceof Error && isMissing(error))) throw error;
      return tries.has(action) ? "The check left no result." : "The check did not run.";
    }
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
    const { data, error } = configurationSchema.safeParse(parsedJson((await read(CONFIGURATION, abortSignal)).text));
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
  if (!data) return { couldNotCheck: "The result of the check is not readable." };
  return data.workload === workload && data.guardrails.commitId === commitId
    ? { compliance: data }
    : { couldNotCheck: "The result of the check is of another workload or commit." };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
