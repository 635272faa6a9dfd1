import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  QueryCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import { VERDICTS } from "./report.ts";

const counts = z.record(z.enum(VERDICTS), z.number());

/** The run of a check whose guardrails became active, and where its `compliance.json` is. */
const activated = z.object({
  at: z.string(),
  commitId: z.string(),
  /** Missing for a commit that was forced and never checked. */
  folder: z.string().optional(),
});
export type Activated = z.output<typeof activated>;

const run = z.object({
  at: z.string(),
  commitId: z.string(),
  counts,
  /** Of its page and its `compliance.json`, in the report bucket. */
  folder: z.string(),
  /** The run whose guardrails were active then. */
  active: activated.optional(),
});
export type Run = z.output<typeof run>;

/** What an owner heard last: of the run that ended then, and a fingerprint of what it said of the workload. */
const heardOf = z.object({ at: z.string(), fingerprint: z.string() });
export type Heard = z.output<typeof heardOf>;

/** How many runs a trend shows, this one included. */
const MOST_RUNS = 30;

/** How long a run stays (s): as long as its page. */
const KEPT = 400 * 86_400;

export type RunHistory = ReturnType<typeof createRunHistory>;

/**
 * What is known of earlier runs, what each workload's owner heard last, and which waivers were e-mailed. A copy of an event that
 * comes late changes nothing that is newer.
 */
export function createRunHistory({ dynamodb, table }: { dynamodb: DynamoDBClient; table: string }) {
  /** @param condition that an item which is there has to meet */
  async function put(
    [pk, sk]: readonly [string, string],
    value: { at: string; [field: string]: unknown },
    { condition, expiration }: { condition?: string; expiration?: number },
    abortSignal: AbortSignal,
  ): Promise<void> {
    const { at } = value;
    const command = new PutItemCommand({
      TableName: table,
      Item: {
        pk: { S: pk },
        sk: { S: sk },
        moment: { S: at },
        content: { S: JSON.stringify(value) },
        ...(expiration !== undefined && { expiration: { N: String(expiration) } }),
      },
      ...(condition !== undefined && {
        ConditionExpression: `attribute_not_exists(pk) OR ${condition}`,
        ExpressionAttributeValues: { ":moment": { S: at } },
      }),
    });
    try {
      await dynamodb.send(command, { abortSignal });
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  }

  const NOT_NEWER = { condition: "moment <= :moment" };

  async function get<Schema extends z.ZodType>(
    schema: Schema,
    [pk, sk]: readonly [string, string],
    abortSignal: AbortSignal,
  ): Promise<z.output<Schema> | undefined> {
    const command = new GetItemCommand({
      TableName: table,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConsistentRead: true,
    });
    const { Item } = await dynamodb.send(command, { abortSignal });
    return Item && schema.parse(JSON.parse(Item.content?.S ?? ""));
  }

  /** The last runs, newest first. */
  async function runs(abortSignal: AbortSignal): Promise<Run[]> {
    const command = new QueryCommand({
      TableName: table,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "run" } },
      ScanIndexForward: false,
      ConsistentRead: true,
      Limit: MOST_RUNS,
    });
    const { Items = [] } = await dynamodb.send(command, { abortSignal });
    return Items.map(({ content }) => run.parse(JSON.parse(content?.S ?? "")));
  }

  /** What each workload's owner heard last, by workload. */
  async function heard(abortSignal: AbortSignal): Promise<ReadonlyMap<string, Heard>> {
    const query = {
      TableName: table,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: "owner" } },
      ConsistentRead: true,
    };
    const found = new Map<string, Heard>();
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, query, { abortSignal }))
      for (const { sk, content } of Items) found.set(sk?.S ?? "", heardOf.parse(JSON.parse(content?.S ?? "")));
    return found;
  }

  return {
    runs,
    heard,
    addRun: (executionId: string, one: Run, abortSignal: AbortSignal) =>
      put(
        ["run", `${one.at}#${executionId}`],
        { ...one },
        { expiration: Math.floor(Date.parse(one.at) / 1_000) + KEPT },
        abortSignal,
      ),
    /** The run whose guardrails are active. */
    active: (abortSignal: AbortSignal) => get(activated, ["active", "run"], abortSignal),
    activate: (one: Activated, abortSignal: AbortSignal) => put(["active", "run"], { ...one }, NOT_NEWER, abortSignal),
    /** Notes what an owner heard of a run. */
    ownerHeard: (workload: string, fingerprint: string, at: string, abortSignal: AbortSignal) =>
      put(["owner", workload], { at, fingerprint }, NOT_NEWER, abortSignal),
    /** Whether people heard of a waiver. These items have no end: the waiver may stay in its file. */
    waiverTold: async (key: string, abortSignal: AbortSignal) =>
      (await get(z.object({}), ["waiver", key], abortSignal)) !== undefined,
    tellWaiver: (key: string, at: string, abortSignal: AbortSignal) => put(["waiver", key], { at }, {}, abortSignal),
  };
}
