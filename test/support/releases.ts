import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { createHandler, type Result } from "../../functions/pipeline-starter/handler.ts";
import { settingsSchema } from "../../functions/pipeline-starter/settings.ts";
import { createStartPipeline } from "../../functions/pipeline-starter/start-pipeline.ts";
import { createTaggedCommit } from "../../functions/pipeline-starter/tagged-commit.ts";
import type { Call, Fault } from "../../local/gateway.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration, named } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createOnce } from "../../shared/once.ts";
import { readSettings } from "../../shared/settings.ts";
import { localClient } from "./local-client.ts";
import { toldIn } from "./told.ts";

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

/** A local AWS and the function in it, with the settings that replay gives it. */
export async function createReleaseEstate(changed: Readonly<Record<string, string>> = {}) {
  const faults: Fault[] = [];
  const world = await createWorld({ faults });
  const settings = readSettings(settingsSchema, { ...world.environmentOf("pipeline-starter"), ...changed });
  const configuration = { ...clientConfiguration, ...localClient(world.endpoint) };
  const logger = new Logger({ serviceName: "pipeline-starter", logLevel: "SILENT" });
  const metrics = new Metrics({ namespace: "Palisade", serviceName: "pipeline-starter" });
  const handler = eventHandler(
    { logger, metrics, now: Date.now },
    createHandler({
      taggedCommit: createTaggedCommit({
        codecommit: named(new CodeCommitClient(configuration), `repository ${settings.REPOSITORY}`),
        repository: settings.REPOSITORY,
        branch: settings.BRANCH,
      }),
      startPipeline: createStartPipeline(new CodePipelineClient(configuration)),
      once: createOnce(named(new DynamoDBClient(configuration), `table ${settings.TABLE_NAME}`), settings.TABLE_NAME),
      sns: named(new SNSClient(configuration), `topic ${settings.TOPIC_ARN}`),
      logger,
      metrics,
      topicArn: settings.TOPIC_ARN,
      repository: settings.REPOSITORY,
      environments: settings.ENVIRONMENTS,
      teams: settings.TEAMS,
    }),
  );
  return {
    invoke: (event: unknown): Promise<Result> => {
      const deadline = Date.now() + 60_000;
      const context = { awsRequestId: "request", getRemainingTimeInMillis: () => deadline - Date.now() };
      return handler(event, context as Context);
    },
    calls: world.calls,
    client: localClient(world.endpoint),
    /** The next calls of an operation fail; by default as often as the SDK tries. */
    fail: (service: string, operation: string, errorName: string, remaining = clientConfiguration.maxAttempts) =>
      faults.push({ service, operation, errorName, remaining }),
    started: () => startedIn(world.calls),
    told: () => toldIn(world.calls),
    close: world.close,
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
