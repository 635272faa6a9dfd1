import { dirname } from "node:path";
import { expect, it } from "vitest";
import { exportRules } from "../../support/export-rules.ts";
import { startMoto } from "../support/moto.ts";
import { Root, valuesOf } from "../support/root.ts";

it("The root of one rule applies by itself with its variables file, and takes the role that exists.", async () => {
  const { aws, stop } = await startMoto();
  const existing = new Root();
  existing.useMoto(aws, "us-east-1");
  existing.add("rule-exporter/fixtures/existing-role.tf");
  await existing.run("init");
  await existing.apply();

  const root = new Root("CUSTOM_PERIODIC");
  const variables = ["-var-file", "custom_periodic.tfvars.json"];
  await exportRules("CUSTOM_PERIODIC", "-o", dirname(root.folder), "--lambda-role-name", "role-of-all-rules");
  root.useMoto(aws, "us-east-1");
  root.override("rule-exporter");
  await root.run("init");
  await root.run("plan", ["-out", "plan", ...variables]);
  const planned = JSON.parse(await root.run("show", ["-json", "plan"]));
  await root.apply("plan");
  const resources = await root.resources();

  const configured: { address: string; depends_on?: string[] }[] = planned.configuration.root_module.resources;
  for (const rule of ["aws_config_config_rule.rule", "aws_config_organization_custom_rule.rule"])
    expect(configured.find(({ address }) => address === rule)?.depends_on).toEqual(["aws_lambda_permission.config"]);
  expect(configured.find(({ address }) => address === "aws_lambda_function.rule")?.depends_on).toContain(
    "aws_cloudwatch_log_group.function",
  );
  expect(valuesOf(resources, "aws_lambda_function.rule", "CUSTOM_PERIODIC").role).toMatch(/:role\/role-of-all-rules$/);
  expect(valuesOf(resources, "aws_config_config_rule.rule", "CUSTOM_PERIODIC").source[0]).toMatchObject({
    source_detail: [{ message_type: "ScheduledNotification", maximum_execution_frequency: "TwentyFour_Hours" }],
  });
  expect(resources.filter(({ address }) => address.startsWith("aws_iam_role"))).toEqual([]);
  await root.run("plan", ["-detailed-exitcode", ...variables], 0);
  expect(await root.destroy(...variables)).toBe("");
  for (const folder of [root, existing]) folder.remove();
  stop();
});
