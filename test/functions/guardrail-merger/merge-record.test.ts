import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replay } from "../../../local/runtime/replay.ts";
import type { Sample } from "../../../local/runtime/sample.ts";
import { readSample } from "../../../local/runtime/sample.ts";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import {
  createGuardrailWorld,
  forceEvent,
  GUARDRAILS,
  type GuardrailWorld,
  pipelineEvent,
} from "../../support/guardrail-merger.ts";
import { messagesIn } from "../../support/sns-messages.ts";

// What people hear of a merge, whatever call of the function has a fault.

let world: GuardrailWorld;
beforeEach(async () => {
  world = await createGuardrailWorld({ ON_DIVERGENCE: "three-way" });
});
afterEach(() => world.close());

const MERGES = {
  "fast-forward": { commitId: GUARDRAILS.furtherAhead, event: pipelineEvent() },
  "three-way": { commitId: GUARDRAILS.divergedInOtherFile, event: pipelineEvent() },
  forced: { commitId: GUARDRAILS.divergedInSameFile, event: forceEvent(GUARDRAILS.divergedInSameFile) },
};
type Kind = keyof typeof MERGES;

function give(kind: Kind): void {
  if (kind === "forced") world.addPullRequest(MERGES[kind].commitId);
  else world.addExecution(MERGES[kind].commitId);
}

/** What a message claims, without lists that may be left out. */
const claimsOf = (messages: ReturnType<GuardrailWorld["messages"]>) =>
  messages.map(({ data, email, MessageAttributes }) => ({
    ...{ outcome: data.outcome, reason: data.reason, mergedCommitId: data.mergedCommitId, strategy: data.strategy },
    MessageAttributes,
    steps: email.slice(email.indexOf("WHAT TO DO NEXT"), email.indexOf("See the whole check")),
  }));

const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  CodePipeline: ["GetPipelineExecution", "ListActionExecutions"],
  CodeCommit: [
    ...["GetPullRequest", "GetMergeOptions", "MergeBranchesByFastForward", "MergeBranchesByThreeWay"],
    ...["GetCommit", "GetDifferences", "PostCommentForPullRequest", "UpdatePullRequestStatus"],
  ],
  DynamoDB: ["PutItem", "GetItem", "Query", "UpdateItem"],
  S3: ["GetObject", "PutObject"],
  SNS: ["Publish"],
};
const CALLS = Object.entries(OPERATIONS).flatMap(([service, operations]) =>
  operations.map((operation) => [service, operation] as const),
);

/** Ends the invocations of an event as Lambda does: it tries again with the same request id. */
async function invokeUntilDone(event: unknown): Promise<void> {
  for (let tries = 0; tries < 3; tries += 1)
    try {
      await world.invoke(event);
      return;
    } catch {}
  throw new Error("The third try failed too.");
}

describe.each(Object.keys(MERGES) as Kind[])("a %s merge", (kind) => {
  it.each(["lost", "throttled"])(
    `Each record of a ${kind} merge is told with all that was merged, whatever call is %s.`,
    async (fault) => {
      give(kind);
      await invokeUntilDone(MERGES[kind].event);
      const [clean] = claimsOf(world.messages());
      const used = new Set(world.operations());
      for (const [service, operation] of CALLS.filter(([, name]) => used.has(name))) {
        await world.close();
        world = await createGuardrailWorld({ ON_DIVERGENCE: "three-way" });
        give(kind);
        if (fault === "lost") world.lose(service, operation);
        else world.fail(service, operation, "ThrottlingException", { times: MAX_ATTEMPTS });
        await invokeUntilDone(MERGES[kind].event);
        const claims = claimsOf(world.messages());
        expect([operation, claims.length > 0]).toEqual([operation, true]);
        // Where the files cannot be read, a three-way merge may be a combination.
        const cannotTell = operation === "GetCommit" && fault === "throttled" && kind !== "fast-forward";
        for (const claim of claims)
          expect([operation, claim]).toEqual([operation, cannotTell ? { ...clean, reason: claim.reason } : clean]);
        // The branch was moved once.
        expect(world.git("rev-list", "--count", `${MERGES[kind].commitId}..main`)).toBe(
          kind === "fast-forward" ? "0" : "2",
        );
      }
    },
    120_000,
  );
});

describe("an invocation that ends in the middle", () => {
  const samples: Readonly<Record<Kind, Sample>> = {
    "fast-forward": readSample("events/guardrail-merger/merged-fast-forward.json"),
    "three-way": readSample("events/guardrail-merger/merged-three-way.json"),
    forced: readSample("events/guardrail-merger/forced-three-way-over-conflict.json"),
  };
  const after = [
    ["CodeCommit", "MergeBranchesByFastForward"],
    ["CodeCommit", "MergeBranchesByThreeWay"],
    ["DynamoDB", "PutItem"],
    ["CodeCommit", "GetDifferences"],
    ["S3", "PutObject"],
    ["SNS", "Publish"],
    ["DynamoDB", "UpdateItem"],
  ] as const;
  const cells = (Object.keys(samples) as Kind[]).flatMap((kind) =>
    after
      .filter(([, operation]) => operation !== `MergeBranchesBy${kind === "fast-forward" ? "ThreeWay" : "FastForward"}`)
      .filter(([, operation]) => kind !== "forced" || operation !== "PutObject")
      .map(([service, operation]) => [kind, service, operation] as const),
  );

  it.each(cells)(
    "The record of a %s merge makes the retry tell it, where the invocation ended right after %s.%s.",
    async (kind, service, operation) => {
      const sample = samples[kind];
      const [first, retry] = await Array.fromAsync(
        replay([sample, sample], { faults: [{ kind: "crash-after", service, operation, remaining: 1 }] }),
      );
      expect(first?.error).not.toBeNull();
      const merged = [...messagesIn(first?.calls ?? []), ...messagesIn(retry?.calls ?? [])].filter(
        ({ data }) => data.outcome === (sample.expect as { outcome: string }).outcome,
      );
      expect(merged.length).toBeGreaterThan(0);
      if (operation !== "UpdateItem") expect(retry?.result).toEqual(sample.expect);
      for (const { data } of merged) expect(data).toHaveProperty("mergedCommitId");
    },
    60_000,
  );
});

it("One record makes one claim: of copies of an event at the same moment one merges and says so, and the others ask again.", async () => {
  world.addExecution(GUARDRAILS.furtherAhead);
  const copies = ["1", "2", "3", "4", "5"];
  const settled = await Promise.allSettled(copies.map((copy) => world.invoke(pipelineEvent(), copy)));
  const retried = await Promise.all(
    copies
      .filter((_copy, index) => settled[index]?.status === "rejected")
      .map((copy) => world.invoke(pipelineEvent(), copy)),
  );
  for (const { outcome } of retried) expect(outcome).toBe("already active");
  const outcomes = world.messages().map(({ data }) => data.outcome);
  expect(outcomes.filter((outcome) => outcome === "merged")).toHaveLength(1);
  expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
});

it("A record that nobody holds any more is taken over by another event of the same commit.", async () => {
  world.addExecution(GUARDRAILS.furtherAhead);
  world.fail("SNS", "Publish", "InternalFailure", { times: MAX_ATTEMPTS });
  await expect(world.invoke(pipelineEvent(), "gone")).rejects.toThrow("Publish");
  await expect(world.invoke(pipelineEvent(), "other")).rejects.toThrow("Another invocation merges");
});
