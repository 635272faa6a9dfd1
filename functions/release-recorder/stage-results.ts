import type { Logger } from "@aws-lambda-powertools/logger";
import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import type { S3Client } from "@aws-sdk/client-s3";
import { readLeftResult } from "../../shared/left-result.ts";
import { resultKey, type StageResult } from "../../shared/stage-result.ts";
import { lastTries } from "./last-tries.ts";

/** The actions that leave results. */
const STAGES = ["Lint", "ComplianceCheck", "Plan", "Apply"];

/** What these have to say matters only where they end a release. */
const CHECKS = ["Lint", "ComplianceCheck"];

export type StageResults = ReturnType<typeof createStageResults>;

/** Reads what stages left behind. */
export function createStageResults({ s3, logger }: { s3: S3Client; logger: Logger }) {
  /** @returns undefined where there is no result of this try, or an unreadable one: CodePipeline then says what it knows */
  async function one(
    { bucket, key, startTime }: { bucket: string; key: string; startTime: Date | undefined },
    abortSignal: AbortSignal,
  ): Promise<StageResult | undefined> {
    const left = await readLeftResult(s3, { bucket, key, startTime }, abortSignal);
    if ("result" in left) return left.result;
    if (left.lack === "unreadable") logger.error("result of a stage is not readable", { bucket, key });
    if (left.lack === "missing") logger.info("a stage left no result", { bucket, key, error: left.error });
    return undefined;
  }

  /** The results of the last tries that ended, by action. */
  return async function read(
    { bucket, pipeline, executionId }: { bucket: string; pipeline: string; executionId: string },
    actions: readonly ActionExecutionDetail[],
    abortSignal: AbortSignal,
  ): Promise<ReadonlyMap<string, StageResult>> {
    const tries = lastTries(actions);
    const found = await Promise.all(
      STAGES.map(async (action) => {
        const { status, startTime } = tries.get(action) ?? {};
        if (status === undefined || status === "InProgress" || (CHECKS.includes(action) && status !== "Failed"))
          return [];
        const result = await one({ bucket, key: resultKey(pipeline, executionId, action), startTime }, abortSignal);
        return result ? [[action, result] as const] : [];
      }),
    );
    return new Map(found.flat());
  };
}
