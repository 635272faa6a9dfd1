import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGuardrailBranch, type OnDivergence } from "../../../functions/guardrail-merger/guardrail-branch.ts";
import { createGuardrailWorld, GUARDRAILS, type GuardrailWorld } from "../../support/guardrail-merger.ts";

// What happens between two calls of the function, on a real git repository.

let world: GuardrailWorld;
let pauses: number[];
beforeEach(async () => {
  world = await createGuardrailWorld();
  pauses = [];
});
afterEach(() => world.close());

const { signal } = new AbortController();
const REFUSE: OnDivergence = { kind: "refuse" };
const THREE_WAY: OnDivergence = { kind: "three-way", force: false, commitMessage: "Merge" };
const FORCE: OnDivergence = { kind: "three-way", force: true, commitMessage: "Force" };

const branch = (name: string, repository = "guardrails") =>
  createGuardrailBranch({
    codecommit: world.codecommit,
    repository,
    branch: name,
    pause: async (attempt) => {
      pauses.push(attempt);
    },
  });
const merge = (commitId: string, onDivergence: OnDivergence = REFUSE) =>
  branch("main").merge(commitId, onDivergence, async () => undefined, signal);
const refusal = (message: string) =>
  expect.objectContaining({ name: "Refusal", message: expect.stringContaining(message) });
const callsOf = (operation: string) => world.operations().filter((name) => name === operation).length;
const parentsOfMain = () => world.git("rev-parse", "main^@").split("\n");

describe("the relation of a commit to the branch", () => {
  it("The guardrail branch moves to a commit that is ahead of it.", async () => {
    expect(await merge(GUARDRAILS.ahead)).toEqual({
      kind: "merged",
      strategy: "fast-forward",
      base: GUARDRAILS.main,
      before: GUARDRAILS.main,
      after: GUARDRAILS.ahead,
    });
    expect(world.head("main")).toBe(GUARDRAILS.ahead);
    expect(pauses).toEqual([]);
  });

  it.each(["first", "main"] as const)(
    "The guardrail branch contains the commit %s that main has, and nothing is merged.",
    async (name) => {
      expect(await merge(GUARDRAILS[name], FORCE)).toMatchObject({ kind: "contained" });
      expect(world.operations()).toEqual(["GetMergeOptions"]);
    },
  );

  it("The guardrail branch does not take a commit that has diverged unless that is allowed.", async () => {
    expect(await merge(GUARDRAILS.divergedInOtherFile)).toEqual({
      kind: "diverged",
      head: GUARDRAILS.main,
      base: GUARDRAILS.first,
    });
    expect(world.operations()).toEqual(["GetMergeOptions"]);
  });

  it("The guardrail branch takes a commit that has diverged by a three-way merge where that is allowed.", async () => {
    expect(await merge(GUARDRAILS.divergedInOtherFile, THREE_WAY)).toEqual({
      kind: "merged",
      strategy: "three-way",
      base: GUARDRAILS.first,
      before: GUARDRAILS.main,
      after: world.head("main"),
    });
    expect(parentsOfMain()).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
  });

  it("The guardrail branch has a conflict with a commit that changes the same file, wherever in the file that is.", async () => {
    const file = (first: string, last: string) => ({
      "features/long.feature": `${[first, ..."bcdefgh", last].join("\n")}\n`,
    });
    const base = world.commit("main", "Base", file("a", "i"));
    const tested = world.commit(base, "First line", file("A", "i"));
    const onMain = world.commit(base, "Last line", file("a", "I"));
    world.push("main", onMain);
    expect(await merge(tested, THREE_WAY)).toEqual({ kind: "conflict", paths: ["features/long.feature"] });
    expect(world.head("main")).toBe(onMain);
  });

  it("The guardrail branch says whether it contains a commit.", async () => {
    expect(await branch("develop").contains(GUARDRAILS.ahead, signal)).toBe(true);
    expect(await branch("develop").contains(GUARDRAILS.notOnDevelop, signal)).toBe(false);
  });
});

