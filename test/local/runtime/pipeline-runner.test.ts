import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  GetPipelineStateCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  PutApprovalResultCommand,
  StartPipelineExecutionCommand,
  StopPipelineExecutionCommand,
} from "@aws-sdk/client-codepipeline";
import { afterEach, describe, expect, it } from "vitest";
import { type Gateway, gateway } from "../../../local/gateway/gateway.ts";
import { readDeployment } from "../../../local/runtime/deployment.ts";
import type { BusEvent } from "../../../local/runtime/pipeline-events.ts";
import { type ActionBuild, type BuildOutcome, pipelineRunner } from "../../../local/runtime/pipeline-runner.ts";
import { codePipeline } from "../../../local/services/codepipeline/codepipeline.ts";
import { action, approval, changes, pipelineValues, project, shown, source } from "../../support/deployment.ts";
import { localClient } from "../../support/local-client.ts";

const built = (exported: Record<string, string> = {}): BuildOutcome => ({
  id: "sample-plan:1",
  status: "SUCCEEDED",
  reason: "",
  exported,
  artifact: new Uint8Array([1]),
});

let served: Gateway | undefined;
afterEach(() => served?.close());

/** A pipeline that runs with builds of the test. */
async function run(
  pipeline: object,
  build: (order: ActionBuild) => BuildOutcome | Promise<BuildOutcome> = () => built(),
  minute = 60_000,
) {
  const { pipelines, projects } = readDeployment(
    shown({ aws_codepipeline: pipeline, aws_codebuild_project: [project("sample-plan"), project("sample-apply")] }),
  );
  const events: BusEvent[] = [];
  const orders: ActionBuild[] = [];
  const service = codePipeline(
    pipelines.map(({ name, execution_mode }) => ({
      name,
      pipelineType: "V2",
      executionMode: execution_mode,
      sourceActions: ["Programs"],
      variables: ["TAG"],
    })),
    {
      callerArn: async ({ accessKeyId }) => `arn:aws:sts::123456789012:assumed-role/sample/${accessKeyId}`,
      start: (...args) => runner.start(...args),
      stop: (...args) => runner.stop(...args),
    },
  );
  const runner = pipelineRunner(pipelines, projects, {
    place: { account: "123456789012", region: "us-east-1" },
    approvals: service.approvals,
    minute,
    emit: (event) => events.push(event),
    fetch: async () => ({
      revisionId: "v1",
      summary: "version v1",
      archive: new Uint8Array(),
      variables: { VersionId: "v1" },
    }),
    build: (order) => {
      orders.push(order);
      const { promise, resolve } = Promise.withResolvers<BuildOutcome>();
      Promise.resolve(build(order)).then(resolve);
      return { id: "sample-plan:1", done: promise, stop: () => resolve({ ...built(), status: "STOPPED" }) };
    },
  });
  served = await gateway([service]);
  const client = new CodePipelineClient(localClient(served.endpoint));
  const start = async (TAG = "dev_us-east-1/a/1.0") => {
    const variables = [{ name: "TAG", value: TAG }];
    const { pipelineExecutionId = "" } = await client.send(
      new StartPipelineExecutionCommand({ name: "dev", variables }),
    );
    return pipelineExecutionId;
  };
  const execution = async (pipelineExecutionId: string) =>
    (await client.send(new GetPipelineExecutionCommand({ pipelineName: "dev", pipelineExecutionId })))
      .pipelineExecution;
  const actions = async (pipelineExecutionId: string) =>
    (await client.send(new ListActionExecutionsCommand({ pipelineName: "dev", filter: { pipelineExecutionId } })))
      .actionExecutionDetails ?? [];
  const ended = async (id: string) => {
    await runner.ended(id);
    return (await execution(id))?.status;
  };
  const statuses = async (id: string) =>
    (await actions(id)).map(({ actionName, status }) => `${actionName} ${status}`).reverse();
  /** Waits for the approval and returns what it is decided with. */
  const waiting = async (id: string) => {
    for (;;) {
      const found = (await actions(id)).find(
        ({ actionName, status }) => actionName === "Approve" && status === "InProgress",
      );
      const token = found?.output?.executionResult?.externalExecutionId;
      if (token !== undefined) return { pipelineName: "dev", stageName: "Approve", actionName: "Approve", token };
    }
  };
  const shownEvents = () =>
    events.map(({ "detail-type": type, detail }) =>
      [type.split(" ")[1], detail.stage, detail.action, detail.state].filter(Boolean).join(" "),
    );
  return { client, runner, events, orders, start, execution, actions, ended, statuses, waiting, shownEvents };
}

