import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resultKey } from "../../../shared/stage-result.ts";
import { workloadConfiguration } from "../../../shared/workload-configuration.ts";
import { type Call, isAllowed, isDenied } from "../support/iam-decision.ts";
import { startMoto } from "../support/moto.ts";
import { type Resource, type Root, rootWithPrograms, statementsOf, valuesAt } from "../support/root.ts";

const ACCOUNT = "123456789012";
const SECURITY = "012345678901";
const REGION = "eu-central-1";
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:database-AbCdEf`;
const PARAMETER = `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter/licence`;
const MANAGERS = `arn:aws:iam::${ACCOUNT}:role/aws-reserved/sso.amazonaws.com/managers`;

/** A deployment with the default values. */
const FIRST = {
  region: REGION,
  workload: "billing",
  programs: "programs.zip",
  guardrails: { account_id: SECURITY, external_id: "guardrails-billing" },
  approvers: [MANAGERS],
  apply_policy_arns: ["arn:aws:iam::aws:policy/PowerUserAccess"],
  secrets: { database_password: SECRET, licence: PARAMETER },
  subscribers: { "team@example.com": {}, "oncall@example.com": { releases: false, alarms: true } },
};

const STATE_KEY = `arn:aws-cn:kms:cn-northwest-1:${ACCOUNT}:key/0a1b2c3d`;

/** A deployment whose every value is another. */
const SECOND = {
  region: "cn-north-1",
  name: "mine-2",
  workload: "a-network-of-one",
  programs: "programs.zip",
  guardrails: {
    ...{ account_id: SECURITY, external_id: "guardrails:2", name: "theirs", repository: "rules" },
    region: "cn-northwest-1",
  },
  repository: { name: "mine", branch: "release/1", adopt: true },
  ...{ path: "infrastructure/network", variable_files: ["live.tfvars", "network/more.tfvars"] },
  adopted_state: { bucket: "my-states", key: "network/state", region: "cn-northwest-1", kms_key_arn: STATE_KEY },
  ...{ approval: false, alarm: false, plan_twice: true },
  plan_policy_arns: ["arn:aws-cn:iam::aws:policy/job-function/ViewOnlyAccess"],
  apply_policy_arns: ["arn:aws-cn:iam::aws:policy/AdministratorAccess"],
  apply_permissions_boundary_arn: `arn:aws-cn:iam::${ACCOUNT}:policy/apply-boundary`,
  permissions_boundary_arn: `arn:aws-cn:iam::${ACCOUNT}:policy/boundary`,
  ...{ version_deletion_role_arn: `arn:aws-cn:iam::${ACCOUNT}:role/deleter`, artifact_days: 30 },
  ...{ protected_types: ["aws_db_instance"], trivy_severities: ["CRITICAL"], checkov_checks: ["CKV_AWS_24"] },
  ...{ log_retention_days: 30, tags: { Owner: "platform" } },
  timeout_minutes: { lint: 10, compliance: 20, plan: 60, apply: 2160 },
  build: {
    image: `${ACCOUNT}.dkr.ecr.cn-north-1.amazonaws.com.cn/builds@sha256:${"0".repeat(64)}`,
    image_repository_arn: `arn:aws-cn:ecr:cn-north-1:${ACCOUNT}:repository/builds`,
    environment_type: "ARM_CONTAINER",
  },
  subscribers: { "all@example.com": { alarms: true } },
};

interface Deployment {
  root: Root;
  variables: { region: string };
  resources: Resource[];
}
const deploymentOf = (variables: { region: string }): Deployment => ({
  root: rootWithPrograms("workload"),
  variables,
  resources: [],
});
const first = deploymentOf(FIRST);
const second = deploymentOf(SECOND);

beforeAll(async () => {
  const { aws, stop } = await startMoto();
  await Promise.all(
    [first, second].map(async (deployment) => {
      const { root, variables } = deployment;
      root.useMoto(aws, variables.region);
      root.give(variables);
      root.override("workload", "modules/build");
      await root.run("init");
      await root.apply();
      deployment.resources = await root.resources();
    }),
  );
  return stop;
});
afterAll(() => {
  for (const { root } of [first, second]) root.remove();
});

const the = (address: string, { resources } = first): Resource["values"] => valuesAt(resources, address);

it("A second plan changes nothing.", async () => {
  for (const { root } of [first, second]) await root.run("plan", ["-detailed-exitcode"], 0);
});

/** The policies of a role that the root gives it. */
const policiesOf = (role: string): string[] =>
  first.resources
    .filter(({ type, values }) => type === "aws_iam_role_policy" && values.role === role)
    .map(({ values }) => values.policy);

const bucket = (kind: string) => `arn:aws:s3:::palisade-${kind}-billing-${ACCOUNT}-${REGION}`;
const state = `${bucket("state")}/terraform.tfstate`;
const artifacts = bucket("artifacts");
const pipeline = `arn:aws:codepipeline:${REGION}:${ACCOUNT}:palisade-billing`;
const repository = `arn:aws:codecommit:${REGION}:${ACCOUNT}:billing`;
const roleArn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/palisade-${name}`;
const result = (action: string) => `${artifacts}/${resultKey("palisade-billing", "0a1b", action)}`;
const s3 = (action: string, resource: string): Call => ({ action: `s3:${action}`, resource });
const list = (prefix: string): Call => ({ ...s3("ListBucket", bucket("state")), context: { "s3:prefix": prefix } });
const assume = (resource: string): Call => ({ action: "sts:AssumeRole", resource });
const key = (action: string, context: Record<string, string> = {}): Call => ({
  action: `kms:${action}`,
  get resource() {
    return the("module.key.aws_kms_key.this").arn;
  },
  context,
});

