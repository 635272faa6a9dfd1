import {
  GetMergeConflictsCommand,
  type GetMergeConflictsCommandInput,
  GetMergeOptionsCommand,
  MergeBranchesByFastForwardCommand,
  MergeBranchesByThreeWayCommand,
  type MergeBranchesByThreeWayCommandInput,
} from "@aws-sdk/client-codecommit";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";
import { GUARDRAILS } from "../../../support/guardrail-merger.ts";

const { client, close, commit, git, head, push, show } = await createRepositoryWorld("guardrails");
afterAll(close);

const repositoryName = "guardrails";
const lines = (first: string, last: string) => [first, ..."bcdefghi", last].join("\n");
const base = commit("main", "Base", { "a.txt": lines("a", "j"), "b.txt": "b\n" });
const ahead = commit(base, "Ahead", { "a.txt": lines("A", "j") });
const apart = commit(base, "Apart", { "b.txt": "other\n" });
const sameFile = commit(base, "Same file", { "a.txt": lines("a", "J") });
const sameLine = commit(base, "Same line", { "a.txt": lines("AA", "j") });
const unrelated = git("commit-tree", `${base}^{tree}`, "-m", "Unrelated");
const LINE_LEVEL = { conflictDetailLevel: "LINE_LEVEL" } as const;

beforeEach(() => {
  push("main", ahead);
});

const between = (sourceCommitSpecifier: string, destinationCommitSpecifier = ahead) => ({
  repositoryName,
  sourceCommitSpecifier,
  destinationCommitSpecifier,
});

describe("GetMergeOptions", () => {
  const options = (...[source, destination, level]: [string, string?, typeof LINE_LEVEL?]) =>
    client.send(new GetMergeOptionsCommand({ ...between(source, destination), ...level }));

  it("GetMergeOptions offers a fast-forward to a commit ahead of the destination.", async () => {
    push("main", base);
    expect(await options(ahead, "refs/heads/main")).toMatchObject({
      mergeOptions: ["FAST_FORWARD_MERGE", "SQUASH_MERGE", "THREE_WAY_MERGE"],
      sourceCommitId: ahead,
      destinationCommitId: base,
      baseCommitId: base,
    });
  });

  it("GetMergeOptions names a commit that the destination has as its own merge base.", async () => {
    const answer = await options(base);
    expect(answer).toMatchObject({ sourceCommitId: base, baseCommitId: base });
    expect(answer.mergeOptions).not.toContain("FAST_FORWARD_MERGE");
  });

  it("GetMergeOptions offers a merge of changes to different files.", async () => {
    const merge = ["SQUASH_MERGE", "THREE_WAY_MERGE"];
    expect(await options(apart)).toMatchObject({ mergeOptions: merge, baseCommitId: base });
  });

  it("GetMergeOptions offers a merge of changes to one file at line level only.", async () => {
    expect((await options(sameFile)).mergeOptions).toEqual([]);
    expect((await options(sameFile, ahead, LINE_LEVEL)).mergeOptions).toEqual(["SQUASH_MERGE", "THREE_WAY_MERGE"]);
  });

  it("GetMergeOptions offers no merge of changes to one line.", async () => {
    expect((await options(sameLine, ahead, LINE_LEVEL)).mergeOptions).toEqual([]);
  });

  it("GetMergeOptions offers nothing for histories without a common commit, and names no merge base.", async () => {
    const answer = await options(unrelated);
    expect([answer.mergeOptions, answer.baseCommitId]).toEqual([[], undefined]);
  });
});

