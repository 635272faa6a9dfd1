import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  ListPipelineExecutionsCommand,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionCommandInput,
} from "@aws-sdk/client-codepipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Pipeline } from "../../../../local/services/codepipeline/execution.ts";
import { createWorld, type World } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

let world: World;
let client: CodePipelineClient;
beforeEach(async () => {
  world = await createWorld({});
  client = new CodePipelineClient(localClient(world.endpoint));
});
afterEach(() => world.close());

const commit = { actionName: "Source", revisionType: "COMMIT_ID", revisionValue: "a".repeat(40) } as const;
const start = (input: Partial<StartPipelineExecutionCommandInput> = {}) =>
  client.send(new StartPipelineExecutionCommand({ name: "dev-infrastructure", ...input }));

describe("a start", () => {
  it("StartPipelineExecution starts an execution that GetPipelineExecution returns.", async () => {
    const { pipelineExecutionId } = await start({
      variables: [{ name: "TEAM", value: "research" }],
      sourceRevisions: [commit],
    });
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName: "dev-infrastructure", pipelineExecutionId }),
    );
    expect(pipelineExecution).toMatchObject({
      status: "InProgress",
      executionMode: "PARALLEL",
      executionType: "STANDARD",
      variables: [{ name: "TEAM", resolvedValue: "research" }],
    });
  });

  it("StartPipelineExecution starts one execution for each client request token.", async () => {
    const [first, again, other] = [
      await start({ clientRequestToken: "a-1" }),
      await start({ clientRequestToken: "a-1" }),
      await start({ clientRequestToken: "a-2" }),
    ];
    expect(again.pipelineExecutionId).toBe(first.pipelineExecutionId);
    expect(other.pipelineExecutionId).not.toBe(first.pipelineExecutionId);
  });

  it("StartPipelineExecution starts two pipelines with the same client request token.", async () => {
    const { pipelineExecutionId } = await start({ clientRequestToken: "a-1" });
    const other = await start({ name: "qa-infrastructure", clientRequestToken: "a-1" });
    expect(other.pipelineExecutionId).not.toBe(pipelineExecutionId);
  });

  const pipelinesIn = (executionMode: Pipeline["executionMode"]): Pipeline[] =>
    ["one", "two"].map((name) => ({ name, pipelineType: "V2", executionMode, sourceActions: [], variables: [] }));

  it.each<[Pipeline["executionMode"], string]>([
    ["SUPERSEDED", "Superseded"],
    ["QUEUED", "InProgress"],
    ["PARALLEL", "InProgress"],
  ])("StartPipelineExecution of a pipeline in %s mode leaves an earlier execution %s.", async (mode, status) => {
    world.give({ pipelines: pipelinesIn(mode) });
    const { pipelineExecutionId } = await start({ name: "one" });
    await start({ name: "one" });
    const command = new GetPipelineExecutionCommand({ pipelineName: "one", pipelineExecutionId });
    expect((await client.send(command)).pipelineExecution).toHaveProperty("status", status);
  });

  it.each<Pipeline["executionMode"]>(["QUEUED", "PARALLEL"])(
    "StartPipelineExecution starts fifty executions at most of a pipeline in %s mode; executions of others and ended ones do not count.",
    async (mode) => {
      world.give({
        pipelines: pipelinesIn(mode),
        executions: [{ pipelineName: "two", pipelineExecutionId: "1", status: "Failed", actionExecutions: [] }],
      });
      for (let count = 0; count < 50; count += 1) await start({ name: "one" });
      await expect(start({ name: "one" })).rejects.toMatchObject({
        name: "ConcurrentPipelineExecutionsLimitExceededException",
      });
      for (let count = 0; count < 50; count += 1) await start({ name: "two" });
    },
  );
});