const BUILDS = ["apply-build", "compliance-build", "lint-build", "plan-build"];
const ROLES = [...BUILDS, "approve", "pipeline", "pull", "start", "state"];

it.each<[string, Call, string[]]>([
  ["read the state", s3("GetObject", state), ["apply-build", "compliance-build", "plan-build", "state"]],
  ["write the state", s3("PutObject", state), ["apply-build"]],
  ["delete the state", s3("DeleteObject", state), []],
  ["delete a version of the state", s3("DeleteObjectVersion", state), []],
  ["read another object of the state bucket", s3("GetObject", `${state}.backup`), []],
  ["lock the state", s3("PutObject", `${state}.tflock`), ["apply-build", "plan-build"]],
  ["free the lock of the state", s3("DeleteObject", `${state}.tflock`), ["apply-build", "plan-build"]],
  ["look for workspaces", list("env:/"), ["apply-build", "compliance-build", "plan-build", "state"]],
  ["look for the state", list("terraform.tfstate"), ["apply-build", "compliance-build", "plan-build"]],
  ["list the state bucket", s3("ListBucket", bucket("state")), ["apply-build", "compliance-build", "plan-build"]],
  ["list the artifacts", s3("ListBucket", artifacts), []],
  ["read what a stage has to know", s3("GetObject", `${artifacts}/targets.json`), BUILDS],
  ["change what a stage has to know", s3("PutObject", `${artifacts}/targets.json`), []],
  ["read the programs", s3("GetObjectVersion", `${artifacts}/stages.zip`), ["pipeline"]],
  ["change the programs", s3("PutObject", `${artifacts}/stages.zip`), []],
  ["read the artifact with the programs", s3("GetObject", `${artifacts}/a/Programs/1`), [...BUILDS, "pipeline"]],
  ["change the artifact with the programs", s3("PutObject", `${artifacts}/a/Programs/1`), ["pipeline"]],
  ["read the saved plan", s3("GetObject", `${artifacts}/a/Plan/1`), ["apply-build", "pipeline"]],
  ["save the plan", s3("PutObject", `${artifacts}/a/Plan/1`), ["pipeline", "plan-build"]],
  ["write the result of Lint", s3("PutObject", result("Lint")), ["lint-build"]],
  ["write the result of ComplianceCheck", s3("PutObject", result("ComplianceCheck")), ["compliance-build"]],
  ["write the result of Plan", s3("PutObject", result("Plan")), ["plan-build"]],
  ["write the result of Apply", s3("PutObject", result("Apply")), ["apply-build"]],
  ["read a result", s3("GetObject", result("Plan")), []],
  ["fill the cache of Apply", s3("PutObject", `${artifacts}/cache/palisade-billing-apply/1`), ["apply-build"]],
  ["clone the repository", { action: "codecommit:GitPull", resource: repository }, [...BUILDS, "pull"]],
  ["clone another repository", { action: "codecommit:GitPull", resource: `${repository}-2` }, []],
  ["push to the repository", { action: "codecommit:GitPush", resource: repository }, []],
  ["take the plan role", assume(roleArn("plan-billing")), ["compliance-build", "plan-build"]],
  ["take the apply role", assume(roleArn("apply-billing")), ["apply-build"]],
  ["take the role that pulls guardrails", assume(roleArn("pull-guardrails", SECURITY)), ["compliance-build"]],
  ["take any other role of the security account", assume(roleArn("break-glass", SECURITY)), []],
  ["take the role that approves", assume(roleArn("approve-billing")), []],
  ["encrypt", key("GenerateDataKey"), [...BUILDS, "pipeline"]],
  ["decrypt", key("Decrypt"), [...BUILDS, "pipeline"]],
  [
    "decrypt the state",
    key("Decrypt", { "kms:EncryptionContext:aws:s3:arn": state }),
    [...BUILDS, "pipeline", "state"],
  ],
  ["decrypt a plan", key("Decrypt", { "kms:EncryptionContext:aws:s3:arn": artifacts }), [...BUILDS, "pipeline"]],
  [
    "read the secret",
    { action: "secretsmanager:GetSecretValue", resource: SECRET },
    ["apply-build", "compliance-build", "plan-build"],
  ],
  [
    "read the parameter",
    { action: "ssm:GetParameter", resource: PARAMETER },
    ["apply-build", "compliance-build", "plan-build"],
  ],
  ["read another secret", { action: "secretsmanager:GetSecretValue", resource: `${SECRET}-2` }, []],
  ["start the pipeline", { action: "codepipeline:StartPipelineExecution", resource: pipeline }, ["start"]],
  ["start another pipeline", { action: "codepipeline:StartPipelineExecution", resource: `${pipeline}-2` }, []],
  [
    "read the execution",
    { action: "codepipeline:GetPipelineExecution", resource: pipeline },
    ["apply-build", "approve", "plan-build"],
  ],
  [
    "read who approved",
    { action: "codepipeline:ListActionExecutions", resource: pipeline },
    ["apply-build", "approve"],
  ],
  ["approve", { action: "codepipeline:PutApprovalResult", resource: `${pipeline}/Approve/Approve` }, ["approve"]],
  ["override a condition", { action: "codepipeline:OverrideStageCondition", resource: `${pipeline}/Apply` }, []],
  [
    "start the build that applies",
    {
      action: "codebuild:StartBuild",
      resource: `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/palisade-billing-apply`,
    },
    ["pipeline"],
  ],
  [
    "e-mail that an approval waits",
    { action: "sns:Publish", resource: `arn:aws:sns:${REGION}:${ACCOUNT}:palisade-billing` },
    ["pipeline"],
  ],
  [
    "e-mail an alarm",
    { action: "sns:Publish", resource: `arn:aws:sns:${REGION}:${ACCOUNT}:palisade-billing-alarms` },
    [],
  ],
  ["make a role", { action: "iam:CreateRole", resource: "*" }, []],
])("Only the roles that have to may %s.", (_what, call, who) => {
  const allowed = ROLES.filter((role) => isAllowed(policiesOf(`palisade-${role}-billing`), call));
  expect(allowed.sort()).toEqual([...who].sort());
});

