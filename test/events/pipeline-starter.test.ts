import { expect, it } from "vitest";
import pattern from "../../functions/pipeline-starter/event-pattern.json" with { type: "json" };
import { expectHarmless } from "../support/hostile.ts";
import { matchesPattern, testSamples } from "../support/samples.ts";

const replayed = testSamples("pipeline-starter", ["started", "already started", "refused", "ignored"]);

it("A sample of pipeline-starter needs at most two calls besides those of idempotency and the message.", async () => {
  for (const { name, replayed: one } of await replayed()) {
    const others = one.calls.filter(({ service }) => service !== "DynamoDB" && service !== "SNS");
    expect([name, others.length <= 2]).toEqual([name, true]);
  }
});

it("The event pattern of pipeline-starter lets every sample through that it handles, and none that is not about a tag.", async () => {
  for (const { name, sample } of await replayed()) {
    const { outcome, tag } = sample.expect as { outcome: string; tag: string | null };
    const passes = matchesPattern(pattern, sample.event);
    if (outcome !== "ignored") expect([name, passes]).toEqual([name, true]);
    if (tag === null) expect([name, passes]).toEqual([name, false]);
  }
});

it("The hostile samples of pipeline-starter leave no control character and no link in a message, a log line or the result.", async () => {
  expectHarmless(await replayed(/hostile/));
});
