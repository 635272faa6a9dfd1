import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type Command, CommanderError } from "commander";
import { plainText } from "../shared/plain-text.ts";

/** Wrong usage ends a command with this exit code; 1 is the command's own "no". */
const WRONG_USAGE = 2;

/**
 * Runs a command with the arguments of the process, and ends the process with an exit code: the one of `run`, 0 after
 * `--help`, 2 for wrong usage.
 *
 * @param run gets the arguments and options that `command` declares
 * @param failed the exit code when `run` throws; its message goes to standard error
 */
export async function runCommand<Options extends object>(
  command: Command,
  run: (args: readonly string[], options: Options) => number | Promise<number>,
  failed = WRONG_USAGE,
): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough, such as `head`, ends a program as the signal SIGPIPE would.
    if (error.code === "EPIPE") process.exit(141);
    console.error(`The output could not be written: ${error.message}`);
    process.exit(1);
  });
  try {
    command.exitOverride().parse();
    process.exitCode = await run(command.args, command.opts<Options>());
  } catch (error) {
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
    else {
      console.error(plainText(complaintOf(error), 2_000));
      process.exitCode = failed;
    }
  }
}

/** The message of an error, with its name where that says something: the errors of AWS have one. */
const complaintOf = (error: unknown): string =>
  error instanceof Error && error.name === "Error" ? error.message : String(error);

/** The whole path that a user means. npm runs scripts in the folder of the package, wherever the user is. */
export const located = (path: string): string => resolve(process.env.INIT_CWD ?? ".", path);

export const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