const planning = { name: "Plan", action: [action({ namespace: "Plan", output_artifacts: ["Plan"] })] };
const applying = (more: object = {}) => ({
  name: "Apply",
  action: [
    action({
      name: "Apply",
      input_artifacts: ["Programs", "Plan"],
      configuration: {
        ProjectName: "sample-apply",
        PrimarySource: "Programs",
        EnvironmentVariables: JSON.stringify([{ name: "SHA", value: "#{Plan.SHA}", type: "PLAINTEXT" }]),
      },
    }),
  ],
  ...more,
});

describe("a run", () => {
  it("A pipeline runs its stages in order, and hands on variables and artifacts.", async () => {
    const { start, ended, orders, execution, runner } = await run(pipelineValues([planning, applying()]), () =>
      built({ SHA: "abc" }),
    );
    const id = await start();
    expect(await ended(id)).toBe("Succeeded");
    expect(
      orders.map(({ action: { name }, variables, secondarySources }) => [
        name,
        variables,
        Object.keys(secondarySources),
      ]),
    ).toEqual([
      ["Plan", {}, []],
      ["Apply", { SHA: "abc" }, ["Plan"]],
    ]);
    expect(orders[0]?.initiator).toBe("codepipeline/dev");
    expect(await execution(id)).toMatchObject({
      trigger: {
        triggerType: "StartPipelineExecution",
        triggerDetail: "arn:aws:sts::123456789012:assumed-role/sample/local",
      },
      variables: [{ name: "TAG", resolvedValue: "dev_us-east-1/a/1.0" }],
      artifactRevisions: [{ name: "Programs", revisionId: "v1" }],
    });
    expect(runner.faults).toEqual([]);
  });

  it("Actions of one run order run at once, and actions of a later one after them.", async () => {
    const running: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const names = ["One", "Two", "Three"].map((name, index) => action({ name, run_order: index === 2 ? 2 : 1 }));
    const { start, ended } = await run(
      pipelineValues([{ name: "Plan", action: names }]),
      async ({ action: { name } }) => {
        running.push(name);
        if (running.length === 2) resolve();
        await promise;
        running.push(`${name} ended`);
        return built();
      },
    );
    expect(await ended(await start())).toBe("Succeeded");
    expect(running).toEqual(["One", "Two", "One ended", "Two ended", "Three", "Three ended"]);
  });

  it("A failed action ends its stage after the actions beside it, and its execution.", async () => {
    const { start, ended, statuses, actions, shownEvents } = await run(
      pipelineValues([
        { name: "Plan", action: [action({ name: "Lint" }), action(), action({ name: "Later", run_order: 2 })] },
        applying(),
      ]),
      ({ action: { name } }) => (name === "Lint" ? { ...built(), status: "FAILED", reason: "exit status 1" } : built()),
    );
    const id = await start();
    expect(await ended(id)).toBe("Failed");
    expect(await statuses(id)).toEqual(["Programs Succeeded", "Lint Failed", "Plan Succeeded"]);
    expect((await actions(id)).find(({ actionName }) => actionName === "Lint")?.output?.executionResult).toEqual({
      externalExecutionId: "sample-plan:1",
      externalExecutionSummary: "Build terminated with state: FAILED. exit status 1",
      errorDetails: { code: "JobFailed", message: "Build terminated with state: FAILED. exit status 1" },
    });
    expect(shownEvents().slice(-2)).toEqual(["Stage Plan FAILED", "Pipeline FAILED"]);
  });

  it("Variables come into the JSON of an action as they are, so a condition has to fail what has a quote before a build runs.", async () => {
    const planOf = (more: object) => {
      const EnvironmentVariables = JSON.stringify([{ name: "TAG", value: "#{variables.TAG}", type: "PLAINTEXT" }]);
      return pipelineValues([
        {
          name: "Plan",
          action: [action({ configuration: { ProjectName: "sample-plan", EnvironmentVariables } })],
          ...more,
        },
      ]);
    };
    const [entry] = changes("FAIL").before_entry;
    for (const rule of entry?.condition[0]?.rule ?? [])
      rule.configuration = { Variable: "#{variables.TAG}", Value: "^[A-Za-z0-9_/.+-]+$", Operator: "MATCHES" };
    const quoted = 'dev","type":"PLAINTEXT"},{"name":"NODE_OPTIONS","value":"--import=data:text/javascript,1';

    const unguarded = await run(planOf({}));
    expect(await unguarded.ended(await unguarded.start(quoted))).toBe("Succeeded");
    expect(unguarded.orders.map(({ variables }) => Object.keys(variables))).toEqual([["TAG", "NODE_OPTIONS"]]);
    await served?.close();

    const guarded = await run(planOf({ before_entry: [entry] }));
    expect(await guarded.ended(await guarded.start(quoted))).toBe("Failed");
    expect(guarded.orders).toEqual([]);
    expect(guarded.runner.faults).toEqual([]);
    expect(await guarded.ended(await guarded.start())).toBe("Succeeded");
    expect(guarded.orders).toHaveLength(1);
  });

  it("Events say what happens in its order, with the fields of real ones.", async () => {
    const { start, ended, events, shownEvents } = await run(pipelineValues());
    const id = await start();
    await ended(id);
    expect(shownEvents()).toEqual([
      "Pipeline STARTED",
      "Stage Source STARTED",
      "Action Source Programs STARTED",
      "Action Source Programs SUCCEEDED",
      "Stage Source SUCCEEDED",
      "Stage Plan STARTED",
      "Action Plan Plan STARTED",
      "Action Plan Plan SUCCEEDED",
      "Stage Plan SUCCEEDED",
      "Pipeline SUCCEEDED",
    ]);
    expect(events[0]).toMatchObject({
      version: "0",
      source: "aws.codepipeline",
      account: "123456789012",
      region: "us-east-1",
      resources: ["arn:aws:codepipeline:us-east-1:123456789012:dev"],
      detail: {
        pipeline: "dev",
        "execution-id": id,
        "execution-trigger": { "trigger-type": "StartPipelineExecution" },
        "pipeline-execution-attempt": 1,
      },
    });
    expect(events[3]?.detail).toMatchObject({
      "execution-result": { "external-execution-id": "v1", "external-execution-summary": "version v1" },
      type: { owner: "AWS", category: "Source", provider: "S3", version: "1" },
    });
  });

  it.each([
    ["SKIP", "0", "Succeeded", ["Plan"]],
    ["SKIP", "1", "Succeeded", ["Plan", "Apply"]],
    ["FAIL", "0", "Failed", ["Plan"]],
    ["FAIL", "1", "Succeeded", ["Plan", "Apply"]],
  ])(
    "A condition with the result %s and CHANGES=%s ends an execution as %s.",
    async (result, CHANGES, status, names) => {
      const { start, ended, orders } = await run(pipelineValues([planning, applying(changes(result))]), () =>
        built({ SHA: "abc", CHANGES }),
      );
      expect(await ended(await start())).toBe(status);
      expect(orders.map(({ action: { name } }) => name)).toEqual(names);
    },
  );
});

