import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Approvals } from "../services/codepipeline/approvals.ts";
import type { Execution, SourceRevision } from "../services/codepipeline/execution.ts";
import { entryTo } from "./condition.ts";
import type { Action, DeployedPipeline, Project, Stage } from "./deployment.ts";
import { type BusEvent, type ExecutionResult, type Place, pipelineEvents } from "./pipeline-events.ts";
import { resolved } from "./variables.ts";

/** What an action fetched. */
export interface Fetched {
  /** The id of the revision: a commit, or the version of an object. */
  revisionId: string;
  summary: string;
  /** Undefined for a reference to a repository, which builds clone themselves. */
  archive?: Uint8Array;
  variables: Record<string, string>;
}

/** What a build left, for its action. */
export interface BuildOutcome {
  id: string;
  status: "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT";
  reason: string;
  exported: Record<string, string>;
  artifact?: Uint8Array;
}

export interface ActionBuild {
  project: Project;
  initiator: string;
  source: Uint8Array;
  secondarySources: Record<string, Uint8Array>;
  variables: Record<string, string>;
  /** For the one who shows it: the execution and the action. */
  execution: Execution;
  action: Action;
}

/** What the actions of pipelines do to the world. */
export interface Effects {
  place: Place;
  /** Fetches what a source action names; `revision` is the one that the start asks for. */
  fetch(action: Action, revision: SourceRevision | undefined): Promise<Fetched>;
  build(order: ActionBuild): { id: string; done: Promise<BuildOutcome>; stop(): void };
  approvals: Approvals;
  emit(event: BusEvent): void;
  /** How long a minute of a timeout lasts here (ms). */
  minute: number;
}

/** How long one configuration value may be: https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html */
const LONGEST_VALUE = 1_000;

const environmentVariables = z.array(
  z.strictObject({ name: z.string(), value: z.string(), type: z.literal("PLAINTEXT").default("PLAINTEXT") }),
);

/** The configuration that an action of a provider takes here. Any other key is an error. */
const CONFIGURATION = {
  CodeCommit: z.strictObject({
    RepositoryName: z.string(),
    BranchName: z.string(),
    // By default CodeCommit is polled, and each push starts the pipeline twice.
    PollForSourceChanges: z.literal("false"),
    OutputArtifactFormat: z.literal("CODEBUILD_CLONE_REF"),
  }),
  S3: z.strictObject({ S3Bucket: z.string(), S3ObjectKey: z.string(), PollForSourceChanges: z.literal("false") }),
  CodeBuild: z.strictObject({
    ProjectName: z.string(),
    PrimarySource: z.string().optional(),
    EnvironmentVariables: z.string().default("[]"),
  }),
  Manual: z.strictObject({
    CustomData: z.string().optional(),
    ExternalEntityLink: z.string().optional(),
    NotificationArn: z.undefined("Approvals that send their own message are not known here").optional(),
  }),
};

/** How an action ended. */
interface Ended {
  status: "Succeeded" | "Failed" | "Abandoned";
  result: ExecutionResult;
  variables?: Record<string, string>;
  updatedBy?: string;
}

interface Run {
  pipeline: DeployedPipeline;
  execution: Execution;
  revisions: readonly SourceRevision[];
  namespaces: Map<string, Record<string, string>>;
  /** By name; null for a reference to a repository. */
  artifacts: Map<string, Uint8Array | null>;
  events: ReturnType<typeof pipelineEvents>;
  stop: AbortController;
  abandon: AbortController;
}

