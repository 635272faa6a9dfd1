import {
  type CodeCommitClient,
  GetPullRequestCommand,
  PostCommentForPullRequestCommand,
  type PullRequest,
  UpdatePullRequestStatusCommand,
} from "@aws-sdk/client-codecommit";

/** Where a comment cannot be made, or is there already: the e-mail says the same. */
const NO_COMMENT = new Set(["BeforeCommitIdAndAfterCommitIdAreSameException", "IdempotencyParameterMismatchException"]);

export type PullRequests = ReturnType<typeof createPullRequests>;

/** Pull requests of the guardrail repository. */
export function createPullRequests({ codecommit, repository }: { codecommit: CodeCommitClient; repository: string }) {
  async function get(pullRequestId: string, abortSignal: AbortSignal): Promise<PullRequest> {
    const { pullRequest } = await codecommit.send(new GetPullRequestCommand({ pullRequestId }), { abortSignal });
    return pullRequest ?? {};
  }

  /** Closes a pull request with the outcome as its last comment. A repeat changes nothing. */
  async function close(
    { pullRequestId = "", pullRequestTargets: [target] = [] }: PullRequest,
    content: string,
    abortSignal: AbortSignal,
  ): Promise<void> {
    const comment = new PostCommentForPullRequestCommand({
      pullRequestId,
      repositoryName: repository,
      beforeCommitId: target?.destinationCommit,
      afterCommitId: target?.sourceCommit,
      content,
      clientRequestToken: `guardrail-merger-${repository}-${pullRequestId}`,
    });
    try {
      await codecommit.send(comment, { abortSignal });
    } catch (error) {
      if (!(error instanceof Error && NO_COMMENT.has(error.name))) throw error;
    }
    const closing = new UpdatePullRequestStatusCommand({ pullRequestId, pullRequestStatus: "CLOSED" });
    await codecommit.send(closing, { abortSignal });
  }

  return { get, close };
}
