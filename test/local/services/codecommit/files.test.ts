import {
  CodeCommitClient,
  CreateBranchCommand,
  CreateCommitCommand,
  type CreateCommitCommandInput,
  CreatePullRequestCommand,
  GetFileCommand,
  GetFolderCommand,
  GetPullRequestCommand,
  ListPullRequestsCommand,
  UpdatePullRequestDescriptionCommand,
} from "@aws-sdk/client-codecommit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localClient } from "../../../support/local-client.ts";
import { createExportWorld } from "../../../support/rule-exporter.ts";

let estate: Awaited<ReturnType<typeof createExportWorld>>;
let client: CodeCommitClient;
let head: string;
beforeEach(async () => {
  estate = await createExportWorld();
  client = new CodeCommitClient(localClient(estate.endpoint));
  head = estate.rules.head("main");
});
afterEach(() => estate.close());

const repositoryName = "config-rules";
const folder = (folderPath: string, commitSpecifier = head) =>
  client.send(new GetFolderCommand({ repositoryName, folderPath, commitSpecifier }));
const file = (filePath: string, commitSpecifier = head) =>
  client.send(new GetFileCommand({ repositoryName, filePath, commitSpecifier }));
const commit = (changes: Partial<CreateCommitCommandInput>) =>
  client.send(new CreateCommitCommand({ repositoryName, branchName: "main", parentCommitId: head, ...changes }));
const put = (filePath: string, content = "x") => ({ filePath, fileContent: Buffer.from(content) });

describe("a folder of the local CodeCommit", () => {
  it("is told one level deep, with links and files apart", async () => {
    const at = estate.rules.commit(head, "Odd", { "odd/a b": "x", "odd/link": { linkTo: "a b" }, "odd/deep/c": "y" });
    const { files, symbolicLinks, subFolders, commitId } = await folder("odd", at);
    expect(commitId).toBe(at);
    expect(files).toMatchObject([{ absolutePath: "odd/a b", relativePath: "a b", fileMode: "NORMAL" }]);
    expect(symbolicLinks).toMatchObject([{ absolutePath: "odd/link", fileMode: "SYMLINK" }]);
    expect(subFolders).toMatchObject([{ absolutePath: "odd/deep", relativePath: "deep" }]);
    expect(files?.[0]?.blobId).toBe(estate.rules.git("rev-parse", `${at}:odd/a b`));
  });

  it("is the whole repository by /", async () => {
    expect((await folder("/")).subFolders).toMatchObject([{ absolutePath: "rules" }]);
  });

  it.each([
    ["that is not there", "none", "FolderDoesNotExistException"],
    ["that is a file", "README.md", "FolderDoesNotExistException"],
    ["that leads out", "rules/../..", "InvalidPathException"],
    ["21 levels deep", Array(21).fill("d").join("/"), "InvalidPathException"],
  ])("%s is refused", async (_what, path, name) => {
    await expect(folder(path)).rejects.toMatchObject({ name });
  });
});

describe("a file of the local CodeCommit", () => {
  it("comes with its bytes, text or not", async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 10]);
    const at = estate.rules.commit(head, "Bytes", { "a [1].bin": bytes });
    const { fileContent, fileSize, fileMode } = await file("a [1].bin", at);
    expect([Buffer.from(fileContent ?? []), fileSize, fileMode]).toEqual([bytes, 5, "NORMAL"]);
  });

  it("is refused where it is none, or larger than 6 MB", async () => {
    const large = Buffer.alloc(6 * 1_024 * 1_024);
    const at = estate.rules.commit(head, "Large", { fits: large, large: Buffer.concat([large, Buffer.from("x")]) });
    expect((await file("fits", at)).fileSize).toBe(large.length);
    await expect(file("large", at)).rejects.toMatchObject({ name: "FileTooLargeException" });
    await expect(file("rules", at)).rejects.toMatchObject({ name: "FileDoesNotExistException" });
    await expect(file("none", at)).rejects.toMatchObject({ name: "FileDoesNotExistException" });
  });
});