describe("a push to main between the look at it and the merge", () => {
  it("The guardrail branch takes no commit from which a push meanwhile diverged, even in the same file.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/tags.feature": "hotfix\n" });
    world.before("MergeBranchesByFastForward", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.ahead)).toEqual({ kind: "diverged", head: hotfix, base: GUARDRAILS.main });
    expect(world.head("main")).toBe(hotfix);
    expect(pauses).toEqual([1]);
  });

  it("The guardrail branch takes the tested commit where a push meanwhile moved it a part of the way.", async () => {
    world.before("MergeBranchesByFastForward", () => world.push("main", GUARDRAILS.ahead));
    expect(await merge(GUARDRAILS.furtherAhead)).toMatchObject({ kind: "merged", strategy: "fast-forward" });
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("The guardrail branch takes a forced commit by a three-way merge where a push meanwhile makes the fast-forward impossible.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    world.before("MergeBranchesByFastForward", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.ahead, FORCE)).toMatchObject({
      kind: "merged",
      strategy: "three-way",
      before: hotfix,
    });
    expect(parentsOfMain()).toEqual([hotfix, GUARDRAILS.ahead]);
  });

  it("The guardrail branch keeps a push to main right before a three-way merge.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    world.before("MergeBranchesByThreeWay", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.divergedInOtherFile, THREE_WAY)).toMatchObject({ kind: "merged" });
    expect(parentsOfMain()).toEqual([hotfix, GUARDRAILS.divergedInOtherFile]);
  });
});

it("The guardrail branch gets merges by its full name, so that a tag or a commit of that name is not meant, and until the invocation ends.", async () => {
  const aborted = new AbortController();
  world.before("MergeBranchesByFastForward", () => aborted.abort());
  const ended = branch("main").merge(GUARDRAILS.ahead, REFUSE, async () => undefined, aborted.signal);
  await expect(ended).rejects.toThrow("aborted");
  await merge(GUARDRAILS.divergedInOtherFile, THREE_WAY);
  const inputs = world.calls
    .filter(({ operation }) => /^(GetMergeOptions|MergeBranches)/.test(operation))
    .map(({ input }) => input);
  expect(inputs.length).toBeGreaterThan(3);
  for (const input of inputs) expect(input).toMatchObject({ destinationCommitSpecifier: "refs/heads/main" });
  for (const { operation, input } of world.calls)
    if (operation.startsWith("MergeBranches")) expect(input).toMatchObject({ targetBranch: "main" });
});

describe("an update of main at the same moment", () => {
  it("The guardrail branch that is updated at the same moment is tried again after longer and longer waits.", async () => {
    world.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", { times: 3 });
    expect(await merge(GUARDRAILS.ahead)).toMatchObject({ kind: "merged" });
    expect(pauses).toEqual([1, 2, 3]);
  });

  it("The guardrail branch that is updated at every moment is given up after five tries with an error that Lambda retries.", async () => {
    world.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", { times: 5 });
    await expect(merge(GUARDRAILS.ahead)).rejects.toThrow(
      `The branch main of guardrails moved 5 times during the merge of ${GUARDRAILS.ahead}.`,
    );
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The guardrail branch that is updated during a forced merge over a conflict does not make it a conflict.", async () => {
    world.fail("CodeCommit", "MergeBranchesByThreeWay", "ConcurrentReferenceUpdateException", { times: 2 });
    expect(await merge(GUARDRAILS.divergedInSameFile, FORCE)).toMatchObject({ kind: "merged" });
    expect(callsOf("GetMergeConflicts")).toBe(0);
  });
});

