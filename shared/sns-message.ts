import type { PublishCommandInput } from "@aws-sdk/client-sns";
import { asciiText } from "./plain-text.ts";

/**
 * The most that one Publish may carry, in bytes, over all protocol bodies and attributes.
 * https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html
 */
export const MAX_MESSAGE_BYTES = 262_144;

/** SNS wants fewer than 100 characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT_LENGTH = 99;

/** One SMS part: 160 places in the GSM alphabet. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SMS_PLACES = 160;

/** What people and machines read, before it is an SNS request. */
export interface Announcement {
  /** One line; made printable ASCII and cut to 99 characters. */
  subject: string;
  /** For machines: sent as compact JSON to every protocol but e-mail and SMS. */
  data: Readonly<Record<string, unknown>>;
  /** For people: plain text, lines separated by \n. Text from outside in it must have gone through `plainText`. */
  email: string;
  /** Made printable ASCII and cut to one SMS part. */
  sms: string;
  /** Message attributes of type String, for the filter policies of subscriptions. */
  attributes: Readonly<Record<string, string>>;
}

/** Builds the request for one announcement: `MessageStructure: json` with a body for machines, e-mail and SMS. */
export const snsMessage = (topicArn: string, announcement: Announcement) => ({
  TopicArn: topicArn,
  ...snsContent(announcement),
});

/** The same without the topic, which the sender adds. */
export const snsContent = (announcement: Announcement) =>
  ({
    Subject: asciiText(announcement.subject, MAX_SUBJECT_LENGTH),
    MessageStructure: "json",
    Message: JSON.stringify({
      default: JSON.stringify(announcement.data),
      email: announcement.email,
      sms: smsLine(announcement.sms),
    }),
    MessageAttributes: Object.fromEntries(
      Object.entries(announcement.attributes).map(([name, value]) => [
        name,
        { DataType: "String", StringValue: value },
      ]),
    ),
  }) satisfies Omit<PublishCommandInput, "TopicArn">;

/**
 * The size that SNS compares with `MAX_MESSAGE_BYTES`, in bytes: the message and its attributes with names and types.
 * The subject is counted too, since the documentation does not say that it is not.
 */
export const messageBytes = ({ Subject, Message, MessageAttributes }: ReturnType<typeof snsContent>): number =>
  [
    Subject,
    Message,
    ...Object.entries(MessageAttributes).flatMap(([name, { DataType, StringValue }]) => [name, DataType, StringValue]),
  ].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);

/** Brackets, braces, `\\`, `^`, `|` and `~` take two places of an SMS. */
const smsPlaces = (line: string): number => line.length + (line.match(/[[\]{}\\^|~]/g)?.length ?? 0);

function smsLine(text: string): string {
  let length = MAX_SMS_PLACES;
  while (smsPlaces(asciiText(text, length)) > MAX_SMS_PLACES) length -= 1;
  return asciiText(text, length);
}
