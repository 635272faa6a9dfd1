import { CodeCommitClient, CreateBranchCommand, GetPullRequestCommand } from "@aws-sdk/client-codecommit";
import { afterEach, beforeEach, expect, it } from "vitest";
import { forceMergeCommand } from "../../functions/guardrail-merger/forced-commit.ts";
import type { Fault } from "../../local/gateway/faults.ts";
import { createWorld, type World } from "../../local/world.ts";
import { localClient } from "../support/local-client.ts";
import { runCommandFile } from "../support/run-command.ts";

const COMMIT = "74426ea12a49e29618b8894af2f730e9e1c96252";

const faults: Fault[] = [];
let world: World;
beforeEach(async () => {
  world = await createWorld({ faults });
});
afterEach(() => world.close());

const forceMerge = (...args: string[]) => runCommandFile("cli/force-merge.ts", args, world.environmentOf("developer"));
const codecommit = () => new CodeCommitClient(localClient(world.endpoint));
const pullRequest = async (pullRequestId: string) =>
  (await codecommit().send(new GetPullRequestCommand({ pullRequestId }))).pullRequest;
const operations = () => world.calls.map(({ operation }) => operation);

it("force-merge makes a branch at the commit, opens the pull request with the reason, and prints where it is.", async () => {
  const reason = 'The "auditors" asked\nfor it';
  const { code, stdout } = await forceMerge("--commit", COMMIT, "--reason", reason);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /\n {2}branch {8}force\/74426ea\n {2}pull request {2}1\n {2}requested by {2}arn:aws:sts::111122223333:assumed-role\/Developer\/local\n {2}link {10}https:\/\/us-east-1\.console\.aws\.amazon\.com\/codesuite\/codecommit\/repositories\/guardrails\/pull-requests\/1\/details\?region=us-east-1\n$/,
  );
  expect(await pullRequest("1")).toMatchObject({
    title: "Force the guardrails of 74426ea",
    description: reason,
    pullRequestTargets: [
      {
        sourceReference: "refs/heads/force/74426ea",
        destinationReference: "refs/heads/main",
        sourceCommit: COMMIT,
      },
    ],
  });
});

it("force-merge takes the command as e-mails write it.", async () => {
  const [, , , , ...own] = forceMergeCommand("guardrails", COMMIT).replaceAll('"', "").split(" ");
  expect(await forceMerge(...own.slice(0, -1), "Because")).toHaveProperty("code", 0);
});

it("force-merge asks again with the branch of an earlier request, which is at the same commit.", async () => {
  for (let count = 0; count < 2; count += 1)
    expect(await forceMerge("--commit", COMMIT, "--reason", "x")).toHaveProperty("code", 0);
  expect(await pullRequest("2")).toHaveProperty("description", "x");
});

it("force-merge does not move a branch of the same name that is at another commit.", async () => {
  await codecommit().send(
    new CreateBranchCommand({
      repositoryName: "guardrails",
      branchName: "force/74426ea",
      commitId: "955b6e78b815cca49c043cbe79712ded77473740",
    }),
  );
  const { code, stderr } = await forceMerge("--commit", COMMIT, "--reason", "x");
  expect([code, stderr]).toEqual([1, "The branch force/74426ea is at another commit. Delete it, and ask again.\n"]);
  expect(operations()).not.toContain("CreatePullRequest");
});

it.each(["CreateBranch", "CreatePullRequest"])(
  "force-merge opens one pull request where the answer of CodeCommit.%s is lost.",
  async (operation) => {
    faults.push({ kind: "lose", service: "CodeCommit", operation, remaining: 1 });
    expect(await forceMerge("--commit", COMMIT, "--reason", "x")).toHaveProperty("code", 0);
    await expect(pullRequest("2")).rejects.toThrow("does not exist");
  },
);

it.each(["CreateBranch", "CreatePullRequest"])(
  "force-merge fails where CodeCommit.%s is denied, and says so.",
  async (operation) => {
    faults.push({ kind: "fail", service: "CodeCommit", operation, errorName: "AccessDenied", remaining: 1 });
    const { code, stderr } = await forceMerge("--commit", COMMIT, "--reason", "x");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^AccessDenied.*repository guardrails/);
  },
);

it.each([
  ["no commit", ["--reason", "x"], "--commit"],
  ["no reason", ["--commit", COMMIT], "--reason"],
  ["an empty reason", ["--commit", COMMIT, "--reason", " \u200b"], "Say why."],
  ["a reason of invisible letters", ["--commit", COMMIT, "--reason", "\u3164\u2800"], "Say why."],
  ["a reason that is too long", ["--commit", COMMIT, "--reason", "x".repeat(10_241)], "at most 10240 characters"],
  ["a part of an id", ["--commit", COMMIT.slice(0, 8), "--reason", "x"], "Write the whole id"],
  ["an unknown option", ["--commit", COMMIT, "--reason", "x", "--now"], "unknown option"],
])("force-merge with %s is wrong usage: exit code 2.", async (_what, args, complaint) => {
  const { code, stderr } = await forceMerge(...args);
  expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
  expect(world.calls).toEqual([]);
});
