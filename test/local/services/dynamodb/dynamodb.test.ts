import {
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Gateway } from "../../../../local/gateway/gateway.ts";
import { createWorld } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

// dynalite is the engine; these are the transactions that it lacks.

const TableName = "palisade-hostnames";
let world: Gateway;
let client: DynamoDBClient;
beforeEach(async () => {
  world = await createWorld({});
  client = new DynamoDBClient(localClient(world.endpoint));
});
afterEach(() => world.close());

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: "s" } });
const put = (pk: string, value: string, condition?: string): TransactWriteItem => ({
  Put: { TableName, Item: { ...key(pk), value: { S: value } }, ...(condition && { ConditionExpression: condition }) },
});
const transact = (...TransactItems: TransactWriteItem[]) =>
  client.send(new TransactWriteItemsCommand({ TransactItems }));
const storedValue = async (pk: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: key(pk) }))).Item?.value?.S;

it("DynamoDB writes all items of a transaction.", async () => {
  await client.send(new PutItemCommand({ TableName, Item: key("c") }));
  await transact(put("a", "1"), put("b", "2", "attribute_not_exists(pk)"), { Delete: { TableName, Key: key("c") } });
  expect([await storedValue("a"), await storedValue("b")]).toEqual(["1", "2"]);
  expect((await client.send(new GetItemCommand({ TableName, Key: key("c") }))).Item).toBeUndefined();
});

it("DynamoDB writes nothing of a transaction whose condition fails, and says which condition failed.", async () => {
  await transact(put("a", "old"), put("c", "old"));
  const failing = transact(put("a", "new"), put("b", "new"), put("c", "new", "attribute_not_exists(pk)"), {
    Delete: { TableName, Key: key("a2") },
  });
  await expect(failing).rejects.toMatchObject({
    name: "TransactionCanceledException",
    CancellationReasons: [{ Code: "None" }, { Code: "None" }, { Code: "ConditionalCheckFailed" }, { Code: "None" }],
  });
  expect([await storedValue("a"), await storedValue("b"), await storedValue("c")]).toEqual(["old", undefined, "old"]);
});

it("DynamoDB does nothing for a transaction with a known client request token.", async () => {
  const command = () =>
    new TransactWriteItemsCommand({
      ClientRequestToken: "token",
      TransactItems: [put("a", "1", "attribute_not_exists(pk)")],
    });
  await client.send(command());
  await expect(client.send(command())).resolves.toBeDefined();
});

it.each([
  ["more than 100 actions", Array.from({ length: 101 }, (_, index) => put(String(index), "1"))],
  ["two actions on one item", [put("a", "1"), { Delete: { TableName, Key: key("a") } }]],
  ["no actions", []],
])("DynamoDB refuses a transaction with %s.", async (_what, items) => {
  await expect(transact(...items)).rejects.toMatchObject({ name: "ValidationException" });
});

it("DynamoDB writes nothing of a transaction that fails halfway.", async () => {
  const missing = { Put: { TableName: "no-such-table", Item: key("b") } };
  await expect(transact(put("a", "1"), missing)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  expect(await storedValue("a")).toBeUndefined();
});
