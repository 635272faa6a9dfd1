import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createWorld, type World } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

let world: World;
beforeAll(async () => {
  world = await createWorld({});
});
afterAll(() => world.close());

const BODY = Buffer.from([0, 255, 13, 10]);
const put = (input: Partial<PutObjectCommandInput>, { endpoint }: World = world) =>
  new S3Client(localClient(endpoint)).send(
    new PutObjectCommand({ Bucket: "palisade-config-rules", Key: "a", Body: BODY, ...input }),
  );

it("PutObject with If-None-Match writes an object once, also in a later run with the same state.", async () => {
  const state = mkdtempSync(join(tmpdir(), "palisade-s3-"));
  const ChecksumSHA256 = createHash("sha256").update(BODY).digest("base64");
  const once = { Key: "a b/ü+%.zip", ChecksumSHA256, IfNoneMatch: "*" };
  const first = await createWorld({ state });
  expect((await put(once, first)).$metadata.httpStatusCode).toBe(200);
  expect(first.calls).toMatchObject([
    { service: "S3", operation: "PutObject", input: { ...once, Body: BODY.toString("base64") }, error: null },
  ]);
  await first.close();
  const later = await createWorld({ state });
  await expect(put(once, later)).rejects.toMatchObject({
    name: "PreconditionFailed",
    $metadata: { httpStatusCode: 412 },
  });
  expect((await put({ Key: once.Key }, later)).$metadata.httpStatusCode).toBe(200);
  await later.close();
  rmSync(state, { recursive: true });
});

it.each<[string, Partial<PutObjectCommandInput>, string]>([
  ["in a bucket that does not exist", { Bucket: "another-bucket" }, "NoSuchBucket"],
  ["with the checksum of other bytes", { ChecksumSHA256: createHash("sha256").digest("base64") }, "BadDigest"],
  ["under a key of 1,025 bytes", { Key: "k".repeat(1_025) }, "KeyTooLongError"],
  ["with a condition other than *", { IfNoneMatch: '"etag"' }, "NotImplemented"],
])("PutObject refuses an object %s.", async (_what, input, name) => {
  await expect(put(input)).rejects.toMatchObject({ name });
});

it("GetObject answers with the text of an object that was put or given, and when it was written.", async () => {
  const bucket = "palisade-config-rules";
  const client = new S3Client(localClient(world.endpoint));
  const get = (Key: string, Bucket = bucket) => client.send(new GetObjectCommand({ Bucket, Key }));
  await put({ Key: "put ü", Body: "täxt" });
  expect(await (await get("put ü")).Body?.transformToString()).toBe("täxt");
  const lastModified = "2026-10-14T12:00:05Z";
  world.give({
    objects: [
      { bucket, key: "given/json", lastModified, content: { a: 1 } },
      { bucket, key: "given/text", lastModified, content: "{" },
    ],
  });
  const { Body, LastModified } = await get("given/json");
  expect([await Body?.transformToString(), LastModified]).toEqual(['{"a":1}', new Date(lastModified)]);
  expect(await (await get("given/text")).Body?.transformToString()).toBe("{");
  await expect(get("missing")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(get("missing", "another-bucket")).rejects.toMatchObject({ name: "NoSuchBucket" });
});

it("The local S3 refuses every operation but PutObject and GetObject as unknown, whatever its method and path.", async () => {
  const client = new S3Client(localClient(world.endpoint));
  const Bucket = "palisade-config-rules";
  const others = [
    () => client.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging: { TagSet: [] } })),
    () => client.send(new UploadPartCommand({ Bucket, Key: "a", UploadId: "1", PartNumber: 1, Body: BODY })),
    () => client.send(new CopyObjectCommand({ Bucket, Key: "a", CopySource: `${Bucket}/b` })),
    () => client.send(new CreateBucketCommand({ Bucket })),
    () => client.send(new ListObjectsV2Command({ Bucket })),
  ];
  for (const other of others) await expect(other()).rejects.toMatchObject({ name: "UnknownOperationException" });
});
