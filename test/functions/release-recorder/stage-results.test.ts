import { Logger } from "@aws-lambda-powertools/logger";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { createStageResults } from "../../../functions/release-recorder/stage-results.ts";

const denied = (message: string) => Object.assign(new Error(message), { name: "AccessDenied" });
const read = (error: Error) => {
  const s3 = new S3Client({});
  mockClient(s3).on(GetObjectCommand).rejects(error);
  return createStageResults({ s3, logger: new Logger() })(
    { bucket: "artifacts", pipeline: "dev-infrastructure", executionId: "1" },
    [{ actionName: "Plan", status: "Failed", startTime: new Date(0) }],
    new AbortController().signal,
  );
};

it.each([
  "Access Denied",
  "User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: s3:ListBucket on resource: artifacts",
])("A result that S3 denies to whoever may not list the bucket is missing: %s", async (message) => {
  expect(await read(denied(message))).toEqual(new Map());
});

it.each(["kms:Decrypt", "s3:GetObject"])("A denial that names %s is a fault, and no missing result.", async (right) => {
  const message = `User: arn:aws:sts::111122223333:assumed-role/r/f is not authorized to perform: ${right} on resource: x`;
  await expect(read(denied(message))).rejects.toThrow(right);
});
