import { afterEach, beforeEach, expect, it } from "vitest";
import { readReleaseEvent } from "../../functions/pipeline-starter/event.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import { createWorld, type World } from "../../local/world.ts";
import { releaseAgainCommand } from "../../shared/release-again.ts";
import { runCommandFile } from "../support/run-command.ts";

const TAG = "dev_us-east-1/research/2.0-rc.1+build.7";

const faults: Fault[] = [];
let world: World;
beforeEach(async () => {
  world = await createWorld({ faults });
});
afterEach(() => world.close());

const releaseAgain = (...args: string[]) =>
  runCommandFile("cli/release-again.ts", args, world.environmentOf("developer"));

const entries = () =>
  world.calls
    .filter(({ operation }) => operation === "PutEvents")
    .map(({ input }) => (input as { Entries: Record<string, string>[] }).Entries[0] ?? {});

it("release-again puts the event that wakes pipeline-starter, with the ARN of the caller, and lists what it asked for.", async () => {
  const reason = 'The "apply" failed\nhalf-way';
  const { code, stdout } = await releaseAgain(TAG, "--reason", reason);
  expect([code, stdout]).toEqual([0, expect.stringContaining("The release topic will e-mail the result.\n")]);
  const [entry] = entries();
  expect(entry?.EventBusName).toBe("default");
  const event = readReleaseEvent({
    id: "1",
    account: "111122223333",
    region: "us-east-1",
    time: "2026-11-24T10:00:00Z",
    source: entry?.Source,
    "detail-type": entry?.DetailType,
    detail: JSON.parse(entry?.Detail ?? ""),
  });
  expect(event).toMatchObject({
    event: "releaseRequested",
    tag: TAG,
    reason,
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    by: "arn:aws:sts::111122223333:assumed-role/Developer/local",
  });
  expect(stdout).toContain(
    `\n  tag           ${TAG}\n  request       ${event?.id}\n  requested by  ${event?.by}\n  event  `,
  );
});

it("release-again takes the command as e-mails write it.", async () => {
  const [, , , ...args] = releaseAgainCommand(TAG).split(" ");
  const [separator, ...own] = args;
  expect(separator).toBe("--");
  expect(await releaseAgain(...own)).toHaveProperty("code", 0);
});

it("release-again gives each request an id of its own, and keeps it where the answer of EventBridge is lost.", async () => {
  faults.push({ kind: "lose", service: "EventBridge", operation: "PutEvents", remaining: 1 });
  for (let count = 0; count < 2; count += 1) expect(await releaseAgain(TAG, "--reason", "x")).toHaveProperty("code", 0);
  const ids = entries().map(({ Detail }) => JSON.parse(Detail ?? "").requestId);
  expect(ids).toHaveLength(3);
  expect(ids[0]).toBe(ids[1]);
  expect(ids[2]).not.toBe(ids[0]);
});

it("release-again fails where EventBridge did not take the event, although the call succeeded.", async () => {
  const { code, stderr } = await releaseAgain(TAG, "--reason", "x", "--event-bus", "none");
  expect(code).toBe(1);
  expect(stderr).toContain("EventBridge did not take the request: ResourceNotFoundException");
});

it.each([
  ["STS", "GetCallerIdentity"],
  ["EventBridge", "PutEvents"],
])("release-again fails where %s.%s is denied, and says so.", async (service, operation) => {
  faults.push({ kind: "fail", service, operation, errorName: "AccessDenied", remaining: 1 });
  const { code, stderr } = await releaseAgain(TAG, "--reason", "x");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^AccessDenied/);
});

it.each([
  ["no tag", ["--reason", "x"], "missing required argument 'TAG'"],
  ["a part of a tag", ["research/1.0", "--reason", "x"], "Write the whole tag"],
  ["a full reference", [`refs/tags/${TAG}`, "--reason", "x"], "Write the whole tag"],
  ["a tag that an e-mail defanged", ["dev_us-east-1/research/1.0[.]a", "--reason", "x"], "Write the whole tag"],
  ["two tags", [TAG, TAG, "--reason", "x"], "too many arguments"],
  ["no reason", [TAG], "--reason"],
  ["an empty reason", [TAG, "--reason", " \u200b"], "Say why."],
  ["an unknown option", [TAG, "--reason", "x", "--now"], "unknown option"],
])("release-again with %s is wrong usage: exit code 2.", async (_what, args, complaint) => {
  const { code, stderr } = await releaseAgain(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
  expect(world.calls).toEqual([]);
});
