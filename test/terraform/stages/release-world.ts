import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CreateTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { unzipSync } from "fflate";
import { elsewhere } from "../../../local/gateway/elsewhere.ts";
import { type Call, type Gateway, gateway } from "../../../local/gateway/gateway.ts";
import { git } from "../../../local/git/git.ts";
import { MOTO_ACCOUNT, startMoto } from "../../../local/moto/moto.ts";
import { type ContainerCredentials, containerCredentials } from "../../../local/runtime/container-credentials.ts";
import { codePipeline } from "../../../local/services/codepipeline/codepipeline.ts";
import { createLedger } from "../../../shared/ledger.ts";
import type { ReleaseConfiguration } from "../../../shared/release-configuration.ts";
import { readReleaseTag } from "../../../shared/release-tag.ts";
import { resultKey, type StageResult, stageResult } from "../../../shared/stage-result.ts";

const REGION = "us-east-1";
const URL_OF_REPOSITORY = "https://git-codecommit.us-east-1.amazonaws.com/v1/repos/infrastructure";
const ARTIFACTS = `palisade-artifacts-dev-${MOTO_ACCOUNT}-${REGION}`;
const STATES = `palisade-state-dev-${MOTO_ACCOUNT}-${REGION}`;
const LEDGER = "palisade-releases";
const REPOSITORY = join(import.meta.dirname, "..", "..", "..");
const PLUGINS = join(REPOSITORY, "test", "terraform", ".terraform", "plugins");

