import { createHash, randomUUID } from "node:crypto";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { readModel } from "../../gateway/model.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import { awsJson } from "../../gateway/protocols.ts";
import type { Caller, Service } from "../../gateway/service.ts";
import { type Approvals, approvals } from "./approvals.ts";
import { type Execution, type Pipeline, type Runner, sourceRevision } from "./execution.ts";
import { pipelineLists } from "./lists.ts";

export interface CodePipeline extends Service {
  /** Replaces all pipelines. */
  usePipelines(pipelines: readonly Pipeline[]): void;
  addExecutions(executions: readonly Execution[]): void;
  /** The actions that wait for a decision. */
  approvals: Approvals;
}

/**
 * A pipeline in QUEUED or PARALLEL mode takes no more, waiting ones included. In SUPERSEDED mode the later one ends the earlier.
 * https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
 */
const MOST_EXECUTIONS = 50;
const MOST_ACTIONS_PER_PAGE = 100;

const startInput = z.object({
  name: z.string(),
  variables: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  sourceRevisions: z.array(sourceRevision).default([]),
  clientRequestToken: z.string().default(randomUUID),
});
const getInput = z.object({ pipelineName: z.string(), pipelineExecutionId: z.string() });
const listInput = z.object({
  pipelineName: z.string(),
  filter: z.object({ pipelineExecutionId: z.string().optional() }).optional(),
  maxResults: z.number().default(MOST_ACTIONS_PER_PAGE),
  nextToken: pageToken,
});

/**
 * CodePipeline: https://docs.aws.amazon.com/codepipeline/latest/APIReference/
 *
 * @param runner by default executions stay in progress
 */
export function codePipeline(existing: readonly Pipeline[], runner?: Runner): CodePipeline {
  let pipelines = existing;
  const executions: Execution[] = [];
  // AWS does not document how long it knows a token. Here it knows each for good.
  const started = new Map<string, string>();

  function pipelineNamed(name: string): Pipeline {
    const pipeline = pipelines.find((candidate) => candidate.name === name);
    if (!pipeline)
      throw new AwsError("PipelineNotFoundException", `The account has no pipeline with the name '${name}'`);
    return pipeline;
  }

  async function startPipelineExecution(input: unknown, caller: Caller) {
    // Nothing may come between the count of what runs and the start.
    const triggerDetail = await runner?.callerArn(caller);
    return startOnce(input, triggerDetail);
  }

  function startOnce(input: unknown, triggerDetail: string | undefined) {
    const { name, variables, sourceRevisions, clientRequestToken } = startInput.parse(input);
    const pipeline = pipelineNamed(name);
    const repeated = started.get(`${name} ${clientRequestToken}`);
    if (repeated !== undefined) return { pipelineExecutionId: repeated };

    // AWS documents that these are for V2 only. It does not document the error.
    if (pipeline.pipelineType === "V1" && variables.length + sourceRevisions.length > 0)
      refuse(`Variables and source revision overrides need a pipeline of type V2; ${name} is V1`);
    const undeclared = variables.filter((variable) => !pipeline.variables.includes(variable.name));
    if (undeclared.length > 0)
      refuse(`The pipeline ${name} does not declare the variables ${undeclared.map((variable) => variable.name)}`);
    const unknown = sourceRevisions.find(({ actionName }) => !pipeline.sourceActions.includes(actionName));
    if (unknown) refuse(`The pipeline ${name} has no source action ${unknown.actionName}`);
    const running = executions.filter(({ pipelineName, status }) => pipelineName === name && status === "InProgress");
    if (pipeline.executionMode !== "SUPERSEDED" && running.length >= MOST_EXECUTIONS)
      throw new AwsError(
        "ConcurrentPipelineExecutionsLimitExceededException",
        `${name} has ${MOST_EXECUTIONS} executions`,
      );
    // In this mode a later execution overtakes one that waits.
    if (pipeline.executionMode === "SUPERSEDED") for (const execution of running) execution.status = "Superseded";

    const pipelineExecutionId = executionIdOf(`${name} ${clientRequestToken}`);
    const now = Date.now() / 1_000;
    const execution: Execution = {
      pipelineName: name,
      pipelineExecutionId,
      status: "InProgress",
      executionMode: pipeline.executionMode,
      executionType: "STANDARD",
      trigger: { triggerType: "StartPipelineExecution", ...(triggerDetail !== undefined && { triggerDetail }) },
      artifactRevisions: [],
      variables: variables.map((variable) => ({ name: variable.name, resolvedValue: variable.value })),
      actionExecutions: [],
      ...(runner && { startTime: now, lastUpdateTime: now }),
    };
    executions.push(execution);
    runner?.start(execution, sourceRevisions);
    started.set(`${name} ${clientRequestToken}`, pipelineExecutionId);
    return { pipelineExecutionId };
  }

  function executionOf(name: string, id: string): Execution {
    const found = executions.find((one) => one.pipelineName === name && one.pipelineExecutionId === id);
    if (found) return found;
    pipelineNamed(name);
    throw new AwsError("PipelineExecutionNotFoundException", `The pipeline ${name} has no execution ${id}`);
  }

  function getPipelineExecution(input: unknown) {
    const { pipelineName, pipelineExecutionId } = getInput.parse(input);
    const { actionExecutions, startTime, lastUpdateTime, ...pipelineExecution } = executionOf(
      pipelineName,
      pipelineExecutionId,
    );
    return { pipelineExecution };
  }

  function listActionExecutions(input: unknown) {
    const { pipelineName, filter, maxResults, nextToken } = listInput.parse(input);
    const asked =
      filter?.pipelineExecutionId === undefined
        ? executions.filter((one) => one.pipelineName === pipelineName).reverse()
        : [executionOf(pipelineName, filter.pipelineExecutionId)];
    const actions = asked.flatMap(({ pipelineExecutionId, actionExecutions }) =>
      actionExecutions.map((action) => ({ pipelineExecutionId, ...action })),
    );
    const { page, next } = pageOf(actions, nextToken, maxResults);
    return { actionExecutionDetails: page, nextToken: next };
  }

  const waiting = approvals(runner, (name) => void pipelineNamed(name));
  return {
    name: "CodePipeline",
    signingName: "codepipeline",
    protocol: awsJson("1.1"),
    model: readModel("codepipeline"),
    invalidInput: "ValidationException",
    operations: {
      StartPipelineExecution: startPipelineExecution,
      GetPipelineExecution: getPipelineExecution,
      ListActionExecutions: listActionExecutions,
      PutApprovalResult: waiting.putApprovalResult,
      ...pipelineLists(executions, pipelineNamed, executionOf, runner),
    },
    approvals: waiting,
    usePipelines: (all) => {
      pipelines = all;
    },
    addExecutions: (more) => {
      for (const execution of more.map(withTimes)) {
        const known = executions.findIndex((one) => one.pipelineExecutionId === execution.pipelineExecutionId);
        executions.splice(known < 0 ? executions.length : known, 1, execution);
      }
    },
  };
}

/** Turns times that a sample writes as text into seconds since the epoch, as the protocol has them. */
function withTimes<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (name, inner) =>
    typeof inner === "string" && /^(startTime|lastUpdateTime|created)$/.test(name) ? Date.parse(inner) / 1_000 : inner,
  );
}

/** The same start makes the same id, so that samples can name it. */
const executionIdOf = (token: string): string =>
  createHash("sha256")
    .update(token)
    .digest("hex")
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");

function refuse(message: string): never {
  throw new AwsError("ValidationException", message);
}
