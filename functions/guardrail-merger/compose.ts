import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import type { WaitingPlatform } from "../../shared/platform.ts";
import { createCommitLog } from "./commit-log.ts";
import { createDetails } from "./details.ts";
import { createGuardrailBranch } from "./guardrail-branch.ts";
import { createHandler } from "./handler.ts";
import { createPipelineExecutions } from "./pipeline-executions.ts";
import type { Settings } from "./settings.ts";

/** The longest that one detail of a message may take (ms), so that time is left to send the message. */
const DETAIL_TIMEOUT = 10_000;

/** How much longer the function waits at most with each try, while the branch keeps moving (ms). */
const PAUSE = 200;

interface MergerPlatform extends WaitingPlatform {
  /** Aborts after so many milliseconds. */
  timeout: (milliseconds: number) => AbortSignal;
}

/** Wires the function; `index.ts` and the tests use it alike. */
export function compose(settings: Settings, platform: MergerPlatform) {
  const { logger, metrics, wait, random, timeout } = platform;
  const { PIPELINE: pipeline, REPOSITORY: repository, TOPIC_ARN: topicArn } = settings;
  const configuration = clientConfiguration(platform);
  const codecommit = namingResource(new CodeCommitClient(configuration), `repository ${repository}`);
  const pause = (attempt: number) => wait(random() * PAUSE * attempt);
  const branchNamed = (branch: string) => createGuardrailBranch({ codecommit, repository, branch, pause });
  const target = branchNamed(settings.TARGET_BRANCH);

  return eventHandler(
    platform,
    createHandler({
      executions: createPipelineExecutions(
        namingResource(new CodePipelineClient(configuration), `pipeline ${pipeline}`),
      ),
      source: branchNamed(settings.SOURCE_BRANCH),
      target,
      details: createDetails({
        commitLog: createCommitLog({ codecommit, repository }),
        target,
        logger,
        patience: () => timeout(DETAIL_TIMEOUT),
      }),
      sns: namingResource(new SNSClient(configuration), `topic ${topicArn}`),
      logger,
      metrics,
      topicArn,
      pipeline,
      sourceArtifact: settings.SOURCE_ARTIFACT,
      repository,
      sourceBranch: settings.SOURCE_BRANCH,
      targetBranch: settings.TARGET_BRANCH,
      onDivergence: settings.ON_DIVERGENCE,
    }),
  );
}
