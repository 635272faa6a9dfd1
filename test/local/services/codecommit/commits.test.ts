import {
  CreateCommitCommand,
  type CreateCommitCommandInput,
  GetCommitCommand,
  GetDifferencesCommand,
  type GetDifferencesCommandInput,
} from "@aws-sdk/client-codecommit";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { createRepositoryWorld } from "../../../support/codecommit.ts";

const { client, close, commit, git, head, push, show } = await createRepositoryWorld("config-rules");
afterAll(close);

const repositoryName = "config-rules";
const first = head("main");
afterEach(() => {
  push("main", first);
});

describe("GetCommit", () => {
  it("GetCommit returns the facts of a commit as git has them.", async () => {
    const commitId = commit(first, "A subject\n\nA body.", { a: "" });
    const { commit: found } = await client.send(new GetCommitCommand({ repositoryName, commitId }));
    expect(found).toEqual({
      commitId,
      treeId: git("rev-parse", `${commitId}^{tree}`),
      parents: [first],
      message: "A subject\n\nA body.\n",
      author: {
        name: "Dev",
        email: "dev@example.com",
        date: git("show", "-s", "--format=%ad", "--date=raw", commitId),
      },
      committer: expect.objectContaining({ name: "Dev", date: expect.stringMatching(/^\d{10} [+-]\d{4}$/) }),
    });
  });

  it("GetCommit refuses an id that is not a commit, and a branch.", async () => {
    const missing = { name: "CommitIdDoesNotExistException" };
    for (const commitId of ["a".repeat(40), git("rev-parse", "main^{tree}")])
      await expect(client.send(new GetCommitCommand({ repositoryName, commitId }))).rejects.toMatchObject(missing);
    const branch = new GetCommitCommand({ repositoryName, commitId: "main" });
    await expect(client.send(branch)).rejects.toMatchObject({ name: "InvalidCommitIdException" });
  });
});

describe("GetDifferences", () => {
  const differences = async (afterCommitSpecifier: string, others: Partial<GetDifferencesCommandInput> = {}) =>
    await client.send(new GetDifferencesCommand({ repositoryName, afterCommitSpecifier, ...others }));

  it("GetDifferences lists the files that were added, changed and deleted between two commits.", async () => {
    const path = "rules/KEYS_ROTATED/parameters.json";
    const after = commit(first, "Three", { new: "n", [path]: "changed", "README.md": null });
    const { differences: found = [], NextToken } = await differences(after, { beforeCommitSpecifier: first });
    expect(NextToken).toBeUndefined();
    expect(found.map((one) => [one.changeType, one.beforeBlob?.path, one.afterBlob?.path])).toEqual([
      ["D", "README.md", undefined],
      ["A", undefined, "new"],
      ["M", path, path],
    ]);
    expect(found[2]?.afterBlob).toEqual({ path, blobId: git("rev-parse", `${after}:${path}`), mode: "100644" });
  });

  it("GetDifferences lists every file of a commit where no earlier commit is named.", async () => {
    const listed = git("ls-tree", "-r", "--name-only", first).split("\n");
    const { differences: found = [] } = await differences(first);
    expect(found.map(({ afterBlob }) => afterBlob?.path)).toEqual(listed);
  });

  it("GetDifferences lists the differences of two commits by pages, with no token after the last one.", async () => {
    const after = commit(first, "Many", Object.fromEntries(Array.from({ length: 102 }, (_, n) => [`many/${n}`, ""])));
    const sizes: number[] = [];
    let NextToken: string | undefined;
    do {
      const page = await differences(after, { beforeCommitSpecifier: first, MaxResults: 51, NextToken });
      sizes.push(page.differences?.length ?? 0);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(sizes).toEqual([51, 51]);
    expect((await differences(after, { beforeCommitSpecifier: first })).differences).toHaveLength(100);
  });
});

describe("CreateCommit", () => {
  const create = (changes: Partial<CreateCommitCommandInput>) =>
    client.send(new CreateCommitCommand({ repositoryName, branchName: "main", parentCommitId: first, ...changes }));
  const put = (filePath: string, content = "x") => ({ filePath, fileContent: Buffer.from(content) });

  it("CreateCommit puts and deletes files, keeps the others, and makes the same id every time.", async () => {
    const changes = {
      authorName: "exporter",
      commitMessage: "Both",
      putFiles: [put("new/a.txt", "new"), { ...put("run.sh"), fileMode: "EXECUTABLE" as const }],
      deleteFiles: [{ filePath: "README.md" }],
    };
    const { commitId = "", treeId } = await create(changes);
    expect([head("main"), git("rev-parse", "main^{tree}")]).toEqual([commitId, treeId]);
    expect(show(commitId, "new/a.txt")).toBe("new");
    expect(git("ls-tree", commitId, "run.sh")).toMatch(/^100755/);
    expect(git("ls-tree", "--name-only", commitId).split("\n")).toEqual(["new", "rules", "run.sh"]);
    push("main", first);
    expect((await create(changes)).commitId).toBe(commitId);
  });

  it("CreateCommit takes 100 files.", async () => {
    const { commitId = "" } = await create({ putFiles: Array.from({ length: 100 }, (_, n) => put(`${n}`)) });
    expect(git("diff-tree", "-r", "--name-only", first, commitId).split("\n")).toHaveLength(100);
  });

  it.each<[string, Partial<CreateCommitCommandInput>, string]>([
    ["a commit without files", {}, "FileEntryRequiredException"],
    [
      "a commit without a parent",
      { parentCommitId: undefined, putFiles: [put("a")] },
      "ParentCommitIdRequiredException",
    ],
    [
      "a parent that is not the head of the branch",
      { parentCommitId: "1".repeat(40), putFiles: [put("a")] },
      "ParentCommitIdOutdatedException",
    ],
    ["a branch that does not exist", { branchName: "none", putFiles: [put("a")] }, "BranchDoesNotExistException"],
    [
      "101 files",
      { putFiles: Array.from({ length: 101 }, (_, n) => put(`${n}`)) },
      "MaximumFileEntriesExceededException",
    ],
    ["the same path twice", { putFiles: [put("a")], deleteFiles: [{ filePath: "/a" }] }, "SamePathRequestException"],
    ["files that are there", { putFiles: [put("README.md", "Rules of the security team.\n")] }, "NoChangeException"],
    ["the deletion of a missing file", { deleteFiles: [{ filePath: "none" }] }, "FileDoesNotExistException"],
    ["the deletion of a folder", { deleteFiles: [{ filePath: "rules" }] }, "FileDoesNotExistException"],
    ["a file in the place of a folder", { putFiles: [put("rules")] }, "FileNameConflictsWithDirectoryNameException"],
    ["a file without content", { putFiles: [{ filePath: "a" }] }, "SourceFileOrContentRequiredException"],
    [
      "a file larger than 6 MB",
      { putFiles: [put("a", "x".repeat(6 * 1_024 * 1_024 + 1))] },
      "FileContentSizeLimitExceededException",
    ],
    ["a path into git", { putFiles: [put("a/.git/config")] }, "InvalidPathException"],
  ])("CreateCommit refuses %s.", async (_what, changes, name) => {
    await expect(create(changes)).rejects.toMatchObject({ name });
    expect(head("main")).toBe(first);
  });
});
