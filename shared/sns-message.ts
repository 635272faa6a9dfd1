import type { PublishCommandInput } from "@aws-sdk/client-sns";

/**
 * The most that one Publish may carry, in bytes, over all protocol bodies and attributes.
 * https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
 */
export const MAX_MESSAGE_BYTES = 262_144;

/** SNS wants fewer than 100 characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 99;

/** One SMS part in the GSM alphabet. */
const MAX_SMS_LENGTH = 160;

/** What people and machines are told, before it is an SNS request. */
export interface Announcement {
  /** One line; made printable ASCII and cut to 99 characters. */
  subject: string;
  /** For machines: sent as compact JSON to every protocol but e-mail and SMS. */
  data: Readonly<Record<string, unknown>>;
  /** For people: plain text, lines separated by \n. Text from outside in it must have gone through `plainText`. */
  email: string;
  /** Made printable ASCII and cut to 160 characters. */
  sms: string;
  /** Message attributes of type String, for the filter policies of subscriptions. */
  attributes: Readonly<Record<string, string>>;
}

/** Builds the request for one announcement: `MessageStructure: json` with a body for machines, e-mail and SMS. */
export const snsMessage = (topicArn: string, announcement: Announcement) =>
  ({
    TopicArn: topicArn,
    Subject: asciiLine(announcement.subject, MAX_SUBJECT_LENGTH),
    MessageStructure: "json",
    Message: JSON.stringify({
      default: JSON.stringify(announcement.data),
      email: announcement.email,
      sms: asciiLine(announcement.sms, MAX_SMS_LENGTH),
    }),
    MessageAttributes: Object.fromEntries(
      Object.entries(announcement.attributes).map(([name, value]) => [
        name,
        { DataType: "String", StringValue: value },
      ]),
    ),
  }) satisfies PublishCommandInput;

/** The size that SNS holds against `MAX_MESSAGE_BYTES`: the message and its attributes with names and types, in bytes. */
export const messageBytes = ({ Message, MessageAttributes }: ReturnType<typeof snsMessage>): number =>
  [
    Message,
    ...Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [name, DataType, StringValue]),
  ].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);

/**
 * Makes text from outside safe to show: characters that control a terminal, a line or the direction of writing (and
 * unpaired surrogates) become `?`, and what is longer than `maxLength` characters is cut with `...`.
 */
export const plainText = (text: string, maxLength: number): string =>
  (text.length > maxLength ? `${text.slice(0, maxLength - 3)}...` : text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");

/**
 * `evil.example.com` becomes `evil.example[.]com`: no mail program makes a link of it, a reader still can. A dot before
 * a short label inside the name goes too, or `evil.co[.]uk` would be shown with a link to `evil.co`.
 */
export const defang = (name: string): string => name.replace(/[.:](?=[^.:]*$|[a-z]{2,3}\.)/g, "[$&]");

const asciiLine = (text: string, maxLength: number): string =>
  plainText(text, maxLength).replace(/[^\x20-\x7e]/gu, "?");
