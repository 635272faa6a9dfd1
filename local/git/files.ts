import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AwsError } from "../gateway/aws-error.ts";
import type { Repository } from "./git.ts";

/** One entry of a folder, as git names it. */
export interface Entry {
  mode: string;
  id: string;
  name: string;
}

/** A change of one file; without content it is deleted. */
export interface FileChange {
  path: string;
  content?: Uint8Array;
  mode?: string;
}

/** The names that CodeCommit has for git's modes of files. */
export const FILE_MODES: Readonly<Record<string, string>> = {
  "100644": "NORMAL",
  "100755": "EXECUTABLE",
  "120000": "SYMLINK",
};

/** A path as CodeCommit takes it, without the slash that it may begin with. https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
export function plainPath(path: string): string {
  const plain = path.replace(/^\//, "").replace(/\/$/, "");
  const parts = plain === "" ? [] : plain.split("/");
  if (plain.length > 4_096 || parts.length > 20 || parts.some((part) => /^(|\.{1,2}|\.git)$/.test(part)))
    throw new AwsError("InvalidPathException", `${path} is not a valid path`);
  return plain;
}

/** What a path of a commit is; undefined where there is nothing. */
export async function entryAt({ git }: Repository, commit: string, path: string): Promise<Entry | undefined> {
  const found = await git(["rev-parse", "--verify", "--quiet", `${commit}:${path}`]);
  if (!found.yes) return undefined;
  if (path === "") return { mode: "040000", id: found.output, name: "" };
  const listed = await git(["--literal-pathspecs", "ls-tree", "-z", commit, "--", path]);
  return entriesIn(listed.output)[0];
}

/** What a folder holds, by the id of its tree; not what folders in it hold. */
export const entriesOf = async ({ git }: Repository, tree: string): Promise<Entry[]> =>
  entriesIn((await git(["ls-tree", "-z", tree])).output);

const entriesIn = (listed: string): Entry[] =>
  listed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      const [facts = "", name = ""] = line.split("\t");
      const [mode = "", , id = ""] = facts.split(" ");
      return { mode, id, name };
    });

/** The tree that a commit's becomes by changes of files. */
export async function changedTree(
  { git }: Repository,
  commit: string,
  changes: readonly FileChange[],
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "palisade-commit-"));
  const environment = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await git(["read-tree", commit], { environment });
    for (const { path, content, mode = "100644" } of changes) {
      const id = content && (await git(["hash-object", "-w", "--stdin"], { input: content })).output;
      const input = `${id === undefined ? `0 ${"0".repeat(40)}` : `${mode} ${id}`}\t${path}\0`;
      await git(["update-index", "-z", "--index-info"], { input, environment });
    }
    return (await git(["write-tree"], { environment })).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
