import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGuardrailEstate, forceEvent, GUARDRAILS, pipelineEvent } from "../../support/guardrail-merger.ts";

// What happens between two calls of the function, on a real git repository.

type Estate = Awaited<ReturnType<typeof createGuardrailEstate>>;
let estate: Estate;
beforeEach(async () => {
  estate = await createGuardrailEstate();
});
afterEach(() => estate.close());

/** Does something just before the first call of an operation goes out. */
function justBefore(commandName: string, act: () => void): void {
  let done = false;
  estate.codecommit.middlewareStack.add(
    (next, context) => async (request) => {
      if (context.commandName === commandName && !done) {
        done = true;
        act();
      }
      return await next(request);
    },
    { step: "initialize", name: "before" },
  );
}

/** The first call of an operation is done, and its answer never comes. */
function loseAnswerOf(commandName: string): void {
  let lost = false;
  estate.codecommit.middlewareStack.add(
    (next, context) => async (request) => {
      const answer = await next(request);
      if (context.commandName !== commandName || lost) return answer;
      lost = true;
      throw Object.assign(new Error("The connection was lost"), { name: "TimeoutError" });
    },
    { step: "deserialize", name: "lose", priority: "high" },
  );
}

describe("a push during the check", () => {
  it("to develop is not merged with the tested commit", async () => {
    estate.tried(GUARDRAILS.ahead);
    const untested = estate.commit("develop", "Pushed during the check", { "features/late.feature": "late\n" });
    estate.push("develop", untested);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ mergedCommitId: GUARDRAILS.ahead });
    expect(estate.head("main")).toBe(GUARDRAILS.ahead);
    expect(estate.git("branch", "--contains", untested, "--format=%(refname:short)")).toBe("develop");
  });
});

describe("a push to main between the look at it and the merge", () => {
  it("that diverges is seen, and nothing is merged", async () => {
    estate.tried(GUARDRAILS.ahead);
    const hotfix = estate.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    justBefore("MergeBranchesByFastForwardCommand", () => estate.push("main", hotfix));
    expect(await estate.invoke(pipelineEvent())).toEqual({ outcome: "diverged", commitId: GUARDRAILS.ahead });
    expect(estate.head("main")).toBe(hotfix);
    expect(estate.pauses).toEqual([1]);
  });

  it("that is on the way to the commit is no hindrance", async () => {
    estate.tried(GUARDRAILS.furtherAhead);
    justBefore("MergeBranchesByFastForwardCommand", () => estate.push("main", GUARDRAILS.ahead));
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "fast-forward" });
    expect(estate.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("that makes a forced fast-forward impossible turns it into a three-way merge", async () => {
    const hotfix = estate.commit("main", "Hotfix", { "features/hotfix.feature": "hotfix\n" });
    justBefore("MergeBranchesByFastForwardCommand", () => estate.push("main", hotfix));
    expect(await estate.invoke(forceEvent(GUARDRAILS.ahead))).toMatchObject({
      outcome: "forced",
      strategy: "three-way",
    });
    expect(estate.git("rev-parse", "main^@").split("\n")).toEqual([hotfix, GUARDRAILS.ahead]);
  });
});

describe("an update of main at the same moment", () => {
  it("is waited for", async () => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", 3);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
    expect(estate.pauses).toEqual([1, 2, 3]);
  });

  it("but not for ever: the invocation fails, and the retry merges", async () => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", 5);
    await expect(estate.invoke(pipelineEvent())).rejects.toThrow(
      `The branch main of guardrails moved 5 times while ${GUARDRAILS.ahead} was to be merged.`,
    );
    expect(estate.told()).toEqual([]);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  });
});

