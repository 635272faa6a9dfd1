import { expect, it } from "vitest";
import { AwsError } from "../../../../local/gateway/aws-error.ts";
import { readModel } from "../../../../local/gateway/model.ts";
import { s3Protocol } from "../../../../local/services/s3/protocol.ts";

const model = readModel("s3");
const decode = (path: string, headers: Readonly<Record<string, string>> = {}, method = "PUT") =>
  s3Protocol.decode({ method, path, headers, body: Buffer.from("x") }, model);

it.each(["/bucket/a%20b/c%2Bd.zip?x-id=PutObject", "/bucket/a%20b/c%2Bd.zip"])(
  "The protocol of S3 reads %s as PutObject, with bucket and key from the path and members from headers.",
  (path) => {
    const headers = { "if-none-match": "*", "content-type": "application/zip", accept: "*/*" };
    expect(decode(path, headers)).toEqual({
      operation: "PutObject",
      input: { Bucket: "bucket", Key: "a b/c+d.zip", IfNoneMatch: "*", ContentType: "application/zip", Body: "eA==" },
    });
  },
);

it.each([
  ["the tags of an object", decode("/bucket/key?tagging")],
  ["a part of an upload", decode("/bucket/key?partNumber=1&uploadId=1&x-id=UploadPart")],
  ["a copy", decode("/bucket/key", { "x-amz-copy-source": "/bucket/other" })],
  ["a bucket", decode("/bucket")],
  ["another method", decode("/bucket/key", {}, "GET")],
])("The protocol of S3 does not read %s as PutObject.", (_what, { operation }) => {
  expect(operation).not.toBe("PutObject");
});

it("The protocol of S3 answers without a body, or with the code of an error.", () => {
  expect(s3Protocol.encode("PutObject", {})).toEqual({ status: 200, headers: {}, body: "" });
  const { status, body } = s3Protocol.encodeError(new AwsError("PreconditionFailed", "No"));
  expect([status, body]).toEqual([
    412,
    expect.stringMatching(/^<Error><Code>PreconditionFailed<\/Code><Message>No<\/Message><RequestId>/),
  ]);
});
