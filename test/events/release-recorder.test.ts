import { expect, it } from "vitest";
import approvalPattern from "../../functions/release-recorder/approval-pattern.json" with { type: "json" };
import executionPattern from "../../functions/release-recorder/event-pattern.json" with { type: "json" };
import { expectHarmless } from "../support/hostile.ts";
import { matchesPattern, testSamples } from "../support/samples.ts";

const replayed = testSamples("release-recorder", [
  ...["running", "waiting", "released", "failed", "refused", "rejected", "stopped", "expired", "checked", "ignored"],
]);

it("One event pattern of release-recorder lets each sample through that it handles, but for samples of the schedule.", async () => {
  for (const { name, sample } of await replayed(/^(?!ignored|checked)/)) {
    const matching = [executionPattern, approvalPattern].filter((pattern) => matchesPattern(pattern, sample.event));
    expect([name, matching.length]).toEqual([name, 1]);
  }
  for (const { name, sample } of await replayed(/^ignored-build-action/))
    expect([name, matchesPattern(approvalPattern, sample.event)]).toEqual([name, false]);
});

it("A sample of release-recorder about one execution needs two calls of CodePipeline, one for each result, and two of the table for an e-mail, and two more to say what is there now.", async () => {
  for (const { name, sample, replayed: one } of await replayed(/^(?!ignored|checked)/)) {
    const count = (service: string) => one.calls.filter((call) => call.service === service).length;
    expect([name, count("CodePipeline"), count("S3") <= 3, count("DynamoDB")]).toEqual([
      name,
      2,
      true,
      // A write that changes nothing is followed by a read.
      count("SNS") === 1
        ? /"(applied|planned)At"/.test(JSON.stringify(sample.given))
          ? 4
          : 2
        : one.calls.some(({ operation }) => operation === "GetItem")
          ? 2
          : 1,
    ]);
  }
});

it("The hostile samples of release-recorder leave no control character and no link in a message, a log line or the result.", async () => {
  expectHarmless(await replayed(/hostile/));
});