it.each([
  ["its build that checks guardrails", roleArn("compliance-build-billing"), "palisade-billing", ["plan"]],
  ["its build that plans", roleArn("plan-build-billing"), "palisade-billing", ["plan"]],
  ["its build that applies", roleArn("apply-build-billing"), "palisade-billing", ["apply", "plan"]],
  ["its build that lints", roleArn("lint-build-billing"), "palisade-billing", []],
  ["a build of another workload", roleArn("plan-build-billing-2"), "palisade-billing", []],
  ["its build, without the external id", roleArn("apply-build-billing"), undefined, []],
  ["the trial of guardrails", roleArn("compliance-build", SECURITY), "guardrails-billing", ["plan", "pull", "state"]],
  [
    "the trial of guardrails, with the external id of a build",
    roleArn("compliance-build", SECURITY),
    "palisade-billing",
    [],
  ],
  ["an administrator of the security account", roleArn("admin", SECURITY), "guardrails-billing", []],
  ["a role of that name in this account", roleArn("compliance-build"), "guardrails-billing", []],
])("Only these roles may be taken by %s.", (_who, principal, externalId, roles) => {
  const context = {
    "aws:PrincipalArn": principal,
    ...(externalId !== undefined && { "sts:ExternalId": externalId }),
  };
  const taken = ["plan", "apply", "pull", "state"].filter((role) =>
    isAllowed([the(`aws_iam_role.${role}`).assume_role_policy], { action: "sts:AssumeRole", context }),
  );
  expect(taken.sort()).toEqual(roles);
});

