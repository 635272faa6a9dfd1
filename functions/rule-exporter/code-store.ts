import { createHash } from "node:crypto";
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { zipInBucket } from "./layout.ts";

export type StoreCode = ReturnType<typeof createStoreCode>;

/** Puts the zip of a rule into the bucket under its SHA-256, unless it is there. */
export const createStoreCode =
  (s3: S3Client, bucket: string) =>
  async (code: Uint8Array, abortSignal: AbortSignal): Promise<void> => {
    const sha256 = createHash("sha256").update(code).digest();
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: zipInBucket(sha256.toString("hex")),
      Body: code,
      ChecksumSHA256: sha256.toString("base64"),
      IfNoneMatch: "*",
    });
    await s3.send(command, { abortSignal }).catch((error) => {
      if (error.name !== "PreconditionFailed") throw error;
    });
  };
