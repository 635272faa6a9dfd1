import { join } from "node:path";
import * as z from "zod";
import { AwsError } from "./aws-error.ts";
import type { Service } from "./gateway.ts";
import { openRepository, type Repository } from "./git.ts";
import { readModel, validateInput } from "./model.ts";
import { json } from "./protocols.ts";
import { makeSampleRepository } from "./sample-repositories.ts";

export interface CodeCommit extends Service {
  /** Serves the repositories of a folder from now on, by name and as they are. */
  useRepositories(folder: string): void;
}

const mergeOptionsInput = z.object({
  repositoryName: z.string(),
  sourceCommitSpecifier: z.string(),
  destinationCommitSpecifier: z.string(),
  conflictDetailLevel: z.enum(["FILE_LEVEL", "LINE_LEVEL"]).default("FILE_LEVEL"),
});

/**
 * CodeCommit on real git repositories: https://docs.aws.amazon.com/codecommit/latest/APIReference/
 *
 * @param samples folder for the sample repositories, each of which is made when it is first asked for
 */
export function codeCommit(samples: string): CodeCommit {
  const model = readModel("codecommit");
  const made = new Map<string, Promise<void>>();
  let folder: string | undefined;

  async function repositoryNamed(name: string): Promise<Repository> {
    const path = join(folder ?? samples, name);
    if (folder === undefined) {
      const making = made.get(name) ?? makeSampleRepository(name, path);
      made.set(name, making);
      await making;
    }
    const repository = /^\.+$/.test(name) ? undefined : openRepository(path);
    if (!repository) throw new AwsError("RepositoryDoesNotExistException", `${name} does not exist`);
    return repository;
  }

  async function getMergeOptions(input: unknown) {
    const asked = mergeOptionsInput.parse(input);
    const repository = await repositoryNamed(asked.repositoryName);
    const sourceCommitId = await commitOf(repository, asked.sourceCommitSpecifier);
    const destinationCommitId = await commitOf(repository, asked.destinationCommitSpecifier);
    const baseCommitId = await repository.git(["merge-base", sourceCommitId, destinationCommitId]);
    const mergeable =
      baseCommitId !== undefined &&
      (asked.conflictDetailLevel === "FILE_LEVEL"
        ? await changedApart(repository, baseCommitId, sourceCommitId, destinationCommitId)
        : await mergesCleanly(repository, sourceCommitId, destinationCommitId));
    return {
      mergeOptions: [
        ...(baseCommitId === destinationCommitId ? ["FAST_FORWARD_MERGE"] : []),
        ...(mergeable ? ["SQUASH_MERGE", "THREE_WAY_MERGE"] : []),
      ],
      sourceCommitId,
      destinationCommitId,
      baseCommitId,
    };
  }

  const operations: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
    GetMergeOptions: getMergeOptions,
  };
  return {
    name: "CodeCommit",
    signingName: "codecommit",
    protocol: json("1.1"),
    perform: async (operation, input) => {
      validateInput(model, operation, input, "ValidationException");
      return await operations[operation]?.(input);
    },
    useRepositories: (path) => {
      folder = path;
    },
  };
}

/** The commit that a specifier means: a whole commit id, HEAD, a whole reference, or the name of a branch or tag. */
async function commitOf({ git }: Repository, specifier: string): Promise<string> {
  if (specifier === "") throw new AwsError("CommitRequiredException", "A commit specifier is required");
  if (/^[0-9a-f]{40}$/.test(specifier)) {
    const [, type] = (await git(["cat-file", "--batch-check"], `${specifier}\n`))?.split(" ") ?? [];
    if (type === "missing") throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
    // Whether AWS takes the id of an annotated tag is not documented; a processor must not rely on it.
    if (type !== "commit") throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return specifier;
  }
  const references =
    specifier === "HEAD" || specifier.startsWith("refs/")
      ? [specifier]
      : [`refs/heads/${specifier}`, `refs/tags/${specifier}`];
  for (const reference of references) {
    // Takes whole references only, and nothing of git's language of revisions.
    if ((await git(["show-ref", "--verify", "--quiet", "--", reference])) === undefined) continue;
    const commit = await git(["rev-parse", "--verify", "--quiet", `${reference}^{commit}`]);
    if (commit === undefined) throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return commit;
  }
  throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
}

/** Whether no file has changed on both sides. */
async function changedApart({ git }: Repository, base: string, source: string, destination: string): Promise<boolean> {
  const changed = async (commit: string): Promise<string[]> =>
    (await git(["diff-tree", "-r", "-z", "--name-only", "--no-renames", base, commit]))?.split("\0").slice(0, -1) ?? [];
  const [onSource, onDestination] = [await changed(source), new Set(await changed(destination))];
  return !onSource.some((path) => onDestination.has(path));
}

const mergesCleanly = async ({ git }: Repository, source: string, destination: string): Promise<boolean> =>
  (await git(["merge-tree", "--write-tree", destination, source])) !== undefined;
