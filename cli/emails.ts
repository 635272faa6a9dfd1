import { styleText } from "node:util";
import * as z from "zod";
import type { Call } from "../local/gateway/gateway.ts";
import { plainText } from "../shared/plain-text.ts";

type Style = Parameters<typeof styleText>[0];

/** Colours text on a terminal only, and not where NO_COLOR is set. */
export const styled = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout });

/** Text that comes from an event may not steer the terminal. */
export const safe = (text: string): string => plainText(text, 1_000);

const MOST_COLUMNS = 100;
const LEAST_COLUMNS = 40;

/** A longer e-mail is cut on the screen; `--json` has it whole. */
const MOST_LINES = 60;

const publishInput = z.object({
  TopicArn: z.string(),
  Subject: z.string().default(""),
  Message: z.string(),
  MessageAttributes: z.object({ audience: z.object({ StringValue: z.string() }).optional() }).default({}),
});
const bodies = z.object({ default: z.string(), email: z.string().optional(), sms: z.string().optional() });

/** The messages that were published. */
export const publishedIn = (calls: readonly Call[]) =>
  calls
    .filter(({ service, operation, error }) => service === "SNS" && operation === "Publish" && error === null)
    .map(({ input }) => publishInput.parse(input));

/** Whether no person reads a message. */
export const isForMachines = ({ MessageAttributes }: z.output<typeof publishInput>): boolean =>
  MessageAttributes.audience?.StringValue === "machines";

/** The e-mails among calls, as people read them. */
export function messagesIn(calls: readonly Call[]): string[] {
  return publishedIn(calls)
    .filter((message) => !isForMachines(message))
    .map(({ TopicArn, Subject, Message }) => {
      const { email, sms, default: fallback } = bodiesOf(Message);
      return boxed(
        [
          `To:      subscribers of the topic ${TopicArn.split(":").at(-1)}`,
          `Subject: ${Subject}`,
          ...(sms === undefined ? [] : [`SMS:     ${sms}`]),
        ],
        cut((email ?? fallback).split("\n")),
      );
    });
}

/** The texts of a message by the protocol of its subscribers. */
export function bodiesOf(message: string): z.output<typeof bodies> {
  try {
    return bodies.parse(JSON.parse(message));
  } catch {
    return { default: message };
  }
}

/** The first lines of a text for the screen. */
export const cut = (lines: readonly string[]): readonly string[] =>
  lines.length <= MOST_LINES
    ? lines
    : [...lines.slice(0, MOST_LINES), `... and ${lines.length - MOST_LINES} more lines; --json has them all.`];

/** A frame around lines, as wide as the terminal. */
export function boxed(head: readonly string[], body: readonly string[]): string {
  // A terminal that does not know its width says 0.
  const width = Math.max(Math.min(process.stdout.columns || MOST_COLUMNS, MOST_COLUMNS), LEAST_COLUMNS) - 4;
  const rule = "─".repeat(width + 2);
  const row = (line: string) => `${styled("dim", "│")} ${line.padEnd(width)} ${styled("dim", "│")}`;
  const rows = (lines: readonly string[]) => lines.flatMap((line) => wrapped(safe(line), width)).map(row);
  return [
    styled("dim", `╭${rule}╮`),
    ...rows(head),
    styled("dim", `├${rule}┤`),
    ...rows(body),
    styled("dim", `╰${rule}╯`),
  ].join("\n");
}

/** Breaks a line between words, or within a word that is too long. */
export const wrapped = (line: string, width: number): string[] =>
  line.match(new RegExp(`.{1,${width}}(?= |$)|.{${width}}`, "gu")) ?? [""];
