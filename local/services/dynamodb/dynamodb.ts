import { once } from "node:events";
import { mkdirSync } from "node:fs";
import type { Server } from "node:http";
import dynalite from "dynalite";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { listen } from "../../gateway/loopback.ts";
import { readModel } from "../../gateway/model.ts";
import { awsJson } from "../../gateway/protocols.ts";
import type { Operation, Service } from "../../gateway/service.ts";

const item = z.record(z.string(), z.unknown());
type Item = z.output<typeof item>;

const action = z.looseObject({ TableName: z.string() });
const itemWanted = action.extend({ Item: item, ReturnValuesOnConditionCheckFailure: z.literal("ALL_OLD") });
const transaction = z.object({
  TransactItems: z
    .array(
      z.union([
        z.strictObject({ Put: action.extend({ Item: item }) }),
        z.strictObject({ Delete: action.extend({ Key: item }) }),
      ]),
    )
    .min(1)
    .max(100),
  ClientRequestToken: z.string().optional(),
});
type Transaction = z.output<typeof transaction>;

/** Tables by name, each with its key attributes: the partition key, then the sort key, if any. All are strings. */
export type Tables = Readonly<Record<string, readonly string[]>>;

/** The operations that dynalite serves. */
const FORWARDED = [
  "BatchGetItem",
  "BatchWriteItem",
  "DeleteItem",
  "GetItem",
  "PutItem",
  "Query",
  "Scan",
  "UpdateItem",
] as const;

/**
 * DynamoDB: dynalite, and write transactions (of Put and Delete), which it lacks. Requests are served one by one, so that
 * nothing can look into a transaction. The engine starts with the first request.
 *
 * @param path folder that keeps the tables; without it they live in memory
 */
export function dynamoDb(tables: Tables, path?: string): Service {
  const doneTransactions = new Set<string>();
  let lastRequest: Promise<unknown> = Promise.resolve();
  let running: Promise<{ server: Server; url: string }> | undefined;

  async function start(): Promise<{ server: Server; url: string }> {
    if (path !== undefined) mkdirSync(path, { recursive: true });
    const server = dynalite({ createTableMs: 0, ...(path !== undefined && { path }) });
    const url = await listen(server);
    for (const [name, keys] of Object.entries(tables)) await createTable(url, name, keys);
    return { server, url };
  }

  const keyOf = (tableName: string, whole: Item): Item =>
    Object.fromEntries((tables[tableName] ?? []).map((name) => [name, whole[name]]));

  async function forward(operation: string, input: unknown): Promise<Item> {
    running ??= start();
    return await request((await running).url, operation, input);
  }

  async function request(url: string, operation: string, input: unknown): Promise<Item> {
    const answer = await fetch(url, {
      method: "POST",
      headers: {
        "content-type": "application/x-amz-json-1.0",
        "x-amz-target": `DynamoDB_20120810.${operation}`,
        "x-amz-date": "20260101T000000Z",
        authorization: "AWS4-HMAC-SHA256 Credential=local/, SignedHeaders=host, Signature=local",
      },
      body: JSON.stringify(input),
    });
    const output = item.parse(await answer.json());
    if (answer.ok) return output;
    const { __type, message, Message, ...fields } = output;
    // dynalite ignores ReturnValuesOnConditionCheckFailure.
    const { data: asked } = itemWanted.safeParse(input);
    if (asked && String(__type).endsWith("ConditionalCheckFailedException"))
      Object.assign(
        fields,
        await request(url, "GetItem", { TableName: asked.TableName, Key: keyOf(asked.TableName, asked.Item) }),
      );
    throw new AwsError(String(__type).replace(/^.*#/, ""), String(message ?? Message ?? ""), fields);
  }

  async function createTable(url: string, TableName: string, keys: readonly string[]): Promise<void> {
    try {
      await request(url, "CreateTable", {
        TableName,
        BillingMode: "PAY_PER_REQUEST",
        KeySchema: keys.map((name, index) => ({ AttributeName: name, KeyType: index === 0 ? "HASH" : "RANGE" })),
        AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: "S" })),
      });
    } catch (error) {
      if (!(error instanceof AwsError && error.name === "ResourceInUseException")) throw error;
    }
    const described = z.object({ Table: z.object({ TableStatus: z.string() }) });
    while (described.parse(await request(url, "DescribeTable", { TableName })).Table.TableStatus !== "ACTIVE");
  }

  async function transact({ TransactItems, ClientRequestToken = "" }: Transaction): Promise<Item> {
    // A repeat with the same token does nothing. AWS knows a token for ten minutes.
    if (doneTransactions.has(ClientRequestToken)) return {};
    const undo: (() => Promise<unknown>)[] = [];
    const reasons: { Code: string; Message?: string }[] = [];
    for (const request of TransactItems) {
      const [operation, body, Key] =
        "Put" in request
          ? (["PutItem", request.Put, keyOf(request.Put.TableName, request.Put.Item)] as const)
          : (["DeleteItem", request.Delete, request.Delete.Key] as const);
      const { TableName } = body;
      try {
        const { Attributes } = await forward(operation, { ...body, ReturnValues: "ALL_OLD" });
        undo.unshift(() =>
          Attributes ? forward("PutItem", { TableName, Item: Attributes }) : forward("DeleteItem", { TableName, Key }),
        );
        reasons.push({ Code: "None" });
      } catch (error) {
        if (!(error instanceof AwsError && error.name === "ConditionalCheckFailedException")) {
          for (const step of undo) await step();
          throw error;
        }
        reasons.push({ Code: "ConditionalCheckFailed", Message: error.message });
      }
    }
    if (reasons.some(({ Code }) => Code !== "None")) {
      for (const step of undo) await step();
      throw new AwsError(
        "TransactionCanceledException",
        `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(", ")}]`,
        { CancellationReasons: reasons },
      );
    }
    if (ClientRequestToken !== "") doneTransactions.add(ClientRequestToken);
    return {};
  }

  /** Waits for the request before it, even for one that failed. */
  const inTurn =
    (operation: Operation): Operation =>
    (input, caller) => {
      const turn = lastRequest.then(
        () => operation(input, caller),
        () => operation(input, caller),
      );
      lastRequest = turn;
      return turn;
    };

  return {
    name: "DynamoDB",
    signingName: "dynamodb",
    protocol: awsJson("1.0"),
    model: readModel("dynamodb"),
    invalidInput: "ValidationException",
    operations: {
      ...Object.fromEntries(FORWARDED.map((name) => [name, inTurn((input) => forward(name, input))])),
      TransactWriteItems: inTurn((input) => transact(parseTransaction(input, keyOf))),
    },
    close: async () => {
      // An engine that did not start has nothing to close.
      const server = (await running?.catch(() => undefined))?.server;
      if (!server) return;
      server.close();
      await once(server, "close");
    },
  };
}

function parseTransaction(input: unknown, keyOf: (tableName: string, whole: Item) => Item): Transaction {
  const parsed = transaction.safeParse(input);
  if (!parsed.success) throw new AwsError("ValidationException", z.prettifyError(parsed.error));

  const targets = parsed.data.TransactItems.map((request) =>
    JSON.stringify(
      "Put" in request
        ? [request.Put.TableName, keyOf(request.Put.TableName, request.Put.Item)]
        : [request.Delete.TableName, keyOf(request.Delete.TableName, request.Delete.Key)],
    ),
  );
  if (new Set(targets).size < targets.length)
    throw new AwsError("ValidationException", "Transaction request cannot include multiple operations on one item");
  return parsed.data;
}
