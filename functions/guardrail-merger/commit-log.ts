import { type CodeCommitClient, GetCommitCommand, paginateGetDifferences } from "@aws-sdk/client-codecommit";

/** A commit as it is told to people. All text is from outside. */
export interface Commit {
  id: string;
  author: string;
  /** The first line of its message. */
  subject: string;
}

/** The first of many things, and whether there are more. */
export interface First<Value> {
  values: Value[];
  more: boolean;
}

/** No more are asked for, for the sake of time and of the size of a message. */
const MOST_COMMITS = 50;
const MOST_PATHS = 100;

interface Node extends Commit {
  parents: readonly string[];
  /** Seconds since the epoch. */
  date: number;
  excluded: boolean;
}

export type CommitLog = ReturnType<typeof createCommitLog>;

/** Reads what people want to know of commits. */
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

  /** The commits of `tip` that `without` does not have, newest first, as `git log without..tip` has them. */
  async function commitsOnlyIn(tip: string, without: string, abortSignal: AbortSignal): Promise<First<Commit>> {
    const known = new Map<string, Node>();
    const open = new Set<Node>();

    const visit = async (id: string, excluded: boolean): Promise<void> => {
      const node = known.get(id) ?? (await nodeOf(id, excluded, abortSignal));
      if (!known.has(id)) open.add(node);
      known.set(id, node);
      if (!excluded || node.excluded) return;
      // What led here before it was known to be excluded.
      node.excluded = true;
      for (const parent of node.parents) if (known.has(parent)) await visit(parent, true);
    };

    await visit(without, true);
    await visit(tip, false);
    const wanted = () => [...open].some(({ excluded }) => !excluded);
    while (wanted() && known.size < MOST_COMMITS) {
      const newest = [...open].reduce((a, b) => (b.date > a.date ? b : a));
      open.delete(newest);
      for (const parent of newest.parents) await visit(parent, newest.excluded);
    }
    const values = [...known.values()].filter(({ excluded }) => !excluded).sort((a, b) => b.date - a.date);
    return { values, more: wanted() };
  }

  /** The paths of the files that differ between two commits, in order. */
  async function pathsChanged(before: string, after: string, abortSignal: AbortSignal): Promise<First<string>> {
    const input = { repositoryName: repository, beforeCommitSpecifier: before, afterCommitSpecifier: after };
    const paths: string[] = [];
    for await (const { differences = [] } of paginateGetDifferences({ client: codecommit }, input, { abortSignal })) {
      paths.push(...differences.map(({ beforeBlob, afterBlob }) => afterBlob?.path ?? beforeBlob?.path ?? ""));
      if (paths.length > MOST_PATHS) break;
    }
    return { values: paths.slice(0, MOST_PATHS), more: paths.length > MOST_PATHS };
  }

  return { commit, commitsOnlyIn, pathsChanged, sameTree };
}
