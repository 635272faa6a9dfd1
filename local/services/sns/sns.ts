import { randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { readModel } from "../../gateway/model.ts";
import { awsQuery } from "../../gateway/protocols.ts";
import type { Service } from "../../gateway/service.ts";

const MAX_MESSAGE_BYTES = 262_144;

const publishInput = z.object({
  TopicArn: z.string().optional(),
  Message: z.string(),
  Subject: z.string().optional(),
  MessageStructure: z.string().optional(),
  MessageAttributes: z
    .record(z.string(), z.object({ DataType: z.string(), StringValue: z.string().optional() }))
    .default({}),
});
type PublishInput = z.output<typeof publishInput>;

/** SNS with the given topics: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const sns = (topicArns: readonly string[]): Service => ({
  name: "SNS",
  signingName: "sns",
  protocol: awsQuery(),
  model: readModel("sns"),
  invalidInput: "InvalidParameter",
  operations: {
    Publish: (input) => {
      const message = publishInput.parse(input);
      refuseWrongTopic(message, topicArns);
      refuseWrongSubject(message);
      refuseWrongBody(message);
      refuseWrongAttributes(message);
      return { MessageId: randomUUID() };
    },
  },
});

function refuse(reason: string): never {
  throw new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);
}

function refuseWrongTopic({ TopicArn }: PublishInput, topicArns: readonly string[]): void {
  if (TopicArn === undefined) refuse("TopicArn or TargetArn Reason: no value for required parameter");
  if (!/^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(TopicArn)) refuse("TopicArn");
  if (!topicArns.includes(TopicArn)) throw new AwsError("NotFound", "Topic does not exist");
}

function refuseWrongSubject({ Subject }: PublishInput): void {
  if (Subject === undefined) return;
  if (Subject === "" || Subject.length >= 100) refuse("Subject: it must have 1 to 99 characters");
  if (!/^[\x21-\x7e][\x20-\x7e]*$/.test(Subject)) refuse("Subject: control characters, line breaks or not ASCII");
}

function refuseWrongBody({ Message, MessageStructure, MessageAttributes }: PublishInput): void {
  if (Message === "") refuse("Empty message");
  const size = Object.entries(MessageAttributes).reduce(
    (bytes, [name, { DataType, StringValue = "" }]) => bytes + Buffer.byteLength(name + DataType + StringValue),
    Buffer.byteLength(Message),
  );
  if (size > MAX_MESSAGE_BYTES) refuse("Message too long");
  if (MessageStructure === undefined) return;
  if (MessageStructure !== "json") refuse("MessageStructure");

  let bodies: unknown;
  try {
    bodies = JSON.parse(Message);
  } catch {
    refuse("Message Structure - JSON message body failed to parse");
  }
  if (!z.object({ default: z.string() }).safeParse(bodies).success)
    refuse("Message Structure - No default entry in JSON message body");
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html */
function refuseWrongAttributes({ MessageAttributes }: PublishInput): void {
  for (const [name, { DataType, StringValue }] of Object.entries(MessageAttributes)) {
    if (!/^(?!(aws|amazon)\.)(?!\.)(?!.*\.\.)[\w.-]{1,256}(?<!\.)$/i.test(name)) refuse(`attribute name ${name}`);
    if (!/^(String|Number|Binary|String\.Array)(\..+)?$/.test(DataType)) refuse(`type of the attribute ${name}`);
    if (StringValue === undefined || StringValue === "") refuse(`empty value of the attribute ${name}`);
    if (DataType.startsWith("Number") && !Number.isFinite(Number(StringValue)))
      refuse(`number of the attribute ${name}`);
  }
}