export const TARGET_ACCOUNT = "222233334444";
export const roleOf = (name: string, account = MOTO_ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;
export const sessionOf = (name: string, session: string, account = MOTO_ACCOUNT) =>
  `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
export const STARTER = sessionOf("palisade-pipeline-starter", "palisade-pipeline-starter");
export const APPROVER = sessionOf("palisade-approve-dev", "mary");

/** What a stage program left behind. */
export interface Ended {
  code: number;
  log: string;
  result: StageResult;
  /** Exported variables. */
  exported: Record<string, string>;
  /** Where it ran. */
  folder: string;
  /** When the program began and ended (epoch, ms). */
  from: number;
  to: number;
}

/** A release on its way: a tag, its commit, and an execution of the pipeline. */
export interface Execution {
  tag: string;
  commitId: string;
  executionId: string;
}

/** The account of a team. */
const target = (secrets: Record<string, string> = {}): ReleaseConfiguration["targets"][string] => ({
  accountId: TARGET_ACCOUNT,
  externalId: "palisade-research",
  planRoleArn: roleOf("palisade-plan-dev", TARGET_ACCOUNT),
  applyRoleArn: roleOf("palisade-apply-dev", TARGET_ACCOUNT),
  secrets,
});

export type World = Awaited<ReturnType<typeof releaseWorld>>;

/**
 * A repository, an AWS, and the environment `dev`, in which stage programs run as CodeBuild runs them.
 *
 * @param commands the folder of `pythonCommands`
 */
export async function releaseWorld(commands: string) {
  const temporary = mkdtempSync(join(tmpdir(), "palisade stages-"));
  const moto = await startMoto(commands);
  const codepipeline = codePipeline([
    {
      name: "dev-infrastructure",
      pipelineType: "V2",
      executionMode: "PARALLEL",
      sourceActions: ["Source"],
      variables: [],
    },
  ]);
  const refused = new Set<string>();
  const served: Gateway = await gateway([codepipeline], {
    elsewhere: elsewhere(moto.aws, []),
    before: ({ operation }) => {
      if (refused.has(operation)) throw new Error(`The test refuses ${operation}.`);
    },
  });
  const credentials: ContainerCredentials = await containerCredentials(moto.aws, REGION);
  const client = {
    endpoint: moto.aws,
    region: REGION,
    credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
  };
  const s3 = new S3Client(client);
  for (const Bucket of [ARTIFACTS, STATES]) await s3.send(new CreateBucketCommand({ Bucket }));
  const dynamodb = new DynamoDBClient(client);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: LEDGER,
      AttributeDefinitions: ["pk", "sk"].map((AttributeName) => ({ AttributeName, AttributeType: "S" })),
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  const repository = join(temporary, "repository");
  mkdirSync(repository);
  const inRepository = async (...args: string[]) =>
    (
      await git(["-c", "user.name=Mary", "-c", "user.email=mary@example.com", ...args], { folder: repository })
    ).output.trim();
  await inRepository("init", "--quiet", "--initial-branch=main");

  const configuration: ReleaseConfiguration = {
    kind: "release",
    environment: "dev",
    pipeline: "dev-infrastructure",
    accountId: MOTO_ACCOUNT,
    region: REGION,
    repository: { name: "infrastructure", url: URL_OF_REPOSITORY, branch: "main" },
    regions: [REGION, "eu-central-1"],
    homeRegion: REGION,
    state: {
      bucket: STATES,
      region: REGION,
      kmsKeyArn: `arn:aws:kms:${REGION}:${MOTO_ACCOUNT}:key/12345678-1234-4234-8234-123456789012`,
    },
    artifactBucket: ARTIFACTS,
    ledgerTable: LEDGER,
    starterRoleArn: roleOf("palisade-pipeline-starter"),
    approverRoleArn: roleOf("palisade-approve-dev"),
    targets: { research: target() },
    protectedTypes: [],
    scan: { trivySeverities: [], checkovChecks: [] },
    planTwice: false,
  };
  /** The artifact `Programs`. */
  const programs = unzipSync(readFileSync(join(REPOSITORY, "dist", "stages.zip")));
  let executions = 0;

  const world = {
    client,
    /** The address of the AWS that stages and Terraform call. */
    endpoint: served.endpoint,
    /** Written to `targets.json` before each stage. */
    configuration,
    plugins: PLUGINS,
    calls: (): readonly Call[] => served.calls,
    /** Operations that fail. */
    refused,
    ledger: createLedger(dynamodb, LEDGER),
    git: inRepository,
    /** The folder of the repository, with the files of main. */
    repository,
    objects: s3,
    buckets: { artifacts: ARTIFACTS, states: STATES },

    /** Adds a team with the files that it has to have, so that tests do not share a state. */
    team: (team: string, secrets: Record<string, string> = {}): Record<string, string> => {
      world.configuration.targets[team] = target(secrets);
      return { [`environments/dev/${team}/team.tfvars`]: "" };
    },

    /** Commits files on main; null deletes one. Returns the id of the commit. */
    commit: async (files: Readonly<Record<string, string | null>>): Promise<string> => {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(repository, dirname(path)), { recursive: true });
        if (text === null) rmSync(join(repository, path));
        else writeFileSync(join(repository, path), text);
      }
      await inRepository("add", "--all");
      await inRepository("commit", "--quiet", "--allow-empty", "--message=Change");
      return inRepository("rev-parse", "HEAD");
    },

    /** Tags a commit, and makes an execution as pipeline-starter starts it. */
    release: async (tag: string, commitId: string, by = STARTER): Promise<Execution> => {
      await inRepository("tag", "--force", tag, commitId);
      executions += 1;
      const execution = {
        tag,
        commitId,
        executionId: `00000000-0000-4000-8000-${String(executions).padStart(12, "0")}`,
      };
      world.execution(execution, by);
      return execution;
    },

    /** What CodePipeline says of an execution. */
    execution: ({ tag, commitId, executionId }: Execution, by = STARTER, actionExecutions: object[] = []): void => {
      const variables = {
        ...{ TAG: tag, COMMIT_ID: commitId, TAGGED_BY: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary" },
        ...{ REQUESTED_AT: "2026-11-24T10:00:00Z", REASON: "-" },
      };
      codepipeline.addExecutions([
        {
          pipelineName: "dev-infrastructure",
          pipelineExecutionId: executionId,
          status: "InProgress",
          trigger: { triggerType: "StartPipelineExecution", triggerDetail: by },
          variables: Object.entries(variables).map(([name, resolvedValue]) => ({ name, resolvedValue })),
          actionExecutions: actionExecutions.map((action) => ({ ...action })),
        },
      ]);
    },

    /** What CodePipeline says of an execution, in its own words: of a workload, whose pipeline has no variables. */
    executed: (execution: { pipelineExecutionId: string; [field: string]: unknown }): void =>
      codepipeline.addExecutions([
        { pipelineName: "dev-infrastructure", status: "InProgress", actionExecutions: [], ...execution },
      ]),

    approve: (execution: Execution, updatedBy = APPROVER): void =>
      world.execution(execution, STARTER, [
        {
          stageName: "Approve",
          actionName: "Approve",
          status: "Succeeded",
          updatedBy,
          startTime: "2026-11-24T10:05:00Z",
          lastUpdateTime: "2026-11-24T10:06:00Z",
        },
      ]),

    putState: (Key: string, Body: string) => s3.send(new PutObjectCommand({ Bucket: STATES, Key, Body })),

    /** The environment of a program on the machine of a build, whose role has this name. */
    environmentOf: (role: string, folder: string): Record<string, string> => ({
      ...{ PATH: `${commands}:${process.env.PATH}`, HOME: folder, LANG: "C.UTF-8" },
      ...(process.env.TF_CLI_CONFIG_FILE && { TF_CLI_CONFIG_FILE: process.env.TF_CLI_CONFIG_FILE }),
      ...{
        AWS_REGION: REGION,
        AWS_DEFAULT_REGION: REGION,
        AWS_ENDPOINT_URL: served.endpoint,
        AWS_ENDPOINT_URL_STS: served.endpoint,
      },
      ...credentials.environmentOf(roleOf(role), "AWSCodeBuild-1"),
      ...{
        TF_CLI_ARGS_init: "-backend-config=use_path_style=true",
        TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
      },
      ...{ GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_COUNT: "1" },
      ...{ GIT_CONFIG_KEY_0: `url.${repository}.insteadOf`, GIT_CONFIG_VALUE_0: URL_OF_REPOSITORY },
    }),

    /** Runs the built program of a stage. */
    run: async (
      action: "Lint" | "Plan" | "Apply",
      execution: Execution,
      {
        environment = {},
        plugins = PLUGINS,
        signal,
      }: { environment?: Readonly<Record<string, string>>; plugins?: string; signal?: AbortSignal } = {},
    ): Promise<Ended> => {
      const name = action.toLowerCase();
      const folder = mkdtempSync(join(temporary, `${name} `));
      for (const [path, bytes] of Object.entries(programs)) {
        mkdirSync(join(folder, dirname(path)), { recursive: true });
        writeFileSync(join(folder, path), bytes);
      }
      await s3.send(
        new PutObjectCommand({ Bucket: ARTIFACTS, Key: "targets.json", Body: JSON.stringify(world.configuration) }),
      );
      const role = `palisade-${name}-build-dev`;
      const env = {
        ...world.environmentOf(role, folder),
        ...{ CODEBUILD_SRC_DIR: folder, CODEBUILD_INITIATOR: "codepipeline/dev-infrastructure" },
        ...{ TAG: execution.tag, COMMIT_ID: execution.commitId, EXECUTION_ID: execution.executionId },
        ...{ TARGETS: `s3://${ARTIFACTS}/targets.json`, LOCK_TIMEOUT: "60s" },
        ...environment,
      };
      // The cache of the project.
      mkdirSync(join(folder, "cache"));
      symlinkSync(plugins, join(folder, "cache", "plugins"));
      const from = Date.now();
      const { code, log } = await new Promise<{ code: number; log: string }>((resolve) => {
        const child = execFile(
          process.execPath,
          [join(folder, name, "index.mjs")],
          { cwd: folder, env, maxBuffer: 100_000_000 },
          (error, stdout, stderr) => {
            const status = error ? (typeof error.code === "number" ? error.code : 99) : 0;
            resolve({ code: status, log: stdout + stderr });
          },
        );
        signal?.addEventListener("abort", () => child.kill("SIGTERM"));
      });
      const to = Date.now();
      return {
        code,
        log,
        folder,
        from,
        to,
        result: await resultOf(execution, action, log),
        exported: exportedIn(folder),
      };
    },

    /** Plan, an approval, and Apply. */
    releaseWhole: async (execution: Execution): Promise<{ planned: Ended; applied: Ended }> => {
      const planned = await world.run("Plan", execution);
      world.approve(execution);
      return { planned, applied: await world.run("Apply", execution, { environment: givenToApply(planned) }) };
    },

    /** What Terraform's state of a release has. */
    state: async (tag: string) => {
      const read = readReleaseTag(tag, {
        dev: { regions: [REGION], homeRegion: REGION, teams: Object.keys(world.configuration.targets) },
      });
      const Key = read && "release" in read ? read.release.stateKey : "";
      const { Body } = await s3.send(new GetObjectCommand({ Bucket: STATES, Key }));
      const text = (await Body?.transformToString()) ?? "";
      const state: { serial: number; resources: { type: string; name: string }[]; outputs: object } = JSON.parse(text);
      return { ...state, key: Key, text };
    },

    /** The ARN of who signed a request. */
    callerOf: async ({ caller }: Call): Promise<string> => {
      const accessKeyId = caller?.accessKeyId ?? "";
      const sts = new STSClient({ ...client, credentials: { accessKeyId, secretAccessKey: "made-up" } });
      return (await sts.send(new GetCallerIdentityCommand())).Arn ?? "";
    },

    stop: async (): Promise<void> => {
      await served.close();
      credentials.close();
      moto.stop();
      rmSync(temporary, { recursive: true, force: true });
    },
  };

  /** The result of an action. */
  async function resultOf({ executionId }: Execution, action: string, log: string): Promise<StageResult> {
    try {
      const { Body } = await s3.send(
        new GetObjectCommand({ Bucket: ARTIFACTS, Key: resultKey("dev-infrastructure", executionId, action) }),
      );
      return stageResult.parse(JSON.parse((await Body?.transformToString()) ?? ""));
    } catch (error) {
      throw new Error(`${action} left no result: ${error}\n${log}`);
    }
  }
  return world;
}

/** What CodePipeline gives Apply of what Plan exported and left. */
export const givenToApply = ({ folder, exported }: Ended): Record<string, string> => ({
  PLAN_SHA256: exported.PLAN_SHA256 ?? "",
  PLAN_FINGERPRINT: exported.PLAN_FINGERPRINT ?? "",
  CODEBUILD_SRC_DIR_Plan: join(folder, "plan"),
});

function exportedIn(folder: string): Record<string, string> {
  const exported = join(folder, "exported");
  if (!existsSync(exported)) return {};
  return Object.fromEntries(readdirSync(exported).map((name) => [name, readFileSync(join(exported, name), "utf8")]));
}
