import { describe, expect, it } from "vitest";
import { read } from "../../support/rdk-rule.ts";

describe("a Guard rule", () => {
  const parameters = { SourceRuntime: "guard-2.x.x", SourceEvents: "AWS::S3::Bucket" };
  const files = { "MY_RULE.guard": "rule x { }\n" };

  it("A Guard policy makes a rule without code, which runs on changes.", () => {
    expect(read({ parameters, files })).toMatchObject({
      kind: "guard",
      problems: [],
      code: undefined,
      entry: {
        policy: { runtime: "guard-2.x.x", text: "rule x { }\n" },
        triggers: ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
      },
    });
  });

  it("A Guard policy may have 10,000 characters.", () => {
    expect(read({ parameters, files: { "MY_RULE.guard": "x".repeat(10_000) } }).problems).toEqual([]);
  });

  it.each([
    ["without a policy", parameters, {}, "is missing or empty"],
    ["with an empty policy", parameters, { "MY_RULE.guard": " \n" }, "is missing or empty"],
    ["with a policy that is too long", parameters, { "MY_RULE.guard": "x".repeat(10_001) }, "Config takes 10000"],
    ["by the clock", { ...parameters, SourcePeriodic: "One_Hour" }, files, "runs on changes only"],
    ["without SourceEvents", { ...parameters, SourceEvents: "" }, files, "runs on changes only"],
    ["in another runtime", { ...parameters, SourceRuntime: "guard-3" }, files, "must be guard-2.x.x"],
    ["in one version of its runtime", { ...parameters, SourceRuntime: "guard-2.1.4" }, files, "must be guard-2.x.x"],
  ])("A Guard rule %s is refused.", (_what, given, with_, message) => {
    expect(read({ parameters: given, files: with_ }).problems).toMatchObject([
      { severity: "error", message: expect.stringContaining(message) },
    ]);
  });
});
