import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

/** One git repository, by its git directory. */
export interface Repository {
  /** What the command printed, without the last line break; undefined where it ended with 1: no such thing. */
  git(args: readonly string[], input?: string): Promise<string | undefined>;
}

/** Opens the repository that lies in a folder, with a work tree or bare; undefined where there is none. */
export function openRepository(folder: string): Repository | undefined {
  const gitDirectory = [join(folder, ".git"), folder, `${folder}.git`].find(
    (candidate) => existsSync(join(candidate, "HEAD")) && existsSync(join(candidate, "objects")),
  );
  return gitDirectory === undefined
    ? undefined
    : { git: (args, input) => git([`--git-dir=${gitDirectory}`, ...args], input) };
}

/**
 * Runs git without a shell, and without the configuration and the environment of the user.
 *
 * @throws Error with what git said, where it ended with anything but 0 or 1
 */
export async function git(args: readonly string[], input = ""): Promise<string | undefined> {
  const child = spawn("git", args, {
    env: { PATH: process.env.PATH, LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`git could not be run: ${error.message}`)));
    child.on("close", resolve);
  });
  // A git that ends before it has read everything is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code, output, complaint] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  if (code === 0) return output.replace(/\n$/, "");
  if (code === 1) return undefined;
  throw new Error(`git ${args.join(" ")} failed: ${complaint.trim()}`);
}
