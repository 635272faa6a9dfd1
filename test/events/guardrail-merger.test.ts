import { expect, it } from "vitest";
import pipelinePattern from "../../functions/guardrail-merger/event-pattern.json" with { type: "json" };
import forceMergePattern from "../../functions/guardrail-merger/force-merge-pattern.json" with { type: "json" };
import { expectHarmless } from "../support/hostile.ts";
import { matchesPattern, testSamples } from "../support/samples.ts";

const replayed = testSamples("guardrail-merger", [
  ...["merged", "already active", "diverged", "conflict", "not compliant", "forced", "refused", "ignored"],
]);

it("A plain fast-forward by guardrail-merger needs three calls before those for the message.", async () => {
  const plain = await replayed(/^merged-(?!.*three-way)/);
  expect(plain.length).toBeGreaterThan(3);
  for (const { replayed: one } of plain) {
    const operations = one.calls.map(({ operation }) => operation);
    expect(operations.slice(0, 3)).toEqual(["GetPipelineExecution", "GetMergeOptions", "MergeBranchesByFastForward"]);
    expect(new Set(operations.slice(3))).toEqual(new Set(["GetCommit", "GetDifferences", "Publish"]));
  }
});

it("One event pattern of guardrail-merger lets each sample through that it handles.", async () => {
  for (const { name, sample } of await replayed()) {
    const { outcome } = sample.expect as { outcome: string };
    const matching = [pipelinePattern, forceMergePattern].filter((pattern) => matchesPattern(pattern, sample.event));
    if (outcome !== "ignored") expect([name, matching.length]).toEqual([name, 1]);
  }
});

it("The hostile samples of guardrail-merger leave no control character and no link in a message, a log line or the result.", async () => {
  expectHarmless(await replayed(/hostile/));
});
