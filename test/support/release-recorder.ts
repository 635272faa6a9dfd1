import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { compose } from "../../functions/release-recorder/compose.ts";
import { settingsSchema } from "../../functions/release-recorder/settings.ts";
import type { Execution } from "../../local/services/codepipeline/execution.ts";
import type { JsonObject } from "../../local/services/s3/s3.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration } from "../../shared/aws-client.ts";
import type { LedgerRelease } from "../../shared/ledger.ts";
import { createLedger } from "../../shared/ledger.ts";
import type { ReleaseSummary } from "../../shared/release-summary.ts";
import { readSettings } from "../../shared/settings.ts";
import { resultKey, type StageResult } from "../../shared/stage-result.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { messagesIn } from "./sns-messages.ts";

export const EXECUTION_ID = "3f0c7a10-5d2b-4f6e-9a31-7c5d8e2b1a44";
export const APPROVER = "arn:aws:sts::111122223333:assumed-role/palisade-approve-prod/ana";
export const TOKEN = "1a2b3c4d-0000-4000-8000-00000000a11c";

/** The release of most tests. */
export const RELEASE: LedgerRelease = {
  environment: "prod",
  team: "risk",
  scope: "eu-central-1",
  version: "1.4.2",
  commitId: "cde99aeb83c93c03e2af4eb9ab484b45feba61ce",
  tag: "prod_eu-central-1/risk/1.4.2",
  executionId: EXECUTION_ID,
  pipeline: "prod-infrastructure",
  requestedAt: "2026-11-24T10:00:00Z",
  taggedBy: "arn:aws:sts::111122223333:assumed-role/Developer/mary",
};

/** What pipeline-starter sets. */
export const variablesOf = (changed: Readonly<Record<string, string>> = {}, of: LedgerRelease = RELEASE) =>
  Object.entries({
    ENV: of.environment,
    TARGET_DEPLOYMENT_SCOPE: of.scope,
    SCOPE_KIND: of.scope === "global" ? "global" : "regional",
    TEAM: of.team,
    VERSION: of.version,
    TAG: of.tag,
    COMMIT_ID: of.commitId,
    REGION: of.scope === "global" ? "us-east-1" : of.scope,
    STATE_KEY: `${of.team}/${of.environment}-${of.scope}/terraform.tfstate`,
    TAGGED_BY: of.taggedBy,
    REQUESTED_AT: of.requestedAt,
    REASON: "-",
    ...changed,
  }).map(([name, resolvedValue]) => ({ name, resolvedValue }));

/** `10:05:00` on the day of the tests. */
export const at = (time: string) => `2026-11-24T${time}.000Z`;

interface ActionFields {
  start?: string;
  end?: string;
  id?: string;
  updatedBy?: string;
  outputVariables?: Record<string, string>;
  result?: Record<string, unknown>;
}

/** One try of an action, in the shape of ListActionExecutions. */
export const actionOf = (
  name: string,
  status: string,
  { start = "10:01:00", end = start, id = `${name}-1`, updatedBy, outputVariables, result }: ActionFields = {},
) => ({
  actionExecutionId: id,
  stageName: { Source: "Source", Programs: "Source", Lint: "Plan" }[name] ?? name,
  actionName: name,
  startTime: start.includes("T") ? start : at(start),
  lastUpdateTime: end.includes("T") ? end : at(end),
  status,
  ...(updatedBy !== undefined && { updatedBy }),
  output: {
    ...(outputVariables && { outputVariables }),
    ...(result && { executionResult: result }),
  },
});

export const SOURCE = actionOf("Source", "Succeeded", { start: "10:00:10", end: "10:00:20" });
export const LINT = actionOf("Lint", "Succeeded", { start: "10:00:30", end: "10:01:00" });
export const PLAN = actionOf("Plan", "Succeeded", {
  start: "10:00:30",
  end: "10:02:00",
  outputVariables: { CHANGES: "3" },
});
export const WAITING = actionOf("Approve", "InProgress", {
  start: "10:02:10",
  result: { externalExecutionId: TOKEN },
});
export const APPROVED = actionOf("Approve", "Succeeded", {
  start: "10:02:10",
  end: "10:30:00",
  updatedBy: APPROVER,
  result: { externalExecutionId: TOKEN, externalExecutionSummary: "As planned" },
});
export const APPLIED = actionOf("Apply", "Succeeded", { start: "10:30:10", end: "10:35:00" });

/** An execution with its actions, newest first. */
export const executionOf = (
  status: string,
  actions: readonly object[] = [],
  {
    of = RELEASE,
    variables = {},
    ...fields
  }: { of?: LedgerRelease; variables?: Record<string, string> } & Partial<Execution> = {},
): Execution => ({
  pipelineName: of.pipeline,
  pipelineExecutionId: of.executionId,
  status,
  executionType: "STANDARD",
  executionMode: "PARALLEL",
  startTime: at("10:00:05"),
  lastUpdateTime: at("10:35:01"),
  variables: variablesOf(variables, of),
  actionExecutions: [...actions].reverse().map((action) => ({ ...action })),
  ...fields,
});

