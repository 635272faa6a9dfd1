import { CreateBranchCommand, GetBranchCommand } from "@aws-sdk/client-codecommit";
import { afterAll, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";

const { client, close, head } = await createRepositoryWorld("config-rules");
afterAll(close);

const repositoryName = "config-rules";
const commitId = head("main");
const create = (branchName: string, at: string) =>
  client.send(new CreateBranchCommand({ repositoryName, branchName, commitId: at }));

it("CreateBranch makes a branch at a commit, and GetBranch finds it there.", async () => {
  await create("config-rules/abc", commitId);
  expect(head("config-rules/abc")).toBe(commitId);
  const { branch } = await client.send(new GetBranchCommand({ repositoryName, branchName: "config-rules/abc" }));
  expect(branch).toEqual({ branchName: "config-rules/abc", commitId });
});

it("GetBranch refuses a branch that does not exist.", async () => {
  const command = new GetBranchCommand({ repositoryName, branchName: "none" });
  await expect(client.send(command)).rejects.toMatchObject({ name: "BranchDoesNotExistException" });
});

it.each([
  ["a branch that exists", "main", commitId, "BranchNameExistsException"],
  ["a name that git does not take", "a..b", commitId, "InvalidBranchNameException"],
  ["a commit that does not exist", "new", "1".repeat(40), "CommitDoesNotExistException"],
  ["a branch in the place of a commit", "new", "main", "InvalidCommitIdException"],
])("CreateBranch refuses %s.", async (_what, name, at, error) => {
  await expect(create(name, at)).rejects.toMatchObject({ name: error });
  expect(head("main")).toBe(commitId);
});
