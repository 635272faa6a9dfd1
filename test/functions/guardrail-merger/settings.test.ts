import { expect, it } from "vitest";
import { settingsSchema } from "../../../functions/guardrail-merger/settings.ts";
import { readSettings } from "../../../shared/settings.ts";

const given = {
  PIPELINE: "guardrails-develop",
  REPOSITORY: "guardrails",
  REPOSITORY_ARN: "arn:aws:codecommit:us-east-1:111122223333:guardrails",
  ACCOUNT_ID: "111122223333",
  TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:guardrails",
  ARTIFACT_BUCKET: "artifacts",
  REPORT_BUCKET: "reports",
  TABLE_NAME: "palisade-guardrails",
  FORCE_PRINCIPALS: '["arn:aws:iam::111122223333:role/a/Lead","arn:aws:iam::111122223333:user/ben"]',
  BREAK_GLASS_ROLE_ARN: "arn:aws:iam::111122223333:role/palisade-break-glass",
  MERGER_ROLE_ARN: "arn:aws:iam::111122223333:role/palisade-guardrail-merger",
};

it("The settings of guardrail-merger have the documented defaults.", () => {
  expect(readSettings(settingsSchema, given)).toEqual({
    ...given,
    FORCE_PRINCIPALS: ["arn:aws:iam::111122223333:role/a/Lead", "arn:aws:iam::111122223333:user/ben"],
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
  ["REPOSITORY_ARN", "guardrails"],
  ["ACCOUNT_ID", "1"],
  ["ARTIFACT_BUCKET", "a/b"],
  ["REPORT_BUCKET", "A"],
  ["TABLE_NAME", "a b"],
  ["FORCE_PRINCIPALS", "Lead"],
  ["BREAK_GLASS_ROLE_ARN", "palisade-break-glass"],
  ["MERGER_ROLE_ARN", "arn:aws:sts::111122223333:assumed-role/a/b"],
])("The settings of guardrail-merger refuse %s=%s.", (name, value) => {
  expect(() => readSettings(settingsSchema, { ...given, [name]: value })).toThrow(`${name}: must be`);
});

it.each(["arn:aws:iam::111122223333:root", "*", "arn:aws:sts::111122223333:assumed-role/Lead/ana"])(
  "The settings of guardrail-merger take no principal %s for force merges.",
  (principal) => {
    expect(() => readSettings(settingsSchema, { ...given, FORCE_PRINCIPALS: JSON.stringify([principal]) })).toThrow(
      "FORCE_PRINCIPALS.0: must be the ARN of a role or a user",
    );
  },
);
