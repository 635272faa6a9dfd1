import { PublishCommand, type PublishCommandInput, SNSClient } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Gateway } from "../../../../local/gateway/gateway.ts";
import { createWorld } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

let world: Gateway;
let client: SNSClient;
beforeAll(async () => {
  world = await createWorld({});
  client = new SNSClient(localClient(world.endpoint));
});
afterAll(() => world.close());

const good: PublishCommandInput = { TopicArn: "arn:aws:sns:us-east-1:111122223333:egress", Message: "text" };
const publish = (input: Partial<PublishCommandInput>) => client.send(new PublishCommand({ ...good, ...input }));
const attribute = (DataType: string, StringValue?: string) => ({ kind: { DataType, StringValue } });

describe("a message that SNS takes", () => {
  it.each<[string, Partial<PublishCommandInput>]>([
    ["a plain message", {}],
    ["the longest subject", { Subject: "s".repeat(99) }],
    ["JSON with a default", { MessageStructure: "json", Message: '{"default":"a","email":"b"}' }],
    [
      "attributes",
      {
        MessageAttributes: {
          kind: { DataType: "String", StringValue: "a" },
          count: { DataType: "Number", StringValue: "1.5" },
        },
      },
    ],
    ["exactly 256 KiB", { Message: "x".repeat(262_144) }],
  ])("Publish takes %s.", async (_what, input) => {
    expect(await publish(input)).toMatchObject({ MessageId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it("Publish has its input in the record of the call as the caller gave it.", async () => {
    const input = {
      ...good,
      Subject: "<&>",
      MessageAttributes: { a: { DataType: "String", StringValue: "b" }, c: { DataType: "Number", StringValue: "1" } },
    };
    await publish(input);
    expect(world.calls.at(-1)).toEqual({ service: "SNS", operation: "Publish", input, error: null });
  });
});

describe("a message that SNS refuses", () => {
  it.each<[string, Partial<PublishCommandInput>, string, string]>([
    ["no message", { Message: undefined }, "InvalidParameterException", "Value at 'Message'"],
    ["an empty message", { Message: "" }, "InvalidParameterException", "Empty message"],
    ["no topic", { TopicArn: undefined }, "InvalidParameterException", "TopicArn or TargetArn"],
    ["a topic that is not an ARN", { TopicArn: "egress" }, "InvalidParameterException", "TopicArn"],
    ["a topic that does not exist", { TopicArn: `${good.TopicArn}-2` }, "NotFoundException", "Topic does not exist"],
    ["a subject of 100 characters", { Subject: "s".repeat(100) }, "InvalidParameterException", "Subject"],
    ["a line break in the subject", { Subject: "a\nBcc: b" }, "InvalidParameterException", "Subject"],
    ["a subject beyond ASCII", { Subject: "ü" }, "InvalidParameterException", "Subject"],
    ["more than 256 KiB", { Message: "x".repeat(262_145) }, "InvalidParameterException", "too long"],
    [
      "more than 256 KiB with the attributes",
      { Message: "x".repeat(262_140), MessageAttributes: attribute("String", "x") },
      "InvalidParameterException",
      "too long",
    ],
    [
      "JSON that cannot be parsed",
      { MessageStructure: "json", Message: "{" },
      "InvalidParameterException",
      "failed to parse",
    ],
    [
      "JSON without a default",
      { MessageStructure: "json", Message: '{"email":"a"}' },
      "InvalidParameterException",
      "No default entry",
    ],
    [
      "a default that is not text",
      { MessageStructure: "json", Message: '{"default":1}' },
      "InvalidParameterException",
      "No default entry",
    ],
    ["another structure", { MessageStructure: "xml" }, "InvalidParameterException", "MessageStructure"],
    [
      "an attribute of an unknown type",
      { MessageAttributes: attribute("Text", "a") },
      "InvalidParameterException",
      "type of the attribute",
    ],
    [
      "an attribute without a value",
      { MessageAttributes: attribute("String") },
      "InvalidParameterException",
      "empty value",
    ],
    [
      "an attribute of the type Number that is not one",
      { MessageAttributes: attribute("Number", "many") },
      "InvalidParameterException",
      "number of the attribute",
    ],
  ])("Publish refuses %s.", async (_what, input, name, message) => {
    await expect(publish(input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) });
    expect(world.calls.at(-1)?.error).toMatchObject({ message: expect.stringContaining(message) });
  });

  it("SNS refuses ListTopics, an operation that it does not have here.", async () => {
    const { ListTopicsCommand } = await import("@aws-sdk/client-sns");
    await expect(client.send(new ListTopicsCommand({}))).rejects.toMatchObject({
      name: "UnknownOperationException",
      message: expect.stringContaining("ListTopics"),
    });
  });
});
