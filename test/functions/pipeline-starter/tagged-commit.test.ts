import { CodeCommitClient } from "@aws-sdk/client-codecommit";
import { expect, it } from "vitest";
import { createFindTaggedCommit, refuseUnmerged } from "../../../functions/pipeline-starter/tagged-commit.ts";
import { clientConfiguration } from "../../../shared/aws-client.ts";
import { Refusal } from "../../../shared/refusal.ts";
import { COMMITS, useReleaseWorld } from "../../support/pipeline-starter.ts";

const world = useReleaseWorld();
const { signal } = new AbortController();

const find = (tag: string, branch = "main", repository = "infrastructure") =>
  createFindTaggedCommit({
    codecommit: new CodeCommitClient(clientConfiguration(world.platform())),
    repository,
    branch,
  })(tag, signal);

const refusalOf = async (found: Promise<unknown>) => {
  const error = await found.catch((thrown: unknown) => thrown);
  if (!(error instanceof Refusal)) throw new Error(`no refusal: ${error}`);
  return error;
};

it.each([
  ["a lightweight tag", "dev_us-east-1/research/1.0", COMMITS.roles],
  ["an annotated tag", "prod_global/tooling/1.0", COMMITS.head],
  ["a tag of a tag", "dev_global/tooling/1.1", COMMITS.head],
  ["a tag of an old commit", "qa_eu-central-1/risk/1.4.2", COMMITS.database],
])("The tagged commit is found for %s on the release branch.", async (_kind, tag, commitId) => {
  expect(await find(tag)).toEqual({ commitId, onBranch: true });
});

it("The tagged commit of a tag on another branch is found, and is not on the release branch.", async () => {
  const tag = "dev_us-east-1/risk/1.5.0";
  expect(await find(tag)).toEqual({ commitId: COMMITS.side, onBranch: false });
  expect(await find(tag, "larger-database")).toEqual({ commitId: COMMITS.side, onBranch: true });
});

it("The tagged commit is asked for by the full names of tag and branch, since each may have a namesake.", async () => {
  await find("dev_us-east-1/research/1.0");
  expect(world.calls().map(({ input }) => input)).toEqual([
    {
      repositoryName: "infrastructure",
      sourceCommitSpecifier: "refs/tags/dev_us-east-1/research/1.0",
      destinationCommitSpecifier: "refs/heads/main",
    },
  ]);
});

it.each([
  ["of something other than a commit", "dev_us-east-1/research/0.1-notes", "main"],
  ["that is gone", "dev_us-east-1/research/7.0", "main"],
  ["compared with a branch that does not exist", "dev_us-east-1/research/1.0", "trunk"],
])("The tagged commit of a tag %s is not found, and the tag is refused.", async (_what, tag, branch) => {
  const { message, steps } = await refusalOf(find(tag, branch));
  expect(message).toBe(`CodeCommit finds no commit for this tag, or no branch ${branch} in the repository.`);
  expect(steps).toContain("  BRANCH");
});

it("The tagged commit of a repository that does not exist is refused, and the setting is named.", async () => {
  const { message, steps } = await refusalOf(find("dev_us-east-1/research/1.0", "main", "other"));
  expect(message).toBe("The repository other does not exist.");
  expect(steps).toContain("  REPOSITORY");
});

it.each([
  ["CommitDoesNotExistException", /finds no commit/],
  ["InvalidCommitException", /finds no commit/],
  ["TipsDivergenceExceededException", /too far apart to compare/],
  ["MaximumItemsToCompareExceededException", /too far apart to compare/],
  ["MaximumFileContentToLoadExceededException", /too far apart to compare/],
  ["RepositoryDoesNotExistException", /repository infrastructure does not exist/],
])("The tagged commit is not found where CodeCommit says %s, and the tag is refused.", async (errorName, reason) => {
  world.fail("CodeCommit", "GetMergeOptions", errorName);
  expect((await refusalOf(find("dev_us-east-1/research/1.0"))).message).toMatch(reason);
});

it.each(["EncryptionKeyUnavailableException", "AccessDeniedException"])(
  "The tagged commit is not refused where CodeCommit says %s: the error is thrown as it is, so that Lambda retries.",
  async (errorName) => {
    world.fail("CodeCommit", "GetMergeOptions", errorName);
    await expect(find("dev_us-east-1/research/1.0")).rejects.toHaveProperty("name", errorName);
  },
);

it("The tagged commit that is not on the release branch is refused, with what to do.", () => {
  expect(() => refuseUnmerged({ commitId: COMMITS.head, onBranch: true }, "main")).not.toThrow();
  expect(() => refuseUnmerged({ commitId: COMMITS.side, onBranch: false }, "main")).toThrow(
    expect.objectContaining({
      message: `The release branch main does not contain the commit ${COMMITS.side} of this tag.`,
      steps: [expect.stringMatching(/^Merge the change .* push a tag with a new version/)],
    }),
  );
});
