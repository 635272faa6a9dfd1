import type { Logger } from "@aws-lambda-powertools/logger";
import type { ActionExecutionDetail } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { resultKey, type StageResult, stageResult } from "../../shared/stage-result.ts";
import { lastTries } from "./last-tries.ts";

/** The actions that leave results. */
const STAGES = ["Lint", "ComplianceCheck", "Plan", "Apply"];

/** What these have to say matters only where they end a release. */
const CHECKS = ["Lint", "ComplianceCheck"];

/**
 * Whether S3 lacks the object. S3 denies what is missing to whoever may not list the bucket, and its condition on a prefix may not
 * count there. Where the denial names a right to read, the right is what is missing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const isMissing = ({ name, message }: Error): boolean =>
  name === "NoSuchKey" || (name === "AccessDenied" && !/\b(kms:|s3:GetObject)/.test(message));

export type StageResults = ReturnType<typeof createStageResults>;

/** Reads what stages left behind. */
export function createStageResults({ s3, logger }: { s3: S3Client; logger: Logger }) {
  /** @returns undefined where there is no result of this try, or an unreadable one: CodePipeline then says what it knows */
  async function one(
    { bucket, key, startTime }: { bucket: string; key: string; startTime: Date | undefined },
    abortSignal: AbortSignal,
  ): Promise<StageResult | undefined> {
    try {
      const { Body, LastModified } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
      // A try that ends without a result leaves the one of the try before. S3 has times in whole seconds.
      if (startTime && LastModified && LastModified.getTime() < Math.floor(startTime.getTime() / 1_000) * 1_000)
        return undefined;
      const { data } = stageResult.safeParse(parsed((await Body?.transformToString()) ?? ""));
      if (!data) logger.error("result of a stage is not readable", { bucket, key });
      return data;
    } catch (error) {
      if (!(error instanceof Error && isMissing(error))) throw error;
      logger.info("a stage left no result", { bucket, key, error: error.name });
      return undefined;
    }
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

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
