import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changedTree, entriesOf, entryAt, everyEntry } from "../../../local/git/files.ts";
import { openRepository, type Repository } from "../../../local/git/git.ts";
import { makeRepository } from "../../../local/git/history.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ["a\tb", "c d", "ü"];
let repository: Repository;
let commit: string;
beforeAll(async () => {
  await makeRepository([{ branch: "main", message: "First", files: { "x/y": "1" } }], join(folder, "r"));
  const opened = openRepository(join(folder, "r"));
  if (!opened) throw new Error("There is no repository.");
  repository = opened;
  const put = NAMES.map((path) => ({ path, content: Buffer.from(path) }));
  const tree = await changedTree(repository, "main", [...put, { path: "x/y" }]);
  commit = (
    await repository.git(["commit-tree", tree, "-m", "Odd"], {
      environment: {
        GIT_AUTHOR_NAME: "a",
        GIT_AUTHOR_EMAIL: "a",
        GIT_COMMITTER_NAME: "a",
        GIT_COMMITTER_EMAIL: "a",
      },
    })
  ).output;
});

it("A changed tree has the files that were put, with any name, and not those that were deleted.", async () => {
  expect((await everyEntry(repository, commit)).map(({ name }) => name).sort()).toEqual([...NAMES].sort());
});

it.each(NAMES)("The file %j of a commit is found by its path, with its content.", async (path) => {
  const entry = await entryAt(repository, commit, path);
  expect(entry).toMatchObject({ mode: "100644", name: path });
  expect((await repository.git(["cat-file", "blob", entry?.id ?? ""])).output).toBe(path);
});

it("The files of a folder are listed without those of the folders in it, and the files of a commit with them.", async () => {
  const root = await entryAt(repository, "main", "");
  expect((await entriesOf(repository, root?.id ?? "")).map(({ name }) => name)).toEqual(["x"]);
  expect((await everyEntry(repository, "main")).map(({ name }) => name)).toEqual(["x", "x/y"]);
});

it("A path of a commit without a file has no entry.", async () => {
  expect(await entryAt(repository, commit, "none")).toBeUndefined();
});
