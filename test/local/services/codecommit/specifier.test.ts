import { execFileSync } from "node:child_process";
import {
  GetBranchCommand,
  GetMergeOptionsCommand,
  MergeBranchesByFastForwardCommand,
  MergeBranchesByThreeWayCommand,
} from "@aws-sdk/client-codecommit";
import { afterAll, describe, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";
import { COMMITS } from "../../../support/pipeline-starter.ts";

const { client, close, git } = await createRepositoryWorld("infrastructure");
afterAll(close);

const repositoryName = "infrastructure";
const found = async (sourceCommitSpecifier: string) => {
  const command = new GetMergeOptionsCommand({
    repositoryName,
    sourceCommitSpecifier,
    destinationCommitSpecifier: "refs/heads/main",
  });
  const { sourceCommitId, destinationCommitId } = await client.send(command);
  expect(destinationCommitId).toBe(COMMITS.head);
  return sourceCommitId;
};

describe.concurrent("a commit specifier", () => {
  it.each([
    ["a whole id", COMMITS.database, COMMITS.database],
    ["a branch", "larger-database", COMMITS.side],
    ["the whole name of a branch", "refs/heads/larger-database", COMMITS.side],
    ["HEAD", "HEAD", COMMITS.head],
    ["a lightweight tag", "refs/tags/qa_eu-central-1/risk/1.4.2", COMMITS.database],
    ["the short name of a tag", "qa_eu-central-1/risk/1.4.2", COMMITS.database],
    ["an annotated tag", "refs/tags/prod_global/tooling/1.0", COMMITS.head],
    ["a tag of a tag", "refs/tags/dev_global/tooling/1.1", COMMITS.head],
    ["the branch where a tag has the same name", "main", COMMITS.head],
  ])("A commit specifier of CodeCommit may be %s.", async (_what, specifier, commitId) => {
    expect(await found(specifier)).toBe(commitId);
    // The second answer may come from what the first one learned.
    expect(await found(specifier)).toBe(commitId);
  });

  it.each([
    ["a tag that does not exist", "refs/tags/none", "CommitDoesNotExistException"],
    ["an id that does not exist", "0".repeat(40), "CommitDoesNotExistException"],
    ["the id of an annotated tag", "a1f8dd59a8962bc8d78eb8b8d7361e809c87ab1b", "InvalidCommitException"],
    ["a tag of a file", "refs/tags/dev_us-east-1/research/0.1-notes", "InvalidCommitException"],
    ["an empty specifier", "", "CommitRequiredException"],
    ["a part of an id", COMMITS.database.slice(0, 10), "CommitDoesNotExistException"],
    ["a revision in the language of git", "main~1", "CommitDoesNotExistException"],
    ["a pattern of references", "refs/heads/*", "CommitDoesNotExistException"],
    ["a folder of references", "refs/heads", "CommitDoesNotExistException"],
    ["an option of git", "--all", "CommitDoesNotExistException"],
    ["a command for a shell", "$(id)", "CommitDoesNotExistException"],
  ])("A commit specifier of CodeCommit may not be %s.", async (_what, specifier, name) => {
    await expect(found(specifier)).rejects.toMatchObject({ name });
  });
});

it("A commit specifier of CodeCommit finds a commit that somebody pushed after CodeCommit had missed it.", async () => {
  const tree = git("rev-parse", "refs/heads/main^{tree}");
  const content = `tree ${tree}\nauthor A <a@example.com> 0 +0000\ncommitter A <a@example.com> 0 +0000\n\nPushed\n`;
  const hash = (...options: string[]) =>
    execFileSync(
      "git",
      [`--git-dir=${git("rev-parse", "--absolute-git-dir")}`, "hash-object", "-t", "commit", "--stdin", ...options],
      {
        encoding: "utf8",
        input: content,
      },
    ).trim();
  const later = hash();
  await expect(found(later)).rejects.toMatchObject({ name: "CommitDoesNotExistException" });
  expect(hash("-w")).toBe(later);
  expect(await found(later)).toBe(later);
});

it("A commit specifier in the language of git is no name of a branch for GetBranch.", async () => {
  const command = new GetBranchCommand({ repositoryName, branchName: "main~1" });
  await expect(client.send(command)).rejects.toMatchObject({ name: "BranchDoesNotExistException" });
});

it.each([
  ["a branch that does not exist", "none", "BranchDoesNotExistException"],
  ["no branch", undefined, "BranchNameRequiredException"],
  ["a branch that is not at the destination", "imported", "ConcurrentReferenceUpdateException"],
])(
  "A commit specifier is compared with the branch that a merge goes to, and %s is refused.",
  async (_what, targetBranch, name) => {
    const refused = {
      repositoryName,
      sourceCommitSpecifier: "refs/heads/larger-database",
      destinationCommitSpecifier: "refs/heads/main",
      targetBranch,
    };
    for (const command of [new MergeBranchesByFastForwardCommand(refused), new MergeBranchesByThreeWayCommand(refused)])
      await expect(client.send(command)).rejects.toMatchObject({ name });
    expect(git("rev-parse", "refs/heads/main")).toBe(COMMITS.head);
  },
);
