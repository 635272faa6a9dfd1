import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { type Fault, type Gateway, gateway } from "./gateway/gateway.ts";
import { codeCommit } from "./services/codecommit/codecommit.ts";
import { codePipeline, type Execution, type Pipeline } from "./services/codepipeline/codepipeline.ts";
import { dynamoDb, type Tables } from "./services/dynamodb/dynamodb.ts";
import { eventBridge } from "./services/eventbridge/eventbridge.ts";
import { s3 } from "./services/s3/s3.ts";
import { sns } from "./services/sns/sns.ts";
import { sts } from "./services/sts/sts.ts";

const ACCOUNT = "111122223333";
const REGION = "us-east-1";

const topicArn = (name: string): string => `arn:aws:sns:${REGION}:${ACCOUNT}:${name}`;

const TOPICS = ["egress", "releases", "guardrails", "config-rules"].map(topicArn);

const HOSTNAME_TABLE = "palisade-hostnames";
const RELEASE_TABLE = "palisade-releases";
const TABLES: Tables = { [HOSTNAME_TABLE]: ["pk", "sk"], [RELEASE_TABLE]: ["id"] };

const CODE_BUCKET = "palisade-config-rules";

const ENVIRONMENTS = ["dev", "qa", "staging", "prod"].map((name) => ({
  name,
  pipeline: `${name}-infrastructure`,
  sourceAction: "Source",
  regions: ["us-east-1", "eu-central-1", "ap-southeast-1"],
  homeRegion: REGION,
}));

const PIPELINES: readonly Pipeline[] = [
  ...ENVIRONMENTS.map(({ pipeline, sourceAction }) => ({
    name: pipeline,
    pipelineType: "V2" as const,
    executionMode: "QUEUED" as const,
    sourceActions: [sourceAction],
    variables: [
      "ENV",
      "TARGET_DEPLOYMENT_SCOPE",
      "TEAM",
      "VERSION",
      "TAG",
      "COMMIT_ID",
      "REGION",
      "TARGET_MODULE",
      "STATE_KEY",
    ],
  })),
  {
    name: "guardrails-develop",
    pipelineType: "V2",
    executionMode: "QUEUED",
    sourceActions: ["Source"],
    variables: [],
  },
];

/** The settings of each function, as its Terraform root would give them. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "sni-collector": { TABLE_NAME: HOSTNAME_TABLE, TOPIC_ARN: topicArn("egress") },
  "pipeline-starter": {
    ENVIRONMENTS: JSON.stringify(
      Object.fromEntries(ENVIRONMENTS.map(({ name, ...environment }) => [name, environment])),
    ),
    REPOSITORY: "infrastructure",
    TABLE_NAME: RELEASE_TABLE,
    TOPIC_ARN: topicArn("releases"),
  },
  "guardrail-merger": {
    PIPELINE: "guardrails-develop",
    REPOSITORY: "guardrails",
    TOPIC_ARN: topicArn("guardrails"),
  },
  "rule-exporter": { CODE_BUCKET, TARGET_REPOSITORY: "infrastructure" },
};

export interface WorldOptions {
  /** Folder that keeps tables, sample repositories, pull requests and objects between runs. */
  state?: string;
  /** Folder of git repositories, by name, that take the place of the sample repositories. They are used as they are. */
  repositories?: string;
  faults?: readonly Fault[];
}

/** What happened before an event, and is not made by events: `given` of a sample. */
export interface Given {
  /** Folder of git repositories, by name. */
  repositories?: string;
  /** The pipelines that there are, in the place of the world's own. */
  pipelines?: readonly Pipeline[];
  /** What CodePipeline knows besides what was started in this world. */
  executions?: readonly Execution[];
}

export interface World extends Gateway {
  /** The environment that Lambda and the function's Terraform would give a function. */
  environmentOf(functionName: string): Record<string, string>;
  /** Makes true what a sample takes for given, and what it does not speak of as it is in this world. */
  give(given: Given): void;
}

/** Makes the account that replays run in. */
export async function createWorld({ state, repositories, faults = [] }: WorldOptions): Promise<World> {
  const tables = state === undefined ? undefined : join(state, "dynamodb");
  if (tables !== undefined) mkdirSync(tables, { recursive: true });
  const kept = state ?? mkdtempSync(join(tmpdir(), "palisade-"));
  const samples = join(kept, "repositories");
  mkdirSync(samples, { recursive: true });

  const commits = codeCommit(samples, join(kept, "pull-requests.json"));
  const pipelines = codePipeline(PIPELINES);
  if (repositories !== undefined) commits.useRepositories(repositories);
  const services = [
    ...[sns(TOPICS), await dynamoDb(TABLES, tables), commits, pipelines, eventBridge(), sts(ACCOUNT)],
    s3([CODE_BUCKET], join(kept, "s3")),
  ];
  const clear = () => {
    if (state === undefined) rmSync(kept, { recursive: true, maxRetries: 3 });
  };
  const served = await gateway(services, faults).catch((error) => {
    clear();
    throw error;
  });
  return {
    ...served,
    give: (given) => {
      // What the user chose for a run goes before what a sample asks for.
      commits.useRepositories(repositories ?? given.repositories);
      pipelines.usePipelines(given.pipelines ?? PIPELINES);
      pipelines.addExecutions(given.executions ?? []);
    },
    close: async () => {
      await served.close();
      clear();
    },
    environmentOf: (functionName) => ({
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
      AWS_ENDPOINT_URL: served.endpoint,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      // The developer's own profile must not reach a replay.
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      ...SETTINGS[functionName],
    }),
  };
}
