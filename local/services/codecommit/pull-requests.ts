import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import type { Caller } from "../../gateway/service.ts";
import { pageSize } from "./page.ts";
import type { OpenRepository } from "./repository.ts";
import { commitOf, headOf, refuseNoId } from "./specifier.ts";

const target = z.object({
  repositoryName: z.string(),
  sourceReference: z.string(),
  destinationReference: z.string().default("main"),
});
/** `sourceCommit` is for samples, whose repository may lack the source branch. */
const shownTarget = target.extend({ sourceCommit: z.string().optional() });
const creation = z.object({
  title: z.string(),
  description: z.string().default(""),
  targets: z.array(target),
  clientRequestToken: z.string().optional(),
});
const list = z.object({
  repositoryName: z.string(),
  pullRequestStatus: z.enum(["OPEN", "CLOSED"]).optional(),
  maxResults: pageSize,
  nextToken: pageToken,
});
const one = z.object({ pullRequestId: z.string() });
const description = one.extend({ description: z.string() });
const status = one.extend({ pullRequestStatus: z.enum(["OPEN", "CLOSED"]) });
const comment = one.extend({
  repositoryName: z.string(),
  beforeCommitId: z.string(),
  afterCommitId: z.string(),
  content: z.string(),
  clientRequestToken: z.string().optional(),
});

/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MAX_COMMENT = 10_240;

const pullRequestSchema = z.object({
  pullRequestId: z.string(),
  title: z.string(),
  description: z.string(),
  pullRequestStatus: z.enum(["OPEN", "CLOSED"]),
  authorArn: z.string(),
  pullRequestTargets: z.tuple([shownTarget]),
  comments: z.array(z.object({ content: z.string(), clientRequestToken: z.string().optional() })).default([]),
  clientRequestToken: z.string().optional(),
});
export type PullRequest = z.output<typeof pullRequestSchema>;

/** A pull request that a sample gives. */
export const givenPullRequest = pullRequestSchema
  .omit({ clientRequestToken: true })
  .partial({ comments: true, pullRequestStatus: true });
export type GivenPullRequest = z.output<typeof givenPullRequest>;

/**
 * The pull requests of all repositories: https://docs.aws.amazon.com/codecommit/latest/userguide/pull-requests.html
 *
 * @param file keeps them
 * @param author the ARN of a caller
 */
