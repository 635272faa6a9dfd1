import {
  CodePipelineClient,
  GetPipelineExecutionCommand,
  ListActionExecutionsCommand,
  StartPipelineExecutionCommand,
  type StartPipelineExecutionCommandInput,
} from "@aws-sdk/client-codepipeline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
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
      executionMode: "QUEUED",
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

  it("StartPipelineExecution ends an earlier execution in SUPERSEDED mode, and does not in QUEUED mode.", async () => {
    world.give({
      pipelines: [{ name: "old", pipelineType: "V2", executionMode: "SUPERSEDED", sourceActions: [], variables: [] }],
    });
    const statuses = async (name: string) => {
      const ids = [await start({ name }), await start({ name })].map(({ pipelineExecutionId }) => pipelineExecutionId);
      const found = ids.map((pipelineExecutionId) =>
        client.send(new GetPipelineExecutionCommand({ pipelineName: name, pipelineExecutionId })),
      );
      return (await Promise.all(found)).map(({ pipelineExecution }) => pipelineExecution?.status);
    };
    expect(await statuses("old")).toEqual(["Superseded", "InProgress"]);
    world.give({});
    expect(await statuses("dev-infrastructure")).toEqual(["InProgress", "InProgress"]);
  });

  it("StartPipelineExecution starts fifty executions at most of a pipeline in QUEUED mode.", async () => {
    for (let count = 0; count < 50; count += 1) await start();
    await expect(start()).rejects.toMatchObject({ name: "ConcurrentPipelineExecutionsLimitExceededException" });
    await expect(start({ name: "qa-infrastructure" })).resolves.toBeDefined();
    world.give({
      executions: [
        { pipelineName: "prod-infrastructure", pipelineExecutionId: "1", status: "Failed", actionExecutions: [] },
      ],
    });
    for (let count = 0; count < 50; count += 1) await start({ name: "prod-infrastructure" });
  });
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
