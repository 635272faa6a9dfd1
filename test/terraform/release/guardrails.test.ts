import { afterAll, beforeAll, expect, it } from "vitest";
import { releaseConfiguration } from "../../../shared/release-configuration.ts";
import { resultKey } from "../../../shared/stage-result.ts";
import { type Call, isAllowed, isDenied } from "../support/iam-decision.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, Root, rootWithPrograms } from "../support/root.ts";
import { ACCOUNT, FIRST, SECRET, TARGETS } from "./deployments.ts";

const SECURITY = "012345678901";
const REGION = "eu-central-1";
const GUARDRAILS = { account_id: SECURITY, external_id: "guardrails-releases" };
const root = rootWithPrograms("release");
const targets = Root.of("release-target");
let resources: Resource[] = [];

beforeAll(async () => {
  const { aws, stop } = await startMoto();
  root.useMoto(aws, REGION);
  root.give({ ...FIRST, guardrails: GUARDRAILS });
  root.override("release", "modules/build", "modules/event-processor");
  targets.useMoto(aws, REGION);
  targets.give({ ...TARGETS.first, guardrails: GUARDRAILS });
  await root.run("init");
  await targets.run("init");
  // No root of the security account is there.
  await root.apply();
  await targets.apply();
  resources = [...(await root.resources()), ...(await targets.resources())];
  return stop;
});
afterAll(() => {
  root.remove();
  targets.remove();
});

const the = (address: string): Resource["values"] => {
  const found = resources.find((resource) => resource.address === address);
  if (!found) throw new Error(`There is no ${address}.`);
  return found.values;
};
const policiesOf = (role: string): string[] =>
  resources
    .filter(({ type, values }) => type === "aws_iam_role_policy" && values.role === `palisade-${role}`)
    .map(({ values }) => values.policy);

