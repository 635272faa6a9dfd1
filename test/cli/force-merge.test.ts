import { afterEach, beforeEach, expect, it } from "vitest";
import { readGuardrailEvent } from "../../functions/guardrail-merger/event.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import { createWorld, type World } from "../../local/world.ts";
import { runCommandFile } from "../support/run-command.ts";

const COMMIT = "74426ea12a49e29618b8894af2f730e9e1c96252";

const faults: Fault[] = [];
let world: World;
beforeEach(async () => {
  world = await createWorld({ faults });
});
afterEach(() => world.close());

const forceMerge = (...args: string[]) => runCommandFile("cli/force-merge.ts", args, world.environmentOf("developer"));

it("force-merge puts the event that wakes guardrail-merger, with the ARN of the caller, and lists what it asked for.", async () => {
  const reason = 'The "auditors" asked\nfor it';
  const { code, stdout } = await forceMerge("--commit", COMMIT, "--reason", reason);
  expect([code, stdout]).toEqual([0, expect.stringContaining(`\n  commit        ${COMMIT}\n`)]);
  expect(stdout).toMatch(
    /\n {2}requested by {2}arn:aws:sts::111122223333:assumed-role\/Developer\/local\n {2}event {9}\S+\n$/,
  );
  const { input } = world.calls.find(({ operation }) => operation === "PutEvents") ?? {};
  const [entry] = (input as { Entries: Record<string, string>[] }).Entries;
  expect(entry?.EventBusName).toBe("default");
  const event = { source: entry?.Source, "detail-type": entry?.DetailType, detail: JSON.parse(entry?.Detail ?? "") };
  expect(readGuardrailEvent(event, { pipeline: "guardrails-develop", repository: "guardrails" })).toEqual({
    kind: "force merge",
    repository: "guardrails",
    commitId: COMMIT,
    reason,
    requestedBy: "arn:aws:sts::111122223333:assumed-role/Developer/local",
  });
});

it("force-merge fails where EventBridge did not take the event, although the call succeeded.", async () => {
  const { code, stderr } = await forceMerge("--commit", COMMIT, "--reason", "x", "--event-bus", "none");
  expect(code).toBe(1);
  expect(stderr).toContain(
    "EventBridge did not take the request: ResourceNotFoundException There is no such event bus",
  );
});

it("force-merge asks again where the answer of EventBridge is lost: a second request finds the commit merged.", async () => {
  faults.push({ kind: "lose", service: "EventBridge", operation: "PutEvents", remaining: 1 });
  const { code, stdout } = await forceMerge("--commit", COMMIT, "--reason", "x");
  expect([code, stdout]).toEqual([0, expect.stringContaining(COMMIT)]);
  const requests = world.calls.filter(({ operation }) => operation === "PutEvents").map(({ input }) => input);
  expect(requests).toHaveLength(2);
  expect(requests[0]).toEqual(requests[1]);
});

it.each([
  ["STS", "GetCallerIdentity"],
  ["EventBridge", "PutEvents"],
])("force-merge fails where %s.%s is denied, and says so.", async (service, operation) => {
  faults.push({ kind: "fail", service, operation, errorName: "AccessDenied", remaining: 1 });
  const { code, stderr } = await forceMerge("--commit", COMMIT, "--reason", "x");
  expect(code).toBe(1);
  expect(stderr).toMatch(/^AccessDenied/);
});

it.each([
  ["no commit", ["--reason", "x"], "--commit"],
  ["no reason", ["--commit", COMMIT], "--reason"],
  ["an empty reason", ["--commit", COMMIT, "--reason", " \u200b"], "Say why."],
  ["a part of an id", ["--commit", COMMIT.slice(0, 8), "--reason", "x"], "Write the whole id"],
  ["an unknown option", ["--commit", COMMIT, "--reason", "x", "--now"], "unknown option"],
])("force-merge with %s is wrong usage: exit code 2.", async (_what, args, complaint) => {
  const { code, stderr } = await forceMerge(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
  expect(world.calls).toEqual([]);
});
