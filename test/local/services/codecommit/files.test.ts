import { GetFileCommand, GetFolderCommand } from "@aws-sdk/client-codecommit";
import { afterAll, describe, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";

const { client, close, commit, git, head } = await createRepositoryWorld("config-rules");
afterAll(close);

const repositoryName = "config-rules";
const folder = (folderPath: string, commitSpecifier = "main") =>
  client.send(new GetFolderCommand({ repositoryName, folderPath, commitSpecifier }));
const file = (filePath: string, commitSpecifier?: string) =>
  client.send(new GetFileCommand({ repositoryName, filePath, commitSpecifier }));

describe("GetFolder", () => {
  it("GetFolder lists one level of a folder: files, links and folders apart.", async () => {
    const at = commit("main", "Odd", { "odd/a b": "x", "odd/link": { linkTo: "a b" }, "odd/deep/c": "y" });
    const { files, symbolicLinks, subFolders, commitId } = await folder("odd", at);
    expect(commitId).toBe(at);
    expect(files).toMatchObject([{ absolutePath: "odd/a b", relativePath: "a b", fileMode: "NORMAL" }]);
    expect(symbolicLinks).toMatchObject([{ absolutePath: "odd/link", fileMode: "SYMLINK" }]);
    expect(subFolders).toMatchObject([{ absolutePath: "odd/deep", relativePath: "deep" }]);
    expect(files?.[0]?.blobId).toBe(git("rev-parse", `${at}:odd/a b`));
  });

  it("GetFolder lists the whole repository by /.", async () => {
    const { subFolders, files, treeId } = await folder("/");
    expect([subFolders, files]).toMatchObject([[{ absolutePath: "rules" }], [{ absolutePath: "README.md" }]]);
    expect(treeId).toBe(git("rev-parse", "main^{tree}"));
  });

  it.each([
    ["a folder that does not exist", "none", "FolderDoesNotExistException"],
    ["a file", "README.md", "FolderDoesNotExistException"],
    ["a pattern", "rule*", "FolderDoesNotExistException"],
    ["a path out of the repository", "rules/../..", "InvalidPathException"],
  ])("GetFolder refuses %s.", async (_what, path, name) => {
    await expect(folder(path)).rejects.toMatchObject({ name });
  });
});

describe("GetFile", () => {
  it("GetFile returns the bytes of a file, text or not.", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 10]);
    const at = commit("main", "Bytes", { "a [1].bin": bytes });
    const { fileContent, fileSize, fileMode } = await file("a [1].bin", at);
    expect([Buffer.from(fileContent ?? []), fileSize, fileMode]).toEqual([bytes, 5, "NORMAL"]);
  });

  it("GetFile reads HEAD where no commit is named.", async () => {
    expect((await file("/README.md")).commitId).toBe(head("main"));
  });

  it("GetFile refuses a folder, a file that does not exist, and a file larger than 6 MB.", async () => {
    const large = Buffer.alloc(6 * 1_024 * 1_024);
    const at = commit("main", "Large", { fits: large, large: Buffer.concat([large, Buffer.from("x")]) });
    expect((await file("fits", at)).fileSize).toBe(large.length);
    await expect(file("large", at)).rejects.toMatchObject({ name: "FileTooLargeException" });
    for (const path of ["rules", "none", "README*"])
      await expect(file(path, at)).rejects.toMatchObject({ name: "FileDoesNotExistException" });
  });
});
