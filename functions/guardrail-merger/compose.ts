import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { CodePipelineClient } from "@aws-sdk/client-codepipeline";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SNSClient } from "@aws-sdk/client-sns";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { eventHandler } from "../../shared/event-handler.ts";
import type { WaitingPlatform } from "../../shared/platform.ts";
import { createCheckResults } from "./check-results.ts";
import { createCommitLog } from "./commit-log.ts";
import { createDetails } from "./details.ts";
import { createGuardrailBranch } from "./guardrail-branch.ts";
import { createHandler } from "./handler.ts";
import { createMergeRecords } from "./merge-record.ts";
import { createPipelineExecutions } from "./pipeline-executions.ts";
import { createPullRequests } from "./pull-requests.ts";
import { createReportStore } from "./report-store.ts";
import { createRunHistory } from "./run-history.ts";
import type { Settings } from "./settings.ts";
import { createWaiverFiles } from "./waiver-files.ts";

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
  const { logger, metrics, now, wait, random, timeout } = platform;
  const { PIPELINE: pipeline, REPOSITORY: repository, TOPIC_ARN: topicArn, TABLE_NAME: table } = settings;
  const configuration = clientConfiguration(platform);
  const codecommit = namingResource(new CodeCommitClient(configuration), `repository ${repository}`);
  const dynamodb = namingResource(new DynamoDBClient(configuration), `table ${table}`);
  const bucketNamed = (bucket: string) => ({
    s3: namingResource(new S3Client(configuration), `bucket ${bucket}`),
    bucket,
  });
  const pause = (attempt: number) => wait(random() * PAUSE * attempt);
  const branchNamed = (branch: string) => createGuardrailBranch({ codecommit, repository, branch, pause });
  const target = branchNamed(settings.TARGET_BRANCH);

  return eventHandler(
    platform,
    createHandler({
      executions: createPipelineExecutions(
        namingResource(new CodePipelineClient(configuration), `pipeline ${pipeline}`),
      ),
      results: createCheckResults({ ...bucketNamed(settings.ARTIFACT_BUCKET), pipeline }),
      source: branchNamed(settings.SOURCE_BRANCH),
      target,
      details: createDetails({
        commitLog: createCommitLog({ codecommit, repository }),
        target,
        logger,
        patience: () => timeout(DETAIL_TIMEOUT),
      }),
      pullRequests: createPullRequests({ codecommit, repository }),
      waiverFiles: createWaiverFiles({ codecommit, repository, branch: settings.TARGET_BRANCH, logger }),
      records: createMergeRecords({ dynamodb, table, now }),
      history: createRunHistory({ dynamodb, table }),
      reports: createReportStore(bucketNamed(settings.REPORT_BUCKET)),
      sns: namingResource(new SNSClient(configuration), `topic ${topicArn}`),
      logger,
      metrics,
      now,
      topicArn,
      accountId: settings.ACCOUNT_ID,
      pipeline,
      sourceArtifact: settings.SOURCE_ARTIFACT,
      repository,
      repositoryArn: settings.REPOSITORY_ARN,
      sourceBranch: settings.SOURCE_BRANCH,
      targetBranch: settings.TARGET_BRANCH,
      reportBucket: settings.REPORT_BUCKET,
      onDivergence: settings.ON_DIVERGENCE,
      forcePrincipals: settings.FORCE_PRINCIPALS,
      writers: [settings.MERGER_ROLE_ARN, settings.BREAK_GLASS_ROLE_ARN],
    }),
  );
}
