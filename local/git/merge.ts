import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { editedTree, entryAt, removalOf } from "./files.ts";
import type { Repository } from "./git.ts";

/** A conflict is two changes of one file, or only two changes of the same lines. */
export type DetailLevel = "FILE_LEVEL" | "LINE_LEVEL";
export type Strategy = "NONE" | "ACCEPT_SOURCE" | "ACCEPT_DESTINATION" | "AUTOMERGE";

/** The ids of two commits to merge, and of their merge base. */
export interface Sides {
  base: string;
  source: string;
  destination: string;
}

/** The change of one file between two commits. */
interface Change {
  status: "A" | "M" | "D" | "T";
  oldMode: string;
  oldId: string;
  mode: string;
  id: string;
}

/** The files that differ between two commits, by path. CodeCommit knows no renames. */
export async function changes({ git }: Repository, before: string, after: string): Promise<Map<string, Change>> {
  const { output } = await git(["diff-tree", "-r", "-z", "--no-renames", before, after]);
  const fields = output.split("\0");
  const changed = new Map<string, Change>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [oldMode = "", mode = "", oldId = "", id = "", status] = (fields[at] ?? "").slice(1).split(" ");
    if (status === "A" || status === "M" || status === "D" || status === "T")
      changed.set(fields[at + 1] ?? "", { status, oldMode, oldId, mode, id });
  }
  return changed;
}

/** The paths that git cannot merge alone, in order. */
export const conflictingPaths = async (repository: Repository, sides: Sides, level: DetailLevel): Promise<string[]> =>
  conflictsOf(repository, sides, level, await mergeTree(repository, sides));

async function conflictsOf(
  repository: Repository,
  sides: Sides,
  level: DetailLevel,
  { conflicts }: MergeTree,
): Promise<string[]> {
  const onSource = await changes(repository, sides.base, sides.source);
  const onDestination = await changes(repository, sides.base, sides.destination);
  const onBoth = [...onSource].filter(([path, { mode, id, status }]) => {
    const other = onDestination.get(path);
    if (other === undefined || (other.id === id && other.mode === mode)) return false;
    // git before 2.50 follows a rename in spite of this option: the other side's change goes where the file went.
    return level === "FILE_LEVEL" || status === "D" || other.status === "D";
  });
  return [...new Set([...conflicts, ...onBoth.map(([path]) => path)])].sort();
}

/** The id of the merged tree; undefined where conflicts are left. */
export async function mergedTree(
  repository: Repository,
  sides: Sides,
  level: DetailLevel,
  strategy: Strategy,
): Promise<string | undefined> {
  const merged = await mergeTree(repository, sides);
  const { tree } = merged;
  const conflicts = await conflictsOf(repository, sides, strategy === "AUTOMERGE" ? "LINE_LEVEL" : level, merged);
  if (conflicts.length === 0) return tree;
  if (strategy === "NONE" || strategy === "AUTOMERGE") return undefined;

  const listed = (await repository.git(["ls-tree", "-r", "-z", "--name-only", tree])).output.split("\0");
  return await editedTree(repository, tree, async (folder) => {
    const lines: string[] = [];
    for (const path of conflicts) {
      const entry = await resolvedEntry(repository, sides, path, level, strategy, folder);
      const inTheWay = listed.filter(
        (other) => (entry && other.startsWith(`${path}/`)) || other.replace(ASIDE, "") === path,
      );
      lines.push(...inTheWay.map(removalOf), entry === undefined ? removalOf(path) : `${entry}\t${path}`);
    }
    return lines;
  });
}

/** git renames a file like this where a folder needs its name. */
const ASIDE = /~[0-9a-f]{40}$/;

interface MergeTree {
  /** With conflicts, it has the files as git leaves them to a person. */
  tree: string;
  /** The paths of files that git cannot merge alone. */
  conflicts: ReadonlySet<string>;
}

async function mergeTree({ git }: Repository, { source, destination }: Sides): Promise<MergeTree> {
  const { output } = await git([
    ...["-c", "merge.renames=false", "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"],
    ...[destination, source],
  ]);
  const [tree = "", ...conflicts] = output.split("\0").filter((field) => field !== "");
  return { tree, conflicts: new Set(conflicts.map((path) => path.replace(ASIDE, ""))) };
}

/** Mode and id of the file that settles a conflict in favour of one side; undefined where that side has none. */
async function resolvedEntry(
  repository: Repository,
  { base, source, destination }: Sides,
  path: string,
  level: DetailLevel,
  strategy: "ACCEPT_SOURCE" | "ACCEPT_DESTINATION",
  folder: string,
): Promise<string | undefined> {
  const favoured = strategy === "ACCEPT_SOURCE" ? source : destination;
  const other = strategy === "ACCEPT_SOURCE" ? destination : source;
  const [chosen, left] = [await entryAt(repository, favoured, path), await entryAt(repository, other, path)];
  // A folder comes with its files.
  if (!chosen || chosen.mode === "040000") return undefined;
  const whole = `${chosen.mode} ${chosen.id}`;
  const regular = [chosen, left].every((entry) => entry?.mode.startsWith("100"));
  if (level === "FILE_LEVEL" || !left || !regular) return whole;

  const { git } = repository;
  const unpacked = async (id: string) => join(folder, (await git(["unpack-file", id], { folder })).output);
  const emptyFile = join(folder, "empty");
  writeFileSync(emptyFile, "");
  const original = await entryAt(repository, base, path);
  const file = await unpacked(chosen.id);
  try {
    await git([
      "merge-file",
      "--ours",
      file,
      original ? await unpacked(original.id) : emptyFile,
      await unpacked(left.id),
    ]);
  } catch {
    // A file that is not text.
    return whole;
  }
  return `${chosen.mode} ${(await git(["hash-object", "-w", file])).output}`;
}
