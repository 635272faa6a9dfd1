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
    pause: async (attempt) => pauses.push(attempt),
  });
const merge = (commitId: string, onDivergence: OnDivergence = REFUSE) =>
  branch("main").merge(commitId, onDivergence, signal);
const refusal = (message: string) =>
  expect.objectContaining({ name: "Refusal", message: expect.stringContaining(message) });
const callsOf = (operation: string) => world.operations().filter((name) => name === operation).length;
const parentsOfMain = () => world.git("rev-parse", "main^@").split("\n");

describe("the relation of a commit to the branch", () => {
  it("A commit that is ahead of main becomes main.", async () => {
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
    "The commit %s that main has is contained, and nothing is merged.",
    async (name) => {
      expect(await merge(GUARDRAILS[name], FORCE)).toEqual({ kind: "contained" });
      expect(world.operations()).toEqual(["GetMergeOptions"]);
    },
  );

  it("A commit that has diverged is not merged unless that is allowed.", async () => {
    expect(await merge(GUARDRAILS.divergedInOtherFile)).toEqual({
      kind: "diverged",
      head: GUARDRAILS.main,
      base: GUARDRAILS.first,
    });
    expect(world.operations()).toEqual(["GetMergeOptions"]);
  });

  it("A commit that has diverged is merged by three ways where that is allowed.", async () => {
    expect(await merge(GUARDRAILS.divergedInOtherFile, THREE_WAY)).toEqual({
      kind: "merged",
      strategy: "three-way",
      base: GUARDRAILS.first,
      before: GUARDRAILS.main,
      after: world.head("main"),
    });
    expect(parentsOfMain()).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
  });

  it("Two changes of one file are a conflict, wherever in the file they are.", async () => {
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

  it("A branch that must contain a commit refuses another one.", async () => {
    expect(await branch("develop").contains(GUARDRAILS.ahead, signal)).toBe(true);
    expect(await branch("develop").contains(GUARDRAILS.notOnDevelop, signal)).toBe(false);
  });
});

describe("a push to main between the look at it and the merge", () => {
  it("A push that diverges is seen, even in the same file, and nothing is merged.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/tags.feature": "hotfix\n" });
    world.justBefore("MergeBranchesByFastForward", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.ahead)).toEqual({ kind: "diverged", head: hotfix, base: GUARDRAILS.main });
    expect(world.head("main")).toBe(hotfix);
    expect(pauses).toEqual([1]);
  });

  it("A push of a commit on the way to the tested one does not hinder the merge.", async () => {
    world.justBefore("MergeBranchesByFastForward", () => world.push("main", GUARDRAILS.ahead));
    expect(await merge(GUARDRAILS.furtherAhead)).toMatchObject({ kind: "merged", strategy: "fast-forward" });
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("A push that makes a forced fast-forward impossible turns it into a three-way merge.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    world.justBefore("MergeBranchesByFastForward", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.ahead, FORCE)).toMatchObject({
      kind: "merged",
      strategy: "three-way",
      before: hotfix,
    });
    expect(parentsOfMain()).toEqual([hotfix, GUARDRAILS.ahead]);
  });

  it("A push to main before a three-way merge is part of its result.", async () => {
    const hotfix = world.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    world.justBefore("MergeBranchesByThreeWay", () => world.push("main", hotfix));
    expect(await merge(GUARDRAILS.divergedInOtherFile, THREE_WAY)).toMatchObject({ kind: "merged" });
    expect(parentsOfMain()).toEqual([hotfix, GUARDRAILS.divergedInOtherFile]);
  });
});

describe("an update of main at the same moment", () => {
  it("The function waits longer with each try, and merges.", async () => {
    world.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", 3);
    expect(await merge(GUARDRAILS.ahead)).toMatchObject({ kind: "merged" });
    expect(pauses).toEqual([1, 2, 3]);
  });

  it("The function gives up after five tries with an error that Lambda retries.", async () => {
    world.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", 5);
    await expect(merge(GUARDRAILS.ahead)).rejects.toThrow(
      `The branch main of guardrails moved 5 times during the merge of ${GUARDRAILS.ahead}.`,
    );
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("An update during a forced merge over a conflict does not make it a conflict.", async () => {
    world.fail("CodeCommit", "MergeBranchesByThreeWay", "ConcurrentReferenceUpdateException", 2);
    expect(await merge(GUARDRAILS.divergedInSameFile, FORCE)).toMatchObject({ kind: "merged" });
    expect(callsOf("GetMergeConflicts")).toBe(0);
  });
});

describe("a merge by somebody else meanwhile", () => {
  it("A commit that a newer one brought along meanwhile counts as contained, not as merged.", async () => {
    world.justBefore("MergeBranchesByFastForward", () => world.push("main", GUARDRAILS.furtherAhead));
    expect(await merge(GUARDRAILS.ahead)).toEqual({ kind: "contained" });
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("A commit that somebody merged by hand meanwhile counts as contained, not as merged.", async () => {
    const byHand = world.commit(GUARDRAILS.divergedInOtherFile, "By hand", { "features/x.feature": "x\n" });
    world.justBefore("MergeBranchesByThreeWay", () => world.push("main", byHand));
    expect(await merge(GUARDRAILS.divergedInOtherFile, FORCE)).toEqual({ kind: "contained" });
  });
});

describe("a merge that succeeds while its answer is lost", () => {
  it("A fast-forward whose answer is lost is reported as the merge that it is.", async () => {
    world.loseAnswer("CodeCommit", "MergeBranchesByFastForward");
    expect(await merge(GUARDRAILS.furtherAhead)).toEqual({
      kind: "merged",
      strategy: "fast-forward",
      base: GUARDRAILS.main,
      before: GUARDRAILS.main,
      after: GUARDRAILS.furtherAhead,
    });
    expect(callsOf("MergeBranchesByFastForward")).toBe(2);
  });

  it("A three-way merge whose answer is lost is made once, and reported as the merge that it is.", async () => {
    world.loseAnswer("CodeCommit", "MergeBranchesByThreeWay");
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
  ])("A merge whose %s ends with %s is refused.", async (operation, errorName, reason) => {
    world.fail("CodeCommit", operation, errorName);
    await expect(merge(GUARDRAILS.ahead)).rejects.toThrow(refusal(reason));
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("A merge with more conflicts than CodeCommit can list is refused.", async () => {
    world.fail("CodeCommit", "GetMergeConflicts", "MaximumItemsToCompareExceededException");
    await expect(merge(GUARDRAILS.divergedInSameFile, THREE_WAY)).rejects.toThrow(refusal("too many"));
  });

  it("A merge of a history that has nothing in common with main is refused.", async () => {
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
  ])("A merge into a missing %s is refused.", async (_what, name, repository, reason) => {
    await expect(branch(name, repository).merge(GUARDRAILS.ahead, REFUSE, signal)).rejects.toThrow(refusal(reason));
  });

  it("A merge of a commit that the repository does not have is refused.", async () => {
    await expect(merge("a".repeat(40))).rejects.toThrow(refusal("no such commit"));
  });
});
