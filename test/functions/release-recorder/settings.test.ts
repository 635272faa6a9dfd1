import { expect, it } from "vitest";
import { settingsSchema } from "../../../functions/release-recorder/settings.ts";
import { job } from "../../../local/world/release-recorder.ts";
import { readSettings } from "../../../shared/settings.ts";

const read = (changed: Readonly<Record<string, string>> = {}) =>
  readSettings(settingsSchema, { ...job.settings, ...changed });
const environment = { pipeline: "p", artifactBucket: "bucket", approval: null };

it("The settings of release-recorder are read from its environment.", () => {
  const { ENVIRONMENTS, ACCOUNT_ID } = read();
  expect(ACCOUNT_ID).toBe("111122223333");
  expect(ENVIRONMENTS.prod?.approval).toEqual({
    roleArn: "arn:aws:iam::111122223333:role/palisade-approve-prod",
    days: 2,
  });
  expect(ENVIRONMENTS.dev?.approval).toBeNull();
});

it.each([
  ["ENVIRONMENTS", "{}", "must name an environment"],
  ["ENVIRONMENTS", "{", "must be JSON"],
  [
    "ENVIRONMENTS",
    JSON.stringify({ dev: { ...environment, approval: { roleArn: "mary", days: 2 } } }),
    "must be the ARN of a role",
  ],
  [
    "ENVIRONMENTS",
    JSON.stringify({ dev: { ...environment, approval: { roleArn: "arn:aws:iam::111122223333:role/a", days: 61 } } }),
    "must be 1 to 60 days",
  ],
  ["ENVIRONMENTS", JSON.stringify({ dev: { ...environment, artifactBucket: "A" } }), "must be the name of a bucket"],
  ["ACCOUNT_ID", "1", "must be the id of an account"],
  ["TOPIC_ARN", "topic", "must be the ARN of a standard SNS topic"],
])("The setting %s refuses %s.", (name, value, complaint) => {
  expect(() => read({ [name]: value })).toThrow(complaint);
});
