import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeCommitClient,
  GetBranchCommand,
  GetCommitCommand,
  GetMergeConflictsCommand,
  GetMergeOptionsCommand,
  MergeBranchesByFastForwardCommand,
  MergeBranchesByThreeWayCommand,
  type MergeBranchesByThreeWayCommandInput,
} from "@aws-sdk/client-codecommit";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createWorld, type World } from "../../../../local/world.ts";
import { createGuardrailWorld, GUARDRAILS } from "../../../support/guardrail-merger.ts";
import { localClient } from "../../../support/local-client.ts";
import { COMMITS } from "../../../support/pipeline-starter.ts";

let world: World;
let client: CodeCommitClient;
beforeAll(async () => {
  world = await createWorld({});
  client = new CodeCommitClient(localClient(world.endpoint));
});
afterAll(() => world.close());

const options = (
  sourceCommitSpecifier: string,
  destinationCommitSpecifier = "refs/heads/main",
  repositoryName = "infrastructure",
  conflictDetailLevel?: "LINE_LEVEL",
) =>
  client.send(
    new GetMergeOptionsCommand({
      repositoryName,
      sourceCommitSpecifier,
      destinationCommitSpecifier,
      ...(conflictDetailLevel && { conflictDetailLevel }),
    }),
  );

describe("the local CodeCommit finds the commit of", () => {
  it.each([
    ["a whole id", COMMITS.database, COMMITS.database],
    ["a branch", "larger-database", COMMITS.side],
    ["the whole name of a branch", "refs/heads/larger-database", COMMITS.side],
    ["HEAD", "HEAD", COMMITS.head],
    ["a light tag", "refs/tags/qa_eu-central-1/risk/1.4.2", COMMITS.database],
    ["an annotated tag", "refs/tags/prod_global/tooling/1.0", COMMITS.head],
    ["a tag of a tag", "refs/tags/dev_global/tooling/1.1", COMMITS.head],
    ["a branch before a tag of the same name", "main", COMMITS.head],
  ])("%s", async (_what, specifier, commitId) => {
    expect(await options(specifier)).toMatchObject({ sourceCommitId: commitId, destinationCommitId: COMMITS.head });
  });
});

describe("it refuses", () => {
  it.each([
    ["a tag that is not there", "refs/tags/none", "CommitDoesNotExistException"],
    ["an id that is not there", "0".repeat(40), "CommitDoesNotExistException"],
    ["the id of an annotated tag", "a1f8dd59a8962bc8d78eb8b8d7361e809c87ab1b", "InvalidCommitException"],
    ["a tag of no commit", "refs/tags/dev_us-east-1/research/0.1-notes", "InvalidCommitException"],
    ["an empty specifier", "", "CommitRequiredException"],
    ["a part of an id", COMMITS.database.slice(0, 10), "CommitDoesNotExistException"],
    ["git's language of revisions", "main~1", "CommitDoesNotExistException"],
    ["an option of git", "--all", "CommitDoesNotExistException"],
    ["what a shell would run", "$(id)", "CommitDoesNotExistException"],
  ])("%s", async (_what, specifier, name) => {
    await expect(options(specifier)).rejects.toMatchObject({ name });
  });

  it.each([
    ["a repository that is not there", "none", "RepositoryDoesNotExistException"],
    ["the folder above", "..", "RepositoryDoesNotExistException"],
    ["a name that is a path", "a/b", "ValidationException"],
    ["the name of a member of every object", "constructor", "RepositoryDoesNotExistException"],
  ])("%s", async (_what, repository, name) => {
    await expect(options("main", "main", repository)).rejects.toMatchObject({ name });
  });
});

