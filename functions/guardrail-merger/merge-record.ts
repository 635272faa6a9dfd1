import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import * as z from "zod";
import type { Invocation } from "../../shared/event-handler.ts";
import type { Attempt } from "./guardrail-branch.ts";
import { type MergeRequest, mergeRequest } from "./merge-request.ts";

/** A merge that people may not have heard of. */
export interface MergeRecord {
  attempt: Attempt;
  request: MergeRequest;
}

const content = z.object({
  attempt: z.object({ strategy: z.enum(["fast-forward", "three-way"]), base: z.string(), before: z.string() }),
  request: mergeRequest,
});

/** How long a record stays (s): longer than any retry and redrive. */
const KEPT = 400 * 86_400;

export type MergeRecords = ReturnType<typeof createMergeRecords>;

/**
 * Remembers merges from before they are made until they are e-mailed, by the commit that is merged. One invocation holds a record,
 * until it ends; a retry has the same request id and goes on.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * @param now the clock (epoch, ms)
 */
export function createMergeRecords({
  dynamodb,
  table,
  now,
}: {
  dynamodb: DynamoDBClient;
  table: string;
  now: () => number;
}) {
  const keyOf = (commitId: string) => ({ pk: { S: "merge" }, sk: { S: commitId } });
  const holding = ({ context, deadline }: Invocation) => ({
    ":holder": { S: context.awsRequestId },
    ":end": { N: String(deadline) },
  });

  /** @throws Error where another invocation holds the record */
  async function held(commitId: string, change: Promise<unknown>): Promise<void> {
    try {
      await change;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      throw new Error(`Another invocation merges ${commitId} at this moment. Lambda asks again.`);
    }
  }

  const FREE = "told = :told OR holder = :holder OR holdsUntil < :now";

  /** Takes a merge before it is made. Of invocations at the same moment, one can. */
  async function claim(commitId: string, record: MergeRecord, invocation: Invocation): Promise<void> {
    const { ":holder": holder, ":end": holdsUntil } = holding(invocation);
    const command = new PutItemCommand({
      TableName: table,
      Item: {
        ...keyOf(commitId),
        holder,
        holdsUntil,
        told: { BOOL: false },
        content: { S: JSON.stringify(record) },
        expiration: { N: String(Math.floor(now() / 1_000) + KEPT) },
      },
      ConditionExpression: `attribute_not_exists(pk) OR ${FREE}`,
      ExpressionAttributeValues: { ":told": { BOOL: true }, ":holder": holder, ":now": { N: String(now()) } },
    });
    await held(commitId, dynamodb.send(command, { abortSignal: invocation.signal }));
  }

  /** Takes over a merge that was claimed and not told; undefined where there is none. */
  async function untold(commitId: string, invocation: Invocation): Promise<MergeRecord | undefined> {
    const abortSignal = invocation.signal;
    const read = new GetItemCommand({ TableName: table, Key: keyOf(commitId), ConsistentRead: true });
    const { Item } = await dynamodb.send(read, { abortSignal });
    if (!Item || Item.told?.BOOL) return undefined;
    const take = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(commitId),
      UpdateExpression: "SET holder = :holder, holdsUntil = :end",
      ConditionExpression: FREE,
      ExpressionAttributeValues: { ...holding(invocation), ":told": { BOOL: true }, ":now": { N: String(now()) } },
    });
    await held(commitId, dynamodb.send(take, { abortSignal }));
    return content.parse(JSON.parse(Item.content?.S ?? ""));
  }

  /** Notes that people know of a merge, or that none took place. */
  async function told(commitId: string, abortSignal: AbortSignal): Promise<void> {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(commitId),
      UpdateExpression: "SET told = :told",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":told": { BOOL: true } },
    });
    await dynamodb.send(command, { abortSignal });
  }

  return { claim, untold, told };
}