describe("a merge by somebody else meanwhile", () => {
  it("The guardrail branch contains a commit that a newer one brought along meanwhile, and does not count it as merged.", async () => {
    world.before("MergeBranchesByFastForward", () => world.push("main", GUARDRAILS.furtherAhead));
    expect(await merge(GUARDRAILS.ahead)).toMatchObject({ kind: "contained" });
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("The guardrail branch contains a commit that somebody merged by hand meanwhile, and does not count it as merged.", async () => {
    const byHand = world.commit(GUARDRAILS.divergedInOtherFile, "By hand", { "features/x.feature": "x\n" });
    world.before("MergeBranchesByThreeWay", () => world.push("main", byHand));
    expect(await merge(GUARDRAILS.divergedInOtherFile, FORCE)).toMatchObject({ kind: "contained" });
  });
});

describe("a merge that succeeds while its answer is lost", () => {
  it("The guardrail branch reports a fast-forward whose answer is lost as the merge that it is.", async () => {
    world.lose("CodeCommit", "MergeBranchesByFastForward");
    expect(await merge(GUARDRAILS.furtherAhead)).toEqual({
      kind: "merged",
      strategy: "fast-forward",
      base: GUARDRAILS.main,
      before: GUARDRAILS.main,
      after: GUARDRAILS.furtherAhead,
    });
    expect(callsOf("MergeBranchesByFastForward")).toBe(2);
  });

  it("The guardrail branch makes a three-way merge whose answer is lost once, and reports it as the merge that it is.", async () => {
    world.lose("CodeCommit", "MergeBranchesByThreeWay");
    expect(await merge(GUARDRAILS.divergedInOtherFile, FORCE)).toEqual({
      kind: "merged",
      strategy: "three-way",
      base: GUARDRAILS.first,
      before: GUARDRAILS.main,
      after: world.head("main"),
    });
    expect(parentsOfMain()).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
  });
});

describe("a permanent fault", () => {
  it.each([
    ["GetMergeOptions", "TipsDivergenceExceededException", "too far apart"],
    ["GetMergeOptions", "MaximumItemsToCompareExceededException", "too many"],
    ["GetMergeOptions", "MaximumFileContentToLoadExceededException", "too large"],
    ["MergeBranchesByFastForward", "TipsDivergenceExceededException", "too far apart"],
    ["MergeBranchesByFastForward", "InvalidTargetBranchException", "no such branch"],
    ["MergeBranchesByFastForward", "BranchDoesNotExistException", "no such branch"],
    ["MergeBranchesByFastForward", "BranchNameIsTagNameException", "a tag with the name of the branch"],
  ])("The guardrail branch refuses a merge whose %s ends with %s.", async (operation, errorName, reason) => {
    world.fail("CodeCommit", operation, errorName);
    await expect(merge(GUARDRAILS.ahead)).rejects.toThrow(refusal(reason));
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The guardrail branch refuses a merge with more conflicts than CodeCommit can list.", async () => {
    world.fail("CodeCommit", "GetMergeConflicts", "MaximumItemsToCompareExceededException");
    await expect(merge(GUARDRAILS.divergedInSameFile, THREE_WAY)).rejects.toThrow(refusal("too many"));
  });

  it("The guardrail branch refuses a commit whose history has nothing in common with it.", async () => {
    const orphan = world.git(
      ...["-c", "user.name=D", "-c", "user.email=d@e", "commit-tree", "main^{tree}", "-m", "Orphan"],
    );
    await expect(merge(orphan, FORCE)).rejects.toThrow(
      refusal(`CodeCommit cannot merge commit ${orphan} into main, and names no file.`),
    );
  });

  it.each([
    ["branch", "none", "guardrails", "no such commit, or no such branch"],
    ["repository", "main", "none", "no such repository"],
  ])("The guardrail branch refuses a merge where the %s is missing.", async (_what, name, repository, reason) => {
    await expect(
      branch(name, repository).merge(GUARDRAILS.ahead, REFUSE, async () => undefined, signal),
    ).rejects.toThrow(refusal(reason));
  });

  it("The guardrail branch refuses a commit that the repository does not have.", async () => {
    await expect(merge("a".repeat(40))).rejects.toThrow(refusal("no such commit"));
  });
});
