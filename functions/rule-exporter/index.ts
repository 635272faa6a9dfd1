import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { S3Client } from "@aws-sdk/client-s3";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { createStoreCode } from "./code-store.ts";
import { createEstateRepository } from "./estate-repository.ts";
import { createHandler } from "./handler.ts";
import { createRulesRepository } from "./rules-repository.ts";
import { settingsSchema } from "./settings.ts";
import configRules from "./templates/config-rules.tf";
import estateVariables from "./templates/estate-variables.tf";

const settings = readSettings(settingsSchema, process.env);
const logger = createLogger("rule-exporter");
const metrics = createMetrics("rule-exporter");

// The zip of a rule may have 50 MB.
const s3 = new S3Client(clientConfiguration({}, { maxAttempts: 2, requestTimeout: 20_000 }));

export const handler = eventHandler(
  { logger, metrics, now: Date.now },
  createHandler({
    rules: createRulesRepository(
      namingResource(new CodeCommitClient(clientConfiguration()), "the repository of the rules"),
    ),
    storeCode: createStoreCode(namingResource(s3, `bucket ${settings.CODE_BUCKET}`), settings.CODE_BUCKET),
    estate: createEstateRepository({
      codecommit: namingResource(
        new CodeCommitClient(clientConfiguration()),
        `repository ${settings.TARGET_REPOSITORY}`,
      ),
      repository: settings.TARGET_REPOSITORY,
      branch: settings.TARGET_BRANCH,
      folder: settings.TARGET_FOLDER,
    }),
    logger,
    metrics,
    templates: { configRules, estateVariables },
    today: () => new Date().toISOString().slice(0, 10),
    options: settings.EXPORT_OPTIONS,
    bucket: settings.CODE_BUCKET,
    region: process.env.AWS_REGION ?? "",
    targetRepository: settings.TARGET_REPOSITORY,
    targetFolder: settings.TARGET_FOLDER,
  }),
);
