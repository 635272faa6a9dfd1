import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openRepository } from "../../../local/git/git.ts";
import { makeRepository } from "../../../local/git/history.ts";
import { conflictingPaths, type DetailLevel, mergedTree, type Strategy } from "../../../local/git/merge.ts";
import { type Content, workOn } from "../../support/work-on.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-merge-"));
afterAll(() => rmSync(folder, { recursive: true }));
await makeRepository(
  [{ branch: "main", message: "Base", files: { "one.txt": "1\n2\n3\n4\n5\n", "two.txt": "two\n" } }],
  join(folder, "merges"),
);
const repository = openRepository(join(folder, "merges"));
if (!repository) throw new Error("There is no repository.");
const { commit, git, head, show } = workOn(folder, "merges");
const base = head("main");

type Files = Readonly<Record<string, Content>>;
const sidesOf = (source: Files, destination: Files) => ({
  base,
  source: commit(base, "Source", source),
  destination: commit(base, "Destination", destination),
});

describe("conflicting paths", () => {
  it("A git merge has a conflict of two changes of one file at file level, and at line level only where lines meet.", async () => {
    const files = sidesOf({ "one.txt": "A\n2\n3\n4\n5\n" }, { "one.txt": "1\n2\n3\n4\nE\n" });
    expect(await conflictingPaths(repository, files, "FILE_LEVEL")).toEqual(["one.txt"]);
    expect(await conflictingPaths(repository, files, "LINE_LEVEL")).toEqual([]);
    const sameLine = sidesOf({ "one.txt": "A\n2\n3\n4\n5\n" }, { "one.txt": "B\n2\n3\n4\n5\n" });
    expect(await conflictingPaths(repository, sameLine, "LINE_LEVEL")).toEqual(["one.txt"]);
  });

  it("A git merge has a conflict of a file that one side renamed and the other changed, since CodeCommit knows no renames.", async () => {
    const content = show(base, "one.txt");
    const sides = sidesOf({ "one.txt": null, "renamed.txt": `${content}\n` }, { "one.txt": `${content}\nmore\n` });
    expect(await conflictingPaths(repository, sides, "LINE_LEVEL")).toEqual(["one.txt"]);
  });

  it("A git merge has no conflict where both sides made the same change.", async () => {
    const sides = sidesOf({ "one.txt": "same\n" }, { "one.txt": "same\n", other: "" });
    expect(await conflictingPaths(repository, sides, "FILE_LEVEL")).toEqual([]);
  });

  it("A git merge has a conflict of a file in the way of a folder by the name of the file.", async () => {
    const sides = sidesOf({ thing: "source\n" }, { "thing/inner.txt": "destination\n" });
    expect(await conflictingPaths(repository, sides, "FILE_LEVEL")).toEqual(["thing"]);
  });
});

describe("a merged tree", () => {
  const merged = async (source: Files, destination: Files, strategy: Strategy, level: DetailLevel = "LINE_LEVEL") => {
    const tree = await mergedTree(repository, sidesOf(source, destination), level, strategy);
    return tree === undefined
      ? undefined
      : Object.fromEntries(
          git("ls-tree", "-r", "--name-only", tree)
            .split("\n")
            .map((path) => [path, show(tree, path)]),
        );
  };
  const OURS = { "one.txt": "A\n2\n3\n4\n5\n" };
  const THEIRS = { "one.txt": "B\n2\n3\n4\nE\n" };

  it("A git merge without a conflict has the changes of both sides.", async () => {
    expect(await merged({ "one.txt": "ONE\n" }, { "two.txt": "TWO\n" }, "NONE")).toEqual({
      "one.txt": "ONE",
      "two.txt": "TWO",
    });
  });

  it("A git merge with a conflict leaves no tree, unless the strategy prefers a side.", async () => {
    for (const strategy of ["NONE", "AUTOMERGE"] as const) expect(await merged(OURS, THEIRS, strategy)).toBeUndefined();
    expect(await merged(OURS, THEIRS, "ACCEPT_SOURCE")).toMatchObject({ "one.txt": "A\n2\n3\n4\nE" });
    expect(await merged(OURS, THEIRS, "ACCEPT_DESTINATION")).toMatchObject({ "one.txt": "B\n2\n3\n4\nE" });
  });

  it("A git merge at file level takes the preferred side whole.", async () => {
    expect(await merged(OURS, THEIRS, "ACCEPT_SOURCE", "FILE_LEVEL")).toMatchObject({ "one.txt": "A\n2\n3\n4\n5" });
  });

  it("A git merge with AUTOMERGE merges line by line, at file level too.", async () => {
    expect(await merged(OURS, { "one.txt": "1\n2\n3\n4\nE\n" }, "AUTOMERGE", "FILE_LEVEL")).toMatchObject({
      "one.txt": "A\n2\n3\n4\nE",
    });
  });

  it("A git merge takes the preferred side whole where a file is new, deleted, a link or not text.", async () => {
    expect(await merged({ "new.txt": "source\n" }, { "new.txt": "destination\n" }, "ACCEPT_SOURCE")).toMatchObject({
      "new.txt": "source",
    });
    expect(await merged({ "two.txt": null }, { "two.txt": "changed\n" }, "ACCEPT_SOURCE")).not.toHaveProperty([
      "two.txt",
    ]);
    expect(await merged({ "two.txt": null }, { "two.txt": "changed\n" }, "ACCEPT_DESTINATION")).toMatchObject({
      "two.txt": "changed",
    });
    expect(
      await merged({ "two.txt": { linkTo: "one.txt" } }, { "two.txt": "changed\n" }, "ACCEPT_SOURCE"),
    ).toMatchObject({ "two.txt": "one.txt" });
    expect(await merged({ "two.txt": "\0source" }, { "two.txt": "\0destination" }, "ACCEPT_SOURCE")).toMatchObject({
      "two.txt": "\0source",
    });
  });

  it("A git merge takes the preferred side whole where a file is in the way of a folder.", async () => {
    const [file, inFolder] = [{ thing: "file\n" }, { "thing/inner.txt": "inner\n" }];
    const unchanged = { "one.txt": "1\n2\n3\n4\n5", "two.txt": "two" };
    expect(await merged(file, inFolder, "ACCEPT_SOURCE")).toEqual({ ...unchanged, thing: "file" });
    expect(await merged(inFolder, file, "ACCEPT_SOURCE")).toEqual({ ...unchanged, "thing/inner.txt": "inner" });
  });
});
