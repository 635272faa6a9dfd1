import {
  CreatePullRequestCommand,
  type CreatePullRequestCommandInput,
  GetPullRequestCommand,
  ListPullRequestsCommand,
  type ListPullRequestsCommandInput,
  PostCommentForPullRequestCommand,
  UpdatePullRequestDescriptionCommand,
  UpdatePullRequestStatusCommand,
} from "@aws-sdk/client-codecommit";
import { afterAll, describe, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";

const { client, close } = await createRepositoryWorld("config-rules");
afterAll(close);

const repositoryName = "config-rules";
const create = async (
  sourceReference: string,
  destinationReference: string | undefined = "main",
  others: Partial<CreatePullRequestCommandInput> = {},
) => {
  const targets = [{ repositoryName, sourceReference, destinationReference }];
  const command = new CreatePullRequestCommand({ title: "Break rules", description: "Two.", targets, ...others });
  return (await client.send(command)).pullRequest;
};
const read = async (pullRequestId: string) =>
  (await client.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest;
const list = (others: Partial<ListPullRequestsCommandInput> = {}) =>
  client.send(new ListPullRequestsCommand({ repositoryName, pullRequestStatus: "OPEN", ...others }));

describe("a pull request", () => {
  it("CodeCommit lists the pull requests of a repository by pages, the newest first.", async () => {
    const [older, newer] = [await create("broken"), await create("hostile")];
    const page = await list({ maxResults: 1 });
    expect(page.pullRequestIds).toEqual([newer?.pullRequestId]);
    const next = await list({ maxResults: 1, nextToken: page.nextToken });
    expect(next.pullRequestIds).toEqual([older?.pullRequestId]);
    expect((await list({ repositoryName: "infrastructure" })).pullRequestIds).toEqual([]);
    expect((await list({ pullRequestStatus: "CLOSED" })).pullRequestIds).toEqual([]);
  });

  it("CodeCommit keeps the new description of a pull request.", async () => {
    const { pullRequestId = "" } = (await create("refs/heads/broken")) ?? {};
    await client.send(new UpdatePullRequestDescriptionCommand({ pullRequestId, description: "Two rules." }));
    expect(await read(pullRequestId)).toMatchObject({
      title: "Break rules",
      description: "Two rules.",
      pullRequestStatus: "OPEN",
      pullRequestTargets: [{ sourceReference: "refs/heads/broken", destinationReference: "refs/heads/main" }],
    });
  });

  it("CodeCommit opens one pull request for one token, and refuses the token for another.", async () => {
    const clientRequestToken = "token";
    const first = await create("broken", "main", { clientRequestToken });
    expect(await create("broken", "main", { clientRequestToken })).toEqual(first);
    await expect(create("hostile", "main", { clientRequestToken })).rejects.toMatchObject({
      name: "IdempotencyParameterMismatchException",
    });
  });

  it("CodeCommit says who opened a pull request and at what commits, and closes it for good.", async () => {
    const { pullRequestId = "" } = (await create("broken")) ?? {};
    expect(await read(pullRequestId)).toMatchObject({
      authorArn: "arn:aws:sts::111122223333:assumed-role/Developer/local",
      pullRequestTargets: [
        {
          sourceCommit: expect.stringMatching(/^[0-9a-f]{40}$/),
          destinationCommit: expect.stringMatching(/^[0-9a-f]{40}$/),
        },
      ],
    });
    const change = (pullRequestStatus: "OPEN" | "CLOSED") =>
      client.send(new UpdatePullRequestStatusCommand({ pullRequestId, pullRequestStatus }));
    await change("CLOSED");
    await change("CLOSED");
    expect(await read(pullRequestId)).toMatchObject({ pullRequestStatus: "CLOSED" });
    await expect(change("OPEN")).rejects.toMatchObject({ name: "InvalidPullRequestStatusUpdateException" });
  });

  it("CodeCommit takes a comment once for one token, between two commits that exist.", async () => {
    const { pullRequestId = "", pullRequestTargets: [target] = [] } = (await create("broken")) ?? {};
    const post = (others: object = {}) =>
      client.send(
        new PostCommentForPullRequestCommand({
          pullRequestId,
          repositoryName,
          beforeCommitId: target?.destinationCommit,
          afterCommitId: target?.sourceCommit,
          content: "Merged.",
          clientRequestToken: "comment",
          ...others,
        }),
      );
    await post();
    await post();
    await expect(post({ content: "Refused." })).rejects.toMatchObject({
      name: "IdempotencyParameterMismatchException",
    });
    for (const [others, name] of [
      [{ content: "" }, "CommentContentRequiredException"],
      [{ content: "x".repeat(10_241) }, "CommentContentSizeLimitExceededException"],
      [{ repositoryName: "infrastructure" }, "RepositoryNotAssociatedWithPullRequestException"],
      [{ afterCommitId: target?.destinationCommit }, "BeforeCommitIdAndAfterCommitIdAreSameException"],
      [{ afterCommitId: "0".repeat(40) }, "CommitDoesNotExistException"],
    ] as const)
      await expect(post(others)).rejects.toMatchObject({ name });
  });

  const target = { repositoryName, sourceReference: "broken", destinationReference: "main" };
  it.each<[string, string, string, Partial<CreatePullRequestCommandInput>, string]>([
    ["of a branch that does not exist", "none", "main", {}, "ReferenceDoesNotExistException"],
    ["into a branch that does not exist", "broken", "none", {}, "ReferenceDoesNotExistException"],
    ["of a branch into itself", "main", "refs/heads/main", {}, "SourceAndDestinationAreSameException"],
    ["without a target", "", "", { targets: [] }, "TargetsRequiredException"],
    ["with two targets", "", "", { targets: [target, target] }, "InvalidTargetsException"],
    ["without a title", "broken", "main", { title: "" }, "TitleRequiredException"],
  ])("CodeCommit refuses a pull request %s.", async (_what, source, destination, others, name) => {
    await expect(create(source, destination, others)).rejects.toMatchObject({ name });
  });

  it("CodeCommit refuses to read a pull request that does not exist.", async () => {
    await expect(read("99")).rejects.toMatchObject({ name: "PullRequestDoesNotExistException" });
  });
});
