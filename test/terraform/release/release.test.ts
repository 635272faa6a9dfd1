import { execSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingsSchema as starterSettings } from "../../../functions/pipeline-starter/settings.ts";
import { settingsSchema as recorderSettings } from "../../../functions/release-recorder/settings.ts";
import { entryTo } from "../../../local/runtime/condition.ts";
import { releaseConfiguration } from "../../../shared/release-configuration.ts";
import { readReleaseTag } from "../../../shared/release-tag.ts";
import { resultKey } from "../../../shared/stage-result.ts";
import { actionsOfSamples } from "../support/iam-actions.ts";
import { type Call, isAllowed, isDenied } from "../support/iam-decision.ts";
import { startMoto } from "../support/moto.ts";
import { inShort, type Resource, Root, rootWithPrograms, statementsOf, valuesAt } from "../support/root.ts";
import { metricsOfSamples } from "../support/sample-metrics.ts";
import { STAGE_ACTIONS } from "../support/stage-actions.ts";
import { ACCOUNT, FIRST, MANAGERS, PARAMETER, SECOND, SECRET, TARGETS } from "./deployments.ts";

type Values = Resource["values"];

const deploymentOf = (variables: { region: string }, target: object) => ({
  variables,
  root: rootWithPrograms("release"),
  targets: { root: Root.of("release-target"), variables: target, resources: [] as Resource[] },
  happened: [] as string[],
  resources: [] as Resource[],
});
const first = deploymentOf(FIRST, TARGETS.first);
const second = deploymentOf(SECOND, TARGETS.second);
type Deployment = typeof first;

async function applyTargets({ targets }: Deployment): Promise<void> {
  await targets.root.run("init");
  await targets.root.apply();
  targets.resources = await targets.root.resources();
}

async function applyRelease(deployment: Deployment): Promise<void> {
  const { root } = deployment;
  root.override("release", "modules/build", "modules/event-processor");
  await root.run("init");
  deployment.happened = await root.apply();
  deployment.resources = await root.resources();
}

const lookUp = (deployment: Deployment) => ({
  the: (address: string): Values => valuesAt([...deployment.resources, ...deployment.targets.resources], address),
  all: (type: string): Values[] =>
    deployment.resources.filter((resource) => resource.type === type).map(({ values }) => values),
});

beforeAll(async () => {
  const { aws, stop } = await startMoto();
  for (const { root, targets, variables } of [first, second]) {
    root.useMoto(aws, variables.region);
    root.give(variables);
    targets.root.useMoto(aws, variables.region);
    targets.root.give(targets.variables);
  }
  // Both orders: the account that is released to first, and the account that releases first.
  await Promise.all([
    applyTargets(first).then(() => applyRelease(first)),
    applyRelease(second).then(() => applyTargets(second)),
  ]);
  return stop;
});
afterAll(() => {
  for (const { root, targets } of [first, second]) {
    root.remove();
    targets.root.remove();
  }
});

it("A second plan of either root changes nothing, whichever of them was applied first.", async () => {
  for (const { root, targets } of [first, second]) {
    await root.run("plan", ["-detailed-exitcode"], 0);
    await targets.root.run("plan", ["-detailed-exitcode"], 0);
  }
});

/** The policies of a role: its own, and the managed policies of the account that it has. */
function policiesOf(deployment: Deployment, role: string): string[] {
  const policies = [...deployment.resources, ...deployment.targets.resources].filter(
    ({ type, values }) => type === "aws_iam_role_policy" && values.role === role,
  );
  if (policies.length === 0) throw new Error(`The role ${role} has no policy.`);
  return policies.map(({ values }) => values.policy);
}