describe("a commit to the local CodeCommit", () => {
  it("puts and deletes files, keeps the others, and has the same id everywhere", async () => {
    const changes = {
      authorName: "exporter",
      commitMessage: "Both",
      putFiles: [put("new/a.txt", "new"), { ...put("run.sh"), fileMode: "EXECUTABLE" as const }],
      deleteFiles: [{ filePath: "README.md" }],
    };
    const { commitId = "" } = await commit(changes);
    expect(estate.rules.head("main")).toBe(commitId);
    expect(estate.rules.show(commitId, "new/a.txt")).toBe("new");
    expect(estate.rules.git("ls-tree", commitId, "run.sh")).toMatch(/^100755/);
    expect(estate.rules.git("ls-tree", "--name-only", commitId).split("\n")).toEqual(["new", "rules", "run.sh"]);
    estate.rules.push("main", head);
    expect((await commit(changes)).commitId).toBe(commitId);
  });

  it.each<[string, Partial<CreateCommitCommandInput>, string]>([
    ["without files", {}, "FileEntryRequiredException"],
    ["without a parent", { parentCommitId: undefined, putFiles: [put("a")] }, "ParentCommitIdRequiredException"],
    [
      "on a parent that is not the head",
      { parentCommitId: "1".repeat(40), putFiles: [put("a")] },
      "ParentCommitIdOutdatedException",
    ],
    ["to a branch that is not there", { branchName: "none", putFiles: [put("a")] }, "BranchDoesNotExistException"],
    [
      "of 101 files",
      { putFiles: Array.from({ length: 101 }, (_, n) => put(`${n}`)) },
      "MaximumFileEntriesExceededException",
    ],
    ["of one path twice", { putFiles: [put("a")], deleteFiles: [{ filePath: "/a" }] }, "SamePathRequestException"],
    ["that changes nothing", { putFiles: [put("README.md", "Rules of the security team.\n")] }, "NoChangeException"],
    ["that deletes what is not there", { deleteFiles: [{ filePath: "none" }] }, "FileDoesNotExistException"],
    ["of a file in the place of a folder", { putFiles: [put("rules")] }, "FileNameConflictsWithDirectoryNameException"],
    ["of a file without content", { putFiles: [{ filePath: "a" }] }, "SourceFileOrContentRequiredException"],
    ["of a path into git", { putFiles: [put("a/.git/config")] }, "InvalidPathException"],
  ])("%s is refused", async (_what, changes, name) => {
    await expect(commit(changes)).rejects.toMatchObject({ name });
    expect(estate.rules.head("main")).toBe(head);
  });

  it("takes 100 files", async () => {
    const putFiles = Array.from({ length: 100 }, (_, n) => put(`${n}`));
    const { commitId = "" } = await commit({ putFiles });
    expect(estate.rules.git("diff-tree", "-r", "--name-only", head, commitId).split("\n")).toHaveLength(100);
  });
});

describe("a branch of the local CodeCommit", () => {
  const create = (branchName: string, commitId = head) =>
    client.send(new CreateBranchCommand({ repositoryName, branchName, commitId }));

  it("is made at a commit", async () => {
    await create("config-rules/abc");
    expect(estate.rules.head("config-rules/abc")).toBe(head);
  });

  it.each([
    ["that is there", "main", undefined, "BranchNameExistsException"],
    ["of a name that git does not take", "a..b", undefined, "InvalidBranchNameException"],
    ["at no commit", "new", "1".repeat(40), "CommitDoesNotExistException"],
    ["at a branch", "new", "main", "InvalidCommitIdException"],
  ])("%s is refused", async (_what, name, commitId, error) => {
    await expect(create(name, commitId)).rejects.toMatchObject({ name: error });
  });
});

describe("a pull request of the local CodeCommit", () => {
  const create = (sourceReference: string, destinationReference = "main", clientRequestToken?: string) =>
    client.send(
      new CreatePullRequestCommand({
        title: "Break rules",
        description: "Two.",
        targets: [{ repositoryName, sourceReference, destinationReference }],
        ...(clientRequestToken !== undefined && { clientRequestToken }),
      }),
    );

  it("is listed, read and described anew", async () => {
    const { pullRequest: { pullRequestId = "" } = {} } = await create("broken");
    await client.send(new UpdatePullRequestDescriptionCommand({ pullRequestId, description: "Two rules." }));
    expect((await client.send(new GetPullRequestCommand({ pullRequestId }))).pullRequest).toMatchObject({
      title: "Break rules",
      description: "Two rules.",
      pullRequestStatus: "OPEN",
      pullRequestTargets: [{ sourceReference: "refs/heads/broken", destinationReference: "refs/heads/main" }],
    });
    const list = async (name: string) =>
      (await client.send(new ListPullRequestsCommand({ repositoryName: name, pullRequestStatus: "OPEN" })))
        .pullRequestIds;
    expect([await list(repositoryName), await list("infrastructure")]).toEqual([[pullRequestId], []]);
  });

  it("is opened once by one token", async () => {
    const [first, again] = [await create("broken", "main", "token"), await create("broken", "main", "token")];
    expect(again.pullRequest).toEqual(first.pullRequest);
    await expect(create("hostile", "main", "token")).rejects.toMatchObject({
      name: "IdempotencyParameterMismatchException",
    });
  });

  it.each([
    ["of a branch that is not there", "none", "main", "ReferenceDoesNotExistException"],
    ["into a branch that is not there", "broken", "none", "ReferenceDoesNotExistException"],
    ["of a branch into itself", "main", "refs/heads/main", "SourceAndDestinationAreSameException"],
  ])("%s is refused", async (_what, source, destination, name) => {
    await expect(create(source, destination)).rejects.toMatchObject({ name });
  });

  it("that is not there cannot be read", async () => {
    await expect(client.send(new GetPullRequestCommand({ pullRequestId: "9" }))).rejects.toMatchObject({
      name: "PullRequestDoesNotExistException",
    });
  });
});
