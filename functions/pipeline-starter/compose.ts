import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import type { Platform } from "../../shared/platform.ts";
import { createHandler } from "./handler.ts";
import { createOnce } from "./once.ts";
import type { Settings } from "./settings.ts";
import { createStartPipeline } from "./start-pipeline.ts";
import { createFindTaggedCommit } from "./tagged-commit.ts";

/** Wires the function; `index.ts` and the tests use it alike. */
export function compose(settings: Settings, platform: Platform) {
  const { logger, metrics } = platform;
  const configuration = clientConfiguration(platform);
  return eventHandler(
    platform,
    createHandler({
      findTaggedCommit: createFindTaggedCommit({
        codecommit: namingResource(new CodeCommitClient(configuration), `repository ${settings.REPOSITORY}`),
        repository: settings.REPOSITORY,
        branch: settings.BRANCH,
      }),
      startPipeline: createStartPipeline(new CodePipelineClient(configuration)),
      once: createOnce(
        namingResource(new DynamoDBClient(configuration), `table ${settings.TABLE_NAME}`),
        settings.TABLE_NAME,
      ),
      sns: namingResource(new SNSClient(configuration), `topic ${settings.TOPIC_ARN}`),
      logger,
      metrics,
      topicArn: settings.TOPIC_ARN,
      accountId: settings.ACCOUNT_ID,
      repository: settings.REPOSITORY,
      repositoryArn: settings.REPOSITORY_ARN,
      branch: settings.BRANCH,
      environments: settings.ENVIRONMENTS,
    }),
  );
}
