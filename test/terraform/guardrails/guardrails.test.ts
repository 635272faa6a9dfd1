import { execSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingsSchema } from "../../../functions/guardrail-merger/settings.ts";
import { readSample } from "../../../local/runtime/sample.ts";
import { eventPattern } from "../../../local/services/eventbridge/pattern.ts";
import { guardrailConfiguration } from "../../../shared/guardrail-configuration.ts";
import { resultKey } from "../../../shared/stage-result.ts";
import { triedWorkload } from "../../../shared/workload.ts";
import { actionsOfSamples } from "../support/iam-actions.ts";
import { type Call, isAllowed, isDenied } from "../support/iam-decision.ts";
import { startMoto } from "../support/moto.ts";
import { inShort, type Resource, rootWithPrograms, valuesAt } from "../support/root.ts";
import { ACCOUNT, FIRST, FULL, LEAD, payments, SECOND } from "./deployments.ts";

type Values = Resource["values"];

const deploymentOf = (variables: { region: string }) => ({
  variables,
  root: rootWithPrograms("guardrails"),
  happened: [] as string[],
  resources: [] as Resource[],
});
const first = deploymentOf(FIRST);
const second = deploymentOf(SECOND);
const full = rootWithPrograms("guardrails");
type Deployment = typeof first;

const lookUp = (deployment: Deployment) => ({
  the: (address: string): Values => valuesAt(deployment.resources, address),
  all: (type: string): Values[] =>
    deployment.resources.filter((resource) => resource.type === type).map(({ values }) => values),
});

beforeAll(async () => {
  const { aws, stop } = await startMoto();
  await Promise.all(
    [first, second].map(async (deployment) => {
      const { root, variables } = deployment;
      root.useMoto(aws, variables.region);
      root.give(variables);
      root.override("guardrails", "modules/build", "modules/event-processor");
      await root.run("init");
      deployment.happened = await root.apply();
      deployment.resources = await root.resources();
    }),
  );
  full.useMoto(aws, FULL.region);
  return stop;
});
afterAll(() => {
  for (const root of [first.root, second.root, full]) root.remove();
});

it("A second plan of guardrails changes nothing.", async () => {
  for (const { root } of [first, second]) await root.run("plan", ["-detailed-exitcode"], 0);
});

/** The policies of a role: its own, and those of the account that it has. */
function policiesOf({ resources }: Deployment, role: string): string[] {
  const attached = resources
    .filter(({ type, values }) => type === "aws_iam_role_policy_attachment" && values.role === role)
    .map(({ values }) => values.policy_arn);
  const policies = resources.filter(
    ({ type, values }) =>
      (type === "aws_iam_role_policy" && values.role === role) ||
      (type === "aws_iam_policy" && attached.includes(values.arn)),
  );
  if (policies.length === 0) throw new Error(`The role ${role} has no policy.`);
  return policies.map(({ values }) => values.policy);
}

