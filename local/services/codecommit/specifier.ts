import { AwsError } from "../../gateway/aws-error.ts";
import type { Repository } from "../../git/git.ts";

const COMMIT_ID = /^[0-9a-f]{40}$/;

/** @throws AwsError for what is no whole id */
export function refuseNoId(commitId: string): void {
  if (!COMMIT_ID.test(commitId)) throw new AwsError("InvalidCommitIdException", `${commitId} is not an id`);
}

/** The types of objects by id. They stay as they are, so git is asked once. */
const knownTypes = new WeakMap<Repository, Map<string, string>>();

/** The type of the object with this id, such as `commit`; `missing` where there is none. */
export async function typeOf(repository: Repository, id: string): Promise<string> {
  const types = knownTypes.get(repository) ?? new Map<string, string>();
  knownTypes.set(repository, types);
  const known = types.get(id);
  if (known !== undefined) return known;
  const { output } = await repository.git(["cat-file", "--batch-check=%(objecttype)"], { input: `${id}\n` });
  const type = output.split(" ").at(-1) ?? "missing";
  // Somebody may still push a missing one.
  if (type !== "missing") types.set(id, type);
  return type;
}

/** Finds the commit for a specifier: a whole commit id, HEAD, a whole reference, or the name of a branch or tag. */
export async function commitOf(repository: Repository, specifier: string): Promise<string> {
  const { git } = repository;
  if (specifier === "") throw new AwsError("CommitRequiredException", "A commit specifier is required");
  if (COMMIT_ID.test(specifier)) {
    const type = await typeOf(repository, specifier);
    if (type === "missing") throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
    // AWS does not document whether it takes the id of an annotated tag, so no processor may rely on it.
    if (type !== "commit") throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return specifier;
  }
  if (specifier === "HEAD") {
    const { yes, output } = await git(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]);
    if (yes) return output;
  }
  const references = specifier.startsWith("refs/")
    ? [specifier]
    : [`refs/heads/${specifier}`, `refs/tags/${specifier}`];
  for (const reference of references) {
    const found = await referenceNamed(repository, reference);
    if (!found) continue;
    if (found.type === "commit") return found.id;
    const { yes, output } = await git(["rev-parse", "--verify", "--quiet", `${found.id}^{commit}`]);
    if (!yes) throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return output;
  }
  throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
}

/** Finds the object of a whole reference. Revisions such as `main~1` are no references. */
async function referenceNamed({ git }: Repository, reference: string) {
  const { output } = await git(["for-each-ref", "--format=%(objecttype) %(objectname) %(refname)", "--", reference]);
  return output
    .split("\n")
    .map((line) => {
      const [type, id = "", ...name] = line.split(" ");
      return { type, id, name: name.join(" ") };
    })
    .find(({ name }) => name === reference);
}

/** The newest commit of a branch. */
export const headOf = (repository: Repository, branch: string): Promise<string> =>
  commitOf(repository, `refs/heads/${branch}`).catch(() => {
    throw new AwsError("BranchDoesNotExistException", `${branch} does not exist`);
  });

/** The branch that a merge moves. It must still be at the destination. */
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
