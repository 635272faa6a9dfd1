import { AwsError } from "../../gateway/aws-error.ts";
import type { Repository } from "../../git/git.ts";

/** Moves a branch, unless somebody moved it meanwhile. */
export async function moveBranch({ git }: Repository, branch: string, from: string, to: string) {
  try {
    await git(["update-ref", `refs/heads/${branch}`, to, from]);
  } catch {
    throw new AwsError("ConcurrentReferenceUpdateException", `The branch ${branch} was updated meanwhile`);
  }
  return { commitId: to, treeId: (await git(["rev-parse", `${to}^{tree}`])).output };
}

/** Commits a tree. The same commit has the same id everywhere, so that samples can name it. */
export async function commitTree(
  { git }: Repository,
  tree: string,
  parents: readonly [string, ...string[]],
  { authorName, email, commitMessage }: { authorName: string; email: string; commitMessage: string },
): Promise<string> {
  // One minute after its newest parent.
  const dates = await git(["show", "--no-patch", "--format=%ct", ...parents]);
  const date = `${Math.max(...dates.output.split(/\s+/).map(Number)) + 60} +0000`;
  const { output } = await git(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"], {
    input: commitMessage,
    environment: {
      GIT_AUTHOR_NAME: authorName,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: authorName,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    },
  });
  return output;
}
