import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { beforeEach, expect, it, vi } from "vitest";
import { createOnce, type Once } from "../../../functions/pipeline-starter/once.ts";
import { clientConfiguration, MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import { lambdaContext } from "../../support/lambda-context.ts";
import { useReleaseWorld } from "../../support/pipeline-starter.ts";

const TABLE = "palisade-starts";
const HOUR = 3_600_000;
const TIME_LIMIT = 60_000;

const world = useReleaseWorld();
let once: Once;
let key: [string];
beforeEach(({ task }) => {
  once = createOnce(new DynamoDBClient(clientConfiguration(world.platform())), TABLE);
  key = [task.name];
});

/** What a function knows of its invocation. */
const invocation = (signal = new AbortController().signal) => {
  const context = lambdaContext(TIME_LIMIT);
  return { context, signal, deadline: Date.now() + TIME_LIMIT };
};
const action = () => vi.fn(async () => ({ done: true }));

it("An action is done once, and its result is returned again.", async () => {
  const act = action();
  expect(await once(key, invocation(), act)).toEqual({ result: { done: true }, repeated: false });
  expect(await once(key, invocation(), act)).toEqual({ result: { done: true }, repeated: true });
  expect(act).toHaveBeenCalledTimes(1);
});

it("An action is done once for each key.", async () => {
  const act = action();
  await once(key, invocation(), act);
  expect(await once([...key, "more"], invocation(), act)).toMatchObject({ repeated: false });
  expect(act).toHaveBeenCalledTimes(2);
});

it("An action that was done once is remembered for 36 hours.", async () => {
  const act = action();
  await once(key, invocation(), act);
  vi.setSystemTime(Date.now() + 35.9 * HOUR);
  expect(await once(key, invocation(), act)).toMatchObject({ repeated: true });
  vi.setSystemTime(Date.now() + 0.2 * HOUR);
  expect(await once(key, invocation(), act)).toMatchObject({ repeated: false });
});

it("An action that must be done once and failed is done again by the next try.", async () => {
  const act = action().mockRejectedValueOnce(new Error("no"));
  await expect(once(key, invocation(), act)).rejects.toThrow("no");
  expect(await once(key, invocation(), act)).toMatchObject({ repeated: false });
});

it("An action that must be done once throws its error even where its record cannot be deleted.", async () => {
  world.fail("DynamoDB", "DeleteItem", "InternalServerError", { times: MAX_ATTEMPTS });
  await expect(once(key, invocation(), action().mockRejectedValueOnce(new Error("no")))).rejects.toThrow(/^no$/);
});

it("An action that must be done once waits while another invocation does it, until the deadline of that invocation.", async () => {
  const act = action();
  void once(key, invocation(), () => new Promise<never>(() => undefined));
  await vi.waitFor(() => expect(world.operations()).toEqual(["DynamoDB.PutItem"]));
  await expect(once(key, invocation(), act)).rejects.toThrow("already an execution in progress");
  expect(act).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
  expect(await once(key, invocation(), act)).toMatchObject({ repeated: false });
});

it("An action that must be done once and fails after the time limit leaves its record to the deadline.", async () => {
  const controller = new AbortController();
  const failed = Promise.withResolvers<never>();
  void once(key, invocation(controller.signal), () => failed.promise);
  await vi.waitFor(() => expect(world.operations()).toEqual(["DynamoDB.PutItem"]));
  controller.abort();
  failed.reject(new Error("aborted"));
  await expect(once(key, invocation(), action())).rejects.toThrow("already an execution in progress");
  expect(world.operations()).not.toContain("DynamoDB.DeleteItem");
});

it.each([
  ["PutItem", "Failed to save in progress record to idempotency store"],
  ["UpdateItem", "Failed to update success record to idempotency store"],
])(
  "An action that must be done once throws a fault of its table at %s with what DynamoDB says.",
  async (operation, message) => {
    world.fail("DynamoDB", operation, "AccessDeniedException");
    await expect(once(key, invocation(), action())).rejects.toThrow(
      new RegExp(`^${message}.*: The run asked for this fault`),
    );
  },
);
