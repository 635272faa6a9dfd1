import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** The content of a file, or the target of a link; null deletes the file. */
export type Content = string | Uint8Array | null | { linkTo: string };

/** A commit to make: its parent is a commit id, a branch, or the commit before it in the list. */
export interface Commit {
  parent?: string;
  message: string;
  files?: Readonly<Record<string, Content>>;
}

/** Works with plain git on a bare repository in a folder of repositories. */
export function workOn(repositories: string, name: string) {
  const run = (args: readonly string[], input?: Uint8Array): string =>
    execFileSync("git", [`--git-dir=${join(repositories, name)}`, ...args], { encoding: "utf8", input }).trim();
  const git = (...args: string[]): string => run(args);

  /** Makes commits with one process, and leaves branches alone; the ids in the same order. */
  const commitAll = (commits: readonly Commit[]): string[] => {
    const seconds = Math.floor(Date.now() / 1_000);
    const stream = commits.flatMap(({ parent, message, files = {} }, index) => [
      // A reference of its own for each commit, or git would take the one before for its parent.
      ...[`commit ${SCRATCH}${index}`, `mark :${index + 1}`, `committer Dev <dev@example.com> ${seconds} +0000`],
      ...[...dataOf(`${message}\n`), `from ${parent ?? `:${index}`}`],
      ...Object.entries(files).flatMap(([path, content]) => change(path, content)),
      "",
      `get-mark :${index + 1}`,
    ]);
    const cleanUp = commits.flatMap((_, index) => [`reset ${SCRATCH}${index}`, `from ${"0".repeat(40)}`, ""]);
    const input = Buffer.concat(
      ["feature get-mark", ...stream, ...cleanUp].flatMap((line) => [Buffer.from(line), Buffer.from("\n")]),
    );
    return run(["fast-import", "--quiet", "--force"], input).split("\n");
  };

  return {
    git,
    commitAll,
    /** Commits files on top of a commit, and leaves branches alone. */
    commit: (parent: string, message: string, files: Readonly<Record<string, Content>>): string =>
      commitAll([{ parent, message, files }])[0] ?? "",
    push: (branch: string, commitId: string) => git("update-ref", `refs/heads/${branch}`, commitId),
    /** The newest commit of a branch. */
    head: (branch: string) => git("rev-parse", `refs/heads/${branch}`),
    /** The content of a file. */
    show: (commit: string, path: string) => git("show", `${commit}:${path}`),
  };
}

const SCRATCH = "refs/scratch/";

// https://git-scm.com/docs/git-fast-import#_input_format

const dataOf = (content: string | Uint8Array) => [`data ${Buffer.byteLength(content)}`, content];

function change(path: string, content: Content): (string | Uint8Array)[] {
  const quoted = JSON.stringify(path);
  if (content === null) return [`D ${quoted}`];
  return typeof content === "object" && "linkTo" in content
    ? [`M 120000 inline ${quoted}`, ...dataOf(content.linkTo)]
    : [`M 100644 inline ${quoted}`, ...dataOf(content)];
}
