import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";

/** The end of a command. */
export interface Answer {
  /** False for exit code 1, which is git's no. */
  yes: boolean;
  /** Its output, without the last line break. */
  output: string;
  /** Its output, byte for byte. */
  bytes: Buffer;
}

export interface GitOptions {
  input?: string | Uint8Array;
  environment?: Readonly<Record<string, string>>;
  /** Its working folder. */
  folder?: string;
}

/** One git repository, by its git directory. */
export interface Repository {
  git(args: readonly string[], options?: GitOptions): Promise<Answer>;
}

/** Opens the repository in a folder, bare or with a work tree; undefined where there is none. */
export function openRepository(folder: string): Repository | undefined {
  // In a linked work tree `.git` is a file, which git follows.
  const gitDirectory = existsSync(join(folder, ".git"))
    ? join(folder, ".git")
    : [folder, `${folder}.git`].find((candidate) => existsSync(join(candidate, "HEAD")));
  return gitDirectory === undefined
    ? undefined
    : { git: (args, options) => git([`--git-dir=${gitDirectory}`, ...args], options) };
}

/**
 * Runs git without a shell, and without the configuration and the environment of the user.
 *
 * @throws Error with git's message, for an exit code other than 0 and 1
 */
export async function git(
  args: readonly string[],
  { input = "", environment = {}, folder }: GitOptions = {},
): Promise<Answer> {
  const child = spawn("git", args, {
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: "C", GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull, ...environment },
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on("error", (error) => reject(new Error(`git could not be run: ${error.message}`)));
    child.on("close", resolve);
  });
  // git may end before it has read everything; its exit code says why.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const [code, bytes, complaint] = await Promise.all([ended, buffer(child.stdout), text(child.stderr)]);
  if (code === 0 || code === 1) return { yes: code === 0, output: bytes.toString().replace(/\n$/, ""), bytes };
  throw new Error(`git ${args.join(" ")} failed: ${complaint.trim()}`);
}
