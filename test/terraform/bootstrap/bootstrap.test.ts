import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, statementsOf } from "../support/root.ts";

const REGION = "eu-central-1";
const BUCKET = `terraform-state-123456789012-${REGION}`;

describe("the bucket for Terraform states", () => {
  const root = Root.of("bootstrap");
  let aws = "";
  let resources: Resource[] = [];
  beforeAll(async () => {
    const moto = await startMoto();
    aws = moto.aws;
    root.useMoto(aws, REGION);
    root.override("bootstrap");
    root.give({ region: REGION });
    await root.run("init");
    await root.apply();
    resources = await root.resources();
    return moto.stop;
  });
  afterAll(() => root.remove());
  const the = (type: string) => resources.find((resource) => resource.type === type)?.values ?? {};

  it("A second plan of the root changes nothing.", async () => {
    expect(the("aws_s3_bucket").bucket).toBe(BUCKET);
    await root.run("plan", ["-detailed-exitcode"], 0);
  });

  it("The bucket keeps old versions.", () => {
    expect(the("aws_s3_bucket_versioning").versioning_configuration).toMatchObject([{ status: "Enabled" }]);
  });

  it("The bucket is encrypted with a key of its own, which AWS rotates.", () => {
    expect(the("aws_s3_bucket_server_side_encryption_configuration").rule).toMatchObject([
      { apply_server_side_encryption_by_default: [{ kms_master_key_id: the("aws_kms_key").arn }] },
    ]);
    expect(the("aws_kms_key").enable_key_rotation).toBe(true);
  });

  it("The bucket is closed to the public.", () => {
    expect(the("aws_s3_bucket_public_access_block")).toMatchObject({
      block_public_acls: true,
      block_public_policy: true,
      ignore_public_acls: true,
      restrict_public_buckets: true,
    });
  });

  it("The bucket refuses plain HTTP.", () => {
    const bucket = `arn:aws:s3:::${BUCKET}`;
    expect(statementsOf(the("aws_s3_bucket_policy").policy).TlsOnly).toMatchObject({
      Effect: "Deny",
      Principal: "*",
      Action: "s3:*",
      Resource: expect.arrayContaining([bucket, `${bucket}/*`]),
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    });
  });

  it("The backend block that the root prints keeps the state of another root, and its lock, in the bucket.", async () => {
    const backend = await root.run("output", ["-raw", "backend"]);
    expect(backend).toMatch(/\n +use_lockfile = true\n/);
    expect(backend).not.toMatch(/dynamodb/);
    const other = new Root();
    other.useMoto(aws, REGION);
    writeFileSync(join(other.folder, "main.tf.json"), JSON.stringify({ output: { greeting: { value: "kept" } } }));
    writeFileSync(join(other.folder, "backend.tf"), backend.replace("ROOT", "other"));
    // moto speaks plain HTTP, which the policy of the bucket refuses.
    expect(await other.initWithBackend(1)).toContain("StatusCode: 403");
    await root.run("destroy", ["-auto-approve", "-target", "aws_s3_bucket_policy.state"]);

    await other.initWithBackend();
    await other.apply();
    expect(JSON.parse(await other.run("state", ["pull"])).outputs.greeting.value).toBe("kept");
    const s3 = new S3Client({
      region: REGION,
      endpoint: aws,
      forcePathStyle: true,
      credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
    });
    const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket: BUCKET }));
    expect(new Set(Versions.map(({ Key }) => Key))).toEqual(
      new Set(["other/terraform.tfstate", "other/terraform.tfstate.tflock"]),
    );
    other.remove();
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
  });

  it("An empty bucket is destroyed with all that belongs to it.", async () => {
    expect(await root.destroy()).toBe("");
  });
});
