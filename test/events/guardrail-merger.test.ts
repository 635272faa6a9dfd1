import { expect, it } from "vitest";
import branchPattern from "../../functions/guardrail-merger/branch-pattern.json" with { type: "json" };
import pipelinePattern from "../../functions/guardrail-merger/event-pattern.json" with { type: "json" };
import pullRequestPattern from "../../functions/guardrail-merger/pull-request-pattern.json" with { type: "json" };
import { expectHarmless } from "../support/hostile.ts";
import { matchesPattern, testSamples } from "../support/samples.ts";

const replayed = testSamples("guardrail-merger", [
  ...["merged", "already active", "diverged", "conflict", "not compliant", "could not check"],
  ...["forced", "refused", "bypassed", "checked", "ignored"],
]);

it("A plain fast-forward by guardrail-merger reads what was checked, claims the merge, and closes it after the message.", async () => {
  const plain = await replayed(/^merged-(?!.*(three-way|warnings))/);
  expect(plain.length).toBeGreaterThan(3);
  for (const { replayed: one } of plain) {
    const operations = one.calls.map(({ operation }) => operation);
    const results = Array.from({ length: 5 }, () => "GetObject");
    expect(operations.slice(0, 11)).toEqual([
      ...["GetPipelineExecution", "ListActionExecutions", ...results],
      ...["GetMergeOptions", "GetMergeOptions", "PutItem", "MergeBranchesByFastForward"],
    ]);
    expect(operations.slice(-3)).toEqual(["Publish", "PutItem", "UpdateItem"]);
    expect(operations.length).toBeLessThan(30);
  }
});

it("One event pattern of guardrail-merger lets each sample through that it handles.", async () => {
  for (const { name, sample } of await replayed()) {
    const { outcome } = sample.expect as { outcome: string };
    const matching = [pipelinePattern, pullRequestPattern, branchPattern].filter((pattern) =>
      matchesPattern(pattern, sample.event),
    );
    // A schedule wakes the function for waivers, by no pattern.
    if (outcome === "checked") expect([name, matching.length]).toEqual([name, 0]);
    else if (outcome !== "ignored") expect([name, matching.length]).toEqual([name, 1]);
  }
});

it("The hostile samples of guardrail-merger leave no control character and no link in a message, a log line or the result.", async () => {
  expectHarmless(await replayed(/hostile/));
});