describe("what each role of guardrails may do", () => {
  const { the, all } = lookUp(first);
  const ROLES = [
    ...["palisade-self-check-build", "palisade-compliance-build", "palisade-guardrail-pipeline"],
    ...["palisade-guardrail-start", "palisade-guardrail-merger-eu-central-1"],
    ...["palisade-pull-guardrails", "palisade-break-glass"],
  ];
  const [selfCheck, comply, pipelineRole, start, merger, pull, breakGlass] = [
    ...["self-check-build", "compliance-build", "guardrail-pipeline", "guardrail-start", "guardrail-merger"],
    ...["pull-guardrails", "break-glass"],
  ];
  const short = (role: string) => role.replace("palisade-", "").replace("-eu-central-1", "");
  const allowedTo = (call: Call) =>
    ROLES.filter((role) => isAllowed(policiesOf(first, role), call))
      .map(short)
      .sort();

  const repository = `arn:aws:codecommit:eu-central-1:${ACCOUNT}:guardrails`;
  const artifacts = `arn:aws:s3:::palisade-guardrail-artifacts-${ACCOUNT}-eu-central-1`;
  const reports = `arn:aws:s3:::palisade-guardrail-reports-${ACCOUNT}-eu-central-1`;
  const pipeline = `arn:aws:codepipeline:eu-central-1:${ACCOUNT}:palisade-guardrails`;
  const project = (name: string) => `arn:aws:codebuild:eu-central-1:${ACCOUNT}:project/palisade-${name}`;
  const table = `arn:aws:dynamodb:eu-central-1:${ACCOUNT}:table/palisade-guardrails`;
  const s3 = (action: string, resource: string): Call => ({ action: `s3:${action}`, resource });
  const onBranch = (action: string, branch?: string): Call => ({
    action: `codecommit:${action}`,
    resource: repository,
    ...(branch !== undefined && { context: { "codecommit:References": `refs/heads/${branch}` } }),
  });
  const assume = (resource: string): Call => ({ action: "sts:AssumeRole", resource });
  const result = (action: string) => `${artifacts}/${resultKey("palisade-guardrails", "0a1b", action)}`;
  const { research } = FIRST.workloads;

  it.each<[string, Call, (string | undefined)[]]>([
    ["clone the guardrails", onBranch("GitPull"), [breakGlass, comply, pull, selfCheck]],
    ["ask what there is to push to", onBranch("GitPush"), [breakGlass]],
    ["push to main", onBranch("GitPush", "main"), [breakGlass]],
    ["push to develop", onBranch("GitPush", "develop"), []],
    ["move main to a commit", onBranch("MergeBranchesByFastForward", "main"), [merger]],
    ["merge into main", onBranch("MergeBranchesByThreeWay", "main"), [merger]],
    ["merge into develop", onBranch("MergeBranchesByThreeWay", "develop"), []],
    ["merge the pull request of somebody", onBranch("MergePullRequestByThreeWay", "main"), []],
    ["delete main", onBranch("DeleteBranch", "main"), []],
    ["write a file to main", onBranch("PutFile", "main"), []],
    ["read who opened a pull request", onBranch("GetPullRequest"), [merger]],
    ["open a pull request", onBranch("CreatePullRequest"), []],
    ["close a pull request", onBranch("UpdatePullRequestStatus"), [merger]],
    ["delete the repository", onBranch("DeleteRepository"), []],
    ["clone another repository", { action: "codecommit:GitPull", resource: `${repository}-2` }, []],
    ["pull the repository of a workload", assume(payments.repository_role_arn), [comply]],
    ["read the state of a workload", assume(payments.state.role_arn), [comply]],
    ["plan a workload", assume(payments.plan_role_arn), [comply]],
    ["plan a workload that is released", assume(research.plan_role_arn), [comply]],
    ["read the ledger of a release", assume(research.released.role_arn), [comply]],
    ["apply a workload", assume("arn:aws:iam::222233334444:role/palisade-apply-payments"), []],
    ["plan a workload that is not tried", assume("arn:aws:iam::222233334444:role/palisade-plan-others"), []],
    ["break the glass", assume(`arn:aws:iam::${ACCOUNT}:role/palisade-break-glass`), []],
    ["read what a stage has to know", s3("GetObject", `${artifacts}/targets.json`), [comply, merger, selfCheck]],
    ["change what a stage has to know", s3("PutObject", `${artifacts}/targets.json`), []],
    ["read the programs", s3("GetObjectVersion", `${artifacts}/stages.zip`), [pipelineRole]],
    ["change the programs", s3("PutObject", `${artifacts}/stages.zip`), []],
    [
      "read the artifact with the programs",
      s3("GetObject", `${artifacts}/palisade-guardrails/Programs/a1`),
      [comply, pipelineRole, selfCheck],
    ],
    [
      "change the artifact with the programs",
      s3("PutObject", `${artifacts}/palisade-guardrails/Programs/a1`),
      [pipelineRole],
    ],
    ["write the result of a check", s3("PutObject", result("ComplianceCheck_payments")), [comply]],
    ["write the result of the self-check", s3("PutObject", result("SelfCheck")), [selfCheck]],
    ["read a result", s3("GetObject", result("ComplianceCheck_payments")), [merger]],
    [
      "learn that a result is missing",
      {
        ...s3("ListBucket", artifacts),
        context: { "s3:prefix": resultKey("palisade-guardrails", "0a1b", "SelfCheck") },
      },
      [merger],
    ],
    ["list the artifacts", { ...s3("ListBucket", artifacts), context: { "s3:prefix": "palisade-guardrails/" } }, []],
    ["fill the cache of the checks", s3("PutObject", `${artifacts}/cache/palisade-compliance/a1`), [comply]],
    ["fill the cache of the self-check", s3("PutObject", `${artifacts}/cache/palisade-self-check/a1`), [selfCheck]],
    ["write a page", s3("PutObject", `${reports}/2026/guardrails.html`), [merger]],
    ["read what an earlier check said", s3("GetObject", `${reports}/2026/compliance.json`), [merger]],
    ["delete a page", s3("DeleteObject", `${reports}/2026/guardrails.html`), []],
    ["remember a merge", { action: "dynamodb:PutItem", resource: table }, [merger]],
    ["forget a merge", { action: "dynamodb:DeleteItem", resource: table }, []],
    ["start the pipeline", { action: "codepipeline:StartPipelineExecution", resource: pipeline }, [start]],
    ["start another pipeline", { action: "codepipeline:StartPipelineExecution", resource: `${pipeline}-2` }, []],
    ["retry a stage", { action: "codepipeline:RetryStageExecution", resource: `${pipeline}/ComplianceCheck` }, []],
    ["read the execution", { action: "codepipeline:GetPipelineExecution", resource: pipeline }, [merger]],
    ["start a check", { action: "codebuild:StartBuild", resource: project("compliance") }, [pipelineRole]],
    ["start the self-check", { action: "codebuild:StartBuild", resource: project("self-check") }, [pipelineRole]],
    ["change what a check runs", { action: "codebuild:UpdateProject", resource: project("compliance") }, []],
    [
      "write to people",
      { action: "sns:Publish", resource: `arn:aws:sns:eu-central-1:${ACCOUNT}:palisade-guardrails` },
      [merger],
    ],
    ["make a role", { action: "iam:CreateRole", resource: "*" }, []],
  ])("Only the roles of guardrails that have to may %s.", (_what, call, who) => {
    expect(allowedTo(call)).toEqual(who.toSorted());
  });

  it("The self-check may assume nothing, and the checks exactly the roles of the workloads that read.", () => {
    const rolesOf = (role: string) =>
      policiesOf(first, role)
        .flatMap((policy) => Object.values(inShort(policy)))
        .filter(({ actions }) => actions.some((action) => action.startsWith("sts:")))
        .flatMap(({ on }) => on);
    expect(rolesOf("palisade-self-check-build")).toEqual([]);
    const inPayments = (name: string) => `arn:aws:iam::222233334444:role/palisade-${name}`;
    expect(rolesOf("palisade-compliance-build").sort()).toEqual(
      [
        ...["arn:aws:iam::012345678901:role/palisade-trial-dev", "arn:aws:iam::333344445555:role/palisade-plan-dev"],
        ...["pull-payments", "plan-payments", "plan-payments-2", "state-payments", "state-payments-2"].map(inPayments),
      ].sort(),
    );
  });

  it("No policy of guardrails allows all actions, or actions on all resources but those that have none.", () => {
    const everywhere = first.resources
      .filter(({ type }) => ["aws_iam_role_policy", "aws_iam_policy"].includes(type))
      .flatMap(({ address, values }) =>
        Object.entries(inShort(values.policy))
          .filter(([, { on, actions }]) => on.includes("*") || actions.some((action) => /^\*|:\*$/.test(action)))
          .map(([sid]) => `${address} ${sid}`),
      );
    expect(everywhere).toEqual(["module.guardrail_merger.aws_iam_role_policy.platform WriteTraces"]);
  });

  it("The names of the roles of guardrails are fixed and have no path, since other accounts trust them by name.", () => {
    for (const { name, path } of all("aws_iam_role")) expect([name, path]).toEqual([name, "/"]);
    expect(
      all("aws_iam_role")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(ROLES.toSorted());
    expect(the("module.guardrail_merger.aws_lambda_function.this").environment[0].variables.MERGER_ROLE_ARN).toBe(
      the("module.guardrail_merger.aws_iam_role.this").arn,
    );
  });

  it("A role of guardrails is only for the service or the people that it was made for.", () => {
    const trustOf = (address: string) => JSON.parse(the(address).assume_role_policy).Statement;
    const forService = (sid: string, service: string, source: string) => [
      {
        ...{ Sid: sid, Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" },
        Condition: { ArnEquals: { "aws:SourceArn": source } },
      },
    ];
    for (const [module, name] of [
      ["self_check", "self-check"],
      ["comply", "compliance"],
    ] as const)
      expect(trustOf(`module.${module}.aws_iam_role.this`)).toEqual(
        forService("CodeBuild", "codebuild", project(name)),
      );
    expect(trustOf("aws_iam_role.pipeline")).toEqual(forService("CodePipeline", "codepipeline", pipeline));
    expect(trustOf("aws_iam_role.start")).toEqual(
      forService("EventBridge", "events", `arn:aws:events:eu-central-1:${ACCOUNT}:rule/palisade-guardrail-start`),
    );
  });

  it.each<[string, string, Record<string, string>, boolean]>([
    ["payments", "222233334444:role/palisade-compliance-build-payments", { "sts:ExternalId": "payments-1" }, true],
    ["releases", "012345678901:role/palisade-compliance-build-dev", { "sts:ExternalId": "trial-dev" }, true],
    ["payments without an external id", "222233334444:role/palisade-compliance-build-payments", {}, false],
    [
      "payments with the external id of the research team",
      "222233334444:role/palisade-compliance-build-payments",
      { "sts:ExternalId": "research-dev" },
      false,
    ],
    ["plans", "222233334444:role/palisade-plan-build-payments", { "sts:ExternalId": "payments-1" }, false],
    [
      "a role whose path is alike",
      "222233334444:role/x/palisade-compliance-build-a",
      { "sts:ExternalId": "payments-1" },
      false,
    ],
    ["an administrator", "222233334444:role/admin", { "sts:ExternalId": "payments-1" }, false],
  ])(
    "Whether the build that checks %s may pull the guardrails is decided by its role and external id.",
    (_who, arn, context, may) => {
      const trust = the("aws_iam_role.pull").assume_role_policy;
      const principal = { "aws:PrincipalArn": `arn:aws:iam::${arn}` };
      expect(isAllowed([trust], { action: "sts:AssumeRole", context: { ...principal, ...context } })).toBe(may);
    },
  );

  it("Only the accounts with the pipelines of workloads may pull, by a principal that is always there.", () => {
    const trust = JSON.parse(the("aws_iam_role.pull").assume_role_policy).Statement;
    expect(trust.map(({ Principal }: Values) => Principal)).toEqual([
      { AWS: ["arn:aws:iam::222233334444:root", "arn:aws:iam::012345678901:root"] },
    ]);
    const other = JSON.parse(lookUp(second).the("aws_iam_role.pull").assume_role_policy).Statement[0];
    expect(other.Condition).toEqual({
      ArnLike: {
        "aws:PrincipalArn": ["acme", "mine-2"].map((name) => `arn:aws-cn:iam::*:role/${name}-compliance-build-*`),
      },
      StringEquals: { "sts:ExternalId": "web:1" },
    });
  });

  it("The glass breaks for the people named, with MFA unless their identity provider asks for it, and for an hour.", () => {
    const { assume_role_policy: trust, max_session_duration } = the("aws_iam_role.break_glass");
    expect(max_session_duration).toBe(3600);
    const [{ Principal }] = JSON.parse(trust).Statement;
    expect(Principal).toEqual({ AWS: `arn:aws:iam::${ACCOUNT}:user/mary` });
    const by = (context: Record<string, string>) => isAllowed([trust], { action: "sts:AssumeRole", context });
    const MFA = "aws:MultiFactorAuthPresent";
    expect([by({ [MFA]: "true" }), by({ [MFA]: "false" }), by({})]).toEqual([true, false, false]);
    const federated = lookUp(second).the("aws_iam_role.break_glass").assume_role_policy;
    expect(isAllowed([federated], { action: "sts:AssumeRole" })).toBe(true);
  });

  describe("the deny policy of guardrails", () => {
    const guard = () => [the("aws_iam_policy.guard").policy];
    const by = (role: string) => ({ "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/${role}` });
    // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscodecommit.html: all that write and have codecommit:References.
    const WRITES = [
      ...["CreateBranch", "CreateCommit", "DeleteBranch", "DeleteFile", "GitPush", "PutFile"],
      ...["FastForward", "Squash", "ThreeWay"].flatMap((way) => [`MergeBranchesBy${way}`, `MergePullRequestBy${way}`]),
    ];

    it.each(WRITES)("It denies %s on main to everybody but guardrail-merger and the break-glass role.", (name) => {
      const denied = (role: string, branch?: string, repositoryArn = repository) => {
        const { context, ...call } = onBranch(name, branch);
        return isDenied(guard(), { ...call, resource: repositoryArn, context: { ...context, ...by(role) } });
      };
      expect([
        ...[denied("admin", "main"), denied("SecurityLead", "main"), denied("palisade-guardrail-pipeline", "main")],
        ...[denied("palisade-guardrail-merger-eu-central-1", "main"), denied("palisade-break-glass", "main")],
        ...[denied("admin", "develop"), denied("admin", "main-2"), denied("admin", "force/main"), denied("admin")],
        denied("admin", "main", `${repository}-2`),
      ]).toEqual([true, true, true, false, false, false, false, false, false, false]);
    });

    it("It denies no action that it does not have to.", () => {
      const { OnlyMergerWritesMain, ...others } = inShort(guard()[0] ?? "");
      expect(OnlyMergerWritesMain?.actions).toEqual(WRITES.map((name) => `codecommit:${name}`).sort());
      expect(Object.keys(others).sort()).toEqual(["NobodyReplacesIt", "OnlyItsPipelineBuilds"]);
      expect(isDenied(guard(), { ...onBranch("GitPull", "main"), context: by("admin") })).toBe(false);
    });

    it.each(["DeleteRepository", "UpdateRepositoryName"])(
      "It denies everybody %s: another repository could take its place.",
      (name) => {
        const denied = (role: string) =>
          isDenied(guard(), { action: `codecommit:${name}`, resource: repository, context: by(role) });
        expect(["admin", "palisade-break-glass"].map(denied)).toEqual([true, true]);
      },
    );

    it.each([
      "StartBuild",
      "StartBuildBatch",
      "RetryBuild",
      "RetryBuildBatch",
      "StartSandbox",
      "StartSandboxConnection",
      "StartCommandExecution",
    ])("It denies everybody but the pipeline to call %s on the builds, and leaves other projects alone.", (name) => {
      for (const build of ["self-check", "compliance"]) {
        const denied = (role: string, resource = project(build)) =>
          isDenied(guard(), { action: `codebuild:${name}`, resource, context: by(role) });
        expect([
          ...[denied("admin"), denied("palisade-break-glass"), denied("palisade-guardrail-pipeline")],
          denied("admin", project(`${build}-2`)),
        ]).toEqual([true, true, false, false]);
      }
    });

    it("Its text, for a service control policy, is an output with the same statements.", async () => {
      const text = JSON.parse(await first.root.run("output", ["-json", "guard_policy"]));
      expect(JSON.parse(text)).toEqual(JSON.parse(guard()[0] ?? ""));
      expect(text).not.toMatch(/\s/);
      expect(text.length).toBeLessThan(5_120);
    });
  });

  it("The policy for force merges allows exactly what npm run force-merge calls, on branches of force merges.", async () => {
    const { policy } = the("aws_iam_policy.force_merge");
    const called = [...readFileSync("cli/force-merge.ts", "utf8").matchAll(/new (\w+)Command\(/g)]
      .map(([, name]) => `codecommit:${name}`)
      .filter((action) => action !== "codecommit:");
    const allowed = Object.values(inShort(policy)).flatMap(({ actions }) => actions);
    expect(allowed.sort()).toEqual([...new Set(called)].sort());
    const may = (branch: string) => isAllowed([policy], onBranch("CreateBranch", branch));
    expect([may("force/77fd303"), may("main"), may("develop"), may("x/force/1")]).toEqual([true, false, false, false]);
    expect(JSON.parse(JSON.parse(await first.root.run("output", ["-json", "force_merge_policy"])))).toEqual(
      JSON.parse(policy),
    );
  });

  it("The policy for readers of pages allows them these pages, and nothing else that the key encrypts.", () => {
    const policies = [the("aws_iam_policy.read_reports").policy];
    const page = `${reports}/2026/guardrails.html`;
    const decrypt = (arn: string) =>
      isAllowed(policies, {
        action: "kms:Decrypt",
        resource: the("module.key.aws_kms_key.this").arn,
        context: { "kms:EncryptionContext:aws:s3:arn": arn },
      });
    expect([
      ...[isAllowed(policies, s3("GetObject", page)), isAllowed(policies, s3("PutObject", page)), decrypt(page)],
      ...[decrypt(`${artifacts}/targets.json`), isAllowed(policies, s3("GetObject", `${artifacts}/targets.json`))],
    ]).toEqual([true, false, true, false, false]);
  });

  it("The policy of guardrail-merger allows each AWS call that the samples make, and no other.", async () => {
    const { policy } = the("module.guardrail_merger.aws_iam_role_policy.function");
    const allowed = Object.values(inShort(policy)).flatMap(({ actions }) => actions);
    // The local AWS asks for no right to say that an object is missing.
    expect([...new Set(allowed)].sort()).toEqual(
      [...(await actionsOfSamples("guardrail-merger")), "s3:ListBucket"].sort(),
    );
  });
});

describe.each([
  { deployed: first, name: "palisade" },
  { deployed: second, name: "mine-2" },
])("the guardrails $name", ({ deployed, name }) => {
  const { the, all } = lookUp(deployed);
  const { region } = deployed.variables;
  const isFirst = name === "palisade";
  const partition = isFirst ? "aws" : "aws-cn";
  const arn = (service: string, resource: string) => `arn:${partition}:${service}:${region}:${ACCOUNT}:${resource}`;
  const given = deployed.variables as unknown as typeof SECOND;
  const workloads = given.workloads as unknown as Record<string, (typeof FIRST)["workloads"]["research"]>;
  const repository = isFirst ? "guardrails" : "mine";
  const bucket = (kind: string) => `${name}-guardrail-${kind}-${ACCOUNT}-${region}`;
  const key = () => the("module.key.aws_kms_key.this").arn;

  it(`The pipeline of ${name} has exactly these stages, with one check for each workload, all at once, in mode QUEUED.`, () => {
    const { stage: stages, ...pipeline } = the("aws_codepipeline.this");
    expect(pipeline).toMatchObject({
      ...{ name: `${name}-guardrails`, pipeline_type: "V2", execution_mode: "QUEUED", trigger: [], variable: [] },
      role_arn: `arn:${partition}:iam::${ACCOUNT}:role/${name}-guardrail-pipeline`,
      artifact_store: [{ location: bucket("artifacts"), type: "S3", encryption_key: [{ id: key(), type: "KMS" }] }],
    });
    const variables = (more: Record<string, string> = {}) =>
      Object.entries({
        ...{ COMMIT_ID: "#{Source.CommitId}", EXECUTION_ID: "#{codepipeline.PipelineExecutionId}" },
        ...more,
      }).map(([name, value]) => ({ name, value, type: "PLAINTEXT" }));
    const build = (project: string, more?: Record<string, string>) => ({
      ...{ action: "Test CodeBuild 1", in: ["Programs"], out: [], order: 1 },
      configuration: { ProjectName: `${name}-${project}`, EnvironmentVariables: variables(more) },
    });
    expect(stages.map(stageInShort)).toEqual([
      {
        name: "Source",
        actions: {
          Source: {
            ...{ action: "Source CodeCommit 1", namespace: "Source", in: [], out: ["Source"], order: 1 },
            configuration: {
              ...{ RepositoryName: repository, BranchName: "develop" },
              ...{ PollForSourceChanges: "false", OutputArtifactFormat: "CODEBUILD_CLONE_REF" },
            },
          },
          Programs: {
            ...{ action: "Source S3 1", in: [], out: ["Programs"], order: 1 },
            configuration: { S3Bucket: bucket("artifacts"), S3ObjectKey: "stages.zip", PollForSourceChanges: "false" },
          },
        },
      },
      { name: "SelfCheck", actions: { SelfCheck: build("self-check") } },
      {
        name: "ComplianceCheck",
        actions: Object.fromEntries(
          Object.keys(workloads).map((workload) => [
            `ComplianceCheck_${workload}`,
            build("compliance", { WORKLOAD: workload }),
          ]),
        ),
      },
    ]);
  });

  it(`What the stages and guardrail-merger of ${name} have to know is as the programs read it.`, () => {
    const { key: objectKey, bucket: objectBucket, content } = the("aws_s3_object.targets");
    expect([objectBucket, objectKey]).toEqual([bucket("artifacts"), "targets.json"]);
    const read = guardrailConfiguration.parse(JSON.parse(content));
    const suffix = isFirst ? "" : ".cn";
    expect(read).toEqual({
      ...{ kind: "guardrails", pipeline: `${name}-guardrails`, accountId: ACCOUNT, region },
      repository: {
        ...{ name: repository, branch: "develop" },
        url: `https://git-codecommit.${region}.amazonaws.com${suffix}/v1/repos/${repository}`,
      },
      workloads: Object.fromEntries(
        Object.entries(workloads).map(([workload, one]) => {
          const { released, state } = one;
          const externalId = released?.external_id ?? one.external_id;
          return [
            workload,
            {
              repository: {
                ...{ url: one.repository, branch: workload === "payments-2" ? "release/1" : "main" },
                role: { roleArn: one.repository_role_arn, externalId },
              },
              ...{ path: one.path ?? ".", variableFiles: one.var_files ?? [] },
              state: {
                ...{ bucket: state.bucket, key: state.key, region: state.region },
                role: { roleArn: state.role_arn, externalId },
              },
              ...{ planRoleArn: one.plan_role_arn, externalId: one.external_id, owner: one.owner },
              region: one.region ?? state.region,
              ...(released && {
                released: {
                  ...{ ledgerTable: released.ledger_table, region: released.region },
                  role: { roleArn: released.role_arn, externalId },
                  ...{ environment: released.environment, team: released.team, scope: released.scope },
                },
              }),
            },
          ];
        }),
      ),
    });
    for (const workload of Object.keys(workloads))
      expect(triedWorkload(workload, read)).toMatchObject({ name: workload, planRole: {} });
  });

  it(`The programs of ${name} are a versioned object, and change with their zip.`, () => {
    const { key: objectKey, bucket: objectBucket, version_id, source_hash } = the("aws_s3_object.programs");
    expect([objectBucket, objectKey]).toEqual([bucket("artifacts"), "stages.zip"]);
    expect(version_id).toMatch(/\S/);
    expect(source_hash).toMatch(/^[\w+/]{43}=$/);
  });

  it.each([
    ["self_check", "self-check", "self-check", isFirst ? 60 : 10],
    ["comply", "comply", "compliance", isFirst ? 60 : 20],
  ])(
    `The build %s of ${name} runs its program, with the size, limits and network that were asked for.`,
    (module, stage, project, timeout) => {
      const made = the(`module.${module}.aws_codebuild_project.this`);
      expect(made).toMatchObject({
        ...{ name: `${name}-${project}`, build_timeout: timeout },
        source: [{ type: "CODEPIPELINE", buildspec: readFileSync(`stages/${stage}/buildspec.yml`, "utf8") }],
        artifacts: [{ type: "CODEPIPELINE" }],
        cache: [{ type: "S3", location: `${bucket("artifacts")}/cache/${name}-${project}` }],
      });
      expect(made.environment[0]).toMatchObject({
        privileged_mode: false,
        environment_variable: [{ name: "TARGETS", value: `s3://${bucket("artifacts")}/targets.json` }],
        image: isFirst ? "aws/codebuild/amazonlinux-x86_64-standard:6.0" : given.build.image,
        image_pull_credentials_type: isFirst ? "CODEBUILD" : "SERVICE_ROLE",
        type: isFirst ? "LINUX_CONTAINER" : "ARM_CONTAINER",
        compute_type: isFirst ? "BUILD_GENERAL1_SMALL" : "BUILD_GENERAL1_LARGE",
      });
      expect(made.vpc_config.map((network: Values) => network.vpc_id)).toEqual(isFirst ? [] : ["vpc-1"]);
      // The report groups of its buildspec, which moto lacks, are in the policy.
      const { WriteReports } = inShort(the(`module.${module}.aws_iam_role_policy.platform`).policy);
      const [, text = ""] = /^reports:\n((?:[ \n].*\n?)*)/m.exec(made.source[0].buildspec) ?? [];
      const groups = [...text.matchAll(/^ {2}([\w-]+):$/gm)].map(([, group]) => group);
      expect(groups.length).toBeGreaterThan(0);
      expect(WriteReports?.on).toEqual(
        groups.map((group) => arn("codebuild", `report-group/${name}-${project}-${group}`)).sort(),
      );
    },
  );

  it(`guardrail-merger of ${name} gets exactly the settings that it reads.`, () => {
    const { environment, timeout, memory_size } = the("module.guardrail_merger.aws_lambda_function.this");
    const { NODE_OPTIONS, ...settings } = environment[0].variables;
    expect(Object.keys(settings).sort()).toEqual(Object.keys(settingsSchema.shape).sort());
    expect(settingsSchema.parse(settings)).toEqual({
      ...{ PIPELINE: `${name}-guardrails`, SOURCE_ARTIFACT: "Source", REPOSITORY: repository },
      ...{ REPOSITORY_ARN: arn("codecommit", repository), ACCOUNT_ID: ACCOUNT },
      ...{ SOURCE_BRANCH: "develop", TARGET_BRANCH: "main", ON_DIVERGENCE: isFirst ? "refuse" : "three-way" },
      ...{ TOPIC_ARN: arn("sns", `${name}-guardrails`), TABLE_NAME: `${name}-guardrails` },
      ...{ ARTIFACT_BUCKET: bucket("artifacts"), REPORT_BUCKET: bucket("reports") },
      FORCE_PRINCIPALS: isFirst ? [LEAD] : given.force_principals,
      BREAK_GLASS_ROLE_ARN: `arn:${partition}:iam::${ACCOUNT}:role/${name}-break-glass`,
      MERGER_ROLE_ARN: `arn:${partition}:iam::${ACCOUNT}:role/${name}-guardrail-merger-${region}`,
    });
    expect([NODE_OPTIONS, timeout, memory_size]).toEqual(["--enable-source-maps", 120, isFirst ? 1024 : 512]);
  });

  it(`The rules of ${name} take events of its own account, region, repository and pipeline alone.`, () => {
    const rules = Object.fromEntries(
      all("aws_cloudwatch_event_rule").map(({ name: rule, event_pattern, schedule_expression }) => [
        rule.replace(`${name}-guardrail-`, ""),
        event_pattern ? JSON.parse(event_pattern) : schedule_expression,
      ]),
    );
    const pinned = (file: string, resource: string, detail: object) => {
      const own = JSON.parse(readFileSync(`functions/guardrail-merger/${file}.json`, "utf8"));
      return { ...own, account: [ACCOUNT], resources: [resource], detail: { ...own.detail, ...detail } };
    };
    expect(rules).toEqual({
      start: {
        ...{ source: ["aws.codecommit"], "detail-type": ["CodeCommit Repository State Change"] },
        ...{ account: [ACCOUNT], resources: [arn("codecommit", repository)] },
        detail: {
          event: ["referenceCreated", "referenceUpdated"],
          referenceType: ["branch"],
          referenceName: ["develop", "refs/heads/develop"],
        },
      },
      "merger-checked": pinned("event-pattern", arn("codepipeline", `${name}-guardrails`), {
        pipeline: [`${name}-guardrails`],
      }),
      "merger-forced": pinned("pull-request-pattern", arn("codecommit", repository), {
        destinationReference: ["refs/heads/main"],
        sourceReference: [{ prefix: "refs/heads/force/" }],
      }),
      "merger-written": pinned("branch-pattern", arn("codecommit", repository), {
        referenceName: ["main", "refs/heads/main"],
      }),
      "merger-daily": "cron(0 7 * * ? *)",
    });
    const daily = all("aws_cloudwatch_event_target").find(({ rule }) => rule.endsWith("-daily"));
    expect(JSON.parse(daily?.input)).toEqual({
      ...{ source: "palisade", "detail-type": "Guardrail Waivers Due", account: ACCOUNT, region },
    });
  });

  it(`A push to develop of ${name} starts the pipeline with a role of its own; what cannot start it lies in a queue.`, () => {
    const target = all("aws_cloudwatch_event_target").find(({ rule }) => rule === `${name}-guardrail-start`);
    expect(target).toMatchObject({
      arn: arn("codepipeline", `${name}-guardrails`),
      role_arn: `arn:${partition}:iam::${ACCOUNT}:role/${name}-guardrail-start`,
      dead_letter_config: [{ arn: arn("sqs", `${name}-guardrail-start-undelivered`) }],
    });
    const queue = the("aws_sqs_queue.start");
    expect(queue).toMatchObject({ message_retention_seconds: 1209600, kms_master_key_id: key() });
    const send = (source: string, secure = "true") => {
      const call = {
        action: "sqs:SendMessage",
        resource: queue.arn,
        context: { "aws:SourceArn": source, "aws:SecureTransport": secure },
      };
      return isAllowed([the("aws_sqs_queue_policy.start").policy], call);
    };
    const rule = the("aws_cloudwatch_event_rule.start").arn;
    expect([send(rule), send(`${rule}-2`), send(rule, "false")]).toEqual([true, false, false]);
    const uses = JSON.parse(the("module.key.aws_kms_key.this").policy).Statement.find(
      ({ Sid }: Values) => Sid === "EventsToQueues",
    );
    expect(uses.Condition.ArnEquals["kms:EncryptionContext:aws:sqs:arn"].toSorted()).toEqual(
      ["merger-undelivered", "start-undelivered"].map((queueName) => arn("sqs", `${name}-guardrail-${queueName}`)),
    );
  });

  it(`The repository of ${name} is made unless it is there already.`, () => {
    expect(all("aws_codecommit_repository").map(({ repository_name }) => repository_name)).toEqual(
      isFirst ? ["guardrails"] : [],
    );
  });

  it(`The buckets of ${name} take its key alone, and what they hold expires when it may.`, () => {
    expect(
      all("aws_s3_bucket")
        .map((made) => made.bucket)
        .sort(),
    ).toEqual([bucket("artifacts"), bucket("reports")]);
    for (const kind of ["artifacts", "reports"]) {
      const of = `module.${kind}_bucket.`;
      expect(the(`${of}aws_s3_bucket_server_side_encryption_configuration.this`)).toMatchObject({
        bucket: bucket(kind),
        rule: [{ apply_server_side_encryption_by_default: [{ kms_master_key_id: key(), sse_algorithm: "aws:kms" }] }],
      });
      const policies = [the(`${of}aws_s3_bucket_policy.this`).policy];
      const deletion = (role: string) => ({
        action: "s3:DeleteObjectVersion",
        resource: `arn:${partition}:s3:::${bucket(kind)}/a`,
        context: { "aws:PrincipalArn": `arn:${partition}:iam::${ACCOUNT}:role/${role}`, "aws:SecureTransport": "true" },
      });
      expect([isDenied(policies, deletion("admin")), isDenied(policies, deletion("deleter"))]).toEqual([true, isFirst]);
    }
    const expirations = (kind: string) =>
      the(`aws_s3_bucket_lifecycle_configuration.${kind}`).rule.map((rule: Values) => [
        ...[rule.filter[0]?.prefix, rule.expiration[0]?.days, rule.noncurrent_version_expiration[0]?.noncurrent_days],
      ]);
    const days = isFirst ? 90 : 30;
    expect(expirations("artifacts")).toEqual([
      [`${`${name}-guardrails`.slice(0, 20)}/`, days, undefined],
      ["cache/", days, undefined],
      ["results/", days, undefined],
      ["", undefined, days],
    ]);
    expect(expirations("reports")).toEqual([["", isFirst ? 400 : 60, isFirst ? 400 : 60]]);
  });

  it(`The table of ${name} can be restored, is encrypted, and has the keys that the code uses.`, () => {
    expect(the("aws_dynamodb_table.guardrails")).toMatchObject({
      ...{ name: `${name}-guardrails`, billing_mode: "PAY_PER_REQUEST", deletion_protection_enabled: isFirst },
      ...{ hash_key: "pk", range_key: "sk", ttl: [{ attribute_name: "expiration", enabled: true }] },
      point_in_time_recovery: [{ enabled: true }],
      server_side_encryption: [{ enabled: true, kms_key_arn: key() }],
    });
  });

  it(`Each fault of ${name} has an alarm that ends with its impact, and the dashboard shows all alarms.`, () => {
    const topic = arn("sns", `${name}-guardrail-alarms`);
    const alarms = all("aws_cloudwatch_metric_alarm");
    for (const alarm of alarms) {
      expect(alarm.alarm_actions).toEqual([topic]);
      expect(alarm.alarm_description).toMatch(/ Impact: .+\.$/);
    }
    const own = alarms
      .filter(({ alarm_name }) => !alarm_name.startsWith(`${name}-guardrail-merger-`))
      .map((alarm) => [
        ...[alarm.alarm_name.replace(`${name}-`, ""), `${alarm.namespace} ${alarm.metric_name}`],
        ...[Object.values(alarm.dimensions)[0], alarm.comparison_operator, alarm.threshold],
        ...[alarm.period * alarm.evaluation_periods, alarm.treat_missing_data, (alarm.ok_actions ?? []).length],
      ])
      .sort();
    const above = ["GreaterThanThreshold", 0, 300, "notBreaching"];
    const merger = `${name}-guardrail-merger`;
    expect(own).toEqual([
      [
        "guardrail-alarms-not-delivered",
        "AWS/SNS NumberOfNotificationsFailed",
        `${name}-guardrail-alarms`,
        ...above,
        1,
      ],
      ["guardrail-bypassed", "Palisade Bypassed", merger, ...above, 0],
      ["guardrail-failed-check", "AWS/CodePipeline FailedPipelineExecutions", `${name}-guardrails`, ...above, 0],
      ["guardrail-no-daily-look", "AWS/Lambda Invocations", merger, "LessThanThreshold", 1, 172800, "breaching", 1],
      ["guardrail-start-lost", "AWS/Events InvocationsFailedToBeSentToDlq", `${name}-guardrail-start`, ...above, 0],
      [
        ...["guardrail-start-undelivered", "AWS/SQS NumberOfMessagesSent", `${name}-guardrail-start-undelivered`],
        ...[...above, 0],
      ],
      ["guardrails-not-delivered", "AWS/SNS NumberOfNotificationsFailed", `${name}-guardrails`, ...above, 1],
    ]);
    const { dashboard_name, dashboard_body } = the("aws_cloudwatch_dashboard.this");
    expect(dashboard_name).toBe(`${name}-guardrails-${region}`);
    const charts = JSON.parse(dashboard_body).widgets.map(({ properties }: Values) => properties);
    const shown = charts.pop();
    expect(shown.alarms.toSorted()).toEqual(alarms.map((alarm) => alarm.arn).sort());
    expect(charts.map(({ title }: Values) => title)).toEqual([
      ...["Violations", "Violations by guardrail", "Violations by workload", "Checks: what became of them"],
      ...["Duration of builds", "Failed events that wait"],
    ]);
    expect(charts.slice(0, 3).map(({ metrics }: Values) => metrics)).toEqual([
      [["Palisade", "Violations", "service", merger]],
      ...["guardrail", "workload"].map((dimension) => [
        [
          {
            expression: `SEARCH('{Palisade,service,${dimension}} MetricName="Violations" service="${merger}"', 'Maximum', 86400)`,
            id: dimension,
          },
        ],
      ]),
    ]);
    // Every outcome that guardrail-merger counts, but those that nobody asked for.
    const counted = [
      ...readFileSync("functions/guardrail-merger/handler.ts", "utf8").matchAll(/^ {2}["\w ]+: "([A-Z]\w+)",$/gm),
    ].map(([, metric]) => metric);
    expect(charts[3].metrics.map(([, metric]: string[]) => metric).sort()).toEqual(
      counted.filter((metric) => metric !== "Ignored" && metric !== "Checked").sort(),
    );
  });

  it(`Each subscriber and owner of ${name} gets only what is for them.`, () => {
    const subscriptions = all("aws_sns_topic_subscription")
      .map(({ endpoint, protocol, topic_arn, filter_policy }) => [
        ...[endpoint, protocol, topic_arn.split(":").at(-1), JSON.parse(filter_policy || "null")],
      ])
      .sort();
    expect(subscriptions).toEqual(
      isFirst
        ? [
            ["oncall@example.com", "email", "palisade-guardrail-alarms", null],
            [
              ...["payments@example.com", "email", "palisade-guardrails"],
              { audience: ["owner"], workload: ["payments", "payments-2"] },
            ],
            ["research@example.com", "email", "palisade-guardrails", { audience: ["owner"], workload: ["research"] }],
            ["security@example.com", "email", "palisade-guardrails", { audience: ["team"] }],
          ]
        : [
            ["all@example.com", "email", "mine-2-guardrail-alarms", null],
            ["all@example.com", "email", "mine-2-guardrails", { audience: ["team"] }],
            [
              ...["audit@example.com", "email", "mine-2-guardrails"],
              { audience: ["owner"], workload: ["web"], kind: ["waivers-ending", "waivers-ended"] },
            ],
            [
              ...["https://example.com/hook", "https", "mine-2-guardrails"],
              { audience: ["team"], kind: ["guardrails-forced", "guardrails-bypassed"] },
            ],
          ],
    );
  });

  it(`All roles of ${name} have its boundary, and all resources its tags.`, () => {
    for (const role of all("aws_iam_role"))
      expect([role.name, role.permissions_boundary]).toEqual([
        role.name,
        isFirst ? "" : given.permissions_boundary_arn,
      ]);
    const tags = { Project: "palisade", Root: "guardrails", ...(isFirst ? {} : { Owner: "platform" }) };
    const tagged = deployed.resources.filter(
      ({ type, values }) => "tags_all" in values && type !== "aws_codecommit_repository",
    );
    expect(tagged.length).toBeGreaterThan(30);
    for (const { address, values } of tagged) expect([address, values.tags_all]).toEqual([address, tags]);
  });

  it(`The pipeline of ${name} starts nothing before its builds may do their work.`, () => {
    const at = (line: string) => {
      expect(deployed.happened).toContain(line);
      return deployed.happened.indexOf(line);
    };
    for (const before of [
      'aws_iam_role_policy_attachment.trial["1"]',
      "aws_iam_role_policy.pipeline",
      "aws_s3_object.targets",
    ])
      expect([before, at(`complete ${before}`) < at("start aws_codepipeline.this")]).toEqual([before, true]);
    for (const kind of ["artifacts", "reports"])
      expect(at(`complete module.${kind}_bucket.aws_s3_bucket_versioning.this`)).toBeLessThan(
        at(`start aws_s3_bucket_lifecycle_configuration.${kind}`),
      );
  });
});

describe("events of guardrails", () => {
  const matches = (trigger: string) =>
    eventPattern(lookUp(first).the(`aws_cloudwatch_event_rule.${trigger}`).event_pattern);
  const push = (change: object = {}, resource = "guardrails", account = ACCOUNT) => ({
    ...{ source: "aws.codecommit", "detail-type": "CodeCommit Repository State Change", account },
    resources: [`arn:aws:codecommit:eu-central-1:${account}:${resource}`],
    detail: { event: "referenceUpdated", referenceType: "branch", referenceName: "develop", ...change },
  });

  it.each<[string, object, boolean]>([
    ["a push to develop", push(), true],
    ["a push of the first develop", push({ event: "referenceCreated" }), true],
    ["a push with the full name of develop", push({ referenceName: "refs/heads/develop" }), true],
    ["the end of develop", push({ event: "referenceDeleted" }), false],
    ["a push to main", push({ referenceName: "main" }), false],
    ["a push to develop-2", push({ referenceName: "develop-2" }), false],
    ["a tag develop", push({ referenceType: "tag" }), false],
    ["a push to another repository", push({}, "guardrails-2"), false],
    ["a push in another account", push({}, "guardrails", "999999999999"), false],
  ])("Whether %s starts the check is decided by the rule.", (_what, event, starts) => {
    expect(matches("start")(event)).toBe(starts);
  });

  it("The rules wake guardrail-merger for what its samples handle, and for nothing that they ignore.", () => {
    const own = Object.fromEntries(
      ["checked", "forced", "written"].map((trigger) => {
        const address = `module.guardrail_merger.aws_cloudwatch_event_rule.this["${trigger}"]`;
        // The samples have names, an account and a region of their own.
        const pattern = lookUp(first)
          .the(address)
          .event_pattern.replaceAll("palisade-guardrails", "guardrails-develop")
          .replaceAll(ACCOUNT, "111122223333")
          .replaceAll("eu-central-1", "us-east-1");
        return [trigger, eventPattern(pattern)];
      }),
    );
    const folder = "events/guardrail-merger";
    const woken = readdirSync(folder).map((file) => {
      const { event } = readSample(`${folder}/${file}`);
      return { file, by: Object.keys(own).filter((trigger) => own[trigger]?.(event)) };
    });
    const triggerOf = new Map(woken.map(({ file, by }) => [file, by.join()]));
    expect(triggerOf.get("merged-fast-forward.json")).toBe("checked");
    expect(triggerOf.get("forced-fast-forward.json")).toBe("forced");
    expect(triggerOf.get("bypassed-push-by-a-developer.json")).toBe("written");
    for (const file of [
      "other-pipeline",
      "other-account",
      "force-to-develop",
      "push-to-develop",
      "force-in-other-repository",
    ])
      expect([file, triggerOf.get(`ignored-${file}.json`)]).toEqual([file, ""]);
  });
});

it("Fifty workloads with the longest names fit into a pipeline, policies and settings.", async () => {
  full.give(FULL);
  await full.run("init");
  await full.run("plan", ["-out=planned"]);
  const { resource_changes } = JSON.parse(await full.run("show", ["-json", "planned"]));
  const planned = (address: string) =>
    resource_changes.find((resource: Values) => resource.address === address)?.change.after;
  const { stage } = planned("aws_codepipeline.this");
  expect(stage.map(({ action }: Values) => action.length)).toEqual([2, 1, 50]);
  for (const { configuration } of stage[2].action)
    expect(configuration.EnvironmentVariables.length).toBeLessThanOrEqual(1_000 - 64 - 36);
  const policies = resource_changes
    .filter(({ address }: Values) => address.startsWith("aws_iam_policy.trial["))
    .map(({ change }: Values) => change.after.policy.replace(/\s/g, ""));
  // A role has at most 10 managed policies.
  expect(policies).toHaveLength(4);
  for (const policy of policies) expect(policy.length).toBeLessThanOrEqual(6_144);
  const roles = policies.flatMap((policy: string) => JSON.parse(policy).Statement[0].Resource);
  expect(new Set(roles).size).toBe(150);
  expect(planned("aws_iam_role.pull").assume_role_policy.replace(/\s/g, "").length).toBeLessThanOrEqual(8_192);

  full.give({ ...FULL, trust_policy_quota: 2048 });
  const refusal = (await full.run("plan", ["-no-color"], 1)).replace(/[\s│]+/g, " ");
  expect(refusal).toContain("give the workloads of one account one external id, or ask AWS for a higher quota");
});

it("Terraform destroys no repository of guardrails, until prevent_destroy is taken out as the README says.", async () => {
  const refusal = (await first.root.run("destroy", ["-auto-approve", "-no-color"], 1)).replace(/\s+/g, " ");
  expect(refusal).toContain('aws_codecommit_repository.this["guardrails"] has lifecycle.prevent_destroy set');
  const removal = "sed -i.bak /prevent_destroy/d repository.tf";
  expect(readFileSync("terraform/guardrails/README.md", "utf8")).toContain(`\n${removal}\n`);
  execSync(removal, { cwd: first.root.folder });
  expect(readFileSync(`${first.root.folder}/repository.tf`, "utf8")).not.toContain("prevent_destroy");
});

it("A deployment with an adopted repository is destroyed with all that belongs to it.", async () => {
  expect(await second.root.destroy()).toBe("");
});

/** A stage of a pipeline in short. */
function stageInShort({ name, action, before_entry, on_failure, on_success }: Values) {
  expect([before_entry ?? [], on_failure ?? [], on_success ?? []]).toEqual([[], [], []]);
  return {
    name,
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
