import * as z from "zod";
import { tableName, topicArn } from "../../shared/setting-formats.ts";

const wholeNumber = (from: number, to: number) => {
  const rule = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, rule)
    .transform(Number)
    .refine((value) => value >= from && value <= to, rule);
};

export const settingsSchema = z.object({
  /** Name of the DynamoDB table: keys `pk` and `sk` (String), time to live in `expiresAt`. */
  TABLE_NAME: tableName,
  /** ARN of the SNS topic that operators subscribe to. */
  TOPIC_ARN: topicArn,
  /** Minutes between two digests. With 0, each batch sends its own. */
  DIGEST_MINUTES: wholeNumber(0, 1_440).default(5),
  /** Days after which an unseen name is forgotten. It is new when it comes back. */
  TTL_DAYS: wholeNumber(1, 3_650).default(30),
  /** Whether names in the e-mail are written as `evil.example[.]com`. */
  DEFANG: z
    .enum(["true", "false"], "must be true or false")
    .transform((value) => value === "true")
    .default(true),
  /** The most that one payload may unpack to, in MiB. */
  MAX_PAYLOAD_MIB: wholeNumber(1, 256).default(64),
});

export type Settings = z.output<typeof settingsSchema>;
