import { mkdirSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { dynamoDb } from "./dynamodb.ts";
import { type Fault, type Gateway, gateway } from "./gateway.ts";
import { sns } from "./sns.ts";

const ACCOUNT = "111122223333";
const REGION = "us-east-1";

const topicArn = (name: string): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;

const TOPICS = ["egress", "releases", "guardrails", "config-rules"].map(topicArn);
const HOSTNAME_TABLE = "palisade-hostnames";

/** The settings of each function, as its Terraform root would give them. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "sni-collector": { TABLE_NAME: HOSTNAME_TABLE, TOPIC_ARN: topicArn("egress") },
};

export interface WorldOptions {
  /** Folder that keeps the tables between runs. */
  state?: string;
  faults?: readonly Fault[];
}

export interface World extends Gateway {
  /** The environment that Lambda and the function's Terraform would give a function. */
  environmentOf(functionName: string): Record<string, string>;
}

/** Makes the account that replays run in. */
export async function createWorld({ state, faults = [] }: WorldOptions): Promise<World> {
  const tables = state === undefined ? undefined : join(state, "dynamodb");
  if (tables !== undefined) mkdirSync(tables, { recursive: true });
  const served = await gateway([sns(TOPICS), await dynamoDb([HOSTNAME_TABLE], tables)], faults);
  return {
    ...served,
    environmentOf: (functionName) => ({
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: served.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      // The developer's own profile must not reach a replay.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      ...SETTINGS[functionName],
    }),
  };
}
