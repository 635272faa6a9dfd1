import { type CodeCommitClient, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { Refusal } from "./refusal.ts";

/**
 * Errors of CodeCommit that a retry does not change. Compared by name: the bundle leaves out CodeCommit's hundreds of
 * error classes. https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeOptions.html
 */
const NO_COMMIT = new Set(["CommitDoesNotExistException", "InvalidCommitException"]);
const NOT_COMPARABLE = new Set([
  "TipsDivergenceExceededException",
  "MaximumFileContentToLoadExceededException",
  "MaximumItemsToCompareExceededException",
]);

/**
 * Makes the function that finds the commit of a tag and whether it is on the release branch, with one call: a commit is
 * on the branch if it is its own merge base with the branch.
 *
 * @returns the id of the commit, also for an annotated tag
 * @throws Refusal where the tag has no commit, or CodeCommit cannot compare it with the branch
 */
export const createFindTaggedCommit =
  ({ codecommit, repository, branch }: { codecommit: CodeCommitClient; repository: string; branch: string }) =>
  async (tag: string, abortSignal: AbortSignal): Promise<{ commitId: string; onBranch: boolean }> => {
    const command = new GetMergeOptionsCommand({
      repositoryName: repository,
      sourceCommitSpecifier: `refs/tags/${tag}`,
      destinationCommitSpecifier: `refs/heads/${branch}`,
    });
    try {
      const { sourceCommitId = "", baseCommitId } = await codecommit.send(command, { abortSignal });
      return { commitId: sourceCommitId, onBranch: sourceCommitId === baseCommitId };
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (NO_COMMIT.has(name)) throw new Refusal({ kind: "no commit or no branch", branch });
      if (NOT_COMPARABLE.has(name)) throw new Refusal({ kind: "too far apart", branch });
      if (name === "RepositoryDoesNotExistException") throw new Refusal({ kind: "no repository", repository });
      throw error;
    }
  };
