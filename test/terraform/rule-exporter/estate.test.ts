import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRules } from "../../support/export-rules.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, statementsOf, valuesOf } from "../support/root.ts";

// The provider makes functions from local zips one by one, five seconds each: a few rules are enough.
const RULES = [
  ...["CUSTOM_CHANGE", "CUSTOM_PERIODIC", "REMEDIATION_WITH_DOCUMENT", "ODD_TEMPLATES_IN_VALUES"],
  ...["MANAGED_CHANGE", "MANAGED_PERIODIC", "REMEDIATION_BY_HAND_WITH_DOCUMENT_OF_AWS", "GUARD_POLICY"],
];
const CUSTOM = RULES.slice(0, 4);

describe("an exported estate with the code beside it", () => {
  const root = new Root();
  let happened: string[] = [];
  let resources: Resource[] = [];
  beforeAll(async () => {
    await exportRules(...RULES, "--layout", "estate", "-o", root.folder);
    const { aws, stop } = await startMoto();
    root.useMoto(aws, "eu-central-1");
    root.override("rule-exporter");
    await root.run("init");
    happened = await root.apply();
    resources = await root.resources();
    return stop;
  });
  afterAll(() => root.remove());

  it("A second plan of the estate changes nothing.", async () => {
    expect(resources.filter(({ type }) => type === "aws_config_config_rule").map(({ index }) => index)).toEqual(
      RULES.filter((rule) => rule !== "GUARD_POLICY").sort(),
    );
    await root.run("plan", ["-detailed-exitcode"], 0);
  });

  it.each(CUSTOM)(
    "Only Config of the own account may invoke the function of %s, and may do so before the rule is made.",
    (rule) => {
      expect(valuesOf(resources, "aws_lambda_permission.config", rule)).toMatchObject({
        principal: "config.amazonaws.com",
        source_account: "123456789012",
      });
      const permitted = happened.indexOf(`complete aws_lambda_permission.config["${rule}"]`);
      expect(permitted).toBeGreaterThan(-1);
      expect(happened.indexOf(`start aws_config_config_rule.rule["${rule}"]`)).toBeGreaterThan(permitted);
    },
  );

  it.each(CUSTOM)("The log group of %s is made before its function, and keeps logs for a year.", (rule) => {
    const name = valuesOf(resources, "aws_lambda_function.rule", rule).function_name;
    expect(valuesOf(resources, "aws_cloudwatch_log_group.function", rule)).toMatchObject({
      name: `/aws/lambda/${name}`,
      retention_in_days: 365,
    });
    const logged = happened.indexOf(`complete aws_cloudwatch_log_group.function["${rule}"]`);
    expect(logged).toBeGreaterThan(-1);
    expect(happened.indexOf(`start aws_lambda_function.rule["${rule}"]`)).toBeGreaterThan(logged);
  });

  it("A function may write its own log and report to Config, and assume a role only where the rule asks for it.", () => {
    for (const rule of CUSTOM) {
      const statements = statementsOf(valuesOf(resources, "aws_iam_role_policy.function", rule).policy);
      const log = valuesOf(resources, "aws_cloudwatch_log_group.function", rule).arn;
      expect(Object.keys(statements)).toEqual([
        ...["WriteOwnLog", "ReportToConfig"],
        ...(rule === "CUSTOM_PERIODIC" ? ["AssumeRoleOfRule"] : []),
      ]);
      expect(statements.WriteOwnLog?.Resource).toBe(`${log}:*`);
    }
  });

  it("The texts of a rule stay as they are, even where they look like templates of Terraform.", () => {
    const { description, input_parameters, tags } = valuesOf(
      resources,
      "aws_config_config_rule.rule",
      "ODD_TEMPLATES_IN_VALUES",
    );
    const hcl = (text: string) => `${"$"}{${text}}`;
    expect(description).toContain(`${hcl('file("/etc/hostname")')} %{ if true }x%{ endif } $${hcl("y")}`);
    expect(JSON.parse(input_parameters)).toEqual({ [hcl("key")]: hcl("var.rule"), directive: "%{ for x in y }" });
    expect(tags).toEqual({ template: `${hcl("local.account")} %{ if true }` });
  });

  it("The estate is destroyed with all that belongs to it.", async () => {
    expect(await root.destroy()).toBe("");
  });
});
