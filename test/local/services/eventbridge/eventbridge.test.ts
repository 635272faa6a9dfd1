import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import { afterAll, expect, it } from "vitest";
import { createWorld } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

const world = await createWorld();
afterAll(() => world.close());

const good: PutEventsRequestEntry = { Source: "palisade", DetailType: "Something Happened", Detail: "{}" };
const put = (...Entries: PutEventsRequestEntry[]) =>
  new EventBridgeClient(localClient(world.endpoint)).send(new PutEventsCommand({ Entries }));

it.each<[string, PutEventsRequestEntry, string]>([
  ["without a source", { Source: undefined }, "InvalidArgument"],
  ["without a detail type", { DetailType: "" }, "InvalidArgument"],
  ["without a detail", { Detail: undefined }, "InvalidArgument"],
  ["from a source of AWS", { Source: "aws.codecommit" }, "NotAuthorizedForSourceException"],
  ["for a bus that does not exist", { EventBusName: "other" }, "ResourceNotFoundException"],
  ["whose detail is not JSON", { Detail: "{" }, "MalformedDetail"],
])("PutEvents fails an entry %s alone, in an answer that is a success.", async (_what, change, code) => {
  expect(await put(good, { ...good, ...change })).toMatchObject({
    FailedEntryCount: 1,
    Entries: [{ EventId: expect.stringMatching(/^[\w-]{36}$/) }, { ErrorCode: code }],
  });
});

it("PutEvents refuses a request without an entry.", async () => {
  await expect(put()).rejects.toMatchObject({ name: "ValidationException" });
});
