import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { createHandler, type Result } from "../../functions/pipeline-starter/handler.ts";
import { settingsSchema } from "../../functions/pipeline-starter/settings.ts";
import { createStartPipeline } from "../../functions/pipeline-starter/start-pipeline.ts";
import { createFindTaggedCommit } from "../../functions/pipeline-starter/tagged-commit.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import type { Call } from "../../local/gateway/gateway.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration, MAX_ATTEMPTS, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createOnce } from "../../shared/once.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localClient } from "./local-client.ts";
import { toldIn } from "./sns-messages.ts";

/** Commits of the sample repository `infrastructure`. */
export const COMMITS = {
  database: "cde99aeb83c93c03e2af4eb9ab484b45feba61ce",
  roles: "98180b5656644d8b712112613b9e73a63ed0048f",
  head: "751434e4da2faa29e808dea3c05585741497767a",
  side: "8e2d0b493d88d43de1211e21db472f1d105e007b",
};

/** An event about a tag of the sample repository; one with the same id is a copy. */
export const tagEvent = (
  tag: string,
  {
    id = crypto.randomUUID(),
    region = "us-east-1",
    ...detail
  }: { id?: string; region?: string } & Record<string, unknown> = {},
) => ({
  id,
  source: "aws.codecommit",
  "detail-type": "CodeCommit Repository State Change",
  region,
  detail: {
    event: "referenceCreated",
    repositoryName: "infrastructure",
    referenceType: "tag",
    referenceName: tag,
    referenceFullName: `refs/tags/${tag}`,
    commitId: COMMITS.roles,
    callerUserArn: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
    ...detail,
  },
});

/**
 * A local AWS with a sample repository of its own, and the function in it, with the settings that replay gives it.
 *
 * @param endpoints where services are that are not in the local AWS
 */
export async function createReleaseEstate(
  changed: Readonly<Record<string, string>> = {},
  endpoints: { codecommit?: string; codepipeline?: string; sns?: string } = {},
) {
  const faults: Fault[] = [];
  const world = await createWorld({ faults });
  const repositories = dirname(await world.repositoryFolder("infrastructure"));
  const settings = readSettings(settingsSchema, { ...world.environmentOf("pipeline-starter"), ...changed });
  const configuration = (endpoint = world.endpoint) => ({ ...clientConfiguration(), ...localClient(endpoint) });
  const logger = new Logger({ serviceName: "pipeline-starter", logLevel: "SILENT" });
  const metrics = new Metrics({ namespace: "Palisade", serviceName: "pipeline-starter" });
  const handler = eventHandler(
    { logger, metrics, now: Date.now },
    createHandler({
      findTaggedCommit: createFindTaggedCommit({
        codecommit: namingResource(
          new CodeCommitClient(configuration(endpoints.codecommit)),
          `repository ${settings.REPOSITORY}`,
        ),
        repository: settings.REPOSITORY,
        branch: settings.BRANCH,
      }),
      startPipeline: createStartPipeline(new CodePipelineClient(configuration(endpoints.codepipeline))),
      once: createOnce(
        namingResource(new DynamoDBClient(configuration()), `table ${settings.TABLE_NAME}`),
        settings.TABLE_NAME,
      ),
      sns: namingResource(new SNSClient(configuration(endpoints.sns)), `topic ${settings.TOPIC_ARN}`),
      logger,
      metrics,
      topicArn: settings.TOPIC_ARN,
      repository: settings.REPOSITORY,
      branch: settings.BRANCH,
      environments: settings.ENVIRONMENTS,
      teams: settings.TEAMS,
    }),
  );
  return {
    invoke: (event: unknown, timeout?: number): Promise<Result> => handler(event, lambdaContext(timeout)),
    git: (...args: string[]) =>
      execFileSync("git", [`--git-dir=${join(repositories, "infrastructure")}`, ...args], { encoding: "utf8" }).trim(),
    statusOf: async (pipelineName: string, pipelineExecutionId: string) => {
      const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
      return (await new CodePipelineClient(configuration()).send(command)).pipelineExecution?.status;
    },
    calls: world.calls,
    client: localClient(world.endpoint),
    /** Calls of an operation fail, by default as often as the SDK tries, after some that go well. */
    fail: (service: string, operation: string, errorName: string, remaining = MAX_ATTEMPTS, skip = 0) =>
      faults.push({ kind: "fail", service, operation, errorName, remaining, skip }),
    started: () => startedIn(world.calls),
    told: () => toldIn(world.calls),
    close: async () => {
      await world.close();
    },
  };
}

/** The pipelines that CodePipeline started, each with its variables and revisions. */
const startedIn = (calls: readonly Call[]) =>
  calls
    .filter(({ operation, error }) => operation === "StartPipelineExecution" && error === null)
    .map(({ input }) => {
      const { name, variables, sourceRevisions, clientRequestToken } = input as {
        name: string;
        variables: { name: string; value: string }[];
        sourceRevisions: unknown[];
        clientRequestToken: string;
      };
      return {
        pipeline: name,
        variables: Object.fromEntries(variables.map((variable) => [variable.name, variable.value])),
        sourceRevisions,
        clientRequestToken,
      };
    });