describe("merge options are those of git", () => {
  const folder = mkdtempSync(join(tmpdir(), "palisade-codecommit-"));
  const repository = join(folder, "made-here");
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", repository, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (branch: string, from: string, files: Record<string, string>): string => {
    git("checkout", "--quiet", "-B", branch, from);
    for (const [path, content] of Object.entries(files)) writeFileSync(join(repository, path), content);
    git("add", "--all");
    git("commit", "--quiet", "--message", branch);
    return git("rev-parse", "HEAD");
  };
  const lines = (first: string, last: string) => [first, ..."bcdefghi", last].join("\n");
  let ids: Record<"base" | "ahead" | "apart" | "sameFile" | "sameLine", string>;

  beforeAll(() => {
    mkdirSync(repository);
    git("init", "--quiet", "--initial-branch=main");
    git("commit", "--quiet", "--allow-empty", "--message", "first");
    const base = commit("main", "HEAD", { "a.txt": lines("a", "j"), "b.txt": "b\n" });
    ids = {
      base,
      apart: commit("apart", base, { "b.txt": "other\n" }),
      sameFile: commit("same-file", base, { "a.txt": lines("a", "J") }),
      sameLine: commit("same-line", base, { "a.txt": lines("AA", "j") }),
      ahead: commit("ahead", base, { "a.txt": lines("A", "j") }),
    };
    world.give({ repositories: folder });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const made = (source: string, destination: string, level?: "LINE_LEVEL") =>
    options(source, destination, "made-here", level);

  it("a commit ahead of the branch can be fast-forwarded", async () => {
    expect(await made("ahead", "refs/heads/main")).toMatchObject({
      mergeOptions: ["FAST_FORWARD_MERGE", "SQUASH_MERGE", "THREE_WAY_MERGE"],
      sourceCommitId: ids.ahead,
      destinationCommitId: ids.base,
      baseCommitId: ids.base,
    });
  });

  it("a commit that the branch has is its own base", async () => {
    expect(await made(ids.base, "ahead")).toMatchObject({ sourceCommitId: ids.base, baseCommitId: ids.base });
  });

  it("changes of different files can be merged", async () => {
    expect(await made("apart", "ahead")).toMatchObject({
      mergeOptions: ["SQUASH_MERGE", "THREE_WAY_MERGE"],
      baseCommitId: ids.base,
    });
  });

  it("changes of one file only line by line", async () => {
    expect(await made("same-file", "ahead")).toMatchObject({ mergeOptions: [] });
    expect(await made("same-file", "ahead", "LINE_LEVEL")).toMatchObject({
      mergeOptions: ["SQUASH_MERGE", "THREE_WAY_MERGE"],
    });
  });

  it("changes of one line not at all", async () => {
    expect(await made("same-line", "ahead", "LINE_LEVEL")).toMatchObject({ mergeOptions: [] });
  });

  const conflicts = async (source: string, destination: string, conflictDetailLevel: "FILE_LEVEL" | "LINE_LEVEL") => {
    const { mergeable, conflictMetadataList = [] } = await client.send(
      new GetMergeConflictsCommand({
        repositoryName: "made-here",
        sourceCommitSpecifier: source,
        destinationCommitSpecifier: destination,
        mergeOption: "THREE_WAY_MERGE",
        conflictDetailLevel,
      }),
    );
    return [mergeable, conflictMetadataList.map(({ filePath, mergeOperations }) => [filePath, mergeOperations])];
  };

  it("conflicts are named by file", async () => {
    expect(await conflicts("same-line", "ahead", "LINE_LEVEL")).toEqual([
      false,
      [["a.txt", { source: "M", destination: "M" }]],
    ]);
    expect(await conflicts("same-file", "ahead", "LINE_LEVEL")).toEqual([true, []]);
    expect(await conflicts("same-file", "ahead", "FILE_LEVEL")).toMatchObject([false, [["a.txt", {}]]]);
  });

  it("and the repository stays as it was", () => {
    expect(git("status", "--porcelain")).toBe("");
    expect(readFileSync(join(repository, "a.txt"), "utf8")).toBe(lines("A", "j"));
  });
});

describe("a merge", () => {
  const files = (one: string, two: string) => ({ "one.txt": one, "two.txt": two });
  let estate: Awaited<ReturnType<typeof createGuardrailWorld>>;
  beforeEach(async () => {
    estate = await createGuardrailWorld();
  });
  afterEach(() => estate.close());

  const merging = (sourceCommitSpecifier: string, others: Partial<MergeBranchesByThreeWayCommandInput> = {}) => ({
    repositoryName: "guardrails",
    sourceCommitSpecifier,
    destinationCommitSpecifier: "refs/heads/main",
    targetBranch: "main",
    ...others,
  });
  const threeWay = (...parts: Parameters<typeof merging>) =>
    estate.codecommit.send(new MergeBranchesByThreeWayCommand(merging(...parts)));
  const fastForward = (...parts: Parameters<typeof merging>) =>
    estate.codecommit.send(new MergeBranchesByFastForwardCommand(merging(...parts)));
  /** Commits a change on each side of main, and moves main to the second one. */
  const apart = (ours: Record<string, string | null>, theirs: Record<string, string>): string => {
    const base = estate.commit("main", "Base", files("1\n2\n3\n4\n5\n", "two\n"));
    const source = estate.commit(base, "Source", ours);
    estate.push("main", estate.commit(base, "Destination", theirs));
    return source;
  };
  const merged = (path: string) => estate.git("show", `main:${path}`);

  it("by fast-forward moves the branch, and only forwards", async () => {
    const answer = await fastForward(GUARDRAILS.ahead);
    expect(answer).toMatchObject({ commitId: GUARDRAILS.ahead, treeId: estate.git("rev-parse", "main^{tree}") });
    for (const commit of [GUARDRAILS.ahead, GUARDRAILS.first, GUARDRAILS.notOnDevelop])
      await expect(fastForward(commit)).rejects.toMatchObject({ name: "ManualMergeRequiredException" });
    expect(estate.head("main")).toBe(GUARDRAILS.ahead);
  });

  it("by three ways has both parents, and the author and message that it is given", async () => {
    const source = apart({ "one.txt": "ONE\n" }, { "two.txt": "TWO\n" });
    const before = estate.head("main");
    await threeWay(source, { authorName: "Ana", email: "ana@example.com", commitMessage: "$(id)\n\nWhy" });
    expect(estate.git("show", "--no-patch", "--format=%P|%an|%ae|%B", "main")).toBe(
      `${before} ${source}|Ana|ana@example.com|$(id)\n\nWhy`,
    );
    expect([merged("one.txt"), merged("two.txt")]).toEqual(["ONE", "TWO"]);
  });

  it("that meets a conflict merges nothing, unless a side is preferred", async () => {
    const source = apart({ "one.txt": "A\n2\n3\n4\n5\n" }, { "one.txt": "B\n2\n3\n4\nE\n" });
    const before = estate.head("main");
    const level = { conflictDetailLevel: "LINE_LEVEL" } as const;
    for (const strategy of ["NONE", "AUTOMERGE"] as const)
      await expect(threeWay(source, { ...level, conflictResolutionStrategy: strategy })).rejects.toMatchObject({
        name: "ManualMergeRequiredException",
      });
    expect(estate.head("main")).toBe(before);
    await threeWay(source, { ...level, conflictResolutionStrategy: "ACCEPT_SOURCE" });
    expect(merged("one.txt")).toBe("A\n2\n3\n4\nE");
    estate.push("main", before);
    await threeWay(source, { ...level, conflictResolutionStrategy: "ACCEPT_DESTINATION" });
    expect(merged("one.txt")).toBe("B\n2\n3\n4\nE");
    estate.push("main", before);
    await threeWay(source, { conflictResolutionStrategy: "ACCEPT_SOURCE" });
    expect(merged("one.txt")).toBe("A\n2\n3\n4\n5");
  });

  it("prefers a side whole where the file is new, gone or not text", async () => {
    const accept = { conflictDetailLevel: "LINE_LEVEL", conflictResolutionStrategy: "ACCEPT_SOURCE" } as const;
    await threeWay(apart({ "new.txt": "source\n" }, { "new.txt": "destination\n" }), accept);
    expect(merged("new.txt")).toBe("source");
    await threeWay(apart({ "two.txt": "\u0000source" }, { "two.txt": "\u0000destination" }), accept);
    expect(merged("two.txt")).toBe("\u0000source");
    await threeWay(apart({ "two.txt": null }, { "two.txt": "changed\n" }), accept);
    expect(estate.git("ls-tree", "--name-only", "main").split("\n")).not.toContain("two.txt");
  });

  it("prefers a side whole where a file is in the way of a folder", async () => {
    const accept = { conflictDetailLevel: "LINE_LEVEL", conflictResolutionStrategy: "ACCEPT_SOURCE" } as const;
    const names = () => estate.git("ls-tree", "-r", "--name-only", "main", "--", "thing").split("\n");
    const file = apart({ thing: "source\n" }, { "thing/inner.txt": "destination\n" });
    await threeWay(file, accept);
    expect([names(), merged("thing")]).toEqual([["thing"], "source"]);
    estate.push("main", GUARDRAILS.main);
    await threeWay(apart({ "thing/inner.txt": "source\n" }, { thing: "destination\n" }), accept);
    expect(names()).toEqual(["thing/inner.txt"]);
    estate.push("main", GUARDRAILS.main);
    const other = apart({ thing: "source\n" }, { "thing/inner.txt": "destination\n" });
    const { conflictMetadataList: conflicts = [] } = await estate.codecommit.send(
      new GetMergeConflictsCommand({ ...merging(other), mergeOption: "THREE_WAY_MERGE" }),
    );
    expect(conflicts.map(({ filePath }) => filePath)).toEqual(["thing"]);
  });

  it.each([
    ["a branch that is not there", { targetBranch: "none" }, "BranchDoesNotExistException"],
    ["no branch", { targetBranch: undefined }, "BranchNameRequiredException"],
    ["another branch than the destination", { targetBranch: "develop" }, "ConcurrentReferenceUpdateException"],
  ])("into %s is refused", async (_what, change, name) => {
    await expect(fastForward(GUARDRAILS.ahead, change)).rejects.toMatchObject({ name });
    await expect(threeWay(GUARDRAILS.divergedInOtherFile, change)).rejects.toMatchObject({ name });
  });

  it("GetBranch and GetCommit tell what git tells", async () => {
    const { branch } = await estate.codecommit.send(
      new GetBranchCommand({ repositoryName: "guardrails", branchName: "develop" }),
    );
    expect(branch).toEqual({ branchName: "develop", commitId: GUARDRAILS.develop });
    const { commit } = await estate.codecommit.send(
      new GetCommitCommand({ repositoryName: "guardrails", commitId: GUARDRAILS.furtherAhead }),
    );
    expect(commit).toEqual({
      commitId: GUARDRAILS.furtherAhead,
      treeId: estate.git("rev-parse", `${GUARDRAILS.furtherAhead}^{tree}`),
      parents: [GUARDRAILS.ahead],
      message: "Forbid public addresses\n\nAgreed with the network team.",
      author: { name: "Ben Sample", email: "ben@example.com", date: expect.stringMatching(/^\d{10} \+0000$/) },
      committer: expect.objectContaining({ name: "Ben Sample" }),
    });
    await expect(
      estate.codecommit.send(new GetBranchCommand({ repositoryName: "guardrails", branchName: "develop~1" })),
    ).rejects.toMatchObject({ name: "BranchDoesNotExistException" });
    await expect(
      estate.codecommit.send(new GetCommitCommand({ repositoryName: "guardrails", commitId: "a".repeat(40) })),
    ).rejects.toMatchObject({ name: "CommitIdDoesNotExistException" });
  });
});

it("histories without a common commit have no base", async () => {
  const other = await createWorld({});
  const command = new GetMergeOptionsCommand({
    repositoryName: "infrastructure",
    sourceCommitSpecifier: "refs/tags/dev_us-east-1/imported/1.0",
    destinationCommitSpecifier: "main",
  });
  const answer = await new CodeCommitClient(localClient(other.endpoint)).send(command);
  expect(answer).toMatchObject({ mergeOptions: [] });
  expect(answer.baseCommitId).toBeUndefined();
  await other.close();
});
