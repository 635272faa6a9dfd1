import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, join } from "node:path";
import timers from "node:timers/promises";
import { CodePipelineClient, PutApprovalResultCommand } from "@aws-sdk/client-codepipeline";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import * as z from "zod";
import { DEVELOPER } from "../account.ts";
import { elsewhere } from "../gateway/elsewhere.ts";
import { type Call, gateway } from "../gateway/gateway.ts";
import type { Caller } from "../gateway/service.ts";
import { makeRemote, type PushedReference, remote } from "../git/push.ts";
import { MOTO_ACCOUNT, startMoto } from "../moto/moto.ts";
import { pythonCommands } from "../moto/python.ts";
import { codeCommit } from "../services/codecommit/codecommit.ts";
import { codePipeline } from "../services/codepipeline/codepipeline.ts";
import type { Execution, SourceRevision } from "../services/codepipeline/execution.ts";
import { dynamoDb } from "../services/dynamodb/dynamodb.ts";
import { eventBridge } from "../services/eventbridge/eventbridge.ts";
import { s3 } from "../services/s3/s3.ts";
import { sns } from "../services/sns/sns.ts";
import { sts } from "../services/sts/sts.ts";
import { type Root, terraformEnvironment } from "../terraform/root.ts";
import { type Built, startBuild } from "./build.ts";
import { bundleOf } from "./bundle-of.ts";
import { bus, type Invocation } from "./bus.ts";
import { containerCredentials, type RoleCredentials, sessionOf } from "./container-credentials.ts";
import { type Action, type DeployedFunction, type Deployment, readDeployment } from "./deployment.ts";
import { type Lambda, lambda } from "./lambda.ts";
import { type BusEvent, busEvent } from "./pipeline-events.ts";
import { type ActionBuild, type Fetched, pipelineRunner } from "./pipeline-runner.ts";

type Variables = Readonly<Record<string, string>>;

/** Something that happens in a rehearsal, as it happens. */
export type Happening =
  | {
      kind: "event";
      event: BusEvent /** The variables of the execution that it is about, by name. */;
      variables: Variables;
    }
  | { kind: "invocation"; invocation: Invocation }
  | { kind: "call"; call: Call }
  | { kind: "output"; executionId: string; action: string; text: string };

export interface RehearsalOptions {
  /** The root with its variables. It is removed at the end. */
  root: Root;
  region: string;
  /** Roots of other accounts, each with its variables. They are applied at once with the root, and removed. */
  others?: readonly { root: Root; account: string }[];
  /** Gets what happens. */
  watch?: (happening: Happening) => void;
  /** The bundle of a function; by default the one in `dist/` that has the name of its zip. */
  bundle?: (deployed: DeployedFunction) => string;
  /** What builds need besides what CodeBuild gives them, to stand on this machine. */
  machine?: Readonly<Record<string, string>>;
  /** Folders with programs that builds find where this machine has none. */
  tools?: readonly string[];
  /** How long a minute of a timeout lasts (ms). */
  minute?: number;
}

/** An execution of a pipeline, as a story sees it. */
export interface Rehearsed {
  pipeline: string;
  id: string;
}

export type Rehearsal = Awaited<ReturnType<typeof startRehearsal>>;

const MADE_UP = { accessKeyId: "made-up", secretAccessKey: "made-up" };

const variableSchema = z.array(z.object({ name: z.string(), resolvedValue: z.string() })).catch([]);
const inputSchema = z.object({ resolvedConfiguration: z.object({ CustomData: z.string().default("") }) });
const isRunning = ({ status }: Execution): boolean => /^(InProgress|Stopping)$/.test(status);
const outputSchema = z
  .object({ executionResult: z.object({ externalExecutionId: z.string().optional() }) })
  .catch({ executionResult: {} });

/**
 * Starts an AWS that has what a root deploys: moto holds it, and the runtime runs its pipelines, builds, rules and functions.
 *
 * @throws Error where Terraform fails, and for what the runtime does not know
 */
