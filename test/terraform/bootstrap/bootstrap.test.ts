import { execSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, request } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DeleteObjectCommand, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, statementsOf } from "../support/root.ts";

const REGION = "eu-central-1";
const BUCKET = `terraform-state-123456789012-${REGION}`;
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`;
const DELETER = "arn:aws:iam::123456789012:role/security/version-deleter";
const ALGORITHM = "s3:x-amz-server-side-encryption";
const KEY_ID = "s3:x-amz-server-side-encryption-aws-kms-key-id";
const CALLERS_KEY = "s3:x-amz-server-side-encryption-customer-algorithm";

describe("the bucket for Terraform states", () => {
  const root = Root.of("bootstrap");
  let aws = "";
  let resources: Resource[] = [];
  const apply = async (variables: object) => {
    root.give({ region: REGION, ...variables });
    await root.apply();
    resources = await root.resources();
  };
  beforeAll(async () => {
    const moto = await startMoto();
    aws = moto.aws;
    root.useMoto(aws, REGION);
    root.override("bootstrap");
    await root.run("init");
    await apply({});
    return moto.stop;
  });
  afterAll(() => root.remove());
  const the = (type: string) => resources.find((resource) => resource.type === type)?.values ?? {};
  const policy = (): string => the("aws_s3_bucket_policy").policy;

  it("A second plan of the root changes nothing.", async () => {
    expect(the("aws_s3_bucket").bucket).toBe(BUCKET);
    await root.run("plan", ["-detailed-exitcode"], 0);
  });

  it("The bucket keeps old versions.", () => {
    expect(the("aws_s3_bucket_versioning").versioning_configuration).toMatchObject([{ status: "Enabled" }]);
  });

  it("The bucket is encrypted with a key of its own, which AWS rotates, and which CloudTrail sees used for each object.", () => {
    expect(the("aws_s3_bucket_server_side_encryption_configuration").rule).toEqual([
      {
        apply_server_side_encryption_by_default: [
          { kms_master_key_id: the("aws_kms_key").arn, sse_algorithm: "aws:kms" },
        ],
        bucket_key_enabled: false,
      },
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

  it("The bucket refuses plain HTTP, other encryption, and the deletion of versions.", () => {
    const objects = { Effect: "Deny", Principal: "*", Resource: `${BUCKET_ARN}/*` };
    const upload = { ...objects, Action: "s3:PutObject" };
    expect(JSON.parse(policy())).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          ...objects,
          Sid: "TlsOnly",
          Action: "s3:*",
          Resource: [`${BUCKET_ARN}/*`, BUCKET_ARN],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
        {
          ...upload,
          Sid: "NoOtherKey",
          Condition: { Null: { [KEY_ID]: "false" }, StringNotEquals: { [KEY_ID]: the("aws_kms_key").arn } },
        },
        {
          ...upload,
          Sid: "NoEncryptionWithoutKey",
          Condition: { Null: { [ALGORITHM]: "false", [KEY_ID]: "true" } },
        },
        { ...upload, Sid: "NoKeyOfTheCaller", Condition: { Null: { [CALLERS_KEY]: "false" } } },
        { ...objects, Sid: "VersionsStay", Action: "s3:DeleteObjectVersion" },
      ],
    });
  });

  const decide = (action: string, context: Record<string, string>) =>
    denials(policy(), action, { "aws:SecureTransport": "true", ...context });

  it.each([
    ["an upload with another key", "s3:PutObject", { [ALGORITHM]: "aws:kms", [KEY_ID]: "other" }, "NoOtherKey"],
    ["an upload with S3's own key", "s3:PutObject", { [ALGORITHM]: "AES256" }, "NoEncryptionWithoutKey"],
    ["an upload with AWS's key for S3", "s3:PutObject", { [ALGORITHM]: "aws:kms" }, "NoEncryptionWithoutKey"],
    ["an upload with a key of the caller", "s3:PutObject", { [CALLERS_KEY]: "AES256" }, "NoKeyOfTheCaller"],
    ["an upload over plain HTTP", "s3:PutObject", { "aws:SecureTransport": "false" }, "TlsOnly"],
    ["the deletion of a version", "s3:DeleteObjectVersion", {}, "VersionsStay"],
  ])("The policy denies %s.", (_request, action, context, sid) => {
    expect(decide(action, context)).toEqual([sid]);
  });

  it("The policy lets pass uploads with the bucket's key or without any, reads, and the deletion of a lock.", () => {
    const key = the("aws_kms_key").arn;
    expect(decide("s3:PutObject", { [ALGORITHM]: "aws:kms", [KEY_ID]: key })).toEqual([]);
    for (const action of ["s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:ListBucket"])
      expect([action, decide(action, {})]).toEqual([action, []]);
  });

  it("The backend block that the root prints keeps the state of another root, and its lock, in the bucket.", async () => {
    const backend = await root.run("output", ["-raw", "backend"]);
    expect(backend).toMatch(/\n +use_lockfile = true\n/);
    expect(backend).not.toMatch(/dynamodb/);
    const recorder = await startRecorder(aws);
    const other = new Root();
    other.useMoto(recorder.aws, REGION);
    writeFileSync(join(other.folder, "main.tf.json"), JSON.stringify({ output: { greeting: { value: "kept" } } }));
    writeFileSync(join(other.folder, "backend.tf"), backend.replace("ROOT", "other"));
    await other.initWithBackend();
    await other.apply();
    expect(JSON.parse(await other.run("state", ["pull"])).outputs.greeting.value).toBe("kept");
    const calls = recorder.requests.map(({ action }) => action);
    expect(new Set(calls)).toEqual(new Set(["s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"]));
    for (const { action, headers } of recorder.requests)
      expect([action, denials(policy(), action, contextOf(headers))]).toEqual([action, []]);

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
    recorder.stop();
    // Under the policy, nobody may delete versions.
    await root.run("destroy", ["-auto-approve", "-target", "aws_s3_bucket_policy.state"]);
    for (const { Key, VersionId } of [...Versions, ...DeleteMarkers])
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key, VersionId }));
  });

  it("Only the role in version_deletion_role_arn may delete versions.", async () => {
    await apply({ version_deletion_role_arn: DELETER });
    const by = (principal: string) => denials(policy(), "s3:DeleteObjectVersion", { "aws:PrincipalArn": principal });
    expect(statementsOf(policy()).VersionsStay).toEqual({
      Sid: "VersionsStay",
      Effect: "Deny",
      Principal: "*",
      Action: "s3:DeleteObjectVersion",
      Resource: `${BUCKET_ARN}/*`,
      Condition: { ArnNotEquals: { "aws:PrincipalArn": DELETER } },
    });
    expect([by(DELETER), by("arn:aws:iam::123456789012:role/admin")]).toEqual([[], ["VersionsStay"]]);
  });

  it("Terraform destroys neither bucket nor key, until prevent_destroy is taken out as the README says.", async () => {
    const refusal = await root.run("destroy", ["-auto-approve", "-no-color"], 1);
    for (const resource of ["aws_kms_key", "aws_s3_bucket"])
      expect(refusal).toContain(`${resource}.state has lifecycle.prevent_destroy set`);
    const removal = "sed -i.bak /prevent_destroy/d state-bucket.tf";
    expect(readFileSync("terraform/bootstrap/README.md", "utf8")).toContain(`\n${removal}\n`);
    execSync(removal, { cwd: root.folder });
    expect(await root.destroy()).toBe("");
  });
});

/** The sids of the statements that deny a request. Knows the operators that the policy uses. */
function denials(policy: string, action: string, context: Record<string, string>): string[] {
  // An operator that is negated matches a request without the key.
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
  const operators: Record<string, (value: string | undefined, wanted: string) => boolean> = {
    Bool: (value, wanted) => value === wanted,
    Null: (value, wanted) => String(value === undefined) === wanted,
    StringNotEquals: (value, wanted) => value !== wanted,
    ArnNotEquals: (value, wanted) => value !== wanted,
  };
  const { Statement } = JSON.parse(policy) as {
    Statement: { Sid: string; Action: string; Condition?: Record<string, Record<string, string>> }[];
  };
  return Statement.filter(({ Action }) => Action === action || Action === "s3:*")
    .filter(({ Condition = {} }) =>
      Object.entries(Condition).every(([operator, keys]) =>
        Object.entries(keys).every(([key, wanted]) => operators[operator]?.(context[key], wanted)),
      ),
    )
    .map(({ Sid }) => Sid);
}

/** The keys of a policy's conditions in a request, had it come over TLS. */
const contextOf = (headers: IncomingHttpHeaders): Record<string, string> => ({
  "aws:SecureTransport": "true",
  ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [`s3:${name}`, String(value)])),
});

/** Stands before an S3, and keeps the requests to it. */
async function startRecorder(aws: string) {
  const requests: { action: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((incoming, response) => {
    const { method = "", url = "", headers } = incoming;
    const { pathname, searchParams } = new URL(url, aws);
    const operation = `${method.charAt(0)}${method.slice(1).toLowerCase()}Object`;
    const isOfBucket = pathname.replace(/\/$/, "") === `/${BUCKET}`;
    const action = isOfBucket ? "ListBucket" : searchParams.has("versionId") ? `${operation}Version` : operation;
    requests.push({ action: `s3:${action.replace("Head", "Get")}`, headers });
    const passedOn = request(new URL(url, aws), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    incoming.pipe(passedOn);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return { aws: `http://127.0.0.1:${port}`, requests, stop: () => server.close() };
}