export function pullRequests(open: OpenRepository, file: string, author: (caller: Caller) => string) {
  const all: PullRequest[] = existsSync(file)
    ? z.array(pullRequestSchema).parse(JSON.parse(readFileSync(file, "utf8")))
    : [];
  const keep = () => writeFileSync(file, JSON.stringify(all));
  const find = (id: string): PullRequest => {
    const found = all.find(({ pullRequestId }) => pullRequestId === id);
    if (!found) throw new AwsError("PullRequestDoesNotExistException", `${id} does not exist`);
    return found;
  };

  /** As AWS shows it: the source commit is the head of the source branch, as long as the pull request is open. */
  async function shown({ comments: _comments, clientRequestToken: _token, ...pullRequest }: PullRequest) {
    const [{ repositoryName, sourceReference, destinationReference }] = pullRequest.pullRequestTargets;
    const repository = await open(repositoryName);
    const commitOfBranch = (reference: string, otherwise?: string) =>
      headOf(repository, reference.replace(/^refs\/heads\//, "")).catch(() => otherwise);
    const [sourceCommit, destinationCommit] = [
      await commitOfBranch(sourceReference, pullRequest.pullRequestTargets[0].sourceCommit),
      await commitOfBranch(destinationReference),
    ];
    return {
      ...pullRequest,
      pullRequestTargets: [{ ...pullRequest.pullRequestTargets[0], sourceCommit, destinationCommit }],
    };
  }

  const operations = {
    CreatePullRequest: async (input: unknown, caller: Caller) => {
      const { title, description: text, targets, clientRequestToken } = creation.parse(input);
      const [only, ...more] = targets;
      if (!only) throw new AwsError("TargetsRequiredException", "A target is required");
      // AWS takes one target, though the input is a list.
      if (more.length > 0) throw new AwsError("InvalidTargetsException", "There is more than one target");
      if (title === "") throw new AwsError("TitleRequiredException", "A title is required");
      const [sourceReference, destinationReference] = [only.sourceReference, only.destinationReference].map(
        (reference) => `refs/heads/${reference.replace(/^refs\/heads\//, "")}`,
      );
      if (
        sourceReference === undefined ||
        destinationReference === undefined ||
        sourceReference === destinationReference
      )
        throw new AwsError("SourceAndDestinationAreSameException", "Source and destination are the same");
      for (const reference of [sourceReference, destinationReference])
        await headOf(await open(only.repositoryName), reference.replace(/^refs\/heads\//, "")).catch(() => {
          throw new AwsError("ReferenceDoesNotExistException", `${reference} does not exist`);
        });
      const pullRequestTargets: PullRequest["pullRequestTargets"] = [
        { repositoryName: only.repositoryName, sourceReference, destinationReference },
      ];
      const earlier = all.find((request) => request.clientRequestToken === clientRequestToken);
      if (clientRequestToken !== undefined && earlier) {
        if (JSON.stringify([earlier.title, earlier.pullRequestTargets]) !== JSON.stringify([title, pullRequestTargets]))
          throw new AwsError("IdempotencyParameterMismatchException", "The token was used for another pull request");
        return { pullRequest: await shown(earlier) };
      }
      const pullRequest: PullRequest = {
        pullRequestId: String(all.length + 1),
        title,
        description: text,
        pullRequestStatus: "OPEN",
        authorArn: author(caller),
        pullRequestTargets,
        comments: [],
        clientRequestToken,
      };
      all.push(pullRequest);
      keep();
      return { pullRequest: await shown(pullRequest) };
    },

    ListPullRequests: async (input: unknown) => {
      const { repositoryName, pullRequestStatus, maxResults, nextToken } = list.parse(input);
      const ids = all
        .filter(({ pullRequestTargets: [{ repositoryName: name }] }) => name === repositoryName)
        .filter(({ pullRequestStatus: status }) => pullRequestStatus === undefined || status === pullRequestStatus)
        .map(({ pullRequestId }) => pullRequestId)
        .reverse();
      const { page, next } = pageOf(ids, nextToken, maxResults);
      return { pullRequestIds: page, nextToken: next };
    },

    GetPullRequest: async (input: unknown) => ({ pullRequest: await shown(find(one.parse(input).pullRequestId)) }),

    UpdatePullRequestDescription: async (input: unknown) => {
      const { pullRequestId, description: text } = description.parse(input);
      const found = find(pullRequestId);
      if (found.pullRequestStatus === "CLOSED")
        throw new AwsError("PullRequestAlreadyClosedException", `${pullRequestId} is closed`);
      found.description = text;
      keep();
      return { pullRequest: await shown(found) };
    },

    UpdatePullRequestStatus: async (input: unknown) => {
      const { pullRequestId, pullRequestStatus } = status.parse(input);
      const found = find(pullRequestId);
      if (found.pullRequestStatus === "CLOSED" && pullRequestStatus === "OPEN")
        throw new AwsError("InvalidPullRequestStatusUpdateException", "A closed pull request stays closed");
      found.pullRequestStatus = pullRequestStatus;
      keep();
      return { pullRequest: await shown(found) };
    },

    PostCommentForPullRequest: async (input: unknown) => {
      const { pullRequestId, repositoryName, content, clientRequestToken, ...commits } = comment.parse(input);
      const found = find(pullRequestId);
      if (found.pullRequestTargets[0].repositoryName !== repositoryName)
        throw new AwsError("RepositoryNotAssociatedWithPullRequestException", "It is in another repository");
      if (content === "") throw new AwsError("CommentContentRequiredException", "A comment needs content");
      if (content.length > MAX_COMMENT)
        throw new AwsError("CommentContentSizeLimitExceededException", "It is too long");
      const repository = await open(repositoryName);
      for (const commitId of Object.values(commits)) {
        refuseNoId(commitId);
        await commitOf(repository, commitId);
      }
      if (commits.beforeCommitId === commits.afterCommitId)
        throw new AwsError("BeforeCommitIdAndAfterCommitIdAreSameException", "Both commits are the same");
      const earlier = found.comments.find((one) => one.clientRequestToken === clientRequestToken);
      if (clientRequestToken !== undefined && earlier) {
        if (earlier.content !== content)
          throw new AwsError("IdempotencyParameterMismatchException", "The token was used for another comment");
      } else {
        found.comments.push({ content, clientRequestToken });
        keep();
      }
      return { repositoryName, pullRequestId, ...commits, comment: { content } };
    },
  };

  return {
    operations,
    /** Adds pull requests that a sample gives; one that is there already stays as it is. */
    add: (given: readonly GivenPullRequest[]) => {
      for (const request of given)
        if (!all.some(({ pullRequestId }) => pullRequestId === request.pullRequestId))
          all.push({
            ...request,
            pullRequestStatus: request.pullRequestStatus ?? "OPEN",
            comments: request.comments ?? [],
          });
      keep();
    },
  };
}