describe("what the runtime does not know", () => {
  const environment = (value: string) => ({
    ProjectName: "sample-plan",
    EnvironmentVariables: JSON.stringify([{ name: "A", value, type: "PLAINTEXT" }]),
  });

  it.each([
    [
      "a variable that nothing has set",
      action({ configuration: environment("#{Plan.SHA}") }),
      "nothing has set the variable #{Plan.SHA}",
    ],
    [
      "a value of more than 1,000 characters",
      action({ configuration: environment("x".repeat(1_000)) }),
      "more than 1000",
    ],
    [
      "a secret in an environment",
      action({
        configuration: {
          ProjectName: "sample-plan",
          EnvironmentVariables: '[{"name":"A","value":"b","type":"SECRETS_MANAGER"}]',
        },
      }),
      "PLAINTEXT",
    ],
    [
      "a setting of a build",
      action({ configuration: { ProjectName: "sample-plan", BatchEnabled: "true" } }),
      "BatchEnabled",
    ],
    ["a build that the root lacks", action({ configuration: { ProjectName: "other" } }), "no build other"],
    ["an artifact that nothing has made", action({ input_artifacts: ["Plan"] }), "nothing has made the artifact Plan"],
    ["two inputs without a primary one", action({ input_artifacts: ["Programs", "Plan"] }), "PrimarySource"],
    [
      "an approval that e-mails people itself",
      approval({ configuration: { NotificationArn: "arn" } }),
      "not known here",
    ],
  ])("The action of an execution with %s fails, and the fault is kept.", async (_what, wrong, message) => {
    const { start, ended, runner } = await run(pipelineValues([{ name: "Plan", action: [wrong] }]));
    expect(await ended(await start())).toBe("Failed");
    expect(String(runner.faults)).toContain(message);
  });

  it("A value that has more than 1,000 characters only with its variables is a fault too.", async () => {
    const wrong = action({ configuration: environment("#{variables.TAG}") });
    const { start, ended, runner } = await run(pipelineValues([{ name: "Plan", action: [wrong] }]));
    expect(await ended(await start("x".repeat(1_000)))).toBe("Failed");
    expect(String(runner.faults)).toContain("more than 1000");
  });

  it("An execution whose condition asks for an unknown variable fails, and the fault is kept.", async () => {
    const { start, ended, runner } = await run(pipelineValues([planning, applying(changes("SKIP"))]));
    expect(await ended(await start())).toBe("Failed");
    expect(String(runner.faults)).toContain(
      "aws_codepipeline.this: the stage Apply: nothing has set the variable #{Plan.CHANGES}",
    );
  });

  it("A source that is polled, or that hands over a zip, is a fault.", async () => {
    const polled = { ...source("Programs"), configuration: { S3Bucket: "a", S3ObjectKey: "b" } };
    const { start, ended, runner } = await run({
      ...pipelineValues(),
      stage: [{ name: "Source", action: [polled] }, planning],
    });
    expect(await ended(await start())).toBe("Failed");
    expect(String(runner.faults)).toContain("PollForSourceChanges");
  });
});

