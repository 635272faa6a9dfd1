import { type CodeCommitClient, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { Refusal } from "../../shared/refusal.ts";

/**
 * What CodeCommit says where trying again changes nothing. Told by name: the bundle leaves out its hundreds of classes.
 * https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeOptions.html
 */
const NO_COMMIT = new Set(["CommitDoesNotExistException", "InvalidCommitException"]);
const NOT_COMPARABLE = new Set([
  "TipsDivergenceExceededException",
  "MaximumFileContentToLoadExceededException",
  "MaximumItemsToCompareExceededException",
]);

/**
 * Makes the function that finds the commit of a tag and whether it is on the release branch, with one call: it is on the
 * branch if it is its own merge base with it.
 *
 * @returns the id of the commit, of an annotated tag too
 * @throws Refusal where the tag has no commit, or CodeCommit cannot tell
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
      if (NO_COMMIT.has(name))
        throw new Refusal(
          `CodeCommit finds no commit of the tag, or no branch ${branch}.`,
          `If the tag was deleted meanwhile, nothing. If it points to something else than a commit, push one that does. If there is no branch ${branch}, correct the setting BRANCH of the function pipeline-starter, delete the tag and push it again.`,
        );
      if (NOT_COMPARABLE.has(name))
        throw new Refusal(
          `CodeCommit cannot tell whether its commit is on the branch ${branch}: they are too far apart.`,
          `Push a tag with a new version, on a newer commit of ${branch}.`,
        );
      if (name === "RepositoryDoesNotExistException")
        throw new Refusal(
          `There is no repository ${repository}.`,
          "Correct the setting REPOSITORY of the function pipeline-starter, or restore the repository. Then delete the tag and push it again.",
        );
      throw error;
    }
  };
