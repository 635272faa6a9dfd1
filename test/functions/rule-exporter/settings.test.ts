import { describe, expect, it } from "vitest";
import { settingsSchema } from "../../../functions/rule-exporter/settings.ts";
import { readSettings } from "../../../shared/settings.ts";

const NEEDED = { CODE_BUCKET: "rules-111122223333", TARGET_REPOSITORY: "infrastructure" };
const read = (changed: Record<string, string> = {}) => readSettings(settingsSchema, { ...NEEDED, ...changed });

describe("the settings", () => {
  it("The settings of rule-exporter have defaults for all but the bucket and the repository.", () => {
    expect(read()).toEqual({
      ...NEEDED,
      TARGET_BRANCH: "main",
      TARGET_FOLDER: "config-rules",
      EXPORT_OPTIONS: { organization: false, lambdaLayers: [], lambdaSubnets: [], lambdaSecurityGroups: [] },
    });
  });

  it("The settings of rule-exporter take the options of an export that the command has.", () => {
    expect(read({ EXPORT_OPTIONS: '{"organization":true,"lambdaTimeout":120}' }).EXPORT_OPTIONS).toMatchObject({
      organization: true,
      lambdaTimeout: 120,
    });
  });

  it.each([
    [{ CODE_BUCKET: "" }, "CODE_BUCKET is missing"],
    [{ CODE_BUCKET: "Not_A_Bucket" }, "CODE_BUCKET: must be the name of an S3 bucket"],
    [{ TARGET_FOLDER: "../elsewhere" }, "TARGET_FOLDER: must be a folder such as terraform/config-rules"],
    [{ TARGET_FOLDER: "/absolute" }, "TARGET_FOLDER: must be a folder"],
    [{ TARGET_BRANCH: "refs/heads/main" }, "TARGET_BRANCH: must be the name of a branch"],
    [{ EXPORT_OPTIONS: "organization" }, "EXPORT_OPTIONS: must be JSON"],
    [{ EXPORT_OPTIONS: '{"organisation":true}' }, "Unrecognized key"],
    [
      { EXPORT_OPTIONS: '{"lambdaSubnets":["subnet-1"]}' },
      "EXPORT_OPTIONS.lambdaSubnets: go together with lambdaSecurityGroups",
    ],
    [
      { EXPORT_OPTIONS: '{"lambdaRoleArn":"a","lambdaRoleName":"b"}' },
      "EXPORT_OPTIONS.lambdaRoleName: cannot be used with lambdaRoleArn",
    ],
    [
      { EXPORT_OPTIONS: '{"lambdaTimeout":3600}' },
      "EXPORT_OPTIONS.lambdaTimeout: must be a whole number from 1 to 900",
    ],
  ])("The settings %j of rule-exporter are wrong.", (changed, complaint) => {
    expect(() => read(changed)).toThrow(complaint);
  });
});
