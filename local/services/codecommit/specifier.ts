import { AwsError } from "../../gateway/aws-error.ts";
import type { Repository } from "../../git/git.ts";

/** The kind of object that an id belongs to; `missing` where there is none. */
export async function typeOf({ git }: Repository, id: string): Promise<string | undefined> {
  return (await git(["cat-file", "--batch-check=%(objecttype)"], { input: `${id}\n` })).output.split(" ").at(-1);
}

/** The commit that a specifier means: a whole commit id, HEAD, a whole reference, or the name of a branch or tag. */
export async function commitOf(repository: Repository, specifier: string): Promise<string> {
  const { git } = repository;
  if (specifier === "") throw new AwsError("CommitRequiredException", "A commit specifier is required");
  if (/^[0-9a-f]{40}$/.test(specifier)) {
    const type = await typeOf(repository, specifier);
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
    if (!(await git(["show-ref", "--verify", "--quiet", "--", reference])).yes) continue;
    const { yes, output } = await git(["rev-parse", "--verify", "--quiet", `${reference}^{commit}`]);
    if (!yes) throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return output;
  }
  throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
}

/** The commit that a branch is at. */
export const headOf = (repository: Repository, branch: string): Promise<string> =>
  commitOf(repository, `refs/heads/${branch}`).catch(() => {
    throw new AwsError("BranchDoesNotExistException", `${branch} does not exist`);
  });

/** The branch that a merge moves; it has to be where the destination is. */
export async function targetOf(
  repository: Repository,
  branch: string | undefined,
  destination: string,
): Promise<string> {
  if (branch === undefined) throw new AwsError("BranchNameRequiredException", "A target branch is required");
  if ((await headOf(repository, branch)) !== destination)
    throw new AwsError("ConcurrentReferenceUpdateException", `${branch} is not at the destination any more`);
  return branch;
}
