import { dirname } from "node:path";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { compose } from "../../functions/guardrail-merger/compose.ts";
import { settingsSchema } from "../../functions/guardrail-merger/settings.ts";
import type { GivenPullRequest } from "../../local/services/codecommit/pull-requests.ts";
import type { Execution } from "../../local/services/codepipeline/execution.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration } from "../../shared/aws-client.ts";
import { type Compliance, stops } from "../../shared/compliance.ts";
import { readSettings } from "../../shared/settings.ts";
import { resultKey, type StageResult } from "../../shared/stage-result.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { messagesIn } from "./sns-messages.ts";
import { workOn } from "./work-on.ts";

/** Commits of the sample repository `guardrails`, by what they are to `main`. */
export const GUARDRAILS = {
  first: "7de2d6cd84b8868d17bfc17775238c84d97f397c",
  main: "298a986879e8c70e27768584e0d9dcb345b129ab",
  divergedInOtherFile: "bc8c2a62abd8aa8a82b46a914c54765204e59b7c",
  divergedInSameFile: "7390b3ea6d38476926a3f06b5576fd4a4f4ac80d",
  ahead: "74426ea12a49e29618b8894af2f730e9e1c96252",
  furtherAhead: "77fd303631de0481cce8ff3b895f1cd0550aa104",
  develop: "955b6e78b815cca49c043cbe79712ded77473740",
  notOnDevelop: "d3c1c6f50cec27618c12914c2512713838279ae5",
};

const EXECUTION_ID = "12345678-1234-4234-8bcd-12345678abcd";

const REPOSITORY_ARN = "arn:aws:codecommit:us-east-1:111122223333:guardrails";
const ARTIFACT_BUCKET = "palisade-guardrail-artifacts-111122223333-us-east-1";
export const REPORT_BUCKET = "palisade-guardrail-reports-111122223333-us-east-1";
export const ANA = "arn:aws:sts::111122223333:assumed-role/SecurityLead/ana";

/** What the tests call the function's surroundings. */
export const HOME = {
  accountId: "111122223333",
  pipeline: "guardrails-develop",
  repository: "guardrails",
  repositoryArn: REPOSITORY_ARN,
  targetBranch: "main",
};

const origin = { account: "111122223333", region: "us-east-1", time: "2026-10-14T12:01:07Z" };

export const pipelineEvent = (state = "SUCCEEDED", executionId = EXECUTION_ID) => ({
  ...origin,
  source: "aws.codepipeline",
  "detail-type": "CodePipeline Pipeline Execution State Change",
  resources: ["arn:aws:codepipeline:us-east-1:111122223333:guardrails-develop"],
  detail: { pipeline: "guardrails-develop", "execution-id": executionId, state, version: 1.0 },
});

/** A pull request for a force merge was opened. */
export const forceEvent = (commitId: string, detail: Record<string, unknown> = {}) => ({
  ...origin,
  source: "aws.codecommit",
  "detail-type": "CodeCommit Pull Request State Change",
  resources: [REPOSITORY_ARN],
  detail: {
    event: "pullRequestCreated",
    pullRequestId: "7",
    sourceCommit: commitId,
    sourceReference: `refs/heads/force/${commitId.slice(0, 7)}`,
    destinationReference: "refs/heads/main",
    ...detail,
  },
});

/** Somebody wrote to a branch. */
export const branchEvent = (callerUserArn: string | undefined, detail: Record<string, unknown> = {}) => ({
  ...origin,
  source: "aws.codecommit",
  "detail-type": "CodeCommit Repository State Change",
  resources: [REPOSITORY_ARN],
  detail: {
    event: "referenceUpdated",
    repositoryName: "guardrails",
    referenceType: "branch",
    referenceName: "main",
    referenceFullName: "refs/heads/main",
    commitId: GUARDRAILS.ahead,
    oldCommitId: GUARDRAILS.main,
    callerUserArn,
    ...detail,
  },
});

export const waiversEvent = () => ({
  source: "palisade",
  "detail-type": "Guardrail Waivers Due",
  account: origin.account,
});

/** One workload's verdicts: each guardrail with the addresses that fail it, of a level. */
export type Failures = Readonly<Record<string, { level?: "block" | "warn" | "observe"; addresses: readonly string[] }>>;

/** What a check of a workload says; without failures all guardrails pass. */
export const complianceOf = (workload: string, commitId: string, failures: Failures = {}): Compliance => ({
  workload,
  owner: `owner of ${workload}`,
  guardrails: { repository: "guardrails", commitId },
  planned: { repository: workload, commitId: "c".repeat(40), path: "." },
  checkedAt: "2026-10-14T12:00:50Z",
  terraform: "1.13.5",
  terraformCompliance: "1.14.0",
  scenarios: [
    { feature: "tags", scenario: "Instances have tags", level: "block", verdict: "passed", resources: [] },
    ...Object.entries(failures).map(([scenario, { level = "block", addresses }]) => ({
      ...{ feature: "encryption", scenario, level, verdict: "failed" as const },
      resources: addresses.map((address) => ({ address, verdict: "failed" as const, reason: "encrypted is false" })),
    })),
  ],
  notes: [],
});