describe("a refused start", () => {
  it.each<[string, Partial<StartPipelineExecutionCommandInput>, string]>([
    ["a pipeline that does not exist", { name: "none" }, "PipelineNotFoundException"],
    ["a name with a slash", { name: "dev/infrastructure" }, "ValidationException"],
    ["a token with an underscore", { clientRequestToken: "dev_1" }, "ValidationException"],
    ["an empty value", { variables: [{ name: "TEAM", value: "" }] }, "ValidationException"],
    [
      "a value above 1,000 characters",
      { variables: [{ name: "TEAM", value: "x".repeat(1_001) }] },
      "ValidationException",
    ],
    ["no variables at all", { variables: [] }, "ValidationException"],
    ["a variable that is not declared", { variables: [{ name: "OTHER", value: "1" }] }, "ValidationException"],
    [
      "a revision for an action that is no source",
      { sourceRevisions: [{ ...commit, actionName: "Build" }] },
      "ValidationException",
    ],
  ])("StartPipelineExecution refuses %s.", async (_what, input, name) => {
    await expect(start(input)).rejects.toMatchObject({ name });
  });

  it.each<[string, Partial<StartPipelineExecutionCommandInput>]>([
    ["variables", { variables: [{ name: "TEAM", value: "research" }] }],
    ["a source revision", { sourceRevisions: [commit] }],
  ])("StartPipelineExecution refuses %s for a pipeline of type V1.", async (_what, input) => {
    const name = "old";
    world.give({
      pipelines: [
        { name, pipelineType: "V1", executionMode: "SUPERSEDED", sourceActions: ["Source"], variables: ["TEAM"] },
      ],
    });
    await expect(start({ name, ...input })).rejects.toMatchObject({ name: "ValidationException" });
    await expect(start({ name })).resolves.toBeDefined();
  });
});

describe("a given execution", () => {
  const pipelineName = "guardrails-develop";
  const pipelineExecutionId = "12345678-1234-4234-8bcd-12345678abcd";
  beforeEach(() => {
    world.give({
      executions: [
        {
          pipelineName,
          pipelineExecutionId,
          status: "Succeeded",
          executionType: "STANDARD",
          artifactRevisions: [{ name: "Source", revisionId: "a".repeat(40) }],
          actionExecutions: Array.from({ length: 5 }, (_, index) => ({
            actionName: `action-${index}`,
            status: "Failed",
          })),
        },
      ],
    });
  });

  it("GetPipelineExecution returns an execution that a sample gives.", async () => {
    const { pipelineExecution } = await client.send(
      new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId }),
    );
    expect(pipelineExecution).toEqual({
      pipelineName,
      pipelineExecutionId,
      status: "Succeeded",
      executionType: "STANDARD",
      artifactRevisions: [{ name: "Source", revisionId: "a".repeat(40) }],
    });
  });

  it("ListActionExecutions returns the actions of an execution by pages.", async () => {
    const names: (string | undefined)[] = [];
    let pages = 0;
    let nextToken: string | undefined;
    do {
      const page = await client.send(
        new ListActionExecutionsCommand({ pipelineName, filter: { pipelineExecutionId }, maxResults: 2, nextToken }),
      );
      names.push(...(page.actionExecutionDetails ?? []).map(({ actionName }) => actionName));
      nextToken = page.nextToken;
      pages += 1;
    } while (nextToken !== undefined);
    expect(pages).toBe(3);
    expect(names).toEqual(["action-0", "action-1", "action-2", "action-3", "action-4"]);
  });

  it("GetPipelineExecution refuses an execution that does not exist.", async () => {
    const command = new GetPipelineExecutionCommand({
      pipelineName,
      pipelineExecutionId: "00000000-0000-4000-8000-000000000000",
    });
    await expect(client.send(command)).rejects.toMatchObject({ name: "PipelineExecutionNotFoundException" });
  });
});

it("ListPipelineExecutions pages through the executions of a pipeline, newest first.", async () => {
  const time = "2026-10-14T12:00:00Z";
  const idOf = (number: number) => `12345678-1234-4234-8bcd-00000000000${number}`;
  world.give({
    executions: [1, 2, 3].map((number) => ({
      ...{
        pipelineName: "dev-infrastructure",
        pipelineExecutionId: idOf(number),
        status: "Failed",
        actionExecutions: [],
      },
      ...{ startTime: time, lastUpdateTime: time },
    })),
  });
  await start({ name: "qa-infrastructure" });
  const list = (nextToken?: string) =>
    client.send(
      new ListPipelineExecutionsCommand({
        pipelineName: "dev-infrastructure",
        maxResults: 2,
        ...(nextToken && { nextToken }),
      }),
    );
  const first = await list();
  const summary = { status: "Failed", startTime: new Date(time), lastUpdateTime: new Date(time) };
  expect(first.pipelineExecutionSummaries).toEqual([
    { pipelineExecutionId: idOf(3), ...summary },
    { pipelineExecutionId: idOf(2), ...summary },
  ]);
  expect((await list(first.nextToken)).pipelineExecutionSummaries).toHaveLength(1);
  await expect(client.send(new ListPipelineExecutionsCommand({ pipelineName: "none" }))).rejects.toMatchObject({
    name: "PipelineNotFoundException",
  });
});
