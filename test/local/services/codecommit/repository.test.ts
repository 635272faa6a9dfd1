import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeCommitClient, CreateBranchCommand, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { afterAll, expect, it } from "vitest";
import { createWorld } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade repositories-"));
const workTree = join(folder, "work-tree");
const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.com", ...args], { encoding: "utf8" }).trim();

mkdirSync(workTree);
git("init", "--quiet", "--initial-branch=main", workTree);
for (const content of ["first", "second"]) {
  writeFileSync(join(workTree, "a.txt"), content);
  git("-C", workTree, "add", "a.txt");
  git("-C", workTree, "commit", "--quiet", "--message", content);
}
const commitId = git("-C", workTree, "rev-parse", "HEAD");
git("clone", "--quiet", "--bare", workTree, join(folder, "bare"));
git("clone", "--quiet", "--bare", workTree, join(folder, "with-suffix.git"));
git("-C", workTree, "worktree", "add", "--quiet", "--detach", join(folder, "linked"));
git("clone", "--quiet", "--depth=1", `file://${workTree}`, join(folder, "shallow"));
mkdirSync(join(folder, "empty"));

const world = await createWorld({ repositories: folder });
const client = new CodeCommitClient({ ...localClient(world.endpoint), maxAttempts: 1 });
afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

const headOf = async (repositoryName: string) => {
  const range = { sourceCommitSpecifier: "refs/heads/main", destinationCommitSpecifier: "HEAD" };
  return (await client.send(new GetMergeOptionsCommand({ repositoryName, ...range }))).sourceCommitId;
};

it.each([
  ["with a work tree", "work-tree"],
  ["without a work tree", "bare"],
  ["whose folder ends in .git", "with-suffix"],
  ["that is a linked work tree", "linked"],
])("CodeCommit serves a repository %s.", async (_what, name) => {
  expect(await headOf(name)).toBe(commitId);
});

it("CodeCommit serves a repository of the user with a new branch, and leaves its work tree alone.", async () => {
  await client.send(new CreateBranchCommand({ repositoryName: "work-tree", branchName: "new", commitId }));
  expect(git("-C", workTree, "rev-parse", "new")).toBe(commitId);
  expect(git("-C", workTree, "status", "--porcelain")).toBe("");
});

it("CodeCommit refuses a repository that is a shallow clone, in which commits seem to have no ancestors.", async () => {
  for (let again = 0; again < 2; again += 1)
    await expect(headOf("shallow")).rejects.toThrow(/is a shallow clone. Fetch all of it: git fetch --unshallow/);
});

it.each([
  ["that does not exist", "none", "RepositoryDoesNotExistException"],
  ["in a folder that git does not know", "empty", "RepositoryDoesNotExistException"],
  ["that is the folder above", "..", "RepositoryDoesNotExistException"],
  ["with a path for a name", "a/b", "ValidationException"],
  ["with the name of a member of every object", "constructor", "RepositoryDoesNotExistException"],
])("CodeCommit refuses a repository %s.", async (_what, repository, name) => {
  await expect(headOf(repository)).rejects.toMatchObject({ name });
});
