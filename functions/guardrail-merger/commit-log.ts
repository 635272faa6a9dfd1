import { type CodeCommitClient, GetCommitCommand, paginateGetDifferences } from "@aws-sdk/client-codecommit";

/** A commit as people read it. All text is from outside. */
export interface Commit {
  id: string;
  author: string;
  /** The first line of its message. */
  subject: string;
}

/** The first of many values, and whether there are more. */
export interface First<Value> {
  values: Value[];
  more: boolean;
}

// They keep a message below the limit of SNS, and the time to read it short.
const MOST_COMMITS = 50;
const MOST_LOOKUPS = 150;
const MOST_PATHS = 100;

/** The paths that a message has room for. */
export const firstPaths = (paths: readonly string[]): First<string> => ({
  values: paths.slice(0, MOST_PATHS),
  more: paths.length > MOST_PATHS,
});

interface Node extends Commit {
  parents: readonly string[];
  /** Seconds since the epoch. */
  date: number;
  excluded: boolean;
}

export type CommitLog = ReturnType<typeof createCommitLog>;

/** Reads commits and their differences. */
export function createCommitLog({ codecommit, repository }: { codecommit: CodeCommitClient; repository: string }) {
  async function read(commitId: string, abortSignal: AbortSignal) {
    const command = new GetCommitCommand({ repositoryName: repository, commitId });
    return (await codecommit.send(command, { abortSignal })).commit;
  }

  async function nodeOf(commitId: string, excluded: boolean, abortSignal: AbortSignal): Promise<Node> {
    const commit = await read(commitId, abortSignal);
    const { name = "", email = "" } = commit?.author ?? {};
    return {
      id: commitId,
      author: `${name} <${email}>`,
      subject: commit?.message?.split(/\r?\n/, 1)[0] ?? "",
      parents: commit?.parents ?? [],
      date: Number(commit?.committer?.date?.split(" ")[0] ?? 0),
      excluded,
    };
  }

  /** One commit alone. */
  async function commit(commitId: string, abortSignal: AbortSignal): Promise<First<Commit>> {
    return { values: [await nodeOf(commitId, false, abortSignal)], more: false };
  }

  /** Whether two commits hold the same files. */
  async function sameTree(one: string, other: string, abortSignal: AbortSignal): Promise<boolean> {
    return (await read(one, abortSignal))?.treeId === (await read(other, abortSignal))?.treeId;
  }

  /**
   * The commits of `tip` that `without` does not have, newest first, like `git log without..tip`. Where the clocks of
   * committers were far wrong, it may list more, as git itself may.
   *
   * @param base a merge base of the two
   */
  async function commitsOnlyIn(
    tip: string,
    without: string,
    base: string,
    abortSignal: AbortSignal,
  ): Promise<First<Commit>> {
    const known = new Map<string, Node>();
    const open = new Set<Node>();

    const visit = async (id: string, excluded: boolean): Promise<void> => {
      const node = known.get(id) ?? (await nodeOf(id, excluded, abortSignal));
      if (!known.has(id)) open.add(node);
      known.set(id, node);
      if (!excluded || node.excluded) return;
      // Its parents that were visited before this was known.
      node.excluded = true;
      for (const parent of node.parents) if (known.has(parent)) await visit(parent, true);
    };

    const expand = async (node: Node): Promise<void> => {
      open.delete(node);
      for (const parent of node.parents) await visit(parent, node.excluded);
    };
    const wanted = () => [...known.values()].filter(({ excluded }) => !excluded);
    // An excluded commit may still lead to a wanted one that is as old or older.
    const unsure = () => {
      const oldest = Math.min(...wanted().map(({ date }) => date));
      return [...open].some(({ excluded, date }) => !excluded || date >= oldest);
    };

    for (const id of new Set([without, base])) await visit(id, true);
    // Before the loop, in case the clock of the newest commit was wrong.
    for (const node of [...open]) await expand(node);
    await visit(tip, false);
    while (unsure() && known.size < MOST_LOOKUPS && wanted().length <= MOST_COMMITS)
      await expand([...open].reduce((a, b) => (b.date > a.date ? b : a)));

    const sure = wanted().filter((node) => !open.has(node));
    const values = sure.sort((a, b) => b.date - a.date).slice(0, MOST_COMMITS);
    return { values, more: values.length < wanted().length };
  }

  /** The paths of the files that differ between two commits, in order. */
  async function pathsChanged(before: string, after: string, abortSignal: AbortSignal): Promise<First<string>> {
    const input = { repositoryName: repository, beforeCommitSpecifier: before, afterCommitSpecifier: after };
    const paths: string[] = [];
    for await (const { differences = [] } of paginateGetDifferences({ client: codecommit }, input, { abortSignal })) {
      paths.push(...differences.map(({ beforeBlob, afterBlob }) => afterBlob?.path ?? beforeBlob?.path ?? ""));
      if (paths.length > MOST_PATHS) break;
    }
    return firstPaths(paths);
  }

  return { commit, commitsOnlyIn, pathsChanged, sameTree };
}