/** The result of the check of one workload. */
export function checkResult(workload: string, commitId: string, failures: Failures = {}): StageResult {
  const compliance = complianceOf(workload, commitId, failures);
  const outcome = stops(compliance) ? "refused" : "succeeded";
  return {
    action: `ComplianceCheck_${workload}`,
    outcome,
    sentence: "Checked.",
    nextSteps: [],
    details: { compliance },
  };
}

export const WORKLOADS = ["orders", "payments", "web"];

/**
 * An execution of the pipeline that tested a commit.
 *
 * @param results those of its checks, by action; undefined for one that left none. By default all comply
 */
export const givenExecution = (
  commitId: string,
  { pipelineExecutionId = EXECUTION_ID, ...others }: Partial<Execution> = {},
  results: Readonly<Record<string, unknown>> = {},
) => ({
  executions: [
    {
      pipelineName: "guardrails-develop",
      pipelineExecutionId,
      status: "Succeeded",
      executionType: "STANDARD",
      artifactRevisions: [{ name: "Source", revisionId: commitId }],
      actionExecutions: [],
      ...others,
    },
  ],
  objects: Object.entries({
    SelfCheck: { action: "SelfCheck", outcome: "succeeded", sentence: "Fine.", nextSteps: [], details: {} },
    ...Object.fromEntries(WORKLOADS.map((name) => [`ComplianceCheck_${name}`, checkResult(name, commitId)])),
    ...results,
  })
    .filter(([, content]) => content !== undefined)
    .map(([action, content]) => ({
      bucket: ARTIFACT_BUCKET,
      key: resultKey("guardrails-develop", pipelineExecutionId, action),
      lastModified: "2026-10-14T12:00:50Z",
      content,
    })),
});

export type GuardrailWorld = Awaited<ReturnType<typeof createGuardrailWorld>>;

/**
 * A local AWS with a repository `guardrails` of its own, and the function in it.
 *
 * @param changed settings that differ from those of a replay
 * @param timeout how the function limits the time for the details of a message
 * @param now the clock (epoch, ms)
 */
export async function createGuardrailWorld(
  changed: Readonly<Record<string, string>> = {},
  timeout = (milliseconds: number) => AbortSignal.timeout(milliseconds),
  now: () => number = Date.now,
) {
  const { forWorld, ...faults } = localFaults();
  const world = await createWorld(forWorld);
  const settings = readSettings(settingsSchema, { ...world.environmentOf("guardrail-merger"), ...changed });
  const platform = localPlatform("guardrail-merger", world.endpoint, now);
  const waits: number[] = [];
  const handler = compose(settings, {
    ...platform,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    random: () => 1,
    timeout,
  });
  const { git, commit, commitAll, push, head } = workOn(
    dirname(await world.repositoryFolder("guardrails")),
    "guardrails",
  );

  return {
    /** Adds an execution of the pipeline that tested a commit. */
    addExecution: (...given: Parameters<typeof givenExecution>) => world.give(givenExecution(...given)),
    /** Adds a pull request for a force merge. */
    addPullRequest: (commitId: string, others: Partial<GivenPullRequest> = {}) =>
      world.give({
        pullRequests: [
          {
            pullRequestId: "7",
            title: "Force the guardrails",
            description: "The auditors asked for it",
            authorArn: ANA,
            pullRequestTargets: [
              {
                repositoryName: "guardrails",
                sourceReference: `refs/heads/force/${commitId.slice(0, 7)}`,
                destinationReference: "refs/heads/main",
                sourceCommit: commitId,
              },
            ],
            ...others,
          },
        ],
      }),
    /** @param requestId by default each event has one of its own, which its retries have too, as in Lambda */
    invoke: (event: unknown, requestId = JSON.stringify(event)) =>
      handler(event, { ...lambdaContext(), awsRequestId: requestId }),
    /** What the function put into the report bucket, by the end of its key. */
    reports: (end: string): string[] =>
      world.calls
        .filter(({ operation, error }) => operation === "PutObject" && error === null)
        .map(({ input }) => input as { Key: string; Body: string })
        .filter(({ Key }) => Key.endsWith(end))
        .map(({ Body }) => Buffer.from(Body, "base64").toString("utf8")),
    codecommit: new CodeCommitClient(clientConfiguration(platform)),
    git,
    commit,
    commitAll,
    push,
    head,
    /** How long the function waited between two tries of a merge (ms). */
    waits,
    calls: world.calls,
    operations: () => world.calls.map(({ operation }) => operation),
    ...faults,
    messages: () => messagesIn(world.calls),
    metrics: platform.metrics,
    logged: platform.logged,
    close: world.close,
  };
}
