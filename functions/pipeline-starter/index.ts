import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { createOnce } from "../../shared/once.ts";
import { readSettings } from "../../shared/settings.ts";
import { createHandler } from "./handler.ts";
import { settingsSchema } from "./settings.ts";
import { createStartPipeline } from "./start-pipeline.ts";
import { createFindTaggedCommit } from "./tagged-commit.ts";

const settings = readSettings(settingsSchema, process.env);
const logger = createLogger("pipeline-starter");
const metrics = createMetrics("pipeline-starter");

export const handler = eventHandler(
  { logger, metrics, now: Date.now },
  createHandler({
    findTaggedCommit: createFindTaggedCommit({
      codecommit: namingResource(new CodeCommitClient(clientConfiguration()), `repository ${settings.REPOSITORY}`),
      repository: settings.REPOSITORY,
      branch: settings.BRANCH,
    }),
    startPipeline: createStartPipeline(new CodePipelineClient(clientConfiguration())),
    once: createOnce(
      namingResource(new DynamoDBClient(clientConfiguration()), `table ${settings.TABLE_NAME}`),
      settings.TABLE_NAME,
    ),
    sns: namingResource(new SNSClient(clientConfiguration()), `topic ${settings.TOPIC_ARN}`),
    logger,
    metrics,
    topicArn: settings.TOPIC_ARN,
    repository: settings.REPOSITORY,
    branch: settings.BRANCH,
    environments: settings.ENVIRONMENTS,
    teams: settings.TEAMS,
  }),
);
