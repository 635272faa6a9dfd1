import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CodeCommitClient, GetMergeOptionsCommand } from "@aws-sdk/client-codecommit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createWorld, type World } from "../../local/world.ts";
import { localClient } from "../support/local-client.ts";
import { COMMITS } from "../support/releases.ts";

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

  it("and the repository stays as it was", () => {
    expect(git("status", "--porcelain")).toBe("");
    expect(readFileSync(join(repository, "a.txt"), "utf8")).toBe(lines("A", "j"));
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
