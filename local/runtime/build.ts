import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { type Buildspec, PHASES, readBuildspec } from "./buildspec.ts";
import type { Project } from "./deployment.ts";
import { filesOf, linkTree, unzipInto, zipOf } from "./files.ts";
import { type Shell, shell } from "./shell.ts";

/** What a build is given. */
export interface BuildOrder {
  project: Project;
  region: string;
  account: string;
  /** `codepipeline/<pipeline>`. */
  initiator: string;
  /** The archive that the build runs in. */
  source: Uint8Array;
  /** By the name of the artifact. */
  secondarySources: Readonly<Record<string, Uint8Array>>;
  /** What the action adds to the environment of the project. */
  variables: Readonly<Record<string, string>>;
  /** Credentials of the role, and what this machine needs to stand for AWS. */
  machine: Readonly<Record<string, string>>;
  /** The environment in which git finds the repositories of CodeCommit, for builds with the credential helper. */
  git: Readonly<Record<string, string>>;
  /** Keeps the cache of the project between builds. */
  cache: string;
  /** Gets what the build writes. */
  output: (text: string) => void;
  /** The time limit of a build minute (ms). */
  minute: number;
}

/** What came of a build. */
export interface Built {
  id: string;
  status: "SUCCEEDED" | "FAILED" | "STOPPED" | "TIMED_OUT";
  /** Why it did not succeed, as CodePipeline says it. */
  reason: string;
  /** The exported variables that were set. */
  exported: Record<string, string>;
  /** Where the build succeeded and has one. */
  artifact?: Uint8Array;
  /** Files of the report groups, by group and path. */
  reports: Record<string, Record<string, string>>;
  log: string;
}

export interface Running {
  id: string;
  done: Promise<Built>;
  stop(): void;
}

/**
 * Runs a build as CodeBuild does. https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details.html#view-build-details-phases
 *
 * @throws Error for a buildspec that asks for what is not known here
 */
export function startBuild(order: BuildOrder): Running {
  const { project } = order;
  const id = `${project.name}:${randomUUID()}`;
  const text = project.source[0]?.buildspec;
  if (text === undefined) throw new Error(`The project ${project.name} has no buildspec.`);
  const spec = readBuildspec(text, project.name);
  const temporary = mkdtempSync(join(tmpdir(), "palisade-build-"));
  let log = "";
  const output = (written: string) => {
    log += written;
    order.output(written);
  };
  let ending: "STOPPED" | "TIMED_OUT" | undefined;
  const sources = unpackSources(order, temporary);
  const running = shell(sources.folder, environmentOf(order, spec, id, sources.variables), temporary, output);
  const end = (status: "STOPPED" | "TIMED_OUT") => {
    ending ??= status;
    running.kill();
  };
  const timer = setTimeout(() => end("TIMED_OUT"), Math.min(project.build_timeout * order.minute, 2 ** 31 - 1));
  const done = runPhases(order, spec, running, sources.folder, output).then(
    (built): Built => ({
      id,
      log,
      ...built,
      ...(ending && { status: ending, reason: ending === "STOPPED" ? "Build was stopped" : "Build timed out" }),
    }),
  );
  return {
    id,
    stop: () => end("STOPPED"),
    done: done.finally(() => {
      clearTimeout(timer);
      rmSync(temporary, { recursive: true, force: true, maxRetries: 3 });
    }),
  };
}

