import { topicArn } from "../account.ts";
import type { Job } from "../job.ts";

const TABLE_NAME = "palisade-hostnames";
const TOPIC_ARN = topicArn("egress");

export const job: Job = {
  settings: { TABLE_NAME, TOPIC_ARN },
  topics: [TOPIC_ARN],
  tables: { [TABLE_NAME]: ["pk", "sk"] },
};
