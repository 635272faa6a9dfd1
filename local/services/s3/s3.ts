import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
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

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

/**
 * S3, for objects that functions write: https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
 *
 * @param folder holds the objects
 */
export const s3 = (buckets: readonly string[], folder: string): Service => ({
  name: "S3",
  signingName: "s3",
  protocol: s3Protocol,
  model: readModel("s3"),
  invalidInput: "InvalidArgument",
  operations: {
    PutObject: (input) => {
      const { Bucket, Key, Body, IfNoneMatch, ChecksumSHA256 } = putObjectInput.parse(input);
      if (!buckets.includes(Bucket)) throw new AwsError("NoSuchBucket", "The specified bucket does not exist");
      if (Buffer.byteLength(Key) > MAX_KEY_BYTES) throw new AwsError("KeyTooLongError", "Your key is too long");
      const bytes = Buffer.from(Body, "base64");
      if (ChecksumSHA256 !== undefined && createHash("sha256").update(bytes).digest("base64") !== ChecksumSHA256)
        throw new AwsError("BadDigest", "The SHA256 you specified did not match the calculated checksum");
      if (IfNoneMatch !== undefined && IfNoneMatch !== "*")
        throw new AwsError("NotImplemented", "If-None-Match takes * only");
      const path = join(folder, Bucket, encodeURIComponent(Key));
      if (IfNoneMatch === "*" && existsSync(path))
        throw new AwsError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
      mkdirSync(join(folder, Bucket), { recursive: true });
      writeFileSync(path, bytes);
      return {};
    },
  },
});
