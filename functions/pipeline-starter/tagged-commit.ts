import { type CodeCommitClient, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { commandLine } from "../../shared/email-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { releaseAgainCommand } from "../../shared/release-again.ts";

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

/** The commit of a tag, and whether it is on the release branch. A type, since `once` keeps it. */
type TaggedCommit = { commitId: string; onBranch: boolean };

/**
 * Makes the function that finds the commit of a tag and whether it is on the release branch, with one call: a commit is
 * on the branch if it is its own merge base with the branch.
 *
 * @returns the id of the commit, also for an annotated tag
 * @throws Refusal where the tag has no commit, or CodeCommit cannot compare it with the branch
 */
export const createFindTaggedCommit =
  ({ codecommit, repository, branch }: { codecommit: CodeCommitClient; repository: string; branch: string }) =>
  async (tag: string, abortSignal: AbortSignal): Promise<TaggedCommit> => {
    const command = new GetMergeOptionsCommand({
      repositoryName: repository,
      sourceCommitSpecifier: `refs/tags/${tag}`,
      destinationCommitSpecifier: `refs/heads/${branch}`,
    });
    const releaseIt = ["Then release the tag:", commandLine(releaseAgainCommand(tag))];
    try {
      const { sourceCommitId = "", baseCommitId } = await codecommit.send(command, { abortSignal });
      return { commitId: sourceCommitId, onBranch: sourceCommitId === baseCommitId };
    } catch (error) {
      const name = error instanceof Error ? error.name : "";
      if (NO_COMMIT.has(name))
        throw new Refusal(
          `CodeCommit finds no commit for this tag, or no branch ${branch} in the repository.`,
          "If the tag does not exist, push it to release it.",
          "If the tag does not point to a commit, delete it and push a tag that does.",
          "If the branch does not exist, correct this setting of the function pipeline-starter:",
          commandLine("BRANCH"),
          ...releaseIt,
        );
      if (NOT_COMPARABLE.has(name))
        throw new Refusal(
          `CodeCommit cannot tell whether the branch ${branch} contains the commit of this tag: the two are too far apart to compare.`,
          "Push a tag with a new version on a newer commit of the branch.",
        );
      if (name === "RepositoryDoesNotExistException")
        throw new Refusal(
          `The repository ${repository} does not exist.`,
          "Restore the repository, or correct this setting of the function pipeline-starter:",
          commandLine("REPOSITORY"),
          ...releaseIt,
        );
      throw error;
    }
  };

/** @throws Refusal for a commit that is not on the release branch */
export function refuseUnmerged({ commitId, onBranch }: TaggedCommit, branch: string): void {
  if (!onBranch)
    throw new Refusal(
      `The release branch ${branch} does not contain the commit ${commitId} of this tag.`,
      "Merge the change into the release branch. Then push a tag with a new version on a commit of that branch.",
    );
}