/** What a plan would change. */
export const summaryOf = (changed: Partial<ReleaseSummary> = {}): ReleaseSummary => ({
  environment: "prod",
  team: "risk",
  scope: "eu-central-1",
  region: "eu-central-1",
  tag: RELEASE.tag,
  version: RELEASE.version,
  commitId: RELEASE.commitId,
  executionId: EXECUTION_ID,
  taggedBy: RELEASE.taggedBy,
  reason: null,
  from: {
    version: "1.4.1",
    commitId: "98180b5656644d8b712112613b9e73a63ed0048f",
    tag: "prod_eu-central-1/risk/1.4.1",
    executionId: "00000000-0000-4000-8000-000000000141",
  },
  direction: "forward",
  applyable: true,
  counts: { create: 1, update: 1, replace: 0, destroy: 1, import: 0, move: 0, forget: 0, output: 0 },
  changes: [
    { address: "aws_lb.front", action: "create" },
    { address: "aws_vpc.main", action: "update" },
    { address: "aws_db_instance.ledger", action: "destroy", allowed: true },
  ],
  drift: ["aws_security_group.front"],
  unstable: [],
  notes: [],
  scan: {
    stopping: [],
    waived: [
      {
        tool: "trivy",
        check: "AWS-0107",
        severity: "HIGH",
        title: "Security group is open",
        address: "aws_security_group.front",
        waiver: { reason: "Public on purpose", expires: "2027-01-31" },
      },
    ],
    other: [
      { tool: "checkov", check: "CKV_AWS_150", severity: null, title: "Deletion protection", address: "aws_lb.front" },
    ],
  },
  planSha256: "a".repeat(64),
  planFingerprint: "f".repeat(64),
  ...changed,
});

/** A result that a stage left behind. */
export const resultOf = (
  action: string,
  result: Partial<StageResult> = {},
  { of = RELEASE, time = "10:40:00" }: { of?: LedgerRelease; time?: string } = {},
): JsonObject => ({
  bucket: `palisade-artifacts-${of.environment}-111122223333-us-east-1`,
  key: resultKey(of.pipeline, of.executionId, action),
  lastModified: at(time),
  content: { action, outcome: "succeeded", sentence: `${action} succeeded.`, nextSteps: [], details: {}, ...result },
});

export const PLAN_RESULT = resultOf("Plan", { details: { summary: summaryOf() } });

export const executionEvent = (
  state: string,
  { pipeline = "prod-infrastructure", id = EXECUTION_ID, ...fields } = {},
) => ({
  version: "0",
  id: "0c000000-0000-4000-8000-000000000001",
  "detail-type": "CodePipeline Pipeline Execution State Change",
  source: "aws.codepipeline",
  account: "111122223333",
  time: "2026-11-24T10:35:02Z",
  region: "us-east-1",
  resources: [`arn:aws:codepipeline:us-east-1:111122223333:${pipeline}`],
  detail: { pipeline, "execution-id": id, state, version: 1.0, "pipeline-execution-attempt": 1.0 },
  ...fields,
});

export const approvalEvent = (
  state: string,
  { pipeline = "prod-infrastructure", id = "Approve-1", category = "Approval" } = {},
) => ({
  ...executionEvent(state, { pipeline }),
  "detail-type": "CodePipeline Action Execution State Change",
  detail: {
    pipeline,
    "execution-id": EXECUTION_ID,
    "action-execution-id": id,
    stage: "Approve",
    action: "Approve",
    state,
    type: { owner: "AWS", provider: "Manual", category, version: "1" },
    version: 1.0,
  },
});

export const scheduleEvent = (time = "2026-11-24T11:00:00Z", account = "111122223333") => ({
  version: "0",
  id: "0c000000-0000-4000-8000-0000000000ff",
  "detail-type": "Scheduled Event",
  source: "aws.events",
  account,
  time,
  region: "us-east-1",
  resources: ["arn:aws:events:us-east-1:111122223333:rule/palisade-release-recorder-hourly"],
  detail: {},
});

export type RecorderWorld = Awaited<ReturnType<typeof createRecorderWorld>>;

/** A local AWS, and the function in it. */
export async function createRecorderWorld(changed: Readonly<Record<string, string>> = {}) {
  const { forWorld, ...faults } = localFaults();
  const world = await createWorld(forWorld);
  const platform = localPlatform("release-recorder", world.endpoint);
  const settings = readSettings(settingsSchema, { ...world.environmentOf("release-recorder"), ...changed });
  const waits: number[] = [];
  const waiting: (() => void)[] = [];
  const handler = compose(settings, {
    ...platform,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      waiting.shift()?.();
    },
  });
  const ledger = createLedger(new DynamoDBClient(clientConfiguration(platform)), settings.TABLE_NAME);
  return {
    give: (executions: readonly Execution[], objects: readonly JsonObject[] = []) =>
      world.give({ executions, objects }),
    invoke: (event: unknown) => handler(event, lambdaContext()),
    /** Happens while the function waits between two looks. */
    whileItWaits: (act: () => void) => waiting.push(act),
    waits,
    ledger,
    history: () => ledger.historyOf(RELEASE, 10),
    messages: () => messagesIn(world.calls),
    kinds: () => messagesIn(world.calls).map(({ data }) => data.kind),
    calls: world.calls,
    operations: () => world.calls.map(({ operation }) => operation),
    logged: platform.logged,
    metrics: platform.metrics,
    ...faults,
    close: world.close,
  };
}