/** Runs the executions of pipelines as CodePipeline does. */
export function pipelineRunner(pipelines: readonly DeployedPipeline[], projects: readonly Project[], effects: Effects) {
  const runs = new Map<string, Run & { done: Promise<void> }>();
  const faults: unknown[] = [];
  /** In QUEUED mode, one execution at a time is in a stage: the last one that asked for it, by pipeline and stage. */
  const lines = new Map<string, Promise<void>>();

  function start(execution: Execution, revisions: readonly SourceRevision[]): void {
    const pipeline = pipelines.find(({ name }) => name === execution.pipelineName);
    if (!pipeline) throw new Error(`The root has no pipeline ${execution.pipelineName}.`);
    const started = now();
    const run: Run = {
      pipeline,
      execution,
      revisions,
      namespaces: new Map([
        ["variables", variablesOf(pipeline, execution)],
        ["codepipeline", { PipelineExecutionId: execution.pipelineExecutionId }],
      ]),
      artifacts: new Map(),
      events: pipelineEvents(effects.place, execution, started),
      stop: new AbortController(),
      abandon: new AbortController(),
    };
    execution.pipelineVersion = 1;
    const done = runAll(run).catch((error) => {
      faults.push(error);
      finish(run, "Failed", String(error));
    });
    runs.set(execution.pipelineExecutionId, { ...run, done });
  }

  async function runAll(run: Run): Promise<void> {
    effects.emit(run.events.pipeline("STARTED"));
    for (const stage of run.pipeline.stage) {
      const leave = await enter(run, stage);
      try {
        if (run.stop.signal.aborted) return finish(run, "Stopped");
        const entry = entryTo(stage.before_entry, run.namespaces, `${run.pipeline.address}: the stage ${stage.name}`);
        if (entry === "skip") continue;
        const started = now();
        effects.emit(run.events.stage(stage.name, started, "STARTED"));
        const succeeded = entry === "enter" && (await runStage(run, stage));
        // A build that was stopped has failed, but its execution has not.
        if (run.stop.signal.aborted) {
          effects.emit(run.events.stage(stage.name, started, "STOPPED"));
          return finish(run, "Stopped");
        }
        effects.emit(run.events.stage(stage.name, started, succeeded ? "SUCCEEDED" : "FAILED"));
        if (!succeeded) return finish(run, "Failed");
      } finally {
        leave();
      }
    }
    finish(run, "Succeeded");
  }

  /** Waits for the executions before this one to leave the stage, in QUEUED mode. */
  async function enter({ pipeline }: Run, stage: Stage): Promise<() => void> {
    if (pipeline.execution_mode === "PARALLEL") return () => undefined;
    const key = `${pipeline.name} ${stage.name}`;
    const before = lines.get(key);
    const { promise, resolve } = Promise.withResolvers<void>();
    lines.set(key, promise);
    await before;
    return resolve;
  }

  function finish(
    { execution, events, stop }: Run,
    status: "Succeeded" | "Failed" | "Stopped",
    summary?: string,
  ): void {
    execution.status = status;
    execution.lastUpdateTime = Date.now() / 1_000;
    if (summary !== undefined) execution.statusSummary = summary;
    const comment = stop.signal.aborted ? { "stop-execution-comments": String(stop.signal.reason) } : {};
    const STATES = { Succeeded: "SUCCEEDED", Failed: "FAILED", Stopped: "STOPPED" } as const;
    effects.emit(events.pipeline(STATES[status], comment));
  }

  async function runStage(run: Run, stage: Stage): Promise<boolean> {
    for (const order of [...new Set(stage.action.map(({ run_order }) => run_order))].sort((a, b) => a - b)) {
      const actions = stage.action.filter(({ run_order }) => run_order === order);
      const succeeded = await Promise.all(actions.map((action) => runAction(run, stage, action)));
      if (!succeeded.every(Boolean) || run.stop.signal.aborted) return false;
    }
    return true;
  }

  async function runAction(run: Run, stage: Stage, action: Action): Promise<boolean> {
    const id = randomUUID();
    const started = now();
    const record: Execution["actionExecutions"][number] = {
      pipelineExecutionId: run.execution.pipelineExecutionId,
      actionExecutionId: id,
      pipelineVersion: 1,
      stageName: stage.name,
      actionName: action.name,
      startTime: Date.now() / 1_000,
      lastUpdateTime: Date.now() / 1_000,
      status: "InProgress",
    };
    run.execution.actionExecutions.unshift(record);
    const { category, owner, provider, version } = action;
    let ended: Ended;
    try {
      const configuration = configurationOf(run, stage, action);
      record.input = {
        actionTypeId: { category, owner, provider, version },
        configuration: action.configuration,
        resolvedConfiguration: configuration,
        region: effects.place.region,
        ...(action.namespace !== undefined && { namespace: action.namespace }),
      };
      effects.emit(run.events.action(stage.name, action, id, started, "STARTED"));
      ended = await perform(run, stage, action, configuration, record);
    } catch (error) {
      // The runtime does not know what is asked of it, or AWS would refuse it.
      faults.push(error);
      const summary = error instanceof Error ? error.message : String(error);
      ended = {
        status: "Failed",
        result: { "external-execution-summary": summary, "error-code": "ConfigurationError" },
      };
    }
    const { status, result, variables, updatedBy } = ended;
    record.status = status;
    record.lastUpdateTime = Date.now() / 1_000;
    if (updatedBy !== undefined) record.updatedBy = updatedBy;
    record.output = {
      executionResult: executionResultOf(result),
      ...(variables && status === "Succeeded" && { outputVariables: variables }),
    };
    if (variables && status === "Succeeded" && action.namespace !== undefined)
      run.namespaces.set(action.namespace, variables);
    const STATES = { Succeeded: "SUCCEEDED", Failed: "FAILED", Abandoned: "ABANDONED" } as const;
    effects.emit(run.events.action(stage.name, action, id, started, STATES[status], result));
    return status === "Succeeded";
  }

  function configurationOf(run: Run, stage: Stage, action: Action): Record<string, string> {
    const place = `${run.pipeline.address}: the action ${stage.name}.${action.name}`;
    const entries = Object.entries(action.configuration).map(([name, text]): [string, string] => {
      const value = resolved(text, run.namespaces, `${place}, ${name}`);
      const length = Math.max(text.length, value.length);
      if (length > LONGEST_VALUE)
        throw new Error(`${place}: ${name} has ${length} characters, more than ${LONGEST_VALUE}.`);
      return [name, value];
    });
    const configuration = Object.fromEntries(entries);
    const parsed = CONFIGURATION[action.provider].safeParse(configuration);
    if (!parsed.success)
      throw new Error(`${place} is wrong, or asks for what is not known here.\n${z.prettifyError(parsed.error)}`);
    return configuration;
  }

  function perform(
    run: Run,
    stage: Stage,
    action: Action,
    configuration: Record<string, string>,
    record: Record<string, unknown>,
  ): Promise<Ended> {
    switch (action.provider) {
      case "CodeCommit":
      case "S3":
        return fetchSource(run, { ...action, configuration });
      case "CodeBuild":
        return build(run, action, CONFIGURATION.CodeBuild.parse(configuration), record);
      default:
        return approve(run, stage, action, record);
    }
  }

  async function fetchSource(run: Run, action: Action): Promise<Ended> {
    const revision = run.revisions.find(({ actionName }) => actionName === action.name);
    const { revisionId, summary, archive, variables } = await effects.fetch(action, revision);
    for (const name of action.output_artifacts) run.artifacts.set(name, archive ?? null);
    const known = z.array(z.unknown()).catch([]).parse(run.execution.artifactRevisions);
    run.execution.artifactRevisions = [
      ...known,
      ...action.output_artifacts.map((name) => ({ name, revisionId, revisionSummary: summary })),
    ];
    return {
      status: "Succeeded",
      result: { "external-execution-summary": summary, "external-execution-id": revisionId },
      variables,
    };
  }

  async function build(
    run: Run,
    action: Action,
    { ProjectName, PrimarySource, EnvironmentVariables }: z.output<typeof CONFIGURATION.CodeBuild>,
    record: Record<string, unknown>,
  ): Promise<Ended> {
    const project = projects.find(({ name }) => name === ProjectName);
    if (!project) throw new Error(`The root has no build ${ProjectName}.`);
    const primary = PrimarySource ?? (action.input_artifacts.length === 1 ? action.input_artifacts[0] : undefined);
    if (primary === undefined || !action.input_artifacts.includes(primary))
      throw new Error(`The action ${action.name} must name one of its input artifacts as PrimarySource.`);
    const archiveOf = (name: string): Uint8Array => {
      const archive = run.artifacts.get(name);
      if (archive) return archive;
      throw new Error(
        archive === null
          ? `The action ${action.name}: a build that gets the reference ${name} to a repository is not known here.`
          : `The action ${action.name}: nothing has made the artifact ${name}.`,
      );
    };
    const running = effects.build({
      project,
      initiator: `codepipeline/${run.pipeline.name}`,
      source: archiveOf(primary),
      secondarySources: Object.fromEntries(
        action.input_artifacts.filter((name) => name !== primary).map((name) => [name, archiveOf(name)]),
      ),
      variables: Object.fromEntries(
        environmentVariables.parse(JSON.parse(EnvironmentVariables)).map(({ name, value }) => [name, value]),
      ),
      execution: run.execution,
      action,
    });
    record.output = { executionResult: { externalExecutionId: running.id } };
    const abandon = () => running.stop();
    run.abandon.signal.addEventListener("abort", abandon);
    const { id, status, reason, exported, artifact } = await running.done;
    run.abandon.signal.removeEventListener("abort", abandon);
    if (run.abandon.signal.aborted) return { status: "Abandoned", result: { "external-execution-id": id } };
    if (status !== "SUCCEEDED")
      return {
        status: "Failed",
        result: {
          "external-execution-summary": `Build terminated with state: ${status}. ${reason}`,
          "external-execution-id": id,
          "error-code": "JobFailed",
        },
      };
    const [output, ...more] = action.output_artifacts;
    if (more.length > 0)
      throw new Error(`The action ${action.name} has more than one output artifact: not known here.`);
    if (output !== undefined) {
      if (!artifact) throw new Error(`The action ${action.name} has an output artifact, and its build has none.`);
      run.artifacts.set(output, artifact);
    }
    return { status: "Succeeded", result: { "external-execution-id": id }, variables: exported };
  }

  async function approve(run: Run, stage: Stage, action: Action, record: Record<string, unknown>): Promise<Ended> {
    const { token, decision, forget } = effects.approvals.wait({
      pipelineName: run.pipeline.name,
      stageName: stage.name,
      actionName: action.name,
    });
    record.output = { executionResult: { externalExecutionId: token } };
    // Without a setting an approval waits for seven days.
    const minutes = action.timeout_in_minutes ?? 7 * 24 * 60;
    const over = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => over.resolve(undefined), Math.min(minutes * effects.minute, 2 ** 31 - 1));
    const stopped = () => over.resolve(undefined);
    run.stop.signal.addEventListener("abort", stopped);
    const decided = await Promise.race([decision, over.promise]);
    clearTimeout(timer);
    run.stop.signal.removeEventListener("abort", stopped);
    if (!decided) {
      forget();
      return run.stop.signal.aborted
        ? { status: "Abandoned", result: { "external-execution-id": token } }
        : {
            status: "Failed",
            result: {
              "external-execution-id": token,
              "external-execution-summary": "The approval action timed out",
              "error-code": "JobFailed",
            },
          };
    }
    const { status, summary, by } = decided;
    const result = { "external-execution-id": token, "external-execution-summary": summary };
    return status === "Approved"
      ? { status: "Succeeded", result, updatedBy: by }
      : { status: "Failed", result: { ...result, "error-code": "PermissionError" }, updatedBy: by };
  }

  return {
    /** What the runtime could not do: AWS would refuse it, or it is not known here. */
    faults,
    start,
    stop: (execution: Execution, abandon: boolean, reason: string): void => {
      const run = runs.get(execution.pipelineExecutionId);
      if (!run) return;
      execution.status = "Stopping";
      execution.stopTrigger = { reason };
      effects.emit(run.events.pipeline("STOPPING", { "stop-execution-comments": reason }));
      if (abandon) run.abandon.abort();
      run.stop.abort(reason);
    },
    /** Resolves when the execution has ended. */
    ended: async (id: string): Promise<void> => runs.get(id)?.done,
  };
}

/** The values of the variables that a pipeline declares. */
function variablesOf(pipeline: DeployedPipeline, execution: Execution): Record<string, string> {
  const given = z.array(z.object({ name: z.string(), resolvedValue: z.string() })).parse(execution.variables);
  const all = pipeline.variable.flatMap(({ name, default_value }) => {
    const value = given.find((one) => one.name === name)?.resolvedValue ?? default_value;
    return value === undefined ? [] : [{ name, resolvedValue: value }];
  });
  execution.variables = all;
  return Object.fromEntries(all.map(({ name, resolvedValue }) => [name, resolvedValue]));
}

function executionResultOf(result: ExecutionResult): Record<string, unknown> {
  const { "external-execution-id": id, "external-execution-summary": summary, "error-code": code } = result;
  return {
    ...(id !== undefined && { externalExecutionId: id }),
    ...(summary !== undefined && { externalExecutionSummary: summary }),
    ...(code !== undefined && { errorDetails: { code, message: summary ?? "" } }),
  };
}

const now = (): string => new Date().toISOString();
