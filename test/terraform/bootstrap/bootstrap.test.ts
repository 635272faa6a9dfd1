import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { type Resource, Root, statementsOf } from "./root.ts";

const BUCKET = "terraform-state-123456789012-eu-central-1";

describe("the bucket for Terraform state", () => {
  const root = Root.of("bootstrap");
  const s3 = new S3Client({
    region: "eu-central-1",
    endpoint: inject("aws"),
    forcePathStyle: true,
    credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
  });
  let resources: Resource[] = [];
  beforeAll(async () => {
    root.useMoto("eu-central-1");
    root.add("bootstrap_override.tf");
    root.give({ region: "eu-central-1" });
    await root.run("init");
    await root.apply();
    resources = await root.resources();
  });
  afterAll(() => root.remove());
  const the = (type: string) => resources.find((resource) => resource.type === type)?.values ?? {};

  it("applies, and a second plan is empty", async () => {
    expect(the("aws_s3_bucket").bucket).toBe(BUCKET);
    await root.run("plan", ["-detailed-exitcode"], 0);
  });

  it("keeps versions, is encrypted with its own key, and closed to the public and to plain HTTP", () => {
    expect(the("aws_s3_bucket_versioning").versioning_configuration).toMatchObject([{ status: "Enabled" }]);
    expect(the("aws_s3_bucket_server_side_encryption_configuration").rule).toMatchObject([
      { apply_server_side_encryption_by_default: [{ kms_master_key_id: the("aws_kms_key").arn }] },
    ]);
    expect(the("aws_kms_key").enable_key_rotation).toBe(true);
    expect(the("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
    const bucket = `arn:aws:s3:::${BUCKET}`;
    expect(statementsOf(the("aws_s3_bucket_policy").policy).TlsOnly).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: expect.arrayContaining([bucket, `${bucket}/*`]),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("holds the state of another root, and its lock, by the backend block that it prints", async () => {
    const backend = await root.run("output", ["-raw", "backend"]);
    expect(backend).toMatch(/\n +use_lockfile = true\n/);
    expect(backend).not.toMatch(/dynamodb/);
    const other = new Root();
    other.useMoto("eu-central-1");
    writeFileSync(join(other.folder, "main.tf.json"), JSON.stringify({ output: { greeting: { value: "kept" } } }));
    writeFileSync(join(other.folder, "backend.tf"), backend.replace("ROOT", "other"));
    // moto speaks plain HTTP, which the policy of the bucket refuses.
    expect(await other.initWithBackend(1)).toContain("StatusCode: 403");
    await root.run("destroy", ["-auto-approve", "-target", "aws_s3_bucket_policy.state"]);

    await other.initWithBackend();
    await other.apply();
    expect(JSON.parse(await other.run("state", ["pull"])).outputs.greeting.value).toBe("kept");
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
    expect(new Set(Versions.map(({ Key }) => Key))).toEqual(
      new Set(["other/terraform.tfstate", "other/terraform.tfstate.tflock"]),
    );
    other.remove();
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
  });

  it("is destroyed without a trace, once it is empty", async () => {
    await root.run("destroy", ["-auto-approve"]);
    expect(await root.resources()).toEqual([]);
  });
});
