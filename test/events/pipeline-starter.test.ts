import { expect, it } from "vitest";
import tagPattern from "../../functions/pipeline-starter/event-pattern.json" with { type: "json" };
import requestPattern from "../../functions/pipeline-starter/release-request-pattern.json" with { type: "json" };
import { expectHarmless } from "../support/hostile.ts";
import { matchesPattern, testSamples } from "../support/samples.ts";

const replayed = testSamples("pipeline-starter", ["started", "already started", "refused", "ignored"]);

it("A sample of pipeline-starter needs at most two calls besides the calls for idempotency and the message.", async () => {
  for (const { name, replayed: one } of await replayed()) {
    const others = one.calls.filter(({ service }) => service !== "DynamoDB" && service !== "SNS");
    expect([name, others.length <= 2]).toEqual([name, true]);
  }
});

it("One event pattern of pipeline-starter lets each sample through that it handles, and none that is not about a tag.", async () => {
  for (const { name, sample } of await replayed()) {
    const { outcome, tag } = sample.expect as { outcome: string; tag: string | null };
    const matching = [tagPattern, requestPattern].filter((pattern) => matchesPattern(pattern, sample.event)).length;
    if (outcome !== "ignored") expect([name, matching]).toEqual([name, 1]);
    if (tag === null) expect([name, matching]).toEqual([name, 0]);
  }
});

it("The event patterns of pipeline-starter with what Terraform adds let no sample of another account, region or repository through.", async () => {
  const account = ["111122223333"];
  const patterns = [
    { ...tagPattern, account, resources: ["arn:aws:codecommit:us-east-1:111122223333:infrastructure"] },
    { ...requestPattern, account, region: ["us-east-1"] },
  ];
  const passing = (await replayed())
    .filter(({ sample }) => patterns.some((pattern) => matchesPattern(pattern, sample.event)))
    .map(({ name }) => name);
  expect(passing).toEqual(expect.arrayContaining(["started-region", "started-on-request"]));
  expect(passing.filter((name) => /other-(account|region|repository)/.test(name))).toEqual([]);
});

it("The hostile samples of pipeline-starter leave no control character and no link in a message, a log line or the result.", async () => {
  expectHarmless(await replayed(/hostile/));
});