it("Either root can be applied first: no principal but accounts and services is asked for, and nothing of the other side is looked up.", () => {
  for (const { resources } of [first, second]) {
    const principals = resources
      .filter(({ type, name }) => type === "aws_iam_role" && name !== "approve")
      .flatMap(({ values }) => JSON.parse(values.assume_role_policy).Statement)
      .flatMap(({ Principal }: { Principal: Record<string, string> }) => Object.values(Principal).flat());
    expect(principals.length).toBeGreaterThan(10);
    for (const principal of principals)
      expect(principal).toMatch(/^(arn:aws(-cn)?:iam::\d{12}:root|\w+\.amazonaws\.com(\.cn)?)$/);
  }
});

it("The plan role reads no data, and the security account's trial has it with the same limits.", () => {
  const everything = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
  const policies = [everything, the("aws_iam_role_policy.plan").policy];
  const may = (action: string) => isAllowed(policies, { action, resource: "arn:aws:s3:::made-up" });
  for (const action of [
    "s3:GetObject",
    "kms:Decrypt",
    "secretsmanager:GetSecretValue",
    "ssm:GetParameter",
    "codecommit:GitPull",
  ])
    expect([action, may(action)]).toEqual([action, false]);
  expect(may("s3:GetBucketPolicy")).toBe(true);
  expect(the('aws_iam_role_policy_attachment.plan["arn:aws:iam::aws:policy/ReadOnlyAccess"]').role).toBe(
    "palisade-plan-billing",
  );
});

it("The guard denies approving, building and going around the pipeline to all but the roles for it.", () => {
  const policy = the("aws_iam_policy.guard").policy;
  const denied = (action: string, resource: string, principal: string) =>
    isDenied([policy], { action, resource, context: { "aws:PrincipalArn": principal } });
  const approval = `${pipeline}/Approve/Approve`;
  expect(denied("codepipeline:PutApprovalResult", approval, roleArn("approve-billing"))).toBe(false);
  expect(denied("codepipeline:PutApprovalResult", approval, MANAGERS)).toBe(true);
  const build = `arn:aws:codebuild:${REGION}:${ACCOUNT}:project/palisade-billing-apply`;
  expect(denied("codebuild:StartBuild", build, roleArn("pipeline-billing"))).toBe(false);
  for (const action of ["StartBuild", "StartBuildBatch", "RetryBuild", "StartSandbox", "StartCommandExecution"])
    expect(denied(`codebuild:${action}`, build, MANAGERS)).toBe(true);
  for (const action of ["OverrideStageCondition", "RollbackStage"])
    expect(denied(`codepipeline:${action}`, `${pipeline}/Apply`, roleArn("approve-billing"))).toBe(true);
  expect(denied("codepipeline:StartPipelineExecution", pipeline, MANAGERS)).toBe(false);
  expect(Object.keys(statementsOf(the("aws_iam_policy.guard", second).policy))).not.toContain("OnlyItsRoleApproves");
});

