import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRules } from "../../support/export-rules.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, statementsOf, valuesOf } from "../support/root.ts";

const REGION = "us-east-1";
const IN_BUCKET = ["-var", "source_bucket=made-up-code-of-rules"];
const existing = new Root();
let aws = "";
const outputs: Record<string, string> = {};
beforeAll(async () => {
  const moto = await startMoto();
  aws = moto.aws;
  await exportRules("CUSTOM_CHANGE", "-o", existing.folder);
  const zip = resolve(existing.folder, "CUSTOM_CHANGE", "CUSTOM_CHANGE.zip");
  existing.useMoto(aws, REGION);
  existing.add("rule-exporter/fixtures/existing-resources.tf");
  await existing.run("init");
  await existing.apply("-var", `layer_zip=${zip}`);
  for (const [name, { value }] of Object.entries<{ value: string }>(
    JSON.parse(await existing.run("output", ["-json"])),
  ))
    outputs[name] = value;
  return moto.stop;
});
afterAll(() => existing.remove());

describe("an exported estate of every rule, with the code in S3 and the functions in a VPC", () => {
  const root = new Root();
  let exported: string[] = [];
  let resources: Resource[] = [];
  beforeAll(async () => {
    const { layer = "", subnet = "", security_group = "" } = outputs;
    const { reports } = await exportRules(
      ...["--all", "--layout", "estate", "-o", root.folder, "--rdklib-layer-arn", layer],
      ...["--lambda-subnets", subnet, "--lambda-security-groups", security_group, "--lambda-timeout", "90"],
    );
    exported = reports.filter(({ status }) => status === "exported").map(({ rule }) => rule);
    root.useMoto(aws, REGION);
    root.override("rule-exporter");
    await root.run("init");
    await root.apply(...IN_BUCKET);
    resources = await root.resources();
  });
  afterAll(() => root.remove());
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);

  it("A second plan of the estate changes nothing.", async () => {
    const applied = ofType("aws_config_config_rule").map(({ index }) => index);
    expect(new Set(applied)).toEqual(new Set(exported.filter((rule) => rule !== "GUARD_POLICY")));
    await root.run("plan", ["-detailed-exitcode", ...IN_BUCKET], 0);
  });

  it("Every function takes its code from the bucket, and is updated when the SHA-256 of the code changes.", () => {
    expect(ofType("aws_lambda_function").length).toBeGreaterThan(10);
    for (const { index = "", values } of ofType("aws_lambda_function")) {
      expect([values.filename, values.s3_bucket, values.s3_key]).toEqual([
        null,
        "made-up-code-of-rules",
        `${index}/${index}.zip`,
      ]);
      expect(values.source_code_hash).toBe(valuesOf(resources, "aws_s3_object.code", index).source_hash);
      expect(values.timeout).toBe(90);
    }
  });

  it("Every function may connect to the VPC.", () => {
    for (const { index = "", values } of ofType("aws_lambda_function")) {
      expect(values.vpc_config).toMatchObject([{ subnet_ids: [outputs.subnet] }]);
      expect(statementsOf(valuesOf(resources, "aws_iam_role_policy.function", index).policy)).toHaveProperty(
        "ConnectToVpc",
      );
    }
  });

  it("The rules that need rdklib have its layer, and no others.", () => {
    const withLayer = ofType("aws_lambda_function").filter(({ values }) => values.layers.length > 0);
    expect(withLayer.map(({ index, values }) => [index, values.layers])).toEqual([["CUSTOM_HYBRID", [outputs.layer]]]);
  });

  it("The names of roles and functions keep to the limits of AWS, however long the name of a rule is.", () => {
    const names = ofType("aws_iam_role").map(({ values }) => values.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    for (const { values } of ofType("aws_lambda_function"))
      expect(values.function_name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
  });

  it("The estate is destroyed with all that belongs to it.", async () => {
    expect(await root.destroy(...IN_BUCKET)).toBe("");
  });
});
