import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { ACCOUNT, DEVELOPER, REGION } from "./account.ts";
import { type Gateway, type GatewayOptions, gateway } from "./gateway/gateway.ts";
import { copySample } from "./git/sample-copies.ts";
import { joined, readJobs } from "./jobs.ts";
import { codeCommit } from "./services/codecommit/codecommit.ts";
import type { GivenPullRequest } from "./services/codecommit/pull-requests.ts";
import { codePipeline } from "./services/codepipeline/codepipeline.ts";
import type { Execution, Pipeline } from "./services/codepipeline/execution.ts";
import { dynamoDb } from "./services/dynamodb/dynamodb.ts";
import { eventBridge } from "./services/eventbridge/eventbridge.ts";
import { type JsonObject, s3 } from "./services/s3/s3.ts";
import { sns } from "./services/sns/sns.ts";
import { sts } from "./services/sts/sts.ts";
import { lockState } from "./state-lock.ts";

const JOBS = await readJobs();
const PARTS = [...JOBS.values()];
const PIPELINES = PARTS.flatMap(({ pipelines = [] }) => pipelines);
const REPOSITORIES = joined(PARTS.map(({ repositories }) => repositories));

export interface WorldOptions extends GatewayOptions {
  /** Folder that keeps tables, sample repositories, pull requests and objects between runs. */
  state?: string;
  /** Folder of git repositories, by name, to use as they are in place of the sample repositories. */
  repositories?: string;
}

/** The state of the world before an event, beyond the effects of earlier events: `given` of a sample. */
export interface Given {
  /** Folder of git repositories, by name. */
  repositories?: string;
  /** Pipelines in place of those of the world. */
  pipelines?: readonly Pipeline[];
  /** Executions besides those that were started in this world. */
  executions?: readonly Execution[];
  /** Objects besides those that were written in this world. */
  objects?: readonly JsonObject[];
  /** Pull requests besides those that were opened in this world. */
  pullRequests?: readonly GivenPullRequest[];
}

export interface World extends Gateway {
  /** The folder of a repository. The first call makes a sample repository. */
  repositoryFolder(name: string): Promise<string>;
  /** The environment of a function, as Lambda and its Terraform would set it. */
  environmentOf(functionName: string): Record<string, string>;
  /** Sets the state that a sample gives. Whatever it leaves out is as this world has it. */
  give(given: Given): void;
}

/**
 * Makes the account that replays and tests run in.
 *
 * @throws Error for a fault of an unknown service or operation, and for a state that another world uses
 */
export async function createWorld({ state, repositories, ...gatewayOptions }: WorldOptions = {}): Promise<World> {
  const kept = state ?? mkdtempSync(join(tmpdir(), "palisade-"));
  const samples = join(kept, "repositories");
  mkdirSync(samples, { recursive: true });
  const unlock = lockState(kept);
  const clear = () => {
    unlock();
    if (state === undefined) rmSync(kept, { recursive: true, maxRetries: 3 });
  };

  const copies = new Map<string, Promise<void>>();
  let given = repositories;
  async function repositoryFolder(name: string): Promise<string> {
    if (given !== undefined) return join(given, name);
    const folder = join(samples, name);
    const history = Object.hasOwn(REPOSITORIES, name) ? REPOSITORIES[name] : undefined;
    const copying = copies.get(name) ?? (history && copySample(history, folder));
    if (copying) copies.set(name, copying);
    await copying;
    return folder;
  }

  const code = codeCommit(repositoryFolder, join(kept, "pull-requests.json"), () => DEVELOPER);
  const pipelines = codePipeline(PIPELINES);
  const objects = s3(
    PARTS.flatMap(({ buckets = [] }) => buckets),
    join(kept, "s3"),
  );
  objects.addObjects(PARTS.flatMap(({ objects: given = [] }) => given));
  const services = [
    sns(PARTS.flatMap(({ topics = [] }) => topics)),
    dynamoDb(joined(PARTS.map(({ tables }) => tables)), state && join(state, "dynamodb")),
    code,
    pipelines,
    eventBridge(),
    sts(ACCOUNT),
    objects,
  ];
  const served = await gateway(services, gatewayOptions).catch((error) => {
    clear();
    throw error;
  });
  return {
    ...served,
    repositoryFolder,
    give: (things) => {
      // `--repositories` wins over `given.repositories`.
      given = repositories ?? things.repositories;
      pipelines.usePipelines(things.pipelines ?? PIPELINES);
      pipelines.addExecutions(things.executions ?? []);
      objects.addObjects(things.objects ?? []);
      code.addPullRequests(things.pullRequests ?? []);
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
      ...JOBS.get(functionName)?.settings,
    }),
  };
}