describe("a merge by somebody else meanwhile", () => {
  it("is not claimed: an older execution whose commit a newer one brought along is already active", async () => {
    estate.tried(GUARDRAILS.ahead);
    justBefore("MergeBranchesByFastForwardCommand", () => estate.push("main", GUARDRAILS.furtherAhead));
    expect(await estate.invoke(pipelineEvent())).toEqual({ outcome: "already active", commitId: GUARDRAILS.ahead });
    expect(estate.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("is not claimed for a combination that nobody made", async () => {
    const hotfix = estate.commit(GUARDRAILS.divergedInOtherFile, "By hand", { "features/x.feature": "x\n" });
    justBefore("MergeBranchesByThreeWayCommand", () => estate.push("main", hotfix));
    expect(await estate.invoke(forceEvent(GUARDRAILS.divergedInOtherFile))).toMatchObject({
      outcome: "already active",
    });
  });

  it("does not turn a forced merge over a conflict into a conflict", async () => {
    estate.fail("CodeCommit", "MergeBranchesByThreeWay", "ConcurrentReferenceUpdateException", 2);
    expect(await estate.invoke(forceEvent(GUARDRAILS.divergedInSameFile))).toMatchObject({ outcome: "forced" });
    expect(estate.operations()).not.toContain("GetMergeConflicts");
  });
});

describe("a merge that succeeds while its answer is lost", () => {
  it("is told as the merge that it is, by fast-forward", async () => {
    estate.tried(GUARDRAILS.furtherAhead);
    loseAnswerOf("MergeBranchesByFastForwardCommand");
    expect(await estate.invoke(pipelineEvent())).toEqual({
      outcome: "merged",
      commitId: GUARDRAILS.furtherAhead,
      mergedCommitId: GUARDRAILS.furtherAhead,
      strategy: "fast-forward",
    });
    expect(estate.operations().filter((operation) => operation === "MergeBranchesByFastForward")).toHaveLength(2);
    expect(estate.told()[0]?.data.commits).toHaveLength(4);
  });

  it("and by three ways, once", async () => {
    loseAnswerOf("MergeBranchesByThreeWayCommand");
    expect(await estate.invoke(forceEvent(GUARDRAILS.divergedInOtherFile))).toMatchObject({
      outcome: "forced",
      strategy: "three-way",
      mergedCommitId: estate.head("main"),
    });
    expect(estate.git("rev-parse", "main^@").split("\n")).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
  });
});

describe("a transient fault fails the invocation, and the retry merges", () => {
  it.each([
    [
      "CodePipeline",
      "GetPipelineExecution",
      "ThrottlingException",
      /GetPipelineExecutionCommand on pipeline guardrails-/,
    ],
    ["CodeCommit", "GetMergeOptions", "ThrottlingException", /GetMergeOptionsCommand on repository guardrails/],
    [
      "CodeCommit",
      "MergeBranchesByFastForward",
      "ThrottlingException",
      /MergeBranchesByFastForwardCommand on repository/,
    ],
    ["CodeCommit", "MergeBranchesByFastForward", "EncryptionKeyUnavailableException", /on repository guardrails/],
    ["CodeCommit", "MergeBranchesByFastForward", "AccessDeniedException", /on repository guardrails/],
  ])("%s.%s: %s", async (service, operation, errorName, message) => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail(service, operation, errorName, errorName === "ThrottlingException" ? 4 : 1);
    await expect(estate.invoke(pipelineEvent())).rejects.toThrow(message);
    expect(estate.head("main")).toBe(GUARDRAILS.main);
    expect(estate.told()).toEqual([]);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  });

  it("CodePipeline.ListActionExecutions: ThrottlingException", async () => {
    estate.tried(GUARDRAILS.ahead, { status: "Failed" });
    estate.fail("CodePipeline", "ListActionExecutions", "ThrottlingException", 4);
    await expect(estate.invoke(pipelineEvent("FAILED"))).rejects.toThrow("ListActionExecutionsCommand on pipeline");
    expect(await estate.invoke(pipelineEvent("FAILED"))).toMatchObject({ outcome: "not compliant" });
  });
});

describe("a permanent fault is refused and told", () => {
  it.each([
    ["GetMergeOptions", "TipsDivergenceExceededException", /too far apart/],
    ["GetMergeOptions", "MaximumItemsToCompareExceededException", /too many/],
    ["GetMergeOptions", "MaximumFileContentToLoadExceededException", /too large/],
    ["MergeBranchesByFastForward", "TipsDivergenceExceededException", /too far apart/],
    ["MergeBranchesByFastForward", "InvalidTargetBranchException", /no such branch/],
    ["MergeBranchesByFastForward", "BranchDoesNotExistException", /no such branch/],
  ])("%s: %s", async (operation, errorName, reason) => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("CodeCommit", operation, errorName);
    expect(await estate.invoke(pipelineEvent())).toEqual({ outcome: "refused", commitId: GUARDRAILS.ahead });
    expect(estate.told()[0]?.email).toMatch(reason);
    expect(estate.head("main")).toBe(GUARDRAILS.main);
  });

  it("conflicts that CodeCommit cannot list", async () => {
    const other = await createGuardrailEstate({ ON_DIVERGENCE: "three-way" });
    other.tried(GUARDRAILS.divergedInSameFile);
    other.fail("CodeCommit", "GetMergeConflicts", "MaximumItemsToCompareExceededException");
    expect(await other.invoke(pipelineEvent())).toMatchObject({ outcome: "refused" });
    expect(other.told()[0]?.email).toMatch(/too many/);
    await other.close();
  });

  it("histories that have nothing in common", async () => {
    const tree = estate.git("rev-parse", "main^{tree}");
    const orphan = estate.git(...["-c", "user.name=D", "-c", "user.email=d@e"], "commit-tree", tree, "-m", "Orphan");
    estate.push("develop", orphan);
    expect(await estate.invoke(forceEvent(orphan))).toMatchObject({ outcome: "refused" });
    expect(estate.told()[0]?.email).toMatch(/cannot merge commit .* into main, and names no file/);
  });

  it.each([
    ["a missing branch", { TARGET_BRANCH: "none" }, /no such commit, or no such branch/],
    ["a missing repository", { REPOSITORY: "none" }, /no such repository/],
  ])("%s", async (_what, settings, reason) => {
    const other = await createGuardrailEstate(settings);
    other.tried(GUARDRAILS.ahead);
    expect(await other.invoke(pipelineEvent())).toMatchObject({ outcome: "refused" });
    expect(other.told()[0]?.email).toMatch(reason);
    await other.close();
  });
});
