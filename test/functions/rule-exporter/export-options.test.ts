import { describe, expect, it } from "vitest";
import { exportOptions } from "../../../functions/rule-exporter/export-options.ts";

const faultsOf = (options: unknown) =>
  exportOptions.safeParse(options).error?.issues.map(({ path, message }) => `${path.join(".")} ${message}`);

describe("the options of an export", () => {
  it("The options of an export may all be left out.", () => {
    expect(exportOptions.parse({})).toEqual({
      organization: false,
      lambdaLayers: [],
      lambdaSubnets: [],
      lambdaSecurityGroups: [],
    });
  });

  it.each([
    [{ lambdaTimeout: 1 }],
    [{ lambdaTimeout: 900 }],
    [{ lambdaLayers: ["a", "b", "c", "d", "e"] }],
    [{ lambdaSubnets: ["a"], lambdaSecurityGroups: ["b", "c"] }],
    [{ lambdaRoleName: "a" }],
  ])("The options %j of an export are fine.", (options) => {
    expect(faultsOf(options)).toBeUndefined();
  });

  it.each([
    [{ lambdaTimeout: 0 }, "lambdaTimeout must be a whole number from 1 to 900"],
    [{ lambdaTimeout: 901 }, "lambdaTimeout must be a whole number from 1 to 900"],
    [{ lambdaTimeout: 1.5 }, "lambdaTimeout must be a whole number from 1 to 900"],
    [{ lambdaTimeout: Number.NaN }, "lambdaTimeout must be a whole number from 1 to 900"],
    [{ lambdaLayers: ["a", "b", "c", "d", "e", "f"] }, "lambdaLayers must name five layers at the most"],
    [{ lambdaSubnets: ["a"] }, "lambdaSubnets go together with lambdaSecurityGroups"],
    [{ lambdaSecurityGroups: ["a"] }, "lambdaSubnets go together with lambdaSecurityGroups"],
    [{ lambdaRoleArn: "a", lambdaRoleName: "b" }, "lambdaRoleName cannot be used with lambdaRoleArn"],
    [{ runtime: "" }, "runtime must not be empty"],
    [{ organisation: true }, ' Unrecognized key: "organisation"'],
  ])("The options %j of an export are refused.", (options, fault) => {
    expect(faultsOf(options)).toEqual([fault]);
  });
});