export async function startRehearsal({
  root,
  region,
  others = [],
  watch = () => undefined,
  minute = 60_000,
  ...options
}: RehearsalOptions) {
  const commands = pythonCommands();
  const moto = await startMoto(commands);
  const temporary = mkdtempSync(join(tmpdir(), "palisade-rehearsal-"));
  const repositories = join(temporary, "repositories");
  mkdirSync(repositories);
  const place = { account: MOTO_ACCOUNT, region };

  root.useMoto(moto.aws, region);
  let deployment: Deployment;
  try {
    const applied = await Promise.allSettled([
      applyRoot(root),
      ...others.map(async (other) => {
        const everything = `arn:aws:iam::${other.account}:role/rehearsal`;
        other.root.useMoto(moto.aws, region, {}, await sessionOf(moto.aws, region, everything, "rehearsal"));
        await applyRoot(other.root);
      }),
    ]);
    for (const one of applied) if (one.status === "rejected") throw one.reason;
    deployment = readDeployment(await root.run("show", ["-json"]));
  } catch (error) {
    moto.stop();
    root.remove();
    rmSync(temporary, { recursive: true });
    throw error;
  } finally {
    for (const other of others) other.root.remove();
  }

  const credentials = await containerCredentials(moto.aws, region);
  const functions = new Map<string, Promise<Lambda>>();
  const builds = new Map<string, Built & { executionId: string; action: string }>();
  const invocations: Invocation[] = [];
  const events: BusEvent[] = [];
  const executions: Execution[] = [];

  const deliveries = bus(deployment, lambdaOf, (invocation) => {
    invocations.push(invocation);
    watch({ kind: "invocation", invocation });
  });
  function emit(event: BusEvent): void {
    events.push(event);
    const execution = executions.find((one) => one.pipelineExecutionId === event.detail["execution-id"]);
    const variables = variableSchema
      .parse(execution?.variables)
      .map(({ name, resolvedValue }) => [name, resolvedValue]);
    watch({ kind: "event", event, variables: Object.fromEntries(variables) });
    deliveries.emit(event);
  }

  const callers = new Map<string, Promise<string>>();
  function callerArn({ accessKeyId }: Caller): Promise<string> {
    const known = callers.get(accessKeyId) ?? askForCaller(moto.aws, region, accessKeyId);
    callers.set(accessKeyId, known);
    return known;
  }

  const served = codePipeline(
    deployment.pipelines.map(({ name, pipeline_type, execution_mode, variable, stage }) => ({
      name,
      pipelineType: pipeline_type,
      executionMode: execution_mode,
      variables: variable.map((one) => one.name),
      sourceActions: stage.flatMap(({ action }) =>
        action.filter(({ category }) => category === "Source").map((one) => one.name),
      ),
    })),
    {
      callerArn,
      start: (execution, revisions) => {
        executions.push(execution);
        runner.start(execution, revisions);
      },
      stop: (execution, abandon, reason) => runner.stop(execution, abandon, reason),
    },
  );
  const runner = pipelineRunner(deployment.pipelines, deployment.projects, {
    place,
    approvals: served.approvals,
    emit,
    minute,
    fetch,
    build,
  });

  const aws = await gateway(
    [
      codeCommit(
        async (name) => join(repositories, name),
        join(temporary, "pull-requests.json"),
        () => DEVELOPER,
      ),
      served,
      eventBridge(({ source, detailType, detail }) =>
        emit(
          busEvent(place, {
            source,
            "detail-type": detailType,
            resources: [],
            detail: z.record(z.string(), z.unknown()).parse(detail),
          }),
        ),
      ),
    ],
    {
      elsewhere: elsewhere(moto.aws, [sns([]), dynamoDb({}), s3([], temporary), sts(MOTO_ACCOUNT)]),
      before: (call) => watch({ kind: "call", call }),
    },
  );

  function lambdaOf(deployed: DeployedFunction): Promise<Lambda> {
    const known = functions.get(deployed.function_name) ?? startLambda(deployed);
    functions.set(deployed.function_name, known);
    return known;
  }

  async function startLambda({ function_name, role, filename, timeout, environment, ...more }: DeployedFunction) {
    const session = await sessionOf(moto.aws, region, role, function_name);
    const deployed = { function_name, role, filename, timeout, environment, ...more };
    return lambda({
      bundle: options.bundle?.(deployed) ?? bundleOf(basename(filename, ".zip")),
      functionName: function_name,
      environment: {
        ...environment,
        AWS_REGION: region,
        AWS_LAMBDA_FUNCTION_NAME: function_name,
        AWS_ACCESS_KEY_ID: session.AccessKeyId,
        AWS_SECRET_ACCESS_KEY: session.SecretAccessKey,
        AWS_SESSION_TOKEN: session.Token,
        AWS_ENDPOINT_URL: aws.endpoint,
      },
      timeout: timeout * 1_000,
    });
  }

  async function fetch(action: Action, revision: SourceRevision | undefined): Promise<Fetched> {
    const { RepositoryName = "", BranchName = "", S3Bucket, S3ObjectKey } = action.configuration;
    if (action.provider === "CodeCommit") {
      const commitId = await remote(join(repositories, RepositoryName)).commitOf(
        revision?.revisionValue ?? `refs/heads/${BranchName}`,
      );
      return {
        revisionId: commitId,
        summary: `Commit ${commitId.slice(0, 8)}`,
        variables: { CommitId: commitId, BranchName, RepositoryName },
      };
    }
    const client = new S3Client({ endpoint: moto.aws, region, credentials: MADE_UP, forcePathStyle: true });
    try {
      const {
        Body,
        VersionId = "null",
        ETag = "",
      } = await client.send(new GetObjectCommand({ Bucket: S3Bucket, Key: S3ObjectKey }));
      const archive = await Body?.transformToByteArray();
      if (!archive) throw new Error(`S3 gave no ${S3ObjectKey}.`);
      return {
        revisionId: VersionId,
        summary: `Amazon S3 version id: ${VersionId}`,
        archive,
        variables: { BucketName: S3Bucket ?? "", ObjectKey: S3ObjectKey ?? "", VersionId, ETag },
      };
    } finally {
      client.destroy();
    }
  }

  function build({ execution, action, ...order }: ActionBuild) {
    const executionId = execution.pipelineExecutionId;
    const running = startBuild({
      ...order,
      ...place,
      cache: join(temporary, "caches", order.project.name),
      minute,
      output: (text) => watch({ kind: "output", executionId, action: action.name, text }),
      git: {
        GIT_CONFIG_COUNT: "1",
        GIT_CONFIG_KEY_0: `url.${repositories}/.insteadOf`,
        GIT_CONFIG_VALUE_0: `https://git-codecommit.${region}.amazonaws.com/v1/repos/`,
      },
      machine: {
        ...terraformOnThisMachine,
        AWS_ENDPOINT_URL: aws.endpoint,
        // Where the AWS provider takes a role, it looks at this one alone.
        AWS_ENDPOINT_URL_STS: aws.endpoint,
        PATH: [commands, process.env.PATH, ...(options.tools ?? [])].join(delimiter),
        ...credentials.environmentOf(order.project.service_role, sessionNameOf(order.project.name)),
        ...options.machine,
      },
    });
    const done = running.done.then((built) => {
      builds.set(`${executionId} ${action.name}`, { ...built, executionId, action: action.name });
      return built;
    });
    return { ...running, done };
  }

  const executionOf = ({ id }: Rehearsed): Execution => {
    const found = executions.find(({ pipelineExecutionId }) => pipelineExecutionId === id);
    if (!found) throw new Error(`There is no execution ${id}.`);
    return found;
  };
  const waitingAction = (execution: Rehearsed) =>
    executionOf(execution).actionExecutions.find(
      ({ actionName, status }) =>
        status === "InProgress" && isApproval(deployment, execution.pipeline, String(actionName)),
    );

  /** Lets time pass until something is there. */
  async function until<Found>(what: string, find: () => Found | undefined, seconds = 300): Promise<Found> {
    const deadline = Date.now() + seconds * 1_000;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`After ${seconds} s there is still no ${what}.`);
      await timers.setTimeout(20);
    }
  }

  /** Waits until an execution waits for an approval, whose text it returns, or has ended; functions know it then. */
  async function waitsOrEnds(execution: Rehearsed, seconds?: number): Promise<{ text: string } | undefined> {
    const waits = await until(
      "approval that waits, and no end",
      () => {
        const waiting = waitingAction(execution);
        return waiting ? { waiting } : isRunning(executionOf(execution)) ? undefined : { waiting };
      },
      seconds,
    );
    await deliveries.idle();
    return waits.waiting && { text: inputSchema.parse(waits.waiting.input).resolvedConfiguration.CustomData };
  }

  async function repositoryNamed(name: string) {
    const folder = join(repositories, name);
    if (!existsSync(folder)) await makeRemote(folder);
    return remote(folder);
  }

  let lastPush: Promise<unknown> = Promise.resolve();
  /** Pushes wait for each other, as CodeCommit takes one after another. */
  function pushed(
    name: string,
    change: (to: ReturnType<typeof remote>) => Promise<PushedReference>,
  ): Promise<PushedReference> {
    const push = lastPush.then(async () => tell(name, await change(await repositoryNamed(name))));
    lastPush = push.catch(() => undefined);
    return push;
  }

  function tell(repository: string, reference: PushedReference): PushedReference {
    emit(
      busEvent(place, {
        source: "aws.codecommit",
        "detail-type": "CodeCommit Repository State Change",
        resources: [`arn:aws:codecommit:${region}:${MOTO_ACCOUNT}:${repository}`],
        detail: {
          ...reference,
          repositoryName: repository,
          repositoryId: "12345678-1234-5678-abcd-12345678abcd",
          callerUserArn: `arn:aws:sts::${MOTO_ACCOUNT}:assumed-role/Developer/ana`,
        },
      }),
    );
    return reference;
  }

  return {
    /** The address that serves everything, for clients of the story. */
    endpoint: aws.endpoint,
    /** moto alone, whose record has no call of the story. */
    moto: moto.aws,
    account: MOTO_ACCOUNT,
    region,
    deployment,
    /** Every call of functions, builds and the story, in order. */
    calls: aws.calls,
    events,
    invocations,
    executions,
    /** What the runtime could not do. A story ends without one. */
    faults: runner.faults,
    callerArn,

    /** Pushes a commit on top of a branch, and returns its id. The first push makes the repository. */
    push: async (
      repository: string,
      branch: string,
      message: string,
      files: Readonly<Record<string, string | null>>,
    ): Promise<string> => {
      const { commitId = "" } = await pushed(repository, (to) => to.push(branch, message, files));
      return commitId;
    },
    /** Pushes a tag, or moves it. With a message it is an annotated one. */
    pushTag: (repository: string, tag: string, of?: string, message?: string): Promise<PushedReference> =>
      pushed(repository, (to) => to.pushTag(tag, of, message)),
    deleteTag: (repository: string, tag: string): Promise<PushedReference> =>
      pushed(repository, (to) => to.deleteTag(tag)),
    /** Hands an event to the bus, as another service would, by default of this account and region. */
    emit: (event: Pick<BusEvent, "source" | "detail-type" | "resources" | "detail">, from = place): void =>
      emit(busEvent(from, event)),

    /** The next execution that a variable distinguishes, such as `TAG`; waits for its start. */
    started: async (variable: string, value: string, nth = 0, seconds = 60): Promise<Rehearsed> => {
      const execution = await until(
        `execution with ${variable}=${value}`,
        () =>
          executions.filter(({ variables }) =>
            variableSchema.parse(variables).some((one) => one.name === variable && one.resolvedValue === value),
          )[nth],
        seconds,
      );
      return { pipeline: execution.pipelineName, id: execution.pipelineExecutionId };
    },
    waitsOrEnds,
    /**
     * Waits until an execution waits for an approval, and returns what the approval says.
     *
     * @throws Error where it ends before
     */
    waitsForApproval: async (execution: Rehearsed, seconds?: number): Promise<string> => {
      const waits = await waitsOrEnds(execution, seconds);
      if (!waits)
        throw new Error(
          [
            `The execution is ${executionOf(execution).status} and waits for nobody.`,
            ...[...builds.values()]
              .filter(({ executionId, status }) => executionId === execution.id && status !== "SUCCEEDED")
              .map(({ action, log }) => `${action}:\n${log.slice(-2_000)}`),
          ].join("\n"),
        );
      return waits.text;
    },
    /** Decides about the action that waits, as a session of a role. */
    decide: async (
      execution: Rehearsed,
      status: "Approved" | "Rejected",
      by: { roleArn: string; sessionName: string },
      summary = "",
    ): Promise<void> => {
      const waiting = waitingAction(execution);
      if (!waiting) throw new Error("The execution waits for nobody.");
      const client = new CodePipelineClient({
        endpoint: aws.endpoint,
        region,
        credentials: identityOf(await sessionOf(moto.aws, region, by.roleArn, by.sessionName)),
      });
      await client.send(
        new PutApprovalResultCommand({
          pipelineName: execution.pipeline,
          stageName: String(waiting.stageName),
          actionName: String(waiting.actionName),
          token: outputSchema.parse(waiting.output).executionResult.externalExecutionId,
          result: { status, summary },
        }),
      );
      client.destroy();
    },
    /** Waits until an execution has ended and functions know it. Returns its status, such as `Succeeded`. */
    ended: async (execution: Rehearsed, seconds?: number): Promise<string> => {
      const status = await until(
        "end of the execution",
        () =>
          /^(InProgress|Stopping)$/.test(executionOf(execution).status) ? undefined : executionOf(execution).status,
        seconds,
      );
      await deliveries.idle();
      return status;
    },
    executionOf,
    /** How each action of an execution ended, in order of their starts, such as `Plan.Lint Succeeded`. */
    actionsOf: (execution: Rehearsed): string[] =>
      executionOf(execution)
        .actionExecutions.map(({ stageName, actionName, status }) => `${stageName}.${actionName} ${status}`)
        .reverse(),
    /** What the build of an action left. */
    buildOf: ({ id }: Rehearsed, action: string): Built => {
      const built = builds.get(`${id} ${action}`);
      if (!built) throw new Error(`The action ${action} of ${id} has no build that ended.`);
      return built;
    },
    /** The configuration of a client that calls as a session of a role; by default as the account itself. */
    clientConfiguration: async (roleArn?: string, sessionName = "story") => ({
      endpoint: aws.endpoint,
      region,
      credentials:
        roleArn === undefined ? MADE_UP : identityOf(await sessionOf(moto.aws, region, roleArn, sessionName)),
    }),
    /** Waits until functions have taken all events. */
    idle: () => deliveries.idle(),
    close: async (): Promise<void> => {
      for (const execution of executions.filter(({ status }) => status === "InProgress"))
        runner.stop(execution, true, "The rehearsal ends");
      await Promise.all(executions.map(({ pipelineExecutionId }) => runner.ended(pipelineExecutionId)));
      await deliveries.idle();
      await Promise.all([...functions.values()].map(async (one) => (await one).close()));
      credentials.close();
      await aws.close();
      moto.stop();
      root.remove();
      rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

async function applyRoot(root: Root): Promise<void> {
  await root.run("init");
  await root.run("apply", ["-auto-approve", "-no-color", "-parallelism=30"]);
}

const {
  AWS_CONFIG_FILE: _config,
  AWS_SHARED_CREDENTIALS_FILE: _credentials,
  TF_PLUGIN_CACHE_DIR: _plugins,
  ...terraform
} = terraformEnvironment;
/** How Terraform finds providers on this machine, and that nobody is at its terminal. */
const terraformOnThisMachine: Record<string, string> = Object.fromEntries(
  Object.entries(terraform)
    .filter(([name]) => /^(TF_|CHECKPOINT_|GOGC|AWS_EC2_)/.test(name))
    .map(([name, value]) => [name, String(value)]),
);

function isApproval({ pipelines }: Deployment, pipeline: string, action: string): boolean {
  const stages = pipelines.find(({ name }) => name === pipeline)?.stage ?? [];
  return stages.some((stage) => stage.action.some(({ name, category }) => name === action && category === "Approval"));
}

/** moto knows the session of a key. */
async function askForCaller(aws: string, region: string, accessKeyId: string): Promise<string> {
  const client = new STSClient({ endpoint: aws, region, credentials: { ...MADE_UP, accessKeyId } });
  const { Arn } = await client.send(new GetCallerIdentityCommand());
  client.destroy();
  if (Arn === undefined) throw new Error(`STS does not know the caller with ${accessKeyId}.`);
  return Arn;
}

const identityOf = ({ AccessKeyId, SecretAccessKey, Token }: RoleCredentials) => ({
  accessKeyId: AccessKeyId,
  secretAccessKey: SecretAccessKey,
  sessionToken: Token,
});

/** The session of a build has the name of the build: https://docs.aws.amazon.com/codebuild/latest/userguide/ */
const sessionNameOf = (project: string): string => `AWSCodeBuild-${project}`.slice(0, 64);