function unpackSources({ source, secondarySources }: BuildOrder, temporary: string) {
  const folder = join(temporary, "src");
  unzipInto(folder, source);
  const variables: Record<string, string> = { CODEBUILD_SRC_DIR: folder };
  for (const [name, archive] of Object.entries(secondarySources)) {
    const secondary = join(temporary, `src-${name}`);
    unzipInto(secondary, archive);
    variables[`CODEBUILD_SRC_DIR_${name}`] = secondary;
  }
  mkdirSync(join(temporary, "home"));
  return { folder, variables: { ...variables, HOME: join(temporary, "home") } };
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html */
function environmentOf(
  { project, region, account, initiator, variables, machine, git }: BuildOrder,
  spec: Buildspec,
  id: string,
  sources: Readonly<Record<string, string>>,
): Record<string, string> {
  const [environment] = project.environment;
  return {
    LC_ALL: "C.UTF-8",
    TMPDIR: tmpdir(),
    // The developer's own git and AWS configuration must not reach a build.
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    CI: "true",
    CODEBUILD_CI: "true",
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    CODEBUILD_BUILD_ID: id,
    CODEBUILD_BUILD_ARN: `arn:aws:codebuild:${region}:${account}:build/${id}`,
    CODEBUILD_BUILD_NUMBER: "1",
    CODEBUILD_BUILD_IMAGE: environment?.image ?? "",
    CODEBUILD_BUILD_SUCCEEDING: "1",
    CODEBUILD_INITIATOR: initiator,
    CODEBUILD_LOG_PATH: id.split(":").at(-1) ?? "",
    CODEBUILD_START_TIME: String(Date.now()),
    ...sources,
    ...(spec.env["git-credential-helper"] === true || spec.env["git-credential-helper"] === "yes" ? git : {}),
    // The values of an action win over the values of the project, and these over the values of the buildspec.
    ...spec.env.variables,
    ...Object.fromEntries((environment?.environment_variable ?? []).map(({ name, value }) => [name, value])),
    ...variables,
    ...machine,
    // The runtime that the buildspec asks for is this one.
    PATH: [dirname(process.execPath), machine.PATH ?? process.env.PATH].join(delimiter),
  };
}

async function runPhases(
  order: BuildOrder,
  spec: Buildspec,
  running: Shell,
  folder: string,
  output: (text: string) => void,
) {
  const caching = cacheOf(order, spec, folder);
  caching.load();
  let failure = "";
  for (const name of PHASES) {
    const phase = spec.phases[name];
    if (!phase) continue;
    output(`[Container] Entering phase ${name.toUpperCase()}\n`);
    let broken = "";
    for (const command of phase.commands) {
      output(`[Container] Running command ${command}\n`);
      const code = await running.run(command);
      if (code === 0) continue;
      broken = `COMMAND_EXECUTION_ERROR: Error while executing command: ${command}. Reason: exit status ${code}`;
      break;
    }
    for (const command of phase.finally) {
      const code = await running.run(command);
      if (code !== 0 && broken === "")
        broken = `COMMAND_EXECUTION_ERROR: Error while executing command: ${command}. Reason: exit status ${code}`;
    }
    output(`[Container] Phase complete: ${name.toUpperCase()} State: ${broken === "" ? "SUCCEEDED" : "FAILED"}\n`);
    if (broken === "" || phase["on-failure"] === "CONTINUE") continue;
    failure ||= broken;
    // By default, only what comes after the build runs although the build failed.
    if (phase["on-failure"] === "ABORT" || name !== "build") break;
    await running.set("CODEBUILD_BUILD_SUCCEEDING", "0");
  }
  const environment = await running.end();
  const reports = reportsOf(spec, folder);
  const exported = Object.fromEntries(
    spec.env["exported-variables"].flatMap((name) =>
      environment[name] === undefined ? [] : [[name, environment[name]]],
    ),
  );
  const outcome = { exported, reports };
  if (failure !== "") return { ...outcome, status: "FAILED" as const, reason: failure };
  const artifact = artifactOf(spec, folder);
  if (artifact === "none matches")
    return { ...outcome, status: "FAILED" as const, reason: "CLIENT_ERROR: no matching artifact paths found" };
  caching.keep();
  return { ...outcome, status: "SUCCEEDED" as const, reason: "", ...(artifact && { artifact }) };
}

function artifactOf({ artifacts }: Buildspec, folder: string): Uint8Array | undefined | "none matches" {
  if (!artifacts) return undefined;
  const base = join(folder, artifacts["base-directory"]);
  const files = existsSync(base) ? filesOf(base, artifacts.files) : [];
  return files.length === 0 ? "none matches" : zipOf(base, files);
}

/** Reports arrive although a build failed. */
const reportsOf = ({ reports }: Buildspec, folder: string): Built["reports"] =>
  Object.fromEntries(
    Object.entries(reports).map(([group, report]) => {
      const base = join(folder, report["base-directory"]);
      const files = existsSync(base) ? filesOf(base, report.files) : [];
      return [group, Object.fromEntries(files.map((file) => [file, readFileSync(join(base, file), "utf8")]))];
    }),
  );

/** The cache of the project: paths of the form `folder/**`. */
function cacheOf({ project, cache }: BuildOrder, spec: Buildspec, folder: string) {
  const folders = spec.cache.paths.map((path) => {
    const [, name] = /^([\w.-]+)\/\*\*(?:\/\*)?$/.exec(path) ?? [];
    if (name === undefined)
      throw new Error(`The cache path ${path} of ${project.name} is not known here: write folder/**.`);
    return name;
  });
  const copy = (from: string, to: string) => {
    for (const name of project.cache === "NO_CACHE" ? [] : folders)
      if (existsSync(join(from, name))) linkTree(join(from, name), join(to, name));
  };
  return { load: () => copy(cache, folder), keep: () => copy(folder, cache) };
}
