import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { S3Client } from "@aws-sdk/client-s3";
import { createStoreCode } from "../../functions/rule-exporter/code-store.ts";
import { createEstateRepository } from "../../functions/rule-exporter/estate-repository.ts";
import { createHandler } from "../../functions/rule-exporter/handler.ts";
import { createRulesRepository } from "../../functions/rule-exporter/rules-repository.ts";
import { settingsSchema } from "../../functions/rule-exporter/settings.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import { createWorld } from "../../local/world.ts";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localClient } from "./local-client.ts";
import { workOn } from "./work-on.ts";

const templateOf = (name: string) => readFileSync(join("functions/rule-exporter/templates", `${name}.tf`), "utf8");

/** A local AWS with copies of the sample repositories that are this test's own, and the function in it. */
export async function createExportEstate(changed: Readonly<Record<string, string>> = {}) {
  const faults: Fault[] = [];
  const world = await createWorld({ faults });
  const repositories = dirname(await world.repositoryFolder("config-rules"));
  await world.repositoryFolder("infrastructure");
  const settings = readSettings(settingsSchema, { ...world.environmentOf("rule-exporter"), ...changed });
  const configuration = { ...clientConfiguration(), ...localClient(world.endpoint) };
  const codecommit = new CodeCommitClient(configuration);
  const handler = eventHandler(
    {
      logger: new Logger({ serviceName: "rule-exporter", logLevel: "SILENT" }),
      metrics: new Metrics({ namespace: "Palisade", serviceName: "rule-exporter" }),
      now: Date.now,
    },
    createHandler({
      rules: createRulesRepository(namingResource(new CodeCommitClient(configuration), "the repository of the rules")),
      storeCode: createStoreCode(
        namingResource(new S3Client(configuration), `bucket ${settings.CODE_BUCKET}`),
        settings.CODE_BUCKET,
      ),
      estate: createEstateRepository({
        codecommit: namingResource(codecommit, `repository ${settings.TARGET_REPOSITORY}`),
        repository: settings.TARGET_REPOSITORY,
        branch: settings.TARGET_BRANCH,
        folder: settings.TARGET_FOLDER,
      }),
      logger: new Logger({ serviceName: "rule-exporter", logLevel: "SILENT" }),
      metrics: new Metrics({ namespace: "Palisade", serviceName: "rule-exporter" }),
      templates: { configRules: templateOf("config-rules"), estateVariables: templateOf("estate-variables") },
      today: () => "2026-11-23",
      options: settings.EXPORT_OPTIONS,
      bucket: settings.CODE_BUCKET,
      region: "us-east-1",
      targetRepository: settings.TARGET_REPOSITORY,
      targetFolder: settings.TARGET_FOLDER,
    }),
  );
  const invoke = (event: unknown) => handler(event, lambdaContext());

  return {
    rules: workOn(repositories, "config-rules"),
    infrastructure: workOn(repositories, "infrastructure"),
    invoke,
    list: (commitId: string) => invoke({ step: "list", repository: "config-rules", commitId }),
    exportRule: (commitId: string, rule: string) =>
      invoke({ step: "export", repository: "config-rules", commitId, rule }),
    publish: (commitId: string, entries: readonly unknown[]) =>
      // As the state machine hands it on.
      invoke(JSON.parse(JSON.stringify({ step: "publish", repository: "config-rules", commitId, entries }))),
    /** The client for the target repository, so that a test can do something between two of its calls. */
    codecommit,
    calls: world.calls,
    operations: () => world.calls.map(({ operation }) => operation),
    fail: (service: string, operation: string, errorName: string, fault: Partial<Fault> = {}) =>
      faults.push({ kind: "fail", service, operation, errorName, remaining: 1, ...fault }),
    close: async () => {
      await world.close();
    },
  };
}
