import { dirname } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { SNSClient } from "@aws-sdk/client-sns";
import { createCommitLog } from "../../functions/guardrail-merger/commit-log.ts";
import { createGuardrailBranch } from "../../functions/guardrail-merger/guardrail-branch.ts";
import { createHandler, type Result } from "../../functions/guardrail-merger/handler.ts";
import { createPipelineExecutions } from "../../functions/guardrail-merger/pipeline-executions.ts";
import { settingsSchema } from "../../functions/guardrail-merger/settings.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import type { Execution } from "../../local/services/codepipeline/codepipeline.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localClient } from "./local-client.ts";
import { toldIn } from "./sns-messages.ts";
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

export const pipelineEvent = (state = "SUCCEEDED", executionId = EXECUTION_ID) => ({
  source: "aws.codepipeline",
  "detail-type": "CodePipeline Pipeline Execution State Change",
  region: "us-east-1",
  detail: { pipeline: "guardrails-develop", "execution-id": executionId, state, version: 1.0 },
});

export const forceEvent = (commitId: string, detail: Record<string, unknown> = {}) => ({
  source: "palisade",
  "detail-type": "Guardrail Force Merge Requested",
  detail: {
    repository: "guardrails",
    commitId,
    reason: "The auditors asked for it",
    requestedBy: "arn:aws:iam::111122223333:user/ana",
    ...detail,
  },
});

/** A local AWS with a copy of the sample repository that is this test's own, and the function in it. */
export async function createGuardrailEstate(
  changed: Readonly<Record<string, string>> = {},
  patience = () => AbortSignal.timeout(15_000),
) {
  const faults: Fault[] = [];
  const world = await createWorld({ faults });
  const repositories = dirname(await world.repositoryFolder("guardrails"));
  const settings = readSettings(settingsSchema, { ...world.environmentOf("guardrail-merger"), ...changed });
  const configuration = { ...clientConfiguration(), ...localClient(world.endpoint) };
  const logger = new Logger({ serviceName: "guardrail-merger", logLevel: "SILENT" });
  const metrics = new Metrics({ namespace: "Palisade", serviceName: "guardrail-merger" });
  const codecommit = namingResource(new CodeCommitClient(configuration), `repository ${settings.REPOSITORY}`);
  const pauses: number[] = [];
  const branchOf = (branch: string) =>
    createGuardrailBranch({
      codecommit,
      repository: settings.REPOSITORY,
      branch,
      pause: async (attempt) => {
        pauses.push(attempt);
      },
    });
  const handler = eventHandler(
    { logger, metrics, now: Date.now },
    createHandler({
      executions: createPipelineExecutions(
        namingResource(new CodePipelineClient(configuration), `pipeline ${settings.PIPELINE}`),
      ),
      source: branchOf(settings.SOURCE_BRANCH),
      target: branchOf(settings.TARGET_BRANCH),
      commitLog: createCommitLog({ codecommit, repository: settings.REPOSITORY }),
      sns: namingResource(new SNSClient(configuration), `topic ${settings.TOPIC_ARN}`),
      logger,
      metrics,
      topicArn: settings.TOPIC_ARN,
      pipeline: settings.PIPELINE,
      sourceArtifact: settings.SOURCE_ARTIFACT,
      repository: settings.REPOSITORY,
      sourceBranch: settings.SOURCE_BRANCH,
      targetBranch: settings.TARGET_BRANCH,
      onDivergence: settings.ON_DIVERGENCE,
      patience,
    }),
  );

  const { git, commit, push, head } = workOn(repositories, "guardrails");

  return {
    /** An execution of the pipeline that tried a commit. */
    tried: (commitId: string, { pipelineExecutionId = EXECUTION_ID, ...others }: Partial<Execution> = {}) =>
      world.give({
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
      }),
    invoke: (event: unknown): Promise<Result> => handler(event, lambdaContext()),
    /** The client of the function, so that a test can do something between two of its calls. */
    codecommit,
    git,
    commit,
    push,
    head,
    pauses,
    calls: world.calls,
    operations: () => world.calls.map(({ operation }) => operation),
    fail: (service: string, operation: string, errorName: string, remaining = 1) =>
      faults.push({ kind: "fail", service, operation, errorName, remaining }),
    told: () => toldIn(world.calls),
    close: async () => {
      await world.close();
    },
  };
}
