import { dirname } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openRepository } from "../../../../local/git/git.ts";
import { commitTree, moveBranch } from "../../../../local/services/codecommit/branch-move.ts";
import { createWorld } from "../../../../local/world.ts";
import { GUARDRAILS } from "../../../support/guardrail-merger.ts";
import { workOn } from "../../../support/work-on.ts";

const world = await createWorld();
afterAll(() => world.close());
const folder = await world.repositoryFolder("guardrails");
const { git, head } = workOn(dirname(folder), "guardrails");
const repository = openRepository(folder);
if (!repository) throw new Error("There is no repository.");

it("The move of a branch in CodeCommit fails where somebody moved it meanwhile.", async () => {
  await expect(moveBranch(repository, "main", GUARDRAILS.first, GUARDRAILS.furtherAhead)).rejects.toMatchObject({
    name: "ConcurrentReferenceUpdateException",
  });
  expect(head("main")).toBe(GUARDRAILS.main);
});

it("The move of a branch in CodeCommit makes a commit one minute younger than its newest parent.", async () => {
  const parents = [GUARDRAILS.main, GUARDRAILS.develop] as const;
  const person = { authorName: "Ana", email: "ana@example.com", commitMessage: "Both" };
  const commit = await commitTree(repository, git("rev-parse", "main^{tree}"), parents, person);
  const time = (id: string) => Number(git("show", "--no-patch", "--format=%ct", id));
  expect(time(commit) - Math.max(...parents.map(time))).toBe(60);
});
