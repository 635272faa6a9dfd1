import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

/** The entry at a path of a commit; undefined where there is none. */
export async function entryAt({ git }: Repository, commit: string, path: string): Promise<Entry | undefined> {
  if (path === "") return { mode: "040000", id: (await git(["rev-parse", `${commit}^{tree}`])).output, name: "" };
  const listed = await git(["--literal-pathspecs", "ls-tree", "-z", commit, "--", path]);
  return entriesIn(listed.output)[0];
}

/** The entries of a tree, without the entries of the folders in it. */
export const entriesOf = async ({ git }: Repository, tree: string): Promise<Entry[]> =>
  entriesIn((await git(["ls-tree", "-z", tree])).output);

/** Every file and folder of a commit. Names are whole paths. */
export const everyEntry = async ({ git }: Repository, commit: string): Promise<Entry[]> =>
  entriesIn((await git(["ls-tree", "-r", "-t", "-z", commit])).output);

const entriesIn = (listed: string): Entry[] =>
  listed
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => {
      // A name may hold tabs, too.
      const [, facts = "", name = ""] = /^([^\t]*)\t(.*)$/s.exec(line) ?? [];
      const [mode = "", , id = ""] = facts.split(" ");
      return { mode, id, name };
    });

/** Applies changes to the tree of a commit, and returns the id of the new tree. */
export async function changedTree(
  repository: Repository,
  commit: string,
  changes: readonly FileChange[],
): Promise<string> {
  const { git } = repository;
  return await editedTree(repository, commit, async (folder) => {
    const contents = changes.flatMap(({ content }, index) => {
      if (content === undefined) return [];
      const file = join(folder, String(index));
      writeFileSync(file, content);
      return [file];
    });
    const hashed = await git(["hash-object", "-w", "--no-filters", "--stdin-paths"], {
      input: contents.map((file) => `${file}\n`).join(""),
    });
    const ids = hashed.output.split("\n").values();
    return changes.map(({ path, content, mode = "100644" }) =>
      content === undefined ? removalOf(path) : `${mode} ${ids.next().value}\t${path}`,
    );
  });
}

/** The line of `git update-index --index-info` that removes a path. */
export const removalOf = (path: string): string => `0 ${"0".repeat(40)}\t${path}`;

/**
 * Edits a tree, or the tree of a commit, in an index of its own, and returns the id of the new tree.
 *
 * @param edit gets a folder for its files, and returns lines of `git update-index --index-info`
 */
export async function editedTree(
  { git }: Repository,
  tree: string,
  edit: (folder: string) => Promise<readonly string[]>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "palisade-tree-"));
  const environment = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    const lines = await edit(folder);
    await git(["read-tree", tree], { environment });
    await git(["update-index", "-z", "--index-info"], {
      input: lines.map((line) => `${line}\0`).join(""),
      environment,
    });
    return (await git(["write-tree"], { environment })).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