const bucket = (kind: string) => `arn:aws:s3:::palisade-${kind}-dev-${ACCOUNT}-${REGION}`;
const state = `${bucket("state")}/research/dev-us-east-1/terraform.tfstate`;
const ledger = `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/palisade-releases`;
const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/palisade-${name}`;
const s3 = (action: string, resource: string): Call => ({ action: `s3:${action}`, resource });
const list = (prefix: string): Call => ({ ...s3("ListBucket", bucket("state")), context: { "s3:prefix": prefix } });
const item = (action: string, environment: string): Call => ({
  ...{ action: `dynamodb:${action}`, resource: ledger },
  context: { "dynamodb:LeadingKeys": environment },
});
const decrypt = (of: string): Call => ({
  action: "kms:Decrypt",
  get resource() {
    return the('module.environment_key["dev"].aws_kms_key.this').arn;
  },
  context: { "kms:EncryptionContext:aws:s3:arn": of },
});

it("A second plan of either root changes nothing.", async () => {
  await root.run("plan", ["-detailed-exitcode"], 0);
  await targets.run("plan", ["-detailed-exitcode"], 0);
});

const BUILD = "compliance-build-dev";
const TRIAL = "trial-dev";

it.each<[string, Call, string[]]>([
  ["read a state of dev", s3("GetObject", state), [BUILD, TRIAL]],
  ["write a state", s3("PutObject", state), []],
  ["lock a state", s3("PutObject", `${state}.tflock`), []],
  ["read what is no state", s3("GetObject", `${bucket("state")}/research/dev-2-us-east-1/terraform.tfstate`), []],
  ["read a state of prod", s3("GetObject", state.replaceAll("-dev-", "-prod-").replace("/dev-", "/prod-")), []],
  ["decrypt a state", decrypt(state), [BUILD, TRIAL]],
  ["decrypt a plan", decrypt(`${bucket("artifacts")}/a/Plan/1`), [BUILD]],
  ["look for workspaces", list("env:/"), [BUILD, TRIAL]],
  ["look for a state", list("research/dev-global/terraform.tfstate"), [BUILD]],
  ["list all states", s3("ListBucket", bucket("state")), [BUILD]],
  ["read what is there now", item("GetItem", "dev"), [TRIAL]],
  ["read what is there now in prod", item("GetItem", "prod"), []],
  ["read the whole ledger", { action: "dynamodb:GetItem", resource: ledger }, []],
  ["write the ledger", item("UpdateItem", "dev"), []],
  [
    "clone the repository",
    { action: "codecommit:GitPull", resource: `arn:aws:codecommit:${REGION}:${ACCOUNT}:infrastructure` },
    [BUILD, TRIAL],
  ],
  ["take the plan role", { action: "sts:AssumeRole", resource: roleArn("plan-dev") }, [BUILD]],
  ["take the apply role", { action: "sts:AssumeRole", resource: roleArn("apply-dev") }, []],
  [
    "take the role that pulls guardrails",
    { action: "sts:AssumeRole", resource: roleArn("pull-guardrails", SECURITY) },
    [BUILD],
  ],
  [
    "write its own result",
    s3("PutObject", `${bucket("artifacts")}/${resultKey("dev-infrastructure", "0a1b", "ComplianceCheck")}`),
    [BUILD],
  ],
  [
    "write the result of Plan",
    s3("PutObject", `${bucket("artifacts")}/${resultKey("dev-infrastructure", "0a1b", "Plan")}`),
    [],
  ],
  ["read a secret of prod", { action: "secretsmanager:GetSecretValue", resource: SECRET }, ["compliance-build-prod"]],
])("With guardrails, of the build that checks and the role of the trial only these may %s.", (_what, call, who) => {
  const roles = [BUILD, TRIAL, "compliance-build-prod"];
  const asked = who.includes("compliance-build-prod") ? roles : roles.slice(0, 2);
  expect(asked.filter((role) => isAllowed(policiesOf(role), call))).toEqual(who);
});

it.each([
  ["the trial of guardrails", roleArn("compliance-build", SECURITY), GUARDRAILS.external_id, ["plan", "trial"]],
  ["the trial of guardrails, with another external id", roleArn("compliance-build", SECURITY), "research-dev", []],
  ["an administrator of the security account", roleArn("admin", SECURITY), GUARDRAILS.external_id, []],
  ["the build that checks releases to dev", roleArn("compliance-build-dev"), "research-dev", ["plan"]],
  ["the build that checks releases to prod", roleArn("compliance-build-prod"), "research-dev", []],
])("Of the roles of dev only these may be taken by %s.", (_who, principal, externalId, roles) => {
  const context = { "aws:PrincipalArn": principal, "sts:ExternalId": externalId };
  const taken = ["apply", "plan", "trial"].filter((role) =>
    isAllowed([the(`aws_iam_role.${role}["dev"]`).assume_role_policy], { action: "sts:AssumeRole", context }),
  );
  expect(taken).toEqual(roles);
});

it("With guardrails, each pipeline checks them beside its plan, with the same variables, by a build that only it may run.", () => {
  for (const environment of ["dev", "prod"]) {
    const [, plan] = the(`aws_codepipeline.this["${environment}"]`).stage;
    const find = (action: string) => plan.action.find(({ name }: { name: string }) => name === action);
    expect(plan.action.map(({ name, run_order }: { name: string; run_order: number }) => [name, run_order])).toEqual([
      ["Lint", 1],
      ["ComplianceCheck", 1],
      ["Plan", 1],
    ]);
    expect(find("ComplianceCheck").configuration).toEqual({
      ...find("Lint").configuration,
      ProjectName: `palisade-${environment}-compliance`,
    });
    const build: Call = {
      action: "codebuild:StartBuild",
      resource: `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/palisade-${environment}-compliance`,
    };
    expect(isAllowed(policiesOf(`pipeline-${environment}`), build)).toBe(true);
    const guard = [the("aws_iam_policy.release_guard").policy];
    expect(isDenied(guard, { ...build, context: { "aws:PrincipalArn": roleArn("admin") } })).toBe(true);
  }
});

it("The stages know where the active guardrails are, and who pulls them.", () => {
  const { guardrails } = releaseConfiguration.parse(JSON.parse(the('aws_s3_object.targets["dev"]').content));
  expect(guardrails).toEqual({
    ...{ url: `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/guardrails`, branch: "main" },
    pullRole: { roleArn: roleArn("pull-guardrails", SECURITY), externalId: GUARDRAILS.external_id },
  });
});

it("CloudWatch Logs may encrypt the log of the build that checks.", () => {
  expect(the('module.environment_key["dev"].aws_kms_key.this').policy).toContain(
    `log-group:/aws/codebuild/palisade-dev-compliance`,
  );
});
