import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { parsedJson } from "./parsed-json.ts";
import { type StageResult, stageResult } from "./stage-result.ts";

/** What the last try of a stage left: its result, or why there is none. */
export type LeftResult =
  | { result: StageResult }
  | { lack: "missing"; error: string }
  | { lack: "stale" | "unreadable" };

/**
 * Whether S3 lacks the object. S3 denies what is missing to whoever may not list the bucket, and its condition on a prefix may not
 * count there. Where the denial names a right to read, the right is what is missing.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
const isMissing = ({ name, message }: Error): boolean =>
  name === "NoSuchKey" || (name === "AccessDenied" && !/\b(kms:|s3:GetObject)/.test(message));

/**
 * Reads what the last try of a stage left.
 *
 * @param startTime when the try began; undefined where there was none
 * @throws the errors of S3, but for an object that is missing
 */
export async function readLeftResult(
  s3: S3Client,
  { bucket, key, startTime }: { bucket: string; key: string; startTime: Date | undefined },
  abortSignal: AbortSignal,
): Promise<LeftResult> {
  try {
    const { Body, LastModified } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
    const text = (await Body?.transformToString()) ?? "";
    // A try that ends without a result leaves the one of the try before. S3 has times in whole seconds.
    if (startTime && LastModified && LastModified.getTime() < Math.floor(startTime.getTime() / 1_000) * 1_000)
      return { lack: "stale" };
    const { data } = stageResult.safeParse(parsedJson(text));
    return data ? { result: data } : { lack: "unreadable" };
  } catch (error) {
    if (!(error instanceof Error && isMissing(error))) throw error;
    return { lack: "missing", error: error.name };
  }
}
