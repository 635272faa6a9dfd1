import { afterAll, beforeAll, expect, it } from "vitest";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import {
  createGuardrailWorld,
  GUARDRAILS,
  type GuardrailWorld,
  pipelineEvent,
} from "../../support/guardrail-merger.ts";

let world: GuardrailWorld;
beforeAll(async () => {
  world = await createGuardrailWorld();
});
afterAll(() => world.close());

it("A pipeline execution that CodePipeline does not know is refused.", async () => {
  expect(await world.invoke(pipelineEvent("SUCCEEDED", "00000000-0000-4000-8000-000000000000"))).toEqual({
    outcome: "refused",
  });
  expect(world.messages()[0]).toMatchObject({
    data: { kind: "guardrails-not-activated" },
    email: expect.stringContaining("CodePipeline has no such execution"),
  });
});

it("A pipeline execution with more than a hundred actions is read to its last page, and the last try of each action counts.", async () => {
  const action = (actionName: string, status: string, hour: string) => ({
    actionName,
    status,
    startTime: `2026-10-14T${hour}:00:00Z`,
    output: {},
  });
  const many = (status: string, hour: string) =>
    Array.from({ length: 80 }, (_, index) => action(`ComplianceCheck_w${index}`, status, hour));
  world.addExecution(GUARDRAILS.ahead, {
    status: "Failed",
    actionExecutions: [
      ...many("Succeeded", "13").slice(1),
      action("ComplianceCheck_w0", "Failed", "13"),
      ...many("Failed", "12"),
    ],
  });
  await world.invoke(pipelineEvent("FAILED"));
  expect(world.operations().filter((operation) => operation === "ListActionExecutions")).toHaveLength(2);
  expect(world.messages().at(-1)?.data.failed).toEqual([expect.objectContaining({ workload: "w0" })]);
});

it.each([
  ["SUCCEEDED", "GetPipelineExecution"],
  ["FAILED", "ListActionExecutions"],
])(
  "A pipeline execution in the state %s fails its event where %s is throttled, and the retry reads it.",
  async (state, operation) => {
    world.addExecution(GUARDRAILS.first, { status: state === "FAILED" ? "Failed" : "Succeeded" });
    const before = world.messages().length;
    world.fail("CodePipeline", operation, "ThrottlingException", { times: MAX_ATTEMPTS });
    await expect(world.invoke(pipelineEvent(state))).rejects.toThrow(
      `${operation}Command on pipeline guardrails-develop`,
    );
    expect(world.messages()).toHaveLength(before);
    expect(await world.invoke(pipelineEvent(state))).toMatchObject({ commitId: GUARDRAILS.first });
  },
);
