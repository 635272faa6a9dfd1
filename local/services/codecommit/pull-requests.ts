import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import { pageSize } from "./page.ts";
import type { OpenRepository } from "./repository.ts";
import { headOf } from "./specifier.ts";

const target = z.object({
  repositoryName: z.string(),
  sourceReference: z.string(),
  destinationReference: z.string().default("main"),
});
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

const pullRequestSchema = z.object({
  pullRequestId: z.string(),
  title: z.string(),
  description: z.string(),
  pullRequestStatus: z.enum(["OPEN", "CLOSED"]),
  pullRequestTargets: z.tuple([target]),
  clientRequestToken: z.string().optional(),
});
type PullRequest = z.output<typeof pullRequestSchema>;

/**
 * The pull requests of all repositories: https://docs.aws.amazon.com/codecommit/latest/userguide/pull-requests.html
 *
 * @param file keeps them
 */
export function pullRequests(open: OpenRepository, file: string) {
  const all: PullRequest[] = existsSync(file)
    ? z.array(pullRequestSchema).parse(JSON.parse(readFileSync(file, "utf8")))
    : [];
  const keep = () => writeFileSync(file, JSON.stringify(all));
  const find = (id: string): PullRequest => {
    const found = all.find(({ pullRequestId }) => pullRequestId === id);
    if (!found) throw new AwsError("PullRequestDoesNotExistException", `${id} does not exist`);
    return found;
  };

  return {
    CreatePullRequest: async (input: unknown) => {
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
        return { pullRequest: earlier };
      }
      const pullRequest: PullRequest = {
        pullRequestId: String(all.length + 1),
        title,
        description: text,
        pullRequestStatus: "OPEN",
        pullRequestTargets,
        clientRequestToken,
      };
      all.push(pullRequest);
      keep();
      return { pullRequest };
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

    GetPullRequest: async (input: unknown) => ({ pullRequest: find(one.parse(input).pullRequestId) }),

    UpdatePullRequestDescription: async (input: unknown) => {
      const { pullRequestId, description: text } = description.parse(input);
      const found = find(pullRequestId);
      if (found.pullRequestStatus === "CLOSED")
        throw new AwsError("PullRequestAlreadyClosedException", `${pullRequestId} is closed`);
      found.description = text;
      keep();
      return { pullRequest: found };
    },
  };
}
