import type { Call } from "../../local/gateway/gateway.ts";

/** The messages that SNS took, those whose answer was lost included. */
export const messagesIn = (calls: readonly Call[]) =>
  calls
    .filter(({ operation, error, fault }) => operation === "Publish" && error === null && fault !== "hang")
    .map(({ input }) => {
      const { Subject, Message, MessageAttributes } = input as {
        Subject: string;
        Message: string;
        MessageAttributes: unknown;
      };
      const { default: data, email, sms } = JSON.parse(Message) as Record<"default" | "email" | "sms", string>;
      return { subject: Subject, data: JSON.parse(data) as Record<string, unknown>, email, sms, MessageAttributes };
    });