describe("an approval", () => {
  const stages = [
    { name: "Approve", action: [approval({ timeout_in_minutes: 5 })] },
    { name: "Plan", action: [action()] },
  ];

  it("An approved execution goes on, and knows who approved it and with what comment.", async () => {
    const { client, start, waiting, ended, actions } = await run(pipelineValues(stages));
    const id = await start();
    const asked = await waiting(id);
    await client.send(new PutApprovalResultCommand({ ...asked, result: { status: "Approved", summary: "Fine" } }));
    expect(await ended(id)).toBe("Succeeded");
    expect((await actions(id)).find(({ actionName }) => actionName === "Approve")).toMatchObject({
      status: "Succeeded",
      updatedBy: "arn:aws:sts::123456789012:assumed-role/sample/local",
      output: { executionResult: { externalExecutionId: asked.token, externalExecutionSummary: "Fine" } },
    });
    const again = client.send(new PutApprovalResultCommand({ ...asked, result: { status: "Approved", summary: "" } }));
    await expect(again).rejects.toMatchObject({ name: "ApprovalAlreadyCompletedException" });
  });

  it("A rejected execution fails, and its event has the comment.", async () => {
    const { client, start, waiting, ended, events } = await run(pipelineValues(stages));
    const id = await start();
    const asked = await waiting(id);
    await client.send(new PutApprovalResultCommand({ ...asked, result: { status: "Rejected", summary: "not now" } }));
    expect(await ended(id)).toBe("Failed");
    expect(events.find(({ detail }) => detail.action === "Approve" && detail.state === "FAILED")?.detail).toMatchObject(
      {
        "execution-result": { "external-execution-summary": "not now", "error-code": "PermissionError" },
      },
    );
  });

  it("A token of another execution or stage is refused.", async () => {
    const { client, start, waiting } = await run(pipelineValues(stages));
    const asked = await waiting(await start());
    const result = { status: "Approved", summary: "" } as const;
    for (const wrong of [
      { token: "12345678-1234-4234-8bcd-12345678abcd" },
      { stageName: "Plan" },
      { actionName: "Other" },
    ])
      await expect(client.send(new PutApprovalResultCommand({ ...asked, ...wrong, result }))).rejects.toMatchObject({
        name: "InvalidApprovalTokenException",
      });
  });

  it("An approval that nobody gives in time fails, and its token is over.", async () => {
    const { client, start, waiting, ended } = await run(pipelineValues(stages), undefined, 60);
    const id = await start();
    const asked = await waiting(id);
    expect(await ended(id)).toBe("Failed");
    const late = client.send(new PutApprovalResultCommand({ ...asked, result: { status: "Approved", summary: "" } }));
    await expect(late).rejects.toMatchObject({ name: "ApprovalAlreadyCompletedException" });
  });
});

