import { expect, it } from "vitest";
import { settingsSchema } from "../../../functions/guardrail-merger/settings.ts";
import { readSettings } from "../../../shared/settings.ts";

const given = {
  PIPELINE: "guardrails-develop",
  REPOSITORY: "guardrails",
  TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:guardrails",
};

it("The settings of guardrail-merger have the documented defaults.", () => {
  expect(readSettings(settingsSchema, given)).toEqual({
    ...given,
    SOURCE_ARTIFACT: "Source",
    SOURCE_BRANCH: "develop",
    TARGET_BRANCH: "main",
    ON_DIVERGENCE: "refuse",
  });
});

it.each([
  ["PIPELINE", "a/b"],
  ["SOURCE_ARTIFACT", "a.b"],
  ["REPOSITORY", "a/b"],
  ["SOURCE_BRANCH", "a b"],
  ["TARGET_BRANCH", "a~1"],
  ["ON_DIVERGENCE", "force"],
  ["TOPIC_ARN", "guardrails"],
])("The settings of guardrail-merger refuse %s=%s.", (name, value) => {
  expect(() => readSettings(settingsSchema, { ...given, [name]: value })).toThrow(`${name}: must be`);
});
