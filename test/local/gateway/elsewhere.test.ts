import { createServer, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, expect, it } from "vitest";
import { elsewhere } from "../../../local/gateway/elsewhere.ts";
import { type Gateway, gateway } from "../../../local/gateway/gateway.ts";
import { listen } from "../../../local/gateway/loopback.ts";
import { codePipeline } from "../../../local/services/codepipeline/codepipeline.ts";
import { s3 } from "../../../local/services/s3/s3.ts";
import { sns } from "../../../local/services/sns/sns.ts";
import { localClient } from "../../support/local-client.ts";

const BYTES = Buffer.from([0, 255, 128, 10]);

let other: Server;
let served: Gateway;
let got: { method: string | undefined; url: string | undefined; host: string | undefined; body: Buffer }[];
beforeEach(async () => {
  got = [];
  other = createServer(async (request, response) => {
    const { method, url, headers } = request;
    got.push({ method, url, host: headers.host, body: await buffer(request) });
    if (method === "GET") response.writeHead(200, { "content-length": BYTES.length, etag: '"1"' }).end(BYTES);
    else if (headers["x-amz-target"] !== undefined)
      response.writeHead(400).end('{"__type":"com.amazonaws#ParameterNotFound","message":"not here"}');
    else response.end("<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>");
  });
  const endpoint = await listen(other);
  served = await gateway([codePipeline([])], { elsewhere: elsewhere(endpoint, [sns([]), s3([], "")]) });
});
afterEach(async () => {
  await served.close();
  other.close();
  other.closeAllConnections();
});

const client = () => localClient(served.endpoint);

it("A gateway with another AWS serves its own services, and tells who called.", async () => {
  await expect(
    new CodePipelineClient(client()).send(
      new GetPipelineExecutionCommand({
        pipelineName: "a",
        pipelineExecutionId: "12345678-1234-4234-8bcd-12345678abcd",
      }),
    ),
  ).rejects.toMatchObject({ name: "PipelineNotFoundException" });
  expect(got).toEqual([]);
  expect(served.calls[0]).toMatchObject({
    service: "CodePipeline",
    caller: { accessKeyId: client().credentials.accessKeyId },
  });
});

it("A gateway passes a request for another service on, and records an e-mail of it as its own SNS would.", async () => {
  const message = { TopicArn: "arn:aws:sns:us-east-1:123456789012:a", Subject: "Ünsafe", Message: "Text & more" };
  const { MessageId } = await new SNSClient(client()).send(new PublishCommand(message));
  expect(MessageId).toBe("1");
  expect(served.calls).toMatchObject([{ service: "SNS", operation: "Publish", input: message, error: null }]);
});

it("A gateway passes bytes on as they are, in both directions.", async () => {
  const s3Client = new S3Client({ ...client(), forcePathStyle: true, requestChecksumCalculation: "WHEN_REQUIRED" });
  await s3Client.send(new PutObjectCommand({ Bucket: "a", Key: "b c", Body: BYTES }));
  expect(got[0]).toMatchObject({ method: "PUT", url: "/a/b%20c?x-id=PutObject", body: BYTES });
  expect(got[0]?.host).not.toBe(new URL(served.endpoint).host);
  const { Body, ETag } = await s3Client.send(new GetObjectCommand({ Bucket: "a", Key: "b c" }));
  expect([Buffer.from((await Body?.transformToByteArray()) ?? []), ETag]).toEqual([BYTES, '"1"']);
  expect(served.calls.map(({ service, operation }) => [service, operation])).toEqual([
    ["S3", "PutObject"],
    ["S3", "GetObject"],
  ]);
});

it("A gateway records the operation of a service that it cannot read, and the refusal of the other AWS.", async () => {
  await expect(new SSMClient(client()).send(new GetParameterCommand({ Name: "a" }))).rejects.toMatchObject({
    name: "ParameterNotFound",
  });
  expect(served.calls).toMatchObject([
    {
      service: "ssm",
      operation: "GetParameter",
      input: { Name: "a" },
      error: { name: "ParameterNotFound", message: "not here" },
    },
  ]);
});

it("A gateway passes on no request that is not signed.", async () => {
  expect((await fetch(served.endpoint)).status).toBe(501);
  expect(got).toEqual([]);
});
