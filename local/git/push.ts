import { git, openRepository, type Repository } from "./git.ts";

/** A reference that a push has changed: what CodeCommit's event says of it. */
export interface PushedReference {
  event: "referenceCreated" | "referenceUpdated" | "referenceDeleted";
  referenceType: "branch" | "tag";
  referenceName: string;
  referenceFullName: string;
  /** The id of a commit or an annotated tag; missing where the reference is gone. */
  commitId?: string;
  oldCommitId?: string;
}

const AUTHOR = "Ana Sample <ana@example.com>";

const now = (): string => `${Math.floor(Date.now() / 1_000)} +0000`;

/** A repository that people push to, as far as stories need it. `folder` is a bare repository. */
export function remote(folder: string) {
  const opened = (): Repository => {
    const repository = openRepository(folder);
    if (!repository) throw new Error(`${folder} is no repository.`);
    return repository;
  };
  const idOf = async (name: string): Promise<string | undefined> => {
    const { yes, output } = await opened().git(["rev-parse", "--verify", "--quiet", name]);
    return yes ? output : undefined;
  };

  async function change(type: "branch" | "tag", name: string, to: string | undefined): Promise<PushedReference> {
    const full = `refs/${type === "branch" ? "heads" : "tags"}/${name}`;
    const old = await idOf(full);
    await opened().git(to === undefined ? ["update-ref", "-d", full] : ["update-ref", full, to]);
    return {
      event: to === undefined ? "referenceDeleted" : old === undefined ? "referenceCreated" : "referenceUpdated",
      referenceType: type,
      referenceName: name,
      referenceFullName: full,
      ...(to !== undefined && { commitId: to }),
      ...(old !== undefined && { oldCommitId: old }),
    };
  }

  return {
    /** The id of a commit, a branch or a tag. */
    commitOf: async (name: string): Promise<string> => {
      const id = await idOf(`${name}^{commit}`);
      if (id === undefined) throw new Error(`${folder} has no ${name}.`);
      return id;
    },
    /**
     * Commits files on top of a branch and pushes it.
     *
     * @param files whole contents by path; null removes the file
     */
    push: async (
      branch: string,
      message: string,
      files: Readonly<Record<string, string | null>>,
    ): Promise<PushedReference> => {
      const parent = await idOf(`refs/heads/${branch}^{commit}`);
      const changes = Object.entries(files).map(([path, content]) =>
        content === null ? `D ${path}\n` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`,
      );
      await opened().git(["fast-import", "--quiet", "--date-format=raw"], {
        input: [
          `commit refs/heads/pushed\nmark :1\ncommitter ${AUTHOR} ${now()}\ndata ${Buffer.byteLength(message)}\n${message}\n`,
          ...(parent === undefined ? [] : [`from ${parent}\n`]),
          ...changes,
        ].join(""),
      });
      const commit = await idOf("refs/heads/pushed");
      await opened().git(["update-ref", "-d", "refs/heads/pushed"]);
      return change("branch", branch, commit);
    },
    /**
     * Pushes a tag, or moves it.
     *
     * @param of a commit, a branch or another tag
     * @param message makes it an annotated tag
     */
    pushTag: async (tag: string, of = "main", message?: string): Promise<PushedReference> => {
      const commit = await idOf(of);
      if (commit === undefined) throw new Error(`${folder} has no ${of}.`);
      if (message === undefined) return change("tag", tag, commit);
      const { output } = await opened().git(["mktag"], {
        input: `object ${commit}\ntype commit\ntag ${tag}\ntagger ${AUTHOR} ${now()}\n\n${message}\n`,
      });
      return change("tag", tag, output);
    },
    deleteTag: (tag: string): Promise<PushedReference> => change("tag", tag, undefined),
  };
}

/** Makes an empty bare repository. */
export const makeRemote = async (folder: string): Promise<void> => {
  await git(["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1", folder]);
};
