import { type CodeCommitClient, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { Refusal } from "../../shared/refusal.ts";

/**
 * What CodeCommit says where trying again changes nothing. Told by name: the bundle leaves out its hundreds of classes.
 * https://docs.aws.amazon.com/codecommit/latest/APIReference/API_GetMergeOptions.html
 */
const TAG_GONE = new Set(["CommitDoesNotExistException", "InvalidCommitException"]);
const NOT_COMPARABLE = new Set([
  "TipsDivergenceExceededException",
  "MaximumFileContentToLoadExceededException",
  "MaximumItemsToCompareExceededException",
]);

/**
 * Makes the function that finds the commit of a tag and proves that it is on the release branch, with one call: it is on
 * the branch if it is its own merge base with it.
 *
 * @returns the id of the commit, of an annotated tag too
 * @throws Refusal where the tag has no such commit
 */
export const createTaggedCommit =
  ({ codecommit, repository, branch }: { codecommit: CodeCommitClient; repository: string; branch: string }) =>
  async (tag: string, abortSignal: AbortSignal): Promise<string> => {
    const howToRelease = `Merge the change to ${branch}. Then push a tag with a new version, on a commit of ${branch}.`;
    const command = new GetMergeOptionsCommand({
      repositoryName: repository,
      sourceCommitSpecifier: `refs/tags/${tag}`,
      destinationCommitSpecifier: `refs/heads/${branch}`,
    });
    try {
      const { sourceCommitId = "", baseCommitId } = await codecommit.send(command, { abortSignal });
      if (sourceCommitId !== "" && sourceCommitId === baseCommitId) return sourceCommitId;
      throw new Refusal(`Its commit ${sourceCommitId} is not on the branch ${branch}.`, howToRelease);
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (TAG_GONE.has(name))
        throw new Refusal(
          `CodeCommit finds no commit that the tag points to, or no branch ${branch}: the tag was deleted meanwhile, or never pointed to a commit.`,
          howToRelease,
        );
      if (NOT_COMPARABLE.has(name))
        throw new Refusal(
          `CodeCommit cannot compare its commit with the branch ${branch}: they are too far apart.`,
          howToRelease,
        );
      if (name === "RepositoryDoesNotExistException")
        throw new Refusal(
          `There is no repository ${repository}.`,
          "Correct the setting REPOSITORY of the function pipeline-starter, or restore the repository. Then push the tag again.",
        );
      throw error;
    }
  };
