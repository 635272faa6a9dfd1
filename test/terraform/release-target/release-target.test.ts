import { afterAll, beforeAll, expect, it } from "vitest";
import { isAllowed } from "../support/iam-decision.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root } from "../support/root.ts";

const TOOLING = "012345678901";
const POWER_USER = "arn:aws:iam::aws:policy/PowerUserAccess";
const root = Root.of("release-target");
let resources: Resource[] = [];

beforeAll(async () => {
  const { aws, stop } = await startMoto();
  root.useMoto(aws, "eu-central-1");
  root.give({
    region: "eu-central-1",
    tooling_account_id: TOOLING,
    environments: {
      dev: { external_ids: ["research-dev", "risk-dev"], apply_policy_arns: [POWER_USER] },
      qa: { external_ids: ["research-qa"], apply_policy_arns: [POWER_USER] },
    },
    tags: { Owner: "platform" },
  });
  await root.run("init");
  await root.apply();
  resources = await root.resources();
  return stop;
});
afterAll(() => root.remove());

const the = (address: string) => {
  const found = resources.find((resource) => resource.address === address);
  if (!found) throw new Error(`There is no ${address}.`);
  return found.values;
};
const builder = (name: string) => `arn:aws:iam::${TOOLING}:role/palisade-${name}`;

it("A second plan of release-target changes nothing.", async () => {
  await root.run("plan", ["-detailed-exitcode"], 0);
});

it("The trust of a role is the tooling account, pinned to the roles of its builds and to the external ids.", () => {
  const trust = (roles: string | string[], ids: string | string[]) => ({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "BuildsOfReleases",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${TOOLING}:root` },
        Action: "sts:AssumeRole",
        Condition: { ArnEquals: { "aws:PrincipalArn": roles }, StringEquals: { "sts:ExternalId": ids } },
      },
    ],
  });
  const trustOf = (address: string) => JSON.parse(the(address).assume_role_policy);
  const ids = ["research-dev", "risk-dev"];
  expect(trustOf('aws_iam_role.plan["dev"]')).toEqual(
    trust([builder("compliance-build-dev"), builder("plan-build-dev"), builder("apply-build-dev")], ids),
  );
  expect(trustOf('aws_iam_role.apply["dev"]')).toEqual(trust(builder("apply-build-dev"), ids));
});

it.each([
  ["the build that plans for dev", "plan-build-dev", "research-dev", ["plan-dev"]],
  ["the build that applies to dev", "apply-build-dev", "risk-dev", ["apply-dev", "plan-dev"]],
  ["the build that applies to qa", "apply-build-qa", "research-qa", ["apply-qa", "plan-qa"]],
  ["the build that plans for dev, with the external id of qa", "plan-build-dev", "research-qa", []],
  ["the build that applies to dev, without an external id", "apply-build-dev", undefined, []],
  ["the build that checks guardrails of dev", "compliance-build-dev", "research-dev", ["plan-dev"]],
  ["the build that lints", "lint-build-dev", "research-dev", []],
  ["an administrator of the tooling account", "admin", "research-dev", []],
  ["a role whose name begins alike", "plan-build-dev-2", "research-dev", []],
])("Only these roles may be taken by %s.", (_who, name, externalId, roles) => {
  const context = {
    "aws:PrincipalArn": builder(name),
    ...(externalId !== undefined && { "sts:ExternalId": externalId }),
  };
  const taken = resources
    .filter(({ type }) => type === "aws_iam_role")
    .filter(({ values }) => isAllowed([values.assume_role_policy], { action: "sts:AssumeRole", context }))
    .map(({ values }) => values.name.replace("palisade-", ""));
  expect(taken.sort()).toEqual(roles);
});

it("A plan may read no data: objects, items, secrets, parameters, messages, logs, and nothing encrypted.", () => {
  const everything = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
  const policies = [everything, the('aws_iam_role_policy.plan["dev"]').policy];
  const may = (action: string, resource = "arn:aws:s3:::made-up") => isAllowed(policies, { action, resource });
  for (const action of [
    ...["s3:GetObject", "s3:GetObjectVersion", "dynamodb:GetItem", "dynamodb:Scan", "dynamodb:Query", "kms:Decrypt"],
    ...["secretsmanager:GetSecretValue", "sqs:ReceiveMessage", "kinesis:GetRecords", "logs:FilterLogEvents"],
    ...["ec2:GetPasswordData", "codecommit:GitPull", "ssm:GetParametersByPath", "ssm:GetParameter"],
  ])
    expect([action, may(action)]).toEqual([action, false]);
  for (const action of ["s3:GetBucketPolicy", "dynamodb:DescribeTable", "kms:DescribeKey", "lambda:GetFunction"])
    expect([action, may(action)]).toEqual([action, true]);
  const image = "parameter/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
  expect(may("ssm:GetParameter", `arn:aws:ssm:eu-central-1::${image}`)).toBe(true);
  expect(may("ssm:GetParameter", `arn:aws:ssm:eu-central-1:${TOOLING}:${image}`)).toBe(false);
});

it("The plan role has AWS's policy for reading, the apply role exactly those that the account's owner wrote.", () => {
  const attached = (kind: string) =>
    resources
      .filter(({ type, name }) => type === "aws_iam_role_policy_attachment" && name === kind)
      .map(({ values }) => [values.role, values.policy_arn]);
  expect(attached("plan")).toEqual(
    ["dev", "qa"].map((name) => [`palisade-plan-${name}`, "arn:aws:iam::aws:policy/ReadOnlyAccess"]),
  );
  expect(attached("apply")).toEqual(["dev", "qa"].map((name) => [`palisade-apply-${name}`, POWER_USER]));
  for (const kind of ["plan", "apply"])
    expect(the(`aws_iam_role.${kind}["dev"]`).tags_all).toEqual({
      ...{ Project: "palisade", Root: "release-target", Owner: "platform" },
    });
});

it("release-target is destroyed whole.", async () => {
  expect(await root.destroy()).toBe("");
});
