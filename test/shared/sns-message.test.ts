import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageBytes, snsContent, snsMessage } from "../../shared/sns-message.ts";

const announcement = { subject: "s", data: { a: 1 }, email: "e", sms: "m", attributes: { kind: "k" } };

describe("a message", () => {
  it("An SNS message has a body for machines, e-mail and SMS, and attributes to filter by.", () => {
    expect(snsMessage("topic", announcement)).toEqual({
      TopicArn: "topic",
      Subject: "s",
      MessageStructure: "json",
      Message: '{"default":"{\\"a\\":1}","email":"e","sms":"m"}',
      MessageAttributes: { kind: { DataType: "String", StringValue: "k" } },
    });
  });

  it("An SNS message has a content, which is the message without its topic.", () => {
    const { TopicArn, ...content } = snsMessage("topic", announcement);
    expect(snsContent(announcement)).toEqual(content);
    expect(TopicArn).toBe("topic");
  });

  it("An SNS message has a size that counts bytes, with the names and types of its attributes.", () => {
    const message = snsMessage("topic", { ...announcement, email: "ü" });
    expect(messageBytes(message)).toBe(
      Buffer.byteLength(message.Message) + "kind".length + "String".length + 1 + "s".length,
    );
  });

  it("An SNS message has a subject and an SMS that SNS takes, whatever the text.", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (text) => {
        const { Subject, Message } = snsMessage("topic", { ...announcement, subject: text, sms: text });
        expect(Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        const { sms } = JSON.parse(Message);
        expect(sms).toMatch(/^[\x20-\x7e]+$/);
        expect(sms.length + sms.replace(/[^[\]{}\\^|~]/g, "").length).toBeLessThanOrEqual(160);
      }),
    );
  });
});
