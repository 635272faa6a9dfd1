import { setTimeout } from "node:timers/promises";
import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import { createLogger } from "../../shared/logger.ts";
import { createMetrics } from "../../shared/metrics.ts";
import { readSettings } from "../../shared/settings.ts";
import { createCommitLog } from "./commit-log.ts";
import { createGuardrailBranch } from "./guardrail-branch.ts";
import { createHandler } from "./handler.ts";
import { createPipelineExecutions } from "./pipeline-executions.ts";
import { settingsSchema } from "./settings.ts";

const settings = readSettings(settingsSchema, process.env);
const logger = createLogger("guardrail-merger");
const metrics = createMetrics("guardrail-merger");
const pause = (attempt: number) => setTimeout(Math.random() * 200 * attempt);

const codecommit = namingResource(new CodeCommitClient(clientConfiguration()), `repository ${settings.REPOSITORY}`);
const branchOf = (branch: string) =>
  createGuardrailBranch({ codecommit, repository: settings.REPOSITORY, branch, pause });

export const handler = eventHandler(
  { logger, metrics, now: Date.now },
  createHandler({
    executions: createPipelineExecutions(
      namingResource(new CodePipelineClient(clientConfiguration()), `pipeline ${settings.PIPELINE}`),
    ),
    source: branchOf(settings.SOURCE_BRANCH),
    target: branchOf(settings.TARGET_BRANCH),
    commitLog: createCommitLog({ codecommit, repository: settings.REPOSITORY }),
    sns: namingResource(new SNSClient(clientConfiguration()), `topic ${settings.TOPIC_ARN}`),
    logger,
    metrics,
    topicArn: settings.TOPIC_ARN,
    pipeline: settings.PIPELINE,
    sourceArtifact: settings.SOURCE_ARTIFACT,
    repository: settings.REPOSITORY,
    sourceBranch: settings.SOURCE_BRANCH,
    targetBranch: settings.TARGET_BRANCH,
    onDivergence: settings.ON_DIVERGENCE,
    patience: () => AbortSignal.timeout(10_000),
  }),
);
