import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defang, messageBytes, plainText, snsMessage } from "../../shared/sns-message.ts";

const announcement = { subject: "s", data: { a: 1 }, email: "e", sms: "m", attributes: { kind: "k" } };

describe("a message", () => {
  it("has a body for machines, e-mail and SMS, and attributes to filter by", () => {
    expect(snsMessage("topic", announcement)).toEqual({
      TopicArn: "topic",
      Subject: "s",
      MessageStructure: "json",
      Message: '{"default":"{\\"a\\":1}","email":"e","sms":"m"}',
      MessageAttributes: { kind: { DataType: "String", StringValue: "k" } },
    });
  });

  it("is measured in bytes, with the names and types of its attributes", () => {
    const message = snsMessage("topic", { ...announcement, email: "ü" });
    expect(messageBytes(message)).toBe(Buffer.byteLength(message.Message) + "kind".length + "String".length + 1);
  });

  it("for any text has a subject and an SMS that SNS takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 300 }), (text) => {
        const { Subject, Message } = snsMessage("topic", { ...announcement, subject: text, sms: text });
        expect(Subject).toMatch(/^[\x20-\x7e]{1,99}$/);
        expect(JSON.parse(Message).sms).toMatch(/^[\x20-\x7e]{1,160}$/);
      }),
    );
  });
});

describe("text from outside", () => {
  it.each([
    ["line breaks", "a\r\nBcc: b", "a??Bcc: b"],
    ["escape sequences", "\u001b[31m", "?[31m"],
    ["bidirectional controls", "a\u202eb\u2066c", "a?b?c"],
    ["line and paragraph separators", "a\u2028b\u2029c", "a?b?c"],
    ["invisible characters", "a\u200bb\ufeffc", "a?b?c"],
    ["lone surrogates", "a\ud800b", "a?b"],
  ])("loses %s", (_what, text, shown) => {
    expect(plainText(text, 50)).toBe(shown);
  });

  it("keeps letters and signs of any script", () => {
    expect(plainText("Bücher 例え 😀 <b>", 50)).toBe("Bücher 例え 😀 <b>");
  });

  it("is cut where it is too long, and says so", () => {
    expect(plainText("abcdef", 6)).toBe("abcdef");
    expect(plainText("abcdefg", 6)).toBe("abc...");
  });

  it("of any kind is short and steers nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.integer({ min: 3, max: 50 }), (text, most) => {
        expect(plainText(text, most)).toMatch(new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{0,${most}}$`, "u"));
      }),
    );
  });
});

it.each([
  ["evil.example.com", "evil.example[.]com"],
  ["example.org", "example[.]org"],
  ["evil.co.uk", "evil[.]co[.]uk"],
  ["bank.com.attacker.example", "bank[.]com.attacker[.]example"],
  ["203.0.113.9", "203.0.113[.]9"],
  ["2001:db8::1", "2001:db8:[:]1"],
  ["localhost", "localhost"],
])("a name is defanged: %s", (name, shown) => {
  expect(defang(name)).toBe(shown);
});
