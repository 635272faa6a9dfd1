import { describe, expect, it } from "vitest";
import { readExportOptions } from "../../../cli/export-rules/options.ts";

describe("the options of the command", () => {
  it("The command-line options of export-rules become those of an export.", () => {
    expect(readExportOptions({ organization: true, lambdaLayers: ["a"], lambdaTimeout: 5 })).toEqual({
      organization: true,
      lambdaLayers: ["a"],
      lambdaSubnets: [],
      lambdaSecurityGroups: [],
      lambdaTimeout: 5,
    });
  });

  it.each([
    [{ lambdaSubnets: ["subnet-1"] }, "--lambda-subnets go together with --lambda-security-groups."],
    [{ lambdaSecurityGroups: ["sg-1"] }, "--lambda-subnets go together with --lambda-security-groups."],
    [{ lambdaRoleArn: "arn", lambdaRoleName: "name" }, "--lambda-role-name cannot be used with --lambda-role-arn."],
    [{ lambdaLayers: ["a", "b", "c", "d", "e", "f"] }, "--lambda-layers must name five layers at the most."],
    [{ lambdaTimeout: 3_600 }, "--lambda-timeout must be a whole number from 1 to 900."],
    [
      { lambdaTimeout: Number("soon"), runtime: "" },
      "--runtime must not be empty. --lambda-timeout must be a whole number from 1 to 900.",
    ],
    [{ rdklibLayerArn: "" }, "--rdklib-layer-arn must not be empty."],
  ])(
    "The command-line options of export-rules are named by their own names where %j is refused.",
    (options, message) => {
      expect(() => readExportOptions(options)).toThrow(new Error(message));
    },
  );
});