describe("what each role may do", () => {
  const { the } = lookUp(first);
  const ROLES = [
    ...["lint", "plan", "apply"].flatMap((kind) =>
      ["dev", "prod"].map((environment) => `palisade-${kind}-build-${environment}`),
    ),
    ...["palisade-pipeline-dev", "palisade-pipeline-prod", "palisade-approve-prod"],
    ...["palisade-pipeline-starter-eu-central-1", "palisade-release-recorder-eu-central-1"],
  ];
  const allowedTo = (call: Call) => ROLES.filter((role) => isAllowed(policiesOf(first, role), call));
  const short = (role: string) => role.replace("palisade-", "").replace("-eu-central-1", "");
  const bucket = (kind: string, environment: string) =>
    `arn:aws:s3:::palisade-${kind}-${environment}-${ACCOUNT}-eu-central-1`;
  const pipeline = (name: string) => `arn:aws:codepipeline:eu-central-1:${ACCOUNT}:${name}-infrastructure`;
  const project = (environment: string, action: string) =>
    `arn:aws:codebuild:eu-central-1:${ACCOUNT}:project/palisade-${environment}-${action}`;
  const ledger = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/palisade-releases`;
  const release = (environment: string, scope: string) => {
    const settings = { regions: ["eu-central-1", "us-east-1"], homeRegion: "eu-central-1", teams: ["research"] };
    const read = readReleaseTag(`${environment}_${scope}/research/1.0`, { [environment]: settings });
    if (!read || !("release" in read)) throw new Error("This is no release.");
    return read.release;
  };

  const both = ["dev", "prod"].flatMap((environment): [string, Call, string[]][] => {
    const state = `${bucket("state", environment)}/${release(environment, "eu-central-1").stateKey}`;
    const global = `${bucket("state", environment)}/${release(environment, "global").stateKey}`;
    const artifacts = bucket("artifacts", environment);
    const builds = ["lint", "plan", "apply"].map((kind) => `${kind}-build-${environment}`);
    const [lint = "", plan = "", apply = ""] = builds;
    const key = () => the(`module.environment_key["${environment}"].aws_kms_key.this`).arn;
    const s3 = (action: string, resource: string): Call => ({ action: `s3:${action}`, resource });
    const role = (kind: string): Call => ({
      action: "sts:AssumeRole",
      resource: `arn:aws:iam::${ACCOUNT}:role/palisade-${kind}-${environment}`,
    });
    const result = (action: string) => `${artifacts}/${resultKey(`${environment}-infrastructure`, "0a1b", action)}`;
    const item = (action: string): Call => ({
      action: `dynamodb:${action}`,
      resource: ledger,
      context: { "dynamodb:LeadingKeys": environment },
    });
    const onPipeline = (action: string): Call => ({
      action: `codepipeline:${action}`,
      resource: pipeline(environment),
    });
    const pipelineRole = `pipeline-${environment}`;
    const approve = environment === "prod" ? ["approve-prod"] : [];
    return [
      ["list the states", s3("ListBucket", bucket("state", environment)), [plan, apply]],
      ["read the state", s3("GetObject", state), [plan, apply]],
      ["write the state", s3("PutObject", state), [apply]],
      ["write the global state", s3("PutObject", global), [apply]],
      ["delete the state", s3("DeleteObject", state), []],
      ["read the lock", s3("GetObject", `${state}.tflock`), [plan, apply]],
      ["put the lock", s3("PutObject", `${state}.tflock`), [plan, apply]],
      ["delete the lock", s3("DeleteObject", `${global}.tflock`), [plan, apply]],
      ["delete a version", s3("DeleteObjectVersion", state), []],
      [
        "read the state of an environment whose name begins alike",
        s3("GetObject", `${bucket("state", environment)}/research/${environment}-2-eu-central-1/terraform.tfstate`),
        [],
      ],
      ["assume the plan role", role("plan"), [plan, apply]],
      ["assume the apply role", role("apply"), [apply]],
      ["assume the apply role of another name", role("apply-2"), []],
      ["assume the role that approves", role("approve"), []],
      ["read what a stage has to know", s3("GetObject", `${artifacts}/targets.json`), builds],
      ["change what a stage has to know", s3("PutObject", `${artifacts}/targets.json`), []],
      ["read the programs", s3("GetObjectVersion", `${artifacts}/stages.zip`), [pipelineRole]],
      ["change the programs", s3("PutObject", `${artifacts}/stages.zip`), []],
      [
        "read the artifact with the programs",
        s3("GetObject", `${artifacts}/${environment}-infrastructur/Programs/a1`),
        [...builds, pipelineRole],
      ],
      [
        "change the artifact with the programs",
        s3("PutObject", `${artifacts}/${environment}-infrastructur/Programs/a1`),
        [pipelineRole],
      ],
      [
        "read the saved plan",
        s3("GetObject", `${artifacts}/${environment}-infrastructur/Plan/a1`),
        [apply, pipelineRole],
      ],
      ["save the plan", s3("PutObject", `${artifacts}/${environment}-infrastructur/Plan/a1`), [plan, pipelineRole]],
      ["write the result of Lint", s3("PutObject", result("Lint")), [lint]],
      ["write the result of Plan", s3("PutObject", result("Plan")), [plan]],
      ["write the result of Apply", s3("PutObject", result("Apply")), [apply]],
      ["read a result", s3("GetObject", result("Apply")), ["release-recorder"]],
      [
        "learn that a result is missing",
        {
          ...s3("ListBucket", artifacts),
          context: { "s3:prefix": resultKey(`${environment}-infrastructure`, "0a1b", "Apply") },
        },
        ["release-recorder"],
      ],
      [
        "list the artifacts",
        { ...s3("ListBucket", artifacts), context: { "s3:prefix": `${environment}-infrastructur/` } },
        [],
      ],
      ["fill the cache of Apply", s3("PutObject", `${artifacts}/cache/palisade-${environment}-apply/a1`), [apply]],
      ["read the cache of Lint", s3("GetObject", `${artifacts}/cache/palisade-${environment}-lint/a1`), [lint]],
      [
        "encrypt with the key of the environment",
        {
          action: "kms:GenerateDataKey",
          get resource() {
            return key();
          },
        },
        [...builds, pipelineRole],
      ],
      [
        "decrypt with the key of the environment",
        {
          action: "kms:Decrypt",
          get resource() {
            return key();
          },
        },
        [...builds, pipelineRole, "release-recorder"],
      ],
      ["write what is there now", item("UpdateItem"), [apply, "release-recorder"]],
      ["read what is there now", item("GetItem"), [plan, apply, "release-recorder"]],
      ["delete from the ledger", item("DeleteItem"), []],
      ["start the pipeline", onPipeline("StartPipelineExecution"), ["pipeline-starter"]],
      ["read the execution", onPipeline("GetPipelineExecution"), [plan, apply, ...approve, "release-recorder"]],
      ["read who approved", onPipeline("ListActionExecutions"), [apply, ...approve, "release-recorder"]],
      [
        "approve",
        { action: "codepipeline:PutApprovalResult", resource: `${pipeline(environment)}/Approve/Approve` },
        approve,
      ],
      [
        "approve at another stage",
        { action: "codepipeline:PutApprovalResult", resource: `${pipeline(environment)}/Apply/Approve` },
        [],
      ],
      ["retry a stage", { action: "codepipeline:RetryStageExecution", resource: `${pipeline(environment)}/Apply` }, []],
      ["override a condition", onPipeline("OverrideStageCondition"), []],
      [
        "start the build that applies",
        { action: "codebuild:StartBuild", resource: project(environment, "apply") },
        [pipelineRole],
      ],
      [
        "change the build that applies",
        { action: "codebuild:UpdateProject", resource: project(environment, "apply") },
        [],
      ],
    ].map(([what, call, who]): [string, Call, string[]] => [
      `${what} of ${environment}`,
      call as Call,
      (who as string[]).sort(),
    ]);
  });

  const secret = (action: string, resource: string): Call => ({ action, resource });
  it.each<[string, Call, string[]]>([
    ...both,
    [
      "read the secret of prod",
      secret("secretsmanager:GetSecretValue", SECRET),
      ["apply-build-prod", "plan-build-prod"],
    ],
    ["read another secret", secret("secretsmanager:GetSecretValue", `${SECRET.slice(0, -6)}other1`), []],
    ["read the parameter of prod", secret("ssm:GetParameter", PARAMETER), ["apply-build-prod", "plan-build-prod"]],
    [
      "clone the repository",
      { action: "codecommit:GitPull", resource: `arn:aws:codecommit:eu-central-1:${ACCOUNT}:infrastructure` },
      ["apply-build-dev", "apply-build-prod", "lint-build-dev", "lint-build-prod", "plan-build-dev", "plan-build-prod"],
    ],
    ["push to the repository", { action: "codecommit:GitPush", resource: "*" }, []],
    [
      "write to the ledger with a key of no environment",
      { action: "dynamodb:UpdateItem", resource: ledger },
      ["release-recorder"],
    ],
    ["scan the ledger", { action: "dynamodb:Scan", resource: ledger }, []],
    [
      "ask for a release",
      {
        action: "events:PutEvents",
        resource: `arn:aws:events:eu-central-1:${ACCOUNT}:event-bus/default`,
        context: { "events:source": "palisade", "events:detail-type": "Release Requested" },
      },
      [],
    ],
    ["make a role", { action: "iam:CreateRole", resource: "*" }, []],
    [
      "assume a role of any account",
      { action: "sts:AssumeRole", resource: "arn:aws:iam::999999999999:role/palisade-plan-dev" },
      [],
    ],
  ])("Only the roles that have to may %s.", (_what, call, who) => {
    expect(allowedTo(call).map(short).sort()).toEqual(who);
  });

  it("The builds assume the roles of all teams of their environment, by names that need no look-up.", () => {
    const role = (account: string, kind: string) => `arn:aws:iam::${account}:role/palisade-${kind}-dev`;
    const { AssumePlanRoles, AssumePlanAndApplyRoles } = Object.assign(
      {},
      ...[...policiesOf(first, "palisade-plan-build-dev"), ...policiesOf(first, "palisade-apply-build-dev")].map(
        inShort,
      ),
    );
    expect(AssumePlanRoles.on).toEqual([role("012345678901", "plan"), role(ACCOUNT, "plan")]);
    expect(AssumePlanAndApplyRoles.on).toEqual(
      ["012345678901", ACCOUNT].flatMap((account) => [role(account, "apply"), role(account, "plan")]),
    );
    expect(role(ACCOUNT, "plan")).toBe(the('aws_iam_role.plan["dev"]').arn);
    expect(role(ACCOUNT, "apply")).toBe(the('aws_iam_role.apply["dev"]').arn);
  });

  it("No policy of the root allows all actions, or actions on all resources but those that have none.", () => {
    const everywhere = first.resources
      .filter(({ type }) => ["aws_iam_role_policy", "aws_iam_policy"].includes(type))
      .flatMap(({ address, values }) =>
        Object.entries(inShort(values.policy))
          .filter(([, { on, actions }]) => on.includes("*") || actions.some((action) => /^\*|:\*$/.test(action)))
          .map(([sid]) => `${address} ${sid}`),
      );
    expect(everywhere.sort()).toEqual(
      ["pipeline_starter", "release_recorder"].map((name) => `module.${name}.aws_iam_role_policy.platform WriteTraces`),
    );
  });

  it("The policies of the builds of prod are exactly these.", () => {
    const states = `${bucket("state", "prod")}/*`;
    const objects = ["eu-central-1", "global"].map((scope) => `${states}/prod-${scope}/terraform.tfstate`);
    const artifacts = bucket("artifacts", "prod");
    const ofTargets = (kind: string) => `arn:aws:iam::${ACCOUNT}:role/palisade-${kind}-prod`;
    const programOf = (action: string) => {
      const found = the(`module.build["prod-${action}"].aws_iam_role_policy.program`);
      return inShort(found.policy);
    };
    const every = (action: string) => ({
      CloneRepository: {
        actions: ["codecommit:GitPull"],
        on: [`arn:aws:codecommit:eu-central-1:${ACCOUNT}:infrastructure`],
      },
      ReadTargets: { actions: ["s3:GetObject"], on: [`${artifacts}/targets.json`] },
      WriteOwnResults: { actions: ["s3:PutObject"], on: [`${artifacts}/results/prod-infrastructure/*/${action}.json`] },
    });
    const ownItems = {
      on: [ledger],
      if: {
        "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "prod" },
        Null: { "dynamodb:LeadingKeys": "false" },
      },
    };
    const release = {
      FindState: { actions: ["s3:ListBucket"], on: [bucket("state", "prod")] },
      LockState: {
        actions: ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        on: objects.map((object) => `${object}.tflock`),
      },
      UseKeyOfState: {
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        on: [the('module.environment_key["prod"].aws_kms_key.this').arn],
      },
      ReadLedger: { actions: ["dynamodb:GetItem"], ...ownItems },
      UseKeyOfLedger: {
        actions: ["kms:Decrypt"],
        on: [the("module.key.aws_kms_key.this").arn],
        if: { StringEquals: { "kms:EncryptionContext:aws:dynamodb:tableName": "palisade-releases" } },
      },
      ReadSecrets: { actions: ["secretsmanager:GetSecretValue"], on: [SECRET] },
      ReadParameters: { actions: ["ssm:GetParameter"], on: [PARAMETER] },
    };
    expect(programOf("lint")).toEqual(every("Lint"));
    expect(programOf("plan")).toEqual({
      ...every("Plan"),
      ...release,
      ReadState: { actions: ["s3:GetObject"], on: objects },
      AssumePlanRoles: { actions: ["sts:AssumeRole"], on: [ofTargets("plan")] },
      ReadOwnExecution: { actions: ["codepipeline:GetPipelineExecution"], on: [pipeline("prod")] },
    });
    expect(programOf("apply")).toEqual({
      ...every("Apply"),
      ...release,
      WriteState: { actions: ["s3:GetObject", "s3:PutObject"], on: objects },
      WriteLedger: { actions: ["dynamodb:UpdateItem"], ...ownItems },
      AssumePlanAndApplyRoles: { actions: ["sts:AssumeRole"], on: [ofTargets("apply"), ofTargets("plan")] },
      ReadOwnExecutionAndApproval: {
        actions: ["codepipeline:GetPipelineExecution", "codepipeline:ListActionExecutions"],
        on: [pipeline("prod")],
      },
    });
    expect(inShort(the('module.build["prod-apply"].aws_iam_role_policy.platform').policy)).toEqual({
      WriteOwnLog: {
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        on: [`arn:aws:logs:eu-central-1:${ACCOUNT}:log-group:/aws/codebuild/palisade-prod-apply:*`],
      },
      ReadArtifacts: {
        actions: ["s3:GetObject", "s3:GetObjectVersion"],
        on: [`${artifacts}/*/Plan/*`, `${artifacts}/*/Programs/*`],
      },
      UseOwnCache: {
        actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        on: [`${artifacts}/cache/palisade-prod-apply/*`],
      },
      FindBucket: { actions: ["s3:GetBucketAcl", "s3:GetBucketLocation"], on: [artifacts] },
      UseKey: {
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        on: [the('module.environment_key["prod"].aws_kms_key.this').arn],
      },
    });
    expect(inShort(the('aws_iam_role_policy.pipeline["prod"]').policy)).toEqual({
      ReadCommit: {
        actions: ["codecommit:GetBranch", "codecommit:GetCommit", "codecommit:GetRepository"],
        on: [`arn:aws:codecommit:eu-central-1:${ACCOUNT}:infrastructure`],
      },
      ReadPrograms: { actions: ["s3:GetObject", "s3:GetObjectVersion"], on: [`${artifacts}/stages.zip`] },
      KeepArtifacts: {
        actions: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        on: ["Plan", "Programs", "Source"].map((artifact) => `${artifacts}/*/${artifact}/*`),
      },
      FindBucket: {
        actions: ["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
        on: [artifacts],
      },
      UseKey: {
        actions: ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
        on: [the('module.environment_key["prod"].aws_kms_key.this').arn],
      },
      RunBuilds: {
        actions: ["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        on: ["apply", "lint", "plan"].map((action) => project("prod", action)),
      },
    });
  });

  it.each(["plan", "apply"] as const)(
    "The build of %s may do with pipeline and ledger exactly what its program does.",
    (stage) => {
      const actions = policiesOf(first, `palisade-${stage}-build-prod`)
        .flatMap((policy) => Object.values(inShort(policy)).flatMap((statement) => statement.actions))
        .filter((action) => /^(codepipeline|dynamodb):/.test(action));
      expect(actions.sort()).toEqual(STAGE_ACTIONS[stage]);
    },
  );

  it("A role is only for the service or the people that it was made for.", () => {
    const trustOf = (address: string) => JSON.parse(the(address).assume_role_policy).Statement;
    const forService = (sid: string, service: string, source: string) => [
      {
        Sid: sid,
        Effect: "Allow",
        Principal: { Service: `${service}.amazonaws.com` },
        Action: "sts:AssumeRole",
        Condition: { ArnEquals: { "aws:SourceArn": source } },
      },
    ];
    for (const action of ["lint", "plan", "apply"])
      expect(trustOf(`module.build["dev-${action}"].aws_iam_role.this`)).toEqual(
        forService("CodeBuild", "codebuild", project("dev", action)),
      );
    expect(trustOf('aws_iam_role.pipeline["dev"]')).toEqual(
      forService("CodePipeline", "codepipeline", pipeline("dev")),
    );
    expect(trustOf('aws_iam_role.approve["prod"]')).toEqual([
      { Sid: "Approvers", Effect: "Allow", Principal: { AWS: MANAGERS }, Action: "sts:AssumeRole" },
    ]);
    expect(first.resources.filter(({ address }) => address === 'aws_iam_role.approve["dev"]')).toEqual([]);
  });

  it("The names of the roles are fixed and have no path, since the other account trusts them by name.", () => {
    for (const { name, path } of lookUp(first).all("aws_iam_role")) expect([name, path]).toEqual([name, "/"]);
    expect(
      lookUp(first)
        .all("aws_iam_role")
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...ROLES].sort());
  });

  describe("the deny policy", () => {
    const guard = () => [the("aws_iam_policy.release_guard").policy];
    const by = (role: string) => ({ "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${role}` });
    const STARTER = "palisade-pipeline-starter-eu-central-1";
    const START = ["StartPipelineExecution", "OverrideStageCondition"];
    const STAGE = ["RetryStageExecution", "RollbackStage", "DisableStageTransition", "EnableStageTransition"];

    it("It allows nothing, and denies everybody but pipeline-starter to start, retry, override, roll back and hold up releases.", () => {
      for (const environment of ["dev", "prod"])
        for (const [actions, resource] of [
          [START, pipeline(environment)],
          [STAGE, `${pipeline(environment)}/Apply`],
        ] as const)
          for (const action of actions.map((name) => `codepipeline:${name}`)) {
            expect([action, isDenied(guard(), { action, resource, context: by("admin") })]).toEqual([action, true]);
            expect([action, isDenied(guard(), { action, resource, context: by(STARTER) })]).toEqual([action, false]);
          }
      expect(JSON.parse(guard()[0] ?? "").Statement.map(({ Effect }: { Effect: string }) => Effect)).toEqual(
        Array.from({ length: 4 }, () => "Deny"),
      );
    });

    it("It denies everybody but the pipeline of the environment to run its builds, and leaves other projects alone.", () => {
      const RUN = [
        ...["StartBuild", "StartBuildBatch", "RetryBuild", "RetryBuildBatch"],
        ...["StartSandbox", "StartSandboxConnection", "StartCommandExecution"],
      ].map((name) => `codebuild:${name}`);
      for (const [environment, other] of [
        ["dev", "prod"],
        ["prod", "dev"],
      ] as const)
        for (const kind of ["lint", "plan", "apply"])
          for (const action of RUN) {
            const denied = (role: string, resource = project(environment, kind)) =>
              isDenied(guard(), { action, resource, context: by(role) });
            expect([
              action,
              denied(`palisade-pipeline-${environment}`),
              ...["admin", STARTER, `palisade-pipeline-${other}`, `palisade-approve-${environment}`].map((role) =>
                denied(role),
              ),
              denied("admin", project(`${environment}-2`, kind)),
            ]).toEqual([action, false, true, true, true, true, false]);
          }
    });

    it("It denies everybody but the role of the environment to approve, and leaves other pipelines alone.", () => {
      const approval = { action: "codepipeline:PutApprovalResult", resource: `${pipeline("prod")}/Approve/Approve` };
      for (const role of ["admin", "palisade-approve-dev", STARTER, "palisade-approve-prod-2"])
        expect([role, isDenied(guard(), { ...approval, context: by(role) })]).toEqual([role, true]);
      expect(isDenied(guard(), { ...approval, context: by("palisade-approve-prod") })).toBe(false);
      const others = `arn:aws:codepipeline:eu-central-1:${ACCOUNT}:others`;
      for (const [action, resource] of [
        ["StartPipelineExecution", others],
        ["PutApprovalResult", `${others}/Approve/Approve`],
      ] as const)
        expect(isDenied(guard(), { action: `codepipeline:${action}`, resource, context: by("admin") })).toBe(false);
    });

    it("Its text, for a service control policy, is an output with the same statements.", async () => {
      const text = JSON.parse(await first.root.run("output", ["-json", "release_guard_policy"]));
      expect(JSON.parse(text)).toEqual(JSON.parse(guard()[0] ?? ""));
      expect(text).not.toMatch(/\s/);
      expect(text.length).toBeLessThan(5_120);
    });
  });

  it("The policy to ask for a release again allows this one kind of event on the bus of the account.", () => {
    const policies = [the("aws_iam_policy.release_again").policy];
    const ask = (source: string, type: string) =>
      isAllowed(policies, {
        action: "events:PutEvents",
        resource: `arn:aws:events:eu-central-1:${ACCOUNT}:event-bus/default`,
        context: { "events:source": source, "events:detail-type": type },
      });
    expect([
      ask("palisade", "Release Requested"),
      ask("palisade", "Force Merge Requested"),
      ask("mine", "Release Requested"),
    ]).toEqual([true, false, false]);
  });

  it.each([
    ["pipeline-starter", "pipeline_starter", []],
    // The local AWS holds nothing encrypted, and asks for no right to say that an object is missing. An event that comes too late to be written reads what is there.
    ["release-recorder", "release_recorder", ["dynamodb:GetItem", "kms:Decrypt", "s3:ListBucket"]],
  ])("The policy of %s allows each AWS call that the samples make, and no other.", async (name, module, more) => {
    const { policy } = the(`module.${module}.aws_iam_role_policy.function`);
    const allowed = Object.values(statementsOf(policy)).flatMap(({ Action }) => Action);
    expect([...(await actionsOfSamples(name)), ...more].sort()).toEqual(allowed.sort());
  });
});

describe.each([
  { deployed: first, name: "palisade", environments: ["dev", "prod"] as const },
  { deployed: second, name: "mine-2", environments: ["QA-2"] as const },
])("the deployment $name", ({ deployed, name, environments }) => {
  const { the, all } = lookUp(deployed);
  const { region } = deployed.variables;
  const partition = name === "palisade" ? "aws" : "aws-cn";
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${ACCOUNT}:${resource}`;
  const given = deployed.variables as unknown as typeof SECOND;
  const settingsOf = (environment: string) =>
    (given.environments as unknown as Record<string, (typeof SECOND.environments)["QA-2"] & { approval?: boolean }>)[
      environment
    ];
  const artifactBucket = (environment: string) => `${name}-artifacts-${environment.toLowerCase()}-${ACCOUNT}-${region}`;
  const repository = name === "palisade" ? "infrastructure" : "mine";
  const branch = name === "palisade" ? "main" : "release/1";

  it.each(environments)(
    `The pipeline of ${name} for %s has exactly these stages, and runs in mode PARALLEL.`,
    (environment) => {
      const { stage: stages, ...pipeline } = the(`aws_codepipeline.this["${environment}"]`);
      const { pipeline: pipelineName, approval = true, approval_days = 2 } = settingsOf(environment) ?? {};
      expect(pipeline).toMatchObject({
        ...{ name: pipelineName, pipeline_type: "V2", execution_mode: "PARALLEL", trigger: [] },
        role_arn: `arn:${partition}:iam::${ACCOUNT}:role/${name}-pipeline-${environment}`,
        artifact_store: [
          {
            location: artifactBucket(environment),
            type: "S3",
            encryption_key: [{ id: the(`module.environment_key["${environment}"].aws_kms_key.this`).arn, type: "KMS" }],
          },
        ],
      });
      const variables = (more: Record<string, string> = {}) =>
        Object.entries({
          COMMIT_ID: "#{variables.COMMIT_ID}",
          EXECUTION_ID: "#{codepipeline.PipelineExecutionId}",
          ...more,
          TAG: "#{variables.TAG}",
        }).map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
      const build = (action: string, of: string) => ({
        action: `${of} CodeBuild 1`,
        in: ["Programs"],
        configuration: { ProjectName: `${name}-${environment}-${action}`, EnvironmentVariables: variables() },
      });
      const skippedWithoutChanges = {
        result: "SKIP",
        rules: [
          ["AnythingChanges", "Rule AWS VariableCheck 1", { Variable: "#{Plan.CHANGES}", Operator: "NE", Value: "0" }],
        ],
      };
      const approve = {
        name: "Approve",
        entry: skippedWithoutChanges,
        actions: {
          Approve: {
            action: "Approval Manual 1",
            in: [],
            out: [],
            order: 1,
            timeout: approval_days * 1440,
            configuration: { CustomData: "#{Plan.SUMMARY}" },
          },
        },
      };
      expect(stages.map(stageInShort)).toEqual([
        {
          name: "Source",
          actions: {
            Source: {
              ...{ action: "Source CodeCommit 1", namespace: "Source", in: [], out: ["Source"], order: 1 },
              configuration: {
                ...{ RepositoryName: repository, BranchName: branch },
                ...{ PollForSourceChanges: "false", OutputArtifactFormat: "CODEBUILD_CLONE_REF" },
              },
            },
            Programs: {
              ...{ action: "Source S3 1", in: [], out: ["Programs"], order: 1 },
              configuration: {
                S3Bucket: artifactBucket(environment),
                S3ObjectKey: "stages.zip",
                PollForSourceChanges: "false",
              },
            },
          },
        },
        {
          name: "Plan",
          entry: {
            result: "FAIL",
            rules: [
              [
                ...["CommitHasItsForm", "Rule AWS VariableCheck 1"],
                { Variable: "#{variables.COMMIT_ID}", Operator: "MATCHES", Value: "^[0-9a-f]{40}$" },
              ],
              [
                ...["TagHasItsForm", "Rule AWS VariableCheck 1"],
                { Variable: "#{variables.TAG}", Operator: "MATCHES", Value: "^[A-Za-z0-9_/.+-]+$" },
              ],
            ],
          },
          actions: {
            Lint: { ...build("lint", "Test"), out: [], order: 1 },
            Plan: { ...build("plan", "Build"), namespace: "Plan", out: ["Plan"], order: 1 },
          },
        },
        ...(approval ? [approve] : []),
        {
          name: "Apply",
          entry: skippedWithoutChanges,
          actions: {
            Apply: {
              ...{ action: "Build CodeBuild 1", in: ["Programs", "Plan"], out: [], order: 1 },
              configuration: {
                ProjectName: `${name}-${environment}-apply`,
                PrimarySource: "Programs",
                EnvironmentVariables: variables({
                  PLAN_FINGERPRINT: "#{Plan.PLAN_FINGERPRINT}",
                  PLAN_SHA256: "#{Plan.PLAN_SHA256}",
                }),
              },
            },
          },
        },
      ]);
    },
  );

  it.each(environments)(
    `The pipeline of ${name} for %s plans no execution whose variables could end a text in JSON.`,
    (environment) => {
      const { stage: stages } = the(`aws_codepipeline.this["${environment}"]`);
      const [{ condition }] = stages.find((stage: Values) => stage.name === "Plan").before_entry;
      const entryWith = (TAG: string, COMMIT_ID = "0a1b".repeat(10)) =>
        entryTo(condition[0], new Map([["variables", { TAG, COMMIT_ID }]]), "Plan");
      const TAG = `${environment}_us-gov-west-1/research/2.0-rc.1+build.7`;
      expect(entryWith(TAG)).toBe("enter");
      const more = '","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--import=data:text/javascript,1';
      for (const wrong of [`${TAG}${more}`, `${TAG}\n`, `${TAG}\\`, `${TAG} `, ""])
        expect(entryWith(wrong)).toBe("fail");
      for (const wrong of [`${"0a1b".repeat(10)}${more}`, "0a1b", "HEAD"]) expect(entryWith(TAG, wrong)).toBe("fail");
    },
  );

  it.each(environments)(
    `The environment of each action of %s in ${name} has at most 1,000 characters with the longest values.`,
    (environment) => {
      const longest: Record<string, string> = {
        "variables.TAG": `${"e".repeat(32)}_ap-southeast-1/${"t".repeat(40)}/${"1".repeat(64)}`,
        "variables.COMMIT_ID": "c".repeat(64),
        "codepipeline.PipelineExecutionId": "e".repeat(36),
        "Plan.PLAN_SHA256": "a".repeat(64),
        "Plan.PLAN_FINGERPRINT": "b".repeat(64),
      };
      const texts = the(`aws_codepipeline.this["${environment}"]`)
        .stage.flatMap(({ action }: Values) => action)
        .map(({ configuration }: Values) => configuration.EnvironmentVariables)
        .filter(Boolean)
        .map((text: string) =>
          text.replace(/#\{([\w.]+)\}/g, (_all, variable) => longest[variable] ?? "?".repeat(2_000)),
        );
      expect(texts).toHaveLength(3);
      for (const text of texts) expect(text.length).toBeLessThanOrEqual(1_000);
    },
  );

  it.each(environments)(
    `The pipeline of ${name} for %s declares exactly the variables that pipeline-starter sets, none with a default.`,
    (environment) => {
      const { variable } = the(`aws_codepipeline.this["${environment}"]`);
      expect(variable.map(({ name }: Values) => name).sort()).toEqual(
        [
          ...[
            "ENV",
            "TARGET_DEPLOYMENT_SCOPE",
            "SCOPE_KIND",
            "TEAM",
            "VERSION",
            "TAG",
            "COMMIT_ID",
            "REGION",
            "STATE_KEY",
          ],
          ...["TAGGED_BY", "REQUESTED_AT", "REASON"],
        ].sort(),
      );
      for (const { default_value } of variable) expect([null, ""]).toContain(default_value);
    },
  );

  it.each(environments)(
    `What the stages of %s in ${name} have to know is as their program reads it.`,
    (environment) => {
      const { key, bucket, content } = the(`aws_s3_object.targets["${environment}"]`);
      expect([bucket, key]).toEqual([artifactBucket(environment), "targets.json"]);
      const settings = settingsOf(environment);
      const read = releaseConfiguration.parse(JSON.parse(content));
      const adopted = given.adopted_state_buckets?.["QA-2"];
      expect(read).toMatchObject({
        ...{ environment, pipeline: settings?.pipeline, accountId: ACCOUNT, region },
        repository: {
          name: repository,
          branch,
          url: `https://git-codecommit.${region}.amazonaws.com${partition === "aws" ? "" : ".cn"}/v1/repos/${repository}`,
        },
        ...{ regions: settings?.regions, homeRegion: settings?.home_region, ledgerTable: `${name}-releases` },
        artifactBucket: artifactBucket(environment),
        state: adopted
          ? { bucket: adopted.bucket, region: adopted.region, kmsKeyArn: adopted.kms_key_arn }
          : {
              bucket: `palisade-state-${environment}-${ACCOUNT}-eu-central-1`,
              region,
              kmsKeyArn: the(`module.environment_key["${environment}"].aws_kms_key.this`).arn,
            },
        starterRoleArn: `arn:${partition}:iam::${ACCOUNT}:role/${name}-pipeline-starter-${region}`,
        approverRoleArn:
          environment === "dev" ? null : `arn:${partition}:iam::${ACCOUNT}:role/${name}-approve-${environment}`,
        planTwice: name !== "palisade",
      });
      expect(read.targets.research).toEqual({
        accountId: ACCOUNT,
        externalId: settings?.targets.research.external_id,
        planRoleArn: the(`aws_iam_role.plan["${environment}"]`).arn,
        applyRoleArn: the(`aws_iam_role.apply["${environment}"]`).arn,
        secrets: environment === "prod" ? { database_password: SECRET, licence: PARAMETER } : {},
      });
      expect(read.protectedTypes).toEqual(
        name === "palisade"
          ? expect.arrayContaining(["aws_db_instance", "aws_s3_bucket", "aws_kms_key"])
          : ["aws_db_instance"],
      );
      expect(read.scan).toMatchObject({ trivySeverities: name === "palisade" ? ["HIGH", "CRITICAL"] : ["CRITICAL"] });
    },
  );

  it.each(environments)(
    `The programs of %s in ${name} are a versioned object, and change with their zip.`,
    (environment) => {
      const { key, bucket, version_id, source_hash } = the(`aws_s3_object.programs["${environment}"]`);
      expect([bucket, key]).toEqual([artifactBucket(environment), "stages.zip"]);
      expect(version_id).toMatch(/\S/);
      expect(source_hash).toMatch(/^[\w+/]{43}=$/);
    },
  );

  it.each(environments)(
    `The builds of %s in ${name} have the size, limits and network that were asked for, and are not privileged.`,
    (environment) => {
      const minutes = name === "palisade" ? { lint: 30, plan: 120, apply: 480 } : given.timeout_minutes;
      for (const [action, timeout] of Object.entries(minutes)) {
        const project = the(`module.build["${environment}-${action}"].aws_codebuild_project.this`);
        expect(project).toMatchObject({
          ...{ name: `${name}-${environment}-${action}`, build_timeout: timeout },
          source: [{ type: "CODEPIPELINE", buildspec: readFileSync(`stages/${action}/buildspec.yml`, "utf8") }],
          artifacts: [{ type: "CODEPIPELINE" }],
          cache: [{ type: "S3", location: `${artifactBucket(environment)}/cache/${name}-${environment}-${action}` }],
        });
        expect(project.environment[0]).toMatchObject({
          privileged_mode: false,
          environment_variable: [{ name: "TARGETS", value: `s3://${artifactBucket(environment)}/targets.json` }],
          image: name === "palisade" ? "aws/codebuild/amazonlinux-x86_64-standard:6.0" : given.build.image,
          image_pull_credentials_type: name === "palisade" ? "CODEBUILD" : "SERVICE_ROLE",
          type: name === "palisade" ? "LINUX_CONTAINER" : "ARM_CONTAINER",
        });
        expect(project.vpc_config.map((network: Values) => network.vpc_id)).toEqual(
          name === "palisade" ? [] : ["vpc-1"],
        );
      }
    },
  );

  it.each(environments)(
    `The buckets of %s in ${name} keep versions, are closed to the public, and take no key but the one of the environment.`,
    (environment) => {
      const key = the(`module.environment_key["${environment}"].aws_kms_key.this`).arn;
      const kinds = name === "palisade" ? ["state", "artifacts"] : ["artifacts"];
      for (const kind of kinds) {
        const of = `["${kind}-${environment}"]`;
        const bucket = `${name}-${kind}-${environment.toLowerCase()}-${ACCOUNT}-${region}`;
        expect(the(`aws_s3_bucket_versioning.this${of}`)).toMatchObject({
          bucket,
          versioning_configuration: [{ status: "Enabled" }],
        });
        expect(the(`aws_s3_bucket_server_side_encryption_configuration.this${of}`).rule).toEqual([
          {
            apply_server_side_encryption_by_default: [{ kms_master_key_id: key, sse_algorithm: "aws:kms" }],
            bucket_key_enabled: false,
          },
        ]);
        expect(the(`aws_s3_bucket_public_access_block.this${of}`)).toMatchObject({
          ...{
            block_public_acls: true,
            block_public_policy: true,
            ignore_public_acls: true,
            restrict_public_buckets: true,
          },
        });
        const objects = `arn:${partition}:s3:::${bucket}/*`;
        const put = { denies: true, actions: ["s3:PutObject"], on: [objects] };
        const header = "s3:x-amz-server-side-encryption";
        expect(inShort(the(`aws_s3_bucket_policy.this${of}`).policy)).toEqual({
          TlsOnly: {
            ...{ denies: true, actions: ["s3:*"], on: [objects.slice(0, -2), objects] },
            if: { Bool: { "aws:SecureTransport": "false" } },
          },
          NoOtherKey: {
            ...put,
            if: {
              Null: { [`${header}-aws-kms-key-id`]: "false" },
              StringNotEquals: { [`${header}-aws-kms-key-id`]: key },
            },
          },
          NoEncryptionWithoutKey: { ...put, if: { Null: { [header]: "false", [`${header}-aws-kms-key-id`]: "true" } } },
          NoKeyOfTheCaller: { ...put, if: { Null: { [`${header}-customer-algorithm`]: "false" } } },
          VersionsStay: {
            ...{ denies: true, actions: ["s3:DeleteObjectVersion"], on: [objects] },
            ...(name !== "palisade" && {
              if: { ArnNotEquals: { "aws:PrincipalArn": given.version_deletion_role_arn } },
            }),
          },
        });
      }
      expect(all("aws_s3_bucket")).toHaveLength(kinds.length * environments.length);
    },
  );

  it.each(environments)(
    `Plans, results and caches of %s in ${name} expire, and programs and targets do not.`,
    (environment) => {
      const days = name === "palisade" ? 90 : 30;
      const folder = name === "palisade" ? `${environment}-infrastructure`.slice(0, 20) : "a-pipeline-with-a-lo";
      const rules = the(`aws_s3_bucket_lifecycle_configuration.artifacts["${environment}"]`).rule.map(
        (rule: Values) => [
          rule.filter[0]?.prefix,
          rule.expiration[0]?.days,
          rule.noncurrent_version_expiration[0]?.noncurrent_days,
        ],
      );
      expect(rules).toEqual([
        [`${folder}/`, days, undefined],
        ["cache/", days, undefined],
        ["results/", days, undefined],
        ["", undefined, days],
      ]);
    },
  );

  it(`The functions of ${name} get exactly the settings that they read.`, () => {
    const { NODE_OPTIONS, ...settings } = the("module.pipeline_starter.aws_lambda_function.this").environment[0]
      .variables;
    expect(Object.keys(settings).sort()).toEqual(Object.keys(starterSettings.shape).sort());
    expect(starterSettings.parse(settings)).toEqual({
      ENVIRONMENTS: Object.fromEntries(
        environments.map((environment) => {
          const { pipeline, regions, home_region: homeRegion, targets = {} } = settingsOf(environment) ?? {};
          return [environment, { pipeline, sourceAction: "Source", regions, homeRegion, teams: Object.keys(targets) }];
        }),
      ),
      ...{ REPOSITORY: repository, REPOSITORY_ARN: arn("codecommit", repository), BRANCH: branch, ACCOUNT_ID: ACCOUNT },
      ...{ TABLE_NAME: `${name}-starts`, TOPIC_ARN: arn("sns", `${name}-releases`) },
    });
    expect(NODE_OPTIONS).toBe("--enable-source-maps");
    const { NODE_OPTIONS: _, ...ofRecorder } = the("module.release_recorder.aws_lambda_function.this").environment[0]
      .variables;
    expect(Object.keys(ofRecorder).sort()).toEqual(Object.keys(recorderSettings.shape).sort());
    expect(recorderSettings.parse(ofRecorder)).toEqual({
      ENVIRONMENTS: Object.fromEntries(
        environments.map((environment) => {
          const { pipeline, approval = true, approval_days: days = 2 } = settingsOf(environment) ?? {};
          const roleArn = `arn:${partition}:iam::${ACCOUNT}:role/${name}-approve-${environment}`;
          return [
            environment,
            { pipeline, artifactBucket: artifactBucket(environment), approval: approval ? { roleArn, days } : null },
          ];
        }),
      ),
      ...{ ACCOUNT_ID: ACCOUNT, TABLE_NAME: `${name}-releases`, TOPIC_ARN: arn("sns", `${name}-releases`) },
    });
  });

  it(`The rules of ${name} take events of its own account, region, repository and pipelines alone.`, () => {
    const rules = Object.fromEntries(
      all("aws_cloudwatch_event_rule").map(({ name: rule, event_pattern, schedule_expression }) => [
        rule.replace(`${name}-`, ""),
        event_pattern ? JSON.parse(event_pattern) : schedule_expression,
      ]),
    );
    const pattern = (file: string) => JSON.parse(readFileSync(`functions/${file}.json`, "utf8"));
    const pipelines = environments.map((environment) => settingsOf(environment)?.pipeline);
    const ofPipelines = (file: string) => {
      const own = pattern(`release-recorder/${file}`);
      return { ...own, account: [ACCOUNT], region: [region], detail: { ...own.detail, pipeline: pipelines } };
    };
    expect(rules).toEqual({
      "pipeline-starter-tag": {
        ...pattern("pipeline-starter/event-pattern"),
        account: [ACCOUNT],
        resources: [arn("codecommit", repository)],
      },
      "pipeline-starter-request": {
        ...pattern("pipeline-starter/release-request-pattern"),
        ...{ account: [ACCOUNT], region: [region] },
      },
      "release-recorder-execution": ofPipelines("event-pattern"),
      "release-recorder-approval": ofPipelines("approval-pattern"),
      "release-recorder-hourly": "rate(1 hour)",
    });
    expect(all("aws_cloudwatch_event_target")).toHaveLength(5);
    for (const { dead_letter_config } of all("aws_cloudwatch_event_target"))
      expect(dead_letter_config[0].arn).toMatch(/-undelivered$/);
  });

  it(`The repository of ${name} is made unless it is there already.`, () => {
    expect(all("aws_codecommit_repository").map(({ repository_name }) => repository_name)).toEqual(
      name === "palisade" ? ["infrastructure"] : [],
    );
  });

  it(`The tables of ${name} can be restored, are encrypted, and have the keys that the code uses.`, () => {
    const isProtected = name === "palisade";
    const common = {
      ...{ billing_mode: "PAY_PER_REQUEST", deletion_protection_enabled: isProtected },
      point_in_time_recovery: [{ enabled: true }],
      server_side_encryption: [{ enabled: true, kms_key_arn: the("module.key.aws_kms_key.this").arn }],
    };
    expect(the("aws_dynamodb_table.releases")).toMatchObject({
      ...{ ...common, name: `${name}-releases`, hash_key: "pk", range_key: "sk" },
    });
    expect(the("aws_dynamodb_table.starts")).toMatchObject({
      ...{ ...common, name: `${name}-starts`, hash_key: "id" },
      ttl: [{ attribute_name: "expiration", enabled: true }],
    });
  });

  it(`Each fault of ${name} has an alarm that ends with its impact, and the dashboard shows all alarms.`, () => {
    const topic = arn("sns", `${name}-release-alarms`);
    const alarms = all("aws_cloudwatch_metric_alarm");
    for (const alarm of alarms) {
      expect(alarm.alarm_actions).toEqual([topic]);
      expect(alarm.alarm_description).toMatch(/ Impact: .+\.$/);
      // CodePipeline counts all of these as failed executions.
      if (alarm.metric_name === "FailedPipelineExecutions")
        expect(alarm.alarm_description).toMatch(/failed, was refused or rejected, or its approval expired/);
    }
    const own = alarms
      .filter(({ alarm_name }) => !/^.+-(pipeline-starter|release-recorder)-/.test(alarm_name))
      .map(({ alarm_name, namespace, metric_name, dimensions, period, treat_missing_data, ok_actions }) => [
        ...[alarm_name.replace(`${name}-`, ""), `${namespace} ${metric_name}`, Object.values(dimensions)[0]],
        ...[period, treat_missing_data, (ok_actions ?? []).length],
      ])
      .sort();
    const recorder = `${name}-release-recorder`;
    const failed = environments
      .filter((environment) => environment !== "QA-2")
      .map((environment) => [
        ...[`failed-release-${environment}`, "AWS/CodePipeline FailedPipelineExecutions"],
        ...[settingsOf(environment)?.pipeline, 300, "notBreaching", 0],
      ]);
    const notDelivered = (topicName: string) => [
      ...[`${topicName}-not-delivered`, "AWS/SNS NumberOfNotificationsFailed", `${name}-${topicName}`],
      ...[300, "notBreaching", 1],
    ];
    expect(own).toEqual(
      [
        ...failed,
        ["no-reconciliation", "AWS/Lambda Invocations", recorder, 7200, "breaching", 1],
        ["refused-starts", "Palisade Refused", `${name}-pipeline-starter`, 300, "notBreaching", 0],
        notDelivered("release-alarms"),
        notDelivered("releases"),
      ].sort(),
    );
    const { dashboard_name, dashboard_body } = the("aws_cloudwatch_dashboard.this");
    expect(dashboard_name).toBe(`${name}-releases-${region}`);
    const [shown, ...charts] = JSON.parse(dashboard_body).widgets;
    expect(shown.properties.alarms.toSorted()).toEqual(alarms.map((alarm) => alarm.arn).sort());
    const outcomes = charts.find(({ properties }: Values) => properties.title === "Releases: what became of them");
    expect(outcomes.properties.metrics.map(([, metric]: string[]) => metric)).toEqual([
      ...["Released", "Failed", "Refused", "Rejected", "Expired", "Stopped"],
    ]);
    expect(charts.map(({ properties }: Values) => properties.title)).toEqual([
      ...[
        "Releases: started and refused",
        "Releases: what became of them",
        "Releases that did not get through, by environment",
      ],
      ...["Time from tag to plan", "Time from tag to applied", "Time from approval to applied"],
      ...["Duration of builds", "Failed events that wait"],
    ]);
    const places = JSON.parse(dashboard_body).widgets.map(({ x, y }: Record<string, number>) => `${x} ${y}`);
    expect(new Set(places).size).toBe(charts.length + 1);
  });

  // Not drawn: starts that other charts count, events without a release or without news, and approvals that are not given yet.
  it.each([
    ["pipeline-starter", ["Ignored", "Requested"]],
    ["release-recorder", ["Checked", "Expiring", "Ignored", "Unchanged", "Waiting"]],
  ])(`The dashboard of ${name} draws each metric that %s writes, but for these.`, async (functionName, notDrawn) => {
    const { dashboard_body } = the("aws_cloudwatch_dashboard.this");
    const drawn: string[] = JSON.parse(dashboard_body)
      .widgets.flatMap(({ properties }: Values) => properties.metrics ?? [])
      .filter(([namespace, , , value]: string[]) => namespace === "Palisade" && value === `${name}-${functionName}`)
      .map(([, metric]: string[]) => metric);
    expect([...new Set([...drawn, ...notDrawn])].sort()).toEqual(await metricsOfSamples(functionName));
    expect(drawn).not.toEqual(expect.arrayContaining(notDrawn));
  });

  it(`Each subscriber of ${name} gets only what was asked for.`, () => {
    const subscriptions = all("aws_sns_topic_subscription")
      .map(({ endpoint, protocol, topic_arn, filter_policy }) => [
        ...[endpoint, protocol, topic_arn.split(":").at(-1), JSON.parse(filter_policy || "null")],
      ])
      .sort();
    const { environments: wanted, teams, kinds } = SECOND.subscribers["risk@example.com"];
    expect(subscriptions).toEqual(
      name === "palisade"
        ? [
            ["oncall@example.com", "email", "palisade-release-alarms", null],
            ["team@example.com", "email", "palisade-releases", null],
          ]
        : [
            ["all@example.com", "email", "mine-2-release-alarms", null],
            ["all@example.com", "email", "mine-2-releases", null],
            ["https://example.com/hook", "https", "mine-2-releases", { kind: ["released"] }],
            ["risk@example.com", "email", "mine-2-releases", { environment: wanted, team: teams, kind: kinds }],
          ],
    );
  });

  it(`All roles of ${name} have its boundary, and all resources its tags.`, () => {
    const boundary = name === "palisade" ? "" : given.permissions_boundary_arn;
    for (const role of all("aws_iam_role"))
      expect([role.name, role.permissions_boundary]).toEqual([role.name, boundary]);
    const tags = { Project: "palisade", Root: "release", ...(name === "palisade" ? {} : { Owner: "platform" }) };
    const tagged = deployed.resources.filter(
      ({ type, values }) => "tags_all" in values && type !== "aws_codecommit_repository",
    );
    expect(tagged.length).toBeGreaterThan(30);
    for (const { address, values } of tagged) expect([address, values.tags_all]).toEqual([address, tags]);
  });

  it(`The log group of a build of ${name} is made before the build, and its policies too.`, () => {
    for (const environment of environments)
      for (const action of ["lint", "plan", "apply"]) {
        const of = `module.build["${environment}-${action}"].`;
        const start = deployed.happened.indexOf(`start ${of}aws_codebuild_project.this`);
        for (const before of [
          "aws_cloudwatch_log_group.this",
          "aws_iam_role_policy.platform",
          "aws_iam_role_policy.program",
        ]) {
          expect(deployed.happened).toContain(`complete ${of}${before}`);
          expect([before, deployed.happened.indexOf(`complete ${of}${before}`) < start]).toEqual([before, true]);
        }
      }
  });
});

it("Terraform destroys neither repository nor states, until prevent_destroy is taken out as the README says.", async () => {
  const refusal = (await first.root.run("destroy", ["-auto-approve", "-no-color"], 1)).replace(/\s+/g, " ");
  for (const address of ['aws_codecommit_repository.this["infrastructure"]', 'aws_s3_bucket.state["dev"]'])
    expect(refusal).toContain(`${address} has lifecycle.prevent_destroy set`);
  const removal = "sed -i.bak /prevent_destroy/d repository.tf state.tf";
  expect(readFileSync("terraform/release/README.md", "utf8")).toContain(`\n${removal}\n`);
  execSync(removal, { cwd: first.root.folder });
  expect(readFileSync(`${first.root.folder}/state.tf`, "utf8")).not.toContain("prevent_destroy");
});

it("A deployment with an adopted repository and adopted states is destroyed with all that belongs to it.", async () => {
  expect(await second.root.destroy()).toBe("");
});

/** A stage of a pipeline in short. */
function stageInShort({ name, action, before_entry, on_failure, on_success }: Values) {
  expect([on_failure ?? [], on_success ?? []]).toEqual([[], []]);
  const [entry] = before_entry ?? [];
  const rules = entry?.condition[0].rule.map((rule: Values) => [
    rule.name,
    Object.values({ ...rule.rule_type_id[0] }).length === 4 &&
      ["category", "owner", "provider", "version"].map((part) => rule.rule_type_id[0][part]).join(" "),
    rule.configuration,
  ]);
  return {
    name,
    ...(entry && { entry: { result: entry.condition[0].result, rules } }),
    actions: Object.fromEntries(
      action.map((one: Values) => {
        const { EnvironmentVariables, ...configuration } = one.configuration;
        return [
          one.name,
          {
            action: `${one.category} ${one.provider} ${one.version}`,
            ...(one.namespace && { namespace: one.namespace }),
            in: one.input_artifacts ?? [],
            out: one.output_artifacts ?? [],
            order: one.run_order,
            ...(one.timeout_in_minutes && { timeout: one.timeout_in_minutes }),
            configuration: {
              ...configuration,
              ...(EnvironmentVariables && { EnvironmentVariables: JSON.parse(EnvironmentVariables) }),
            },
          },
        ];
      }),
    ),
  };
}
