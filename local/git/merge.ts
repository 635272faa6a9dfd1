import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
export async function conflictingPaths(repository: Repository, sides: Sides, level: DetailLevel): Promise<string[]> {
  const { conflicts } = await mergeTree(repository, sides);
  const onSource = await changes(repository, sides.base, sides.source);
  const onDestination = await changes(repository, sides.base, sides.destination);
  const onBoth = [...onSource].filter(([path, { mode, id, status }]) => {
    const other = onDestination.get(path);
    if (other === undefined || (other.id === id && other.mode === mode)) return false;
    // git before 2.50 follows a rename though it is told not to: the other side's change goes where the file went.
    return level === "FILE_LEVEL" || status === "D" || other.status === "D";
  });
  return [...new Set([...conflicts, ...onBoth.map(([path]) => path)])].sort();
}

/** The entry that removes a path from an index. */
const NOTHING = `0 ${"0".repeat(40)}`;

/** The id of the merged tree; undefined where conflicts are left. */
export async function mergedTree(
  repository: Repository,
  sides: Sides,
  level: DetailLevel,
  strategy: Strategy,
): Promise<string | undefined> {
  const { tree } = await mergeTree(repository, sides);
  const conflicts = await conflictingPaths(repository, sides, strategy === "AUTOMERGE" ? "LINE_LEVEL" : level);
  if (conflicts.length === 0) return tree;
  if (strategy === "NONE" || strategy === "AUTOMERGE") return undefined;

  const folder = mkdtempSync(join(tmpdir(), "palisade-merge-"));
  const environment = { GIT_INDEX_FILE: join(folder, "index") };
  try {
    await repository.git(["read-tree", tree], { environment });
    const { output: listed } = await repository.git(["ls-files", "-z"], { environment });
    for (const path of conflicts) {
      const entry = await resolvedEntry(repository, sides, path, level, strategy, folder);
      const inTheWay = listed
        .split("\0")
        .filter((other) => (entry && other.startsWith(`${path}/`)) || other.replace(ASIDE, "") === path);
      const lines = [...inTheWay.map((other) => `${NOTHING}\t${other}`), `${entry ?? NOTHING}\t${path}`];
      const input = lines.map((line) => `${line}\0`).join("");
      await repository.git(["update-index", "-z", "--index-info"], { input, environment });
    }
    return (await repository.git(["write-tree"], { environment })).output;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** git renames a file like this where a folder needs its name. */
const ASIDE = /~[0-9a-f]{40}$/;

async function mergeTree({ git }: Repository, { source, destination }: Sides) {
  const { output } = await git([
    ...["-c", "merge.renames=false", "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages"],
    ...[destination, source],
  ]);
  const [tree = "", ...conflicts] = output.split("\0").filter((field) => field !== "");
  return { tree, conflicts: new Set(conflicts.map((path) => path.replace(ASIDE, ""))) };
}

/** Mode and id of the file that settles a conflict in favour of one side; undefined where that side has none. */
async function resolvedEntry(
  { git }: Repository,
  { base, source, destination }: Sides,
  path: string,
  level: DetailLevel,
  strategy: "ACCEPT_SOURCE" | "ACCEPT_DESTINATION",
  folder: string,
): Promise<string | undefined> {
  const favoured = strategy === "ACCEPT_SOURCE" ? source : destination;
  const other = strategy === "ACCEPT_SOURCE" ? destination : source;
  const entryIn = async (commit: string) => {
    const { output } = await git(["--literal-pathspecs", "ls-tree", "-z", commit, "--", path]);
    const [mode = "", , id = ""] = output.split("\t")[0]?.split(" ") ?? [];
    return id === "" ? undefined : { mode, id };
  };
  const [chosen, left] = [await entryIn(favoured), await entryIn(other)];
  // A folder comes with its files.
  if (!chosen || chosen.mode === "040000") return undefined;
  const whole = `${chosen.mode} ${chosen.id}`;
  const regular = [chosen, left].every((entry) => entry?.mode.startsWith("100"));
  if (level === "FILE_LEVEL" || !left || !regular) return whole;

  const unpacked = async (id: string) => join(folder, (await git(["unpack-file", id], { folder })).output);
  const emptyFile = join(folder, "empty");
  writeFileSync(emptyFile, "");
  const original = await entryIn(base);
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
