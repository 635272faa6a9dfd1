import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createLedger } from "../../shared/ledger.ts";
import type { WaitingPlatform } from "../../shared/platform.ts";
import { createHandler } from "./handler.ts";
import { createPipelineExecutions } from "./pipeline-executions.ts";
import type { Settings } from "./settings.ts";
import { createStageResults } from "./stage-results.ts";

/** Wires the function; `index.ts` and the tests use it alike. */
export function compose(settings: Settings, platform: Omit<WaitingPlatform, "random">) {
  const { logger, metrics, wait } = platform;
  const { TABLE_NAME: table, TOPIC_ARN: topicArn } = settings;
  const configuration = clientConfiguration(platform);
  const [, , , region = ""] = topicArn.split(":");
  return eventHandler(
    platform,
    createHandler({
      executions: createPipelineExecutions(new CodePipelineClient(configuration)),
      results: createStageResults({ s3: new S3Client(configuration), logger }),
      ledger: createLedger(namingResource(new DynamoDBClient(configuration), `table ${table}`), table),
      sns: namingResource(new SNSClient(configuration), `topic ${topicArn}`),
      logger,
      metrics,
      wait,
      topicArn,
      region,
      accountId: settings.ACCOUNT_ID,
      environments: settings.ENVIRONMENTS,
    }),
  );
}
