import { existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import type { Fault } from "../local/gateway/gateway.ts";
import { bundleOf, type Replayed, type ReplayOptions, replay } from "../local/runtime/replay.ts";
import { readSample, type Sample } from "../local/runtime/sample.ts";
import { plainText } from "../shared/plain-text.ts";
import { progress, report, total } from "./replay/report.ts";

interface Options {
  function?: string;
  json?: true;
  repositories?: string;
  state?: string;
  fail: Fault[];
  set: Record<string, string>;
  logs?: true;
}

const EVENTS = join(import.meta.dirname, "..", "events");

const command = new Command("replay")
  .description("Runs a built function over sample events, without an AWS account, and shows what would have happened.")
  .argument("[EVENT...]", "sample files; all of events/ by default, each in a world of its own")
  .option("--function <NAME>", "the function to run; by default the folder that the event lies in")
  .option("--json", "one line of JSON per event")
  .option("--repositories <DIR>", "git repositories by name, used as they are", existingFolder)
  .option("--state <DIR>", "keeps tables and repositories between runs")
  .option("--fail <SERVICE.OPERATION=ERROR[:N]>", "the next N calls fail, 1 by default; may be repeated", addFault, [])
  .option("--set <NAME=VALUE>", "a setting of the function; may be repeated", addSetting, {})
  .option("--logs", "shows what the function logs, on standard error")
  .exitOverride();

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that has seen enough, such as `head`, ends a program as the signal SIGPIPE would.
  if (error.code === "EPIPE") process.exit(141);
  console.error(`The output could not be written: ${error.message}`);
  process.exit(1);
});

try {
  command.parse();
  process.exitCode = await run(command.args, command.opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(plainText(error instanceof Error ? error.message : String(error), 2_000));
    process.exitCode = 2;
  }
}

/** Replays the samples; 0 when none failed, 1 when one did. */
async function run(files: string[], options: Options): Promise<number> {
  if (files.length === 0 && options.state !== undefined)
    throw new Error("--state keeps one world: name the events that happen in it.");
  const replayed: Replayed[] = [];
  const runs =
    files.length > 0 ? [files.map((file) => readSample(located(file), options.function))] : everySample(options);
  const count = runs.flat().length;
  if (count === 0)
    throw new Error(`There are no sample events of a function ${plainText(options.function ?? "", 64)}.`);
  const unbuilt = runs
    .flat()
    .find(({ functionName }) => !/^[a-z0-9-]+$/.test(functionName) || !existsSync(bundleOf(functionName)));
  if (unbuilt)
    throw new Error(
      `${unbuilt.file}: there is no function ${plainText(unbuilt.functionName, 64)}. Name the one to run: --function NAME`,
    );
  const replayOptions: ReplayOptions = {
    faults: options.fail,
    settings: options.set,
    ...(options.state !== undefined && { state: options.state }),
    ...(options.repositories !== undefined && { repositories: options.repositories }),
  };
  for (const samples of runs) {
    for await (const one of replay(samples, replayOptions)) {
      replayed.push(one);
      const { log, ...line } = one;
      if (options.logs) process.stderr.write(log);
      console.log(options.json ? JSON.stringify(line) : report(one));
      progress(replayed.length, count);
    }
  }
  if (!options.json) console.log(total(replayed));
  return replayed.some(({ error }) => error !== null) ? 1 : 0;
}

/** npm runs scripts in the folder of the package: a file is looked for there, then where the user is. */
function located(file: string): string {
  return existsSync(file) ? file : resolve(process.env.INIT_CWD ?? ".", file);
}

/** Samples know nothing of each other, so each is a run of its own. */
function everySample(options: Options): Sample[][] {
  return readdirSync(EVENTS, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .sort()
    .map((path) => readSample(relative(process.cwd(), join(EVENTS, path))))
    .filter(({ functionName }) => options.function === undefined || functionName === options.function)
    .map((sample) => [sample]);
}

function existingFolder(path: string): string {
  const folder = located(path);
  if (path === "" || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InvalidArgumentError("It is not a folder.");
  return folder;
}

function addFault(text: string, faults: Fault[]): Fault[] {
  const [, service, operation, errorName, times = "1"] = /^(\w+)\.(\w+)=([\w.]+)(?::(\d+))?$/.exec(text) ?? [];
  if (!service || !operation || !errorName || Number(times) < 1)
    throw new InvalidArgumentError("Write SERVICE.OPERATION=ERROR or SERVICE.OPERATION=ERROR:N.");
  return [...faults, { service, operation, errorName, remaining: Number(times) }];
}

function addSetting(text: string, settings: Record<string, string>): Record<string, string> {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError("Write NAME=VALUE.");
  return { ...settings, [name]: value };
}