describe("several executions", () => {
  it("In mode PARALLEL an execution that waits holds nobody up, and in QUEUED it holds its stage.", async () => {
    const stages = [
      { name: "Plan", action: [action()] },
      { name: "Approve", action: [approval()] },
    ];
    const parallel = await run(pipelineValues(stages));
    const [one, other] = [await parallel.start("1"), await parallel.start("2")];
    await Promise.all([parallel.waiting(one), parallel.waiting(other)]);
    await served?.close();

    const queued = await run(pipelineValues(stages, { execution_mode: "QUEUED" }));
    const [first, second] = [await queued.start("1"), await queued.start("2")];
    const asked = await queued.waiting(first);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await queued.statuses(second)).toEqual(["Programs Succeeded", "Plan Succeeded"]);
    const state = await queued.client.send(new GetPipelineStateCommand({ name: "dev" }));
    expect(state.stageStates?.map(({ stageName }) => stageName)).toEqual(["Source", "Plan"]);
    await queued.client.send(new PutApprovalResultCommand({ ...asked, result: { status: "Approved", summary: "" } }));
    await queued.waiting(second);
  });

  it("Executions are listed, the newest first.", async () => {
    const { client, start, ended } = await run(pipelineValues());
    const ids = [await start("1"), await start("2")];
    for (const id of ids) await ended(id);
    const list = (nextToken?: string) =>
      client.send(new ListPipelineExecutionsCommand({ pipelineName: "dev", maxResults: 1, nextToken }));
    const first = await list();
    const second = await list(first.nextToken);
    expect([first, second].map(({ pipelineExecutionSummaries }) => pipelineExecutionSummaries)).toMatchObject([
      [{ pipelineExecutionId: ids[1], status: "Succeeded", executionType: "STANDARD" }],
      [{ pipelineExecutionId: ids[0], startTime: expect.any(Date) }],
    ]);
    expect(second.nextToken).toBeUndefined();
  });

  it("An execution that is stopped ends as Stopped, and so does its approval or build.", async () => {
    const endless = new Promise<BuildOutcome>(() => undefined);
    const { client, start, ended, statuses, shownEvents, orders } = await run(pipelineValues(), () => endless);
    const id = await start();
    while (orders.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const stop = { pipelineName: "dev", pipelineExecutionId: id, abandon: true, reason: "Not today" };
    await client.send(new StopPipelineExecutionCommand(stop));
    expect(await ended(id)).toBe("Stopped");
    expect(await statuses(id)).toEqual(["Programs Succeeded", "Plan Abandoned"]);
    expect(shownEvents().slice(-4)).toEqual([
      "Pipeline STOPPING",
      "Action Plan Plan ABANDONED",
      "Stage Plan STOPPED",
      "Pipeline STOPPED",
    ]);
    await expect(client.send(new StopPipelineExecutionCommand(stop))).rejects.toMatchObject({
      name: "PipelineExecutionNotStoppableException",
    });
  });
});
