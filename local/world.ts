import { randomUUID } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { ACCOUNT, REGION } from "./account.ts";
import { type Gateway, type GatewayOptions, gateway } from "./gateway/gateway.ts";
import { type History, makeRepository } from "./git/history.ts";
import type { Job } from "./job.ts";
import { codeCommit } from "./services/codecommit/codecommit.ts";
import { codePipeline, type Execution, type Pipeline } from "./services/codepipeline/codepipeline.ts";
import { dynamoDb } from "./services/dynamodb/dynamodb.ts";
import { eventBridge } from "./services/eventbridge/eventbridge.ts";
import { s3 } from "./services/s3/s3.ts";
import { sns } from "./services/sns/sns.ts";
import { sts } from "./services/sts/sts.ts";

const JOBS: ReadonlyMap<string, Job> = await readJobs();
const PIPELINES = [...JOBS.values()].flatMap(({ pipelines = [] }) => pipelines);
const REPOSITORIES: Readonly<Record<string, History>> = Object.assign(
  {},
  ...[...JOBS.values()].map(({ repositories }) => repositories),
);

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
  const unlock = lock(kept);
  const clear = () => {
    unlock();
    if (state === undefined) rmSync(kept, { recursive: true, maxRetries: 3 });
  };

  const copies = new Map<string, Promise<void>>();
  let given = repositories;
  async function repositoryFolder(name: string): Promise<string> {
    if (given !== undefined) return join(given, name);
    const folder = join(samples, name);
    const copying = copies.get(name) ?? copySample(name, folder);
    copies.set(name, copying);
    await copying;
    return folder;
  }

  const jobs = [...JOBS.values()];
  const pipelines = codePipeline(PIPELINES);
  const services = [
    sns(jobs.flatMap(({ topics = [] }) => topics)),
    dynamoDb(Object.assign({}, ...jobs.map(({ tables }) => tables)), state && join(state, "dynamodb")),
    codeCommit(repositoryFolder, join(kept, "pull-requests.json")),
    pipelines,
    eventBridge(),
    sts(ACCOUNT),
    s3(
      jobs.flatMap(({ buckets = [] }) => buckets),
      join(kept, "s3"),
    ),
  ];
  const served = await gateway(services, gatewayOptions).catch((error) => {
    clear();
    throw error;
  });
  return {
    ...served,
    repositoryFolder,
    give: (things) => {
      // The choice of the user goes before that of a sample.
      given = repositories ?? things.repositories;
      pipelines.usePipelines(things.pipelines ?? PIPELINES);
      pipelines.addExecutions(things.executions ?? []);
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

/** Reads every `world/<function>.ts`. */
async function readJobs(): Promise<Map<string, Job>> {
  const folder = join(import.meta.dirname, "world");
  const names = readdirSync(folder)
    .filter((file) => file.endsWith(".ts"))
    .map((file) => file.slice(0, -".ts".length));
  return new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, Job]> => {
        const { job }: { job: Job } = await import(`./world/${name}.ts`);
        return [name, job];
      }),
    ),
  );
}

/** Sample repositories by name. Each process makes one once, and every world copies it. */
const made = new Map<string, Promise<string>>();

/** Copies a sample repository, unless it is there. Any other name makes nothing. */
async function copySample(name: string, folder: string): Promise<void> {
  const history = Object.hasOwn(REPOSITORIES, name) ? REPOSITORIES[name] : undefined;
  if (!history || existsSync(folder)) return;
  const making = made.get(name) ?? makeSample(name, history);
  made.set(name, making);
  // A copy that was interrupted must not be taken for a whole one later.
  const unfinished = `${folder}.${randomUUID()}`;
  cpSync(await making, unfinished, { recursive: true });
  renameSync(unfinished, folder);
}

/**
 * Keeps a folder for one world, since the engine of the tables takes one process. A process that was killed leaves its
 * lock behind, which the next world takes over.
 *
 * @returns unlocks the folder
 */
function lock(folder: string): () => void {
  const file = join(folder, "process");
  const take = () => writeFileSync(file, String(process.pid), { flag: "wx" });
  try {
    take();
  } catch {
    const user = Number(readFileSync(file, "utf8"));
    if (isRunning(user))
      throw new Error(`${folder} is in use by the process ${user}. Use another folder, or remove ${file}.`);
    rmSync(file);
    take();
  }
  return () => rmSync(file, { force: true });
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

async function makeSample(name: string, history: History): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "palisade-sample-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await makeRepository(history, join(folder, name));
  return join(folder, name);
}
