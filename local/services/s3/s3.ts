import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { readModel } from "../../gateway/model.ts";
import type { Service } from "../../gateway/service.ts";
import { s3Protocol } from "./protocol.ts";

const putObjectInput = z.object({
  Bucket: z.string(),
  Key: z.string(),
  Body: z.base64(),
  IfNoneMatch: z.string().optional(),
  ChecksumSHA256: z.string().optional(),
});

const getObjectInput = z.object({ Bucket: z.string(), Key: z.string() });

/** An object of JSON that a sample gives. */
export const jsonObject = z.strictObject({
  bucket: z.string(),
  key: z.string(),
  lastModified: z.iso.datetime(),
  /** Text as it is; any other value as JSON. */
  content: z.unknown(),
});
export type JsonObject = z.output<typeof jsonObject>;

export interface S3 extends Service {
  addObjects(objects: readonly JsonObject[]): void;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

/**
 * S3, for objects that functions write and read whole, as text: https://docs.aws.amazon.com/AmazonS3/latest/API/
 *
 * @param folder holds the objects
 */
export function s3(buckets: readonly string[], folder: string): S3 {
  function pathOf(bucket: string, key: string): string {
    if (!buckets.includes(bucket)) throw new AwsError("NoSuchBucket", "The specified bucket does not exist");
    if (Buffer.byteLength(key) > MAX_KEY_BYTES) throw new AwsError("KeyTooLongError", "Your key is too long");
    return join(folder, bucket, encodeURIComponent(key));
  }

  function write(bucket: string, key: string, content: string | Uint8Array): string {
    const path = pathOf(bucket, key);
    mkdirSync(join(folder, bucket), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  return {
    name: "S3",
    signingName: "s3",
    protocol: s3Protocol,
    model: readModel("s3"),
    invalidInput: "InvalidArgument",
    operations: {
      PutObject: (input) => {
        const { Bucket, Key, Body, IfNoneMatch, ChecksumSHA256 } = putObjectInput.parse(input);
        const path = pathOf(Bucket, Key);
        const bytes = Buffer.from(Body, "base64");
        if (ChecksumSHA256 !== undefined && createHash("sha256").update(bytes).digest("base64") !== ChecksumSHA256)
          throw new AwsError("BadDigest", "The SHA256 you specified did not match the calculated checksum");
        if (IfNoneMatch !== undefined && IfNoneMatch !== "*")
          throw new AwsError("NotImplemented", "If-None-Match takes * only");
        if (IfNoneMatch === "*" && existsSync(path))
          throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
        write(Bucket, Key, bytes);
        return {};
      },
      GetObject: (input) => {
        const { Bucket, Key } = getObjectInput.parse(input);
        const path = pathOf(Bucket, Key);
        if (!existsSync(path)) throw new AwsError("NoSuchKey", "The specified key does not exist.");
        return { Body: readFileSync(path, "utf8"), LastModified: statSync(path).mtime };
      },
    },
    addObjects: (objects) => {
      for (const { bucket, key, lastModified, content } of objects) {
        const path = write(bucket, key, typeof content === "string" ? content : JSON.stringify(content));
        utimesSync(path, new Date(lastModified), new Date(lastModified));
      }
    },
  };
}