describe("the pipeline", () => {
  it("It checks the guardrails beside the plan, waits for its approval, and applies; pushes wait for each other.", () => {
    const { stage, execution_mode, pipeline_type, name } = the("aws_codepipeline.this");
    expect([name, execution_mode, pipeline_type]).toEqual(["palisade-billing", "QUEUED", "V2"]);
    // biome-ignore lint/suspicious/noExplicitAny: as Terraform has it.
    expect(stage.map(({ name, action }: any) => [name, action.map((one: any) => [one.name, one.run_order])])).toEqual([
      [
        "Source",
        [
          ["Source", 1],
          ["Programs", 1],
        ],
      ],
      ["Lint", [["Lint", 1]]],
      [
        "Plan",
        [
          ["ComplianceCheck", 1],
          ["Plan", 1],
        ],
      ],
      ["Approve", [["Approve", 1]]],
      ["Apply", [["Apply", 1]]],
    ]);
    // biome-ignore lint/suspicious/noExplicitAny: as Terraform has it.
    expect(the("aws_codepipeline.this", second).stage.map(({ name }: any) => name)).toEqual([
      "Source",
      "Lint",
      "Plan",
      "Apply",
    ]);
  });

  it("Every build has the commit of the source and the execution, and Apply what was approved too.", () => {
    const actions = the("aws_codepipeline.this")
      .stage.flatMap(({ action }: { action: object[] }) => action)
      .filter(({ provider }: { provider: string }) => provider === "CodeBuild");
    const every = { COMMIT_ID: "#{Source.CommitId}", EXECUTION_ID: "#{codepipeline.PipelineExecutionId}" };
    const hashes = { PLAN_SHA256: "#{Plan.PLAN_SHA256}", PLAN_FINGERPRINT: "#{Plan.PLAN_FINGERPRINT}" };
    const given = Object.fromEntries(
      actions.map(({ name, configuration }: { name: string; configuration: Record<string, string> }) => [
        `${name} ${configuration.ProjectName}`,
        Object.fromEntries(
          JSON.parse(configuration.EnvironmentVariables ?? "[]").map((one: { name: string; value: string }) => [
            one.name,
            one.value,
          ]),
        ),
      ]),
    );
    expect(given).toEqual({
      "Lint palisade-billing-lint": every,
      "ComplianceCheck palisade-billing-compliance": every,
      "Plan palisade-billing-plan": every,
      "Apply palisade-billing-apply": { ...every, ...hashes },
    });
  });

  it("Approve shows the summary and e-mails that it waits; it and Apply are skipped where nothing changes.", () => {
    const stages = the("aws_codepipeline.this").stage;
    const [approve] = stages[3].action;
    expect(approve).toMatchObject({
      provider: "Manual",
      timeout_in_minutes: 2 * 1440,
      configuration: {
        CustomData: "#{Plan.SUMMARY}",
        NotificationArn: `arn:aws:sns:${REGION}:${ACCOUNT}:palisade-billing`,
      },
    });
    for (const { before_entry } of stages.slice(3)) {
      const [{ result: skip, rule }] = before_entry[0].condition;
      expect([skip, rule[0].configuration]).toEqual([
        "SKIP",
        { Variable: "#{Plan.CHANGES}", Operator: "NE", Value: "0" },
      ]);
    }
  });

  it("A push to the branch starts it, by the role of the rule, and nothing polls.", () => {
    expect(JSON.parse(the("aws_cloudwatch_event_rule.start").event_pattern)).toEqual({
      source: ["aws.codecommit"],
      "detail-type": ["CodeCommit Repository State Change"],
      account: [ACCOUNT],
      resources: [repository],
      detail: {
        event: ["referenceCreated", "referenceUpdated"],
        referenceType: ["branch"],
        referenceName: ["main", "refs/heads/main"],
      },
    });
    expect(the("aws_cloudwatch_event_target.start")).toMatchObject({
      arn: pipeline,
      role_arn: roleArn("start-billing"),
      dead_letter_config: [{ arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:palisade-billing-undelivered` }],
    });
    const [trust] = JSON.parse(the("aws_iam_role.start").assume_role_policy).Statement;
    expect([trust.Principal, trust.Condition]).toEqual([
      { Service: "events.amazonaws.com" },
      { ArnEquals: { "aws:SourceArn": the("aws_cloudwatch_event_rule.start").arn } },
    ]);
    const polls = the("aws_codepipeline.this").stage[0].action.map(
      ({ configuration }: { configuration: Record<string, string> }) => configuration.PollForSourceChanges,
    );
    expect(polls).toEqual(["false", "false"]);
  });
});

it("What the stages have to know is as their program reads it.", () => {
  const read = (deployment: Deployment) =>
    workloadConfiguration.parse(JSON.parse(the("aws_s3_object.targets", deployment).content));
  const role = (kind: string) => ({ roleArn: roleArn(`${kind}-billing`), externalId: "palisade-billing" });
  expect(read(first)).toMatchObject({
    ...{ kind: "workload", pipeline: "palisade-billing", accountId: ACCOUNT, region: REGION, workload: "billing" },
    repository: {
      name: "billing",
      url: `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/billing`,
      branch: "main",
    },
    ...{ path: ".", variableFiles: [], secrets: { database_password: SECRET, licence: PARAMETER } },
    state: {
      ...{ bucket: bucket("state").slice(13), key: "terraform.tfstate", region: REGION },
      kmsKeyArn: the("module.key.aws_kms_key.this").arn,
    },
    ...{ plan: role("plan"), apply: role("apply"), planTwice: false },
    startRuleArn: the("aws_cloudwatch_event_rule.start").arn,
    approverRoleArn: roleArn("approve-billing"),
    guardrails: {
      ...{ url: `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/guardrails`, branch: "main" },
      pullRole: { roleArn: roleArn("pull-guardrails", SECURITY), externalId: "guardrails-billing" },
    },
  });
  expect(read(first).plan.roleArn).toBe(the("aws_iam_role.plan").arn);
  expect(read(first).apply.roleArn).toBe(the("aws_iam_role.apply").arn);
  expect(read(second)).toMatchObject({
    ...{ pipeline: "mine-2-a-network-of-one", path: "infrastructure/network", planTwice: true, approverRoleArn: null },
    variableFiles: ["live.tfvars", "network/more.tfvars"],
    state: { bucket: "my-states", key: "network/state", region: "cn-northwest-1", kmsKeyArn: STATE_KEY },
    repository: { name: "mine", url: "https://git-codecommit.cn-north-1.amazonaws.com.cn/v1/repos/mine" },
    guardrails: {
      url: "https://git-codecommit.cn-northwest-1.amazonaws.com.cn/v1/repos/rules",
      pullRole: { roleArn: `arn:aws-cn:iam::${SECURITY}:role/theirs-pull-guardrails`, externalId: "guardrails:2" },
    },
  });
});

it("The root guardrails gets what it has to know of the workload, ready to copy.", async () => {
  const { for_guardrails } = JSON.parse(await first.root.run("output", ["-json"]));
  expect(for_guardrails.value).toEqual({
    billing: {
      ...{
        repository: `https://git-codecommit.${REGION}.amazonaws.com/v1/repos/billing`,
        repository_role_arn: the("aws_iam_role.pull").arn,
        branch: "main",
      },
      ...{ path: ".", var_files: [], plan_role_arn: the("aws_iam_role.plan").arn, external_id: "guardrails-billing" },
      state: {
        ...{ bucket: bucket("state").slice(13), key: "terraform.tfstate", region: REGION },
        role_arn: the("aws_iam_role.state").arn,
      },
    },
  });
});

it("People get an e-mail when an action failed and when an execution ended, and the topics take messages of these services alone.", () => {
  const pattern = (rule: string) => JSON.parse(the(`aws_cloudwatch_event_rule.message["${rule}"]`).event_pattern);
  const common = { source: ["aws.codepipeline"], account: [ACCOUNT], resources: [pipeline] };
  expect(pattern("failed")).toEqual({
    ...common,
    "detail-type": ["CodePipeline Action Execution State Change"],
    detail: { state: ["ABANDONED", "FAILED"] },
  });
  expect(pattern("ended")).toEqual({
    ...common,
    "detail-type": ["CodePipeline Pipeline Execution State Change"],
    detail: { state: ["STOPPED", "SUCCEEDED"] },
  });
  for (const rule of ["failed", "ended"]) {
    const [{ input_paths, input_template }] = the(`aws_cloudwatch_event_target.message["${rule}"]`).input_transformer;
    const lines = input_template.split("\n").map((line: string) => JSON.parse(line));
    expect(lines[0]).toMatch(/^billing: /);
    const used = [...lines.join("\n").matchAll(/<(\w+)>/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(Object.keys(input_paths).sort());
  }
  const subscribers = first.resources
    .filter(({ type }) => type === "aws_sns_topic_subscription")
    .map(({ values }) => [values.topic_arn.split(":").at(-1), values.endpoint]);
  expect(subscribers.sort()).toEqual([
    ["palisade-billing", "team@example.com"],
    ["palisade-billing-alarms", "oncall@example.com"],
  ]);
  const [sends] = JSON.parse(the("aws_sqs_queue_policy.undelivered").policy).Statement;
  expect(sends.Condition.ArnEquals["aws:SourceArn"].sort()).toEqual(
    first.resources
      .filter(({ type }) => type === "aws_cloudwatch_event_rule")
      .map(({ values }) => values.arn)
      .sort(),
  );
});

it("There are exactly these alarms, each of which goes to the topic of alarms.", () => {
  const alarmsOf = ({ resources }: Deployment) =>
    resources.filter(({ type, values }) => type === "aws_cloudwatch_metric_alarm" && values.alarm_name);
  expect(
    alarmsOf(first)
      .map(({ values }) => [
        values.alarm_name,
        values.namespace,
        values.metric_name,
        Object.values(values.dimensions)[0],
      ])
      .sort(),
  ).toEqual([
    ["palisade-billing-alarms-not-delivered", "AWS/SNS", "NumberOfNotificationsFailed", "palisade-billing-alarms"],
    ["palisade-billing-failed", "AWS/CodePipeline", "FailedPipelineExecutions", "palisade-billing"],
    ["palisade-billing-not-delivered", "AWS/SNS", "NumberOfNotificationsFailed", "palisade-billing"],
    ["palisade-billing-undelivered", "AWS/SQS", "NumberOfMessagesSent", "palisade-billing-undelivered"],
    ...["ended", "failed", "start"].map((rule) => [
      `palisade-billing-undelivered-${rule}`,
      ...["AWS/Events", "InvocationsFailedToBeSentToDlq", `palisade-billing-${rule}`],
    ]),
  ]);
  const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:palisade-billing-alarms`;
  for (const { values } of alarmsOf(first)) expect(values.alarm_actions).toEqual([topic]);
  expect(alarmsOf(second).map(({ values }) => values.alarm_name)).not.toContain("mine-2-a-network-of-one-failed");
  const dashboard = the("aws_cloudwatch_dashboard.this").dashboard_body;
  for (const { values } of alarmsOf(first)) expect(dashboard).toContain(values.arn);
});

it("An adopted repository and state are not made, and the trial may read exactly that state.", () => {
  const types = second.resources.map(({ type, name }) => `${type}.${name}`);
  expect(types).not.toContain("aws_codecommit_repository.this");
  expect(types).not.toContain("aws_s3_bucket.state");
  const { ReadState, DecryptState, FindWorkspaces } = statementsOf(the("aws_iam_role_policy.state", second).policy);
  expect([ReadState?.Resource, DecryptState?.Resource, FindWorkspaces?.Resource]).toEqual([
    "arn:aws-cn:s3:::my-states/network/state",
    STATE_KEY,
    "arn:aws-cn:s3:::my-states",
  ]);
});

it("Boundaries are those that were asked for, and the role that applies has its own.", () => {
  for (const { type, name, values } of second.resources)
    if (type === "aws_iam_role")
      expect([name, values.permissions_boundary]).toEqual([
        name,
        `arn:aws-cn:iam::${ACCOUNT}:policy/${name === "apply" ? "apply-boundary" : "boundary"}`,
      ]);
});

it("No policy of the root allows all actions, or actions on all resources.", () => {
  const wide = first.resources
    .filter(({ type }) => ["aws_iam_role_policy", "aws_iam_policy"].includes(type))
    .flatMap(({ address, values }) =>
      JSON.parse(values.policy)
        .Statement.filter(
          ({ Effect, Action, Resource }: { Effect: string; Action: string | string[]; Resource: string | string[] }) =>
            Effect === "Allow" &&
            ([Resource].flat().includes("*") || [Action].flat().some((one) => /^\*|:\*$/.test(one))),
        )
        .map(({ Sid }: { Sid: string }) => `${address} ${Sid}`),
    );
  expect(wide).toEqual([]);
});