describe("GetMergeConflicts", () => {
  const conflicts = (source: string, others: Partial<GetMergeConflictsCommandInput> = {}) =>
    client.send(new GetMergeConflictsCommand({ ...between(source), mergeOption: "THREE_WAY_MERGE", ...others }));

  it("GetMergeConflicts lists each file in conflict with what either side did to it, and changes nothing.", async () => {
    const before = git("for-each-ref");
    const { mergeable, conflictMetadataList } = await conflicts(sameLine, LINE_LEVEL);
    expect([mergeable, conflictMetadataList]).toEqual([
      false,
      [
        {
          filePath: "a.txt",
          contentConflict: true,
          fileModeConflict: false,
          mergeOperations: { source: "M", destination: "M" },
        },
      ],
    ]);
    expect(git("for-each-ref")).toBe(before);
  });

  it("GetMergeConflicts counts two changes of one file as a conflict at file level only.", async () => {
    expect(await conflicts(sameFile, LINE_LEVEL)).toMatchObject({ mergeable: true, conflictMetadataList: [] });
    expect(await conflicts(sameFile)).toMatchObject({
      mergeable: false,
      conflictMetadataList: [{ filePath: "a.txt" }],
    });
  });

  it.each([
    ["ACCEPT_SOURCE", "no conflict in one line", sameLine, true],
    ["ACCEPT_DESTINATION", "no conflict in one line", sameLine, true],
    ["AUTOMERGE", "no conflict in different lines", sameFile, true],
    ["AUTOMERGE", "a conflict in one line", sameLine, false],
  ] as const)(
    "With the strategy %s GetMergeConflicts finds %s.",
    async (conflictResolutionStrategy, _what, source, mergeable) => {
      expect(await conflicts(source, { conflictResolutionStrategy })).toMatchObject({ mergeable });
    },
  );

  it("GetMergeConflicts says whether a fast-forward is possible.", async () => {
    const mergeOption = "FAST_FORWARD_MERGE";
    expect(await conflicts(apart, { mergeOption })).toMatchObject({ mergeable: false, conflictMetadataList: [] });
    expect(await conflicts(ahead, { mergeOption, destinationCommitSpecifier: base })).toMatchObject({
      mergeable: true,
    });
  });

  it("GetMergeConflicts returns the files in conflict by pages.", async () => {
    const both = (text: string) => commit(base, text, { "a.txt": text, "b.txt": text });
    const [source, destinationCommitSpecifier] = [both("source"), both("destination")];
    const first = await conflicts(source, { destinationCommitSpecifier, maxConflictFiles: 1 });
    const { nextToken } = first;
    const second = await conflicts(source, { destinationCommitSpecifier, maxConflictFiles: 1, nextToken });
    expect([first, second].map((page) => page.conflictMetadataList?.map(({ filePath }) => filePath))).toEqual([
      ["a.txt"],
      ["b.txt"],
    ]);
    expect(second.nextToken).toBeUndefined();
  });
});

describe("a merge", () => {
  const into = (source: string) => ({ ...between(source, "refs/heads/main"), targetBranch: "main" });
  const fastForward = (source: string) => client.send(new MergeBranchesByFastForwardCommand(into(source)));
  const threeWay = (source: string, others: Partial<MergeBranchesByThreeWayCommandInput> = {}) =>
    client.send(new MergeBranchesByThreeWayCommand({ ...into(source), ...others }));
  const refused = { name: "ManualMergeRequiredException" };

  it("MergeBranchesByFastForward moves the branch forwards, and nowhere else.", async () => {
    push("main", GUARDRAILS.main);
    const answer = await fastForward(GUARDRAILS.ahead);
    expect(answer).toMatchObject({ commitId: GUARDRAILS.ahead, treeId: git("rev-parse", "main^{tree}") });
    for (const source of [GUARDRAILS.ahead, GUARDRAILS.first, GUARDRAILS.notOnDevelop, unrelated])
      await expect(fastForward(source)).rejects.toMatchObject(refused);
    expect(head("main")).toBe(GUARDRAILS.ahead);
  });

  it("MergeBranchesByThreeWay makes a commit with both parents and the given author and message.", async () => {
    await threeWay(apart, { authorName: "Ana", email: "ana@example.com", commitMessage: "$(id)\n\nWhy" });
    expect(git("show", "--no-patch", "--format=%P|%an|%ae|%B", "main")).toBe(
      `${ahead} ${apart}|Ana|ana@example.com|$(id)\n\nWhy`,
    );
    expect([show("main", "a.txt"), show("main", "b.txt")]).toEqual([lines("A", "j"), "other"]);
  });

  it.each(["NONE", "AUTOMERGE"] as const)(
    "MergeBranchesByThreeWay refuses a conflict with the strategy %s, and leaves the branch where it is.",
    async (conflictResolutionStrategy) => {
      await expect(threeWay(sameLine, { ...LINE_LEVEL, conflictResolutionStrategy })).rejects.toMatchObject(refused);
      expect(head("main")).toBe(ahead);
    },
  );

  it("MergeBranchesByThreeWay settles a conflict by the strategy ACCEPT_SOURCE.", async () => {
    const { commitId = "" } = await threeWay(sameLine, { ...LINE_LEVEL, conflictResolutionStrategy: "ACCEPT_SOURCE" });
    expect([head("main"), show(commitId, "a.txt")]).toEqual([commitId, lines("AA", "j")]);
  });

  it("MergeBranchesByThreeWay refuses a source that the branch has, and one without a common commit.", async () => {
    for (const source of [base, unrelated]) await expect(threeWay(source)).rejects.toMatchObject(refused);
    expect(head("main")).toBe(ahead);
  });
});
