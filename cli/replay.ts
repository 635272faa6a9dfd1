import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join, relative, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { bundleOf } from "../local/runtime/bundle-of.ts";
import { type Replayed, type ReplayOptions, replay } from "../local/runtime/replay.ts";
import { readSample, type Sample } from "../local/runtime/sample.ts";
import { plainText } from "../shared/plain-text.ts";
import { isFolder, located, runCommand } from "./command.ts";
import { type AskedFault, addAfter, addFail, missedFaults } from "./replay/faults.ts";
import { hasMessage, progress, report, summary, total } from "./replay/report.ts";

interface Options {
  function?: string;
  all?: true;
  json?: true;
  repositories?: string;
  state?: string;
  fail?: AskedFault[];
  lose?: AskedFault[];
  crashAfter?: AskedFault[];
  set?: Record<string, string>;
  logs?: true;
}

const EVENTS = join(import.meta.dirname, "..", "events");

/** The sample that a newcomer sees first. */
const FIRST = "announced-blog-blocked-and-allowed.json";

const command = new Command("replay")
  .description(
    "Runs a built function over sample events, without an AWS account, and shows the e-mails that operators would get.",
  )
  .argument("[EVENT...]", "files; they happen in this order, in one world. By default every sample in its own world")
  .option("--function <NAME>", "runs this function; by default the one whose folder the event lies in")
  .option("--all", "shows every e-mail whole where no EVENT is given")
  .option("--json", "writes one line of JSON for each event")
  .option("--repositories <DIR>", "uses the git repositories in this folder as they are", existingFolder)
  .option("--state <DIR>", "keeps tables, repositories and objects in this folder between runs; needs EVENT", folderOf)
  .option("--fail <SERVICE.OPERATION=ERROR[:N]>", "the next N calls (1 by default) fail; repeatable", addFail)
  .option(
    "--lose <SERVICE.OPERATION[:N]>",
    "the next N calls (1 by default) take effect, and their answers are lost; repeatable",
    addAfter("lose"),
  )
  .option(
    "--crash-after <SERVICE.OPERATION[:N]>",
    "the next N calls (1 by default) take effect, and end their invocations; repeatable",
    addAfter("crash-after"),
  )
  .option("--set <NAME=VALUE>", "gives the function a setting; repeatable", addSetting)
  .option("--logs", "shows the log of the function on standard error");

await runCommand(command, replayAll);

/** Replays the samples; 0 when none failed, 1 when one did. */
async function replayAll(
  files: readonly string[],
  { fail = [], lose = [], crashAfter = [], set = {}, ...options }: Options,
): Promise<number> {
  if (files.length === 0 && options.state !== undefined)
    throw new Error("--state keeps one world: name the events that happen in it.");
  const runs =
    files.length > 0 ? [files.map((file) => readSample(fileOf(file), options.function))] : everySample(options);
  refuseUnknownFunctions(runs.flat());
  const asked = [...fail, ...lose, ...crashAfter];
  const replayOptions: ReplayOptions = {
    faults: asked.map(({ fault }) => fault),
    settings: set,
    ...(options.state !== undefined && { state: options.state }),
    ...(options.repositories !== undefined && { repositories: options.repositories }),
  };

  const whole = files.length > 0 || options.all === true;
  const replayed: Replayed[] = [];
  let exampleShown = false;
  // Faults are for the first calls of all runs, and repositories of the user are there for all runs.
  const isShared = asked.length > 0 || options.repositories !== undefined;
  for await (const one of inOrder(runs, replayOptions, isShared ? 1 : availableParallelism())) {
    replayed.push(one);
    const { log, ...line } = one;
    if (options.logs) process.stderr.write(log);
    const isExample: boolean = !whole && !exampleShown && hasMessage(one) && !one.event.includes("hostile");
    exampleShown ||= isExample;
    console.log(options.json ? JSON.stringify(line) : whole || isExample ? report(one) : summary(one));
    progress(replayed.length, runs.flat().length);
  }
  if (!options.json) console.log(total(replayed));
  if (!options.json && !whole) console.log("See every e-mail whole: npm run replay -- --all");
  for (const sentence of missedFaults(asked)) console.error(sentence);
  return replayed.some(({ error }) => error !== null) ? 1 : 0;
}

/** Replays runs, some of them at once, and yields what came of them in their order. */
async function* inOrder(runs: readonly Sample[][], options: ReplayOptions, atOnce: number): AsyncGenerator<Replayed> {
  if (atOnce === 1 || runs.length === 1) {
    for (const samples of runs) yield* replay(samples, options);
    return;
  }
  const started: Promise<Replayed[]>[] = [];
  for (let next = 0; next < runs.length; next += 1) {
    for (const samples of runs.slice(started.length, next + atOnce)) {
      const run = Array.fromAsync(replay(samples, options));
      // Whoever waits for it below gets the error.
      run.catch(() => undefined);
      started.push(run);
    }
    yield* (await started[next]) ?? [];
  }
}

/** A file from where the user is, or else from the folder of the package, in which the samples lie. */
function fileOf(file: string): string {
  const meant = located(file);
  return resolve(file) === meant || !existsSync(meant) ? file : meant;
}

/** Samples know nothing of each other, so each is a run of its own. */
function everySample(options: Pick<Options, "function" | "json">): Sample[][] {
  const samples = readdirSync(EVENTS, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .sort()
    .map((path) => readSample(relative(process.cwd(), join(EVENTS, path))))
    .filter(({ functionName }) => options.function === undefined || functionName === options.function);
  if (samples.length === 0)
    throw new Error(`There are no sample events of a function ${plainText(options.function ?? "", 64)}.`);
  const isFirst = ({ file }: Sample) => !options.json && basename(file) === FIRST;
  return [...samples.filter(isFirst), ...samples.filter((sample) => !isFirst(sample))].map((sample) => [sample]);
}

function refuseUnknownFunctions(samples: readonly Sample[]): void {
  const unbuilt = samples.find(
    ({ functionName }) => !/^[a-z0-9-]+$/.test(functionName) || !existsSync(bundleOf(functionName)),
  );
  if (unbuilt)
    throw new Error(
      `${unbuilt.file}: there is no function ${plainText(unbuilt.functionName, 64)}. Name the one to run: --function NAME`,
    );
}

function existingFolder(path: string): string {
  const folder = folderOf(path);
  if (!existsSync(folder)) throw new InvalidArgumentError("It is not a folder.");
  return folder;
}

/** A folder that is there, or that can be made. */
function folderOf(path: string): string {
  const folder = located(path);
  if (path === "" || (existsSync(folder) && !isFolder(folder))) throw new InvalidArgumentError("It is not a folder.");
  return folder;
}

function addSetting(text: string, settings: Record<string, string> = {}): Record<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write NAME=VALUE.");
  return { ...settings, [name]: value };
}
