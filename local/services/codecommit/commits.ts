import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import { changedTree, everyEntry, type FileChange } from "../../git/files.ts";
import { changes } from "../../git/merge.ts";
import { commitTree, moveBranch } from "./branch-move.ts";
import { pageSize } from "./page.ts";
import { FILE_MODES, MAX_FILE_BYTES, plainPath } from "./path.ts";
import type { OpenRepository } from "./repository.ts";
import { commitOf, headOf, refuseNoId, typeOf } from "./specifier.ts";

const commitInput = z.object({ repositoryName: z.string(), commitId: z.string() });
const differencesInput = z.object({
  repositoryName: z.string(),
  beforeCommitSpecifier: z.string().optional(),
  afterCommitSpecifier: z.string(),
  MaxResults: pageSize,
  NextToken: pageToken,
});
const createCommitInput = z.object({
  repositoryName: z.string(),
  branchName: z.string(),
  parentCommitId: z.string().optional(),
  authorName: z.string().default("caller"),
  email: z.string().default("caller@example.com"),
  commitMessage: z.string().default("Changes"),
  putFiles: z
    .array(
      z.object({ filePath: z.string(), fileMode: z.string().default("NORMAL"), fileContent: z.base64().optional() }),
    )
    .default([]),
  deleteFiles: z.array(z.object({ filePath: z.string() })).default([]),
});

/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MOST_FILE_ENTRIES = 100;

/** The id of the empty tree in every git repository. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** Operations on commits. */
export function commits(open: OpenRepository) {
  async function getCommit(input: unknown) {
    const { repositoryName, commitId } = commitInput.parse(input);
    refuseNoId(commitId);
    const repository = await open(repositoryName);
    if ((await typeOf(repository, commitId)) !== "commit")
      throw new AwsError("CommitIdDoesNotExistException", `${commitId} does not exist`);
    const format = ["%T", "%P", "%an", "%ae", "%ad", "%cn", "%ce", "%cd", "%B"].join("%x00");
    const shown = await repository.git(["show", "--no-patch", "--date=raw", `--format=${format}`, commitId]);
    const [treeId, parents = "", an, ae, ad, cn, ce, cd, message] = shown.output.split("\0");
    return {
      commit: {
        commitId,
        treeId,
        parents: parents.split(" ").filter(Boolean),
        message,
        author: { name: an, email: ae, date: ad },
        committer: { name: cn, email: ce, date: cd },
      },
    };
  }

  async function getDifferences(input: unknown) {
    const asked = differencesInput.parse(input);
    const repository = await open(asked.repositoryName);
    const before = asked.beforeCommitSpecifier;
    const differences = await changes(
      repository,
      before === undefined ? EMPTY_TREE : await commitOf(repository, before),
      await commitOf(repository, asked.afterCommitSpecifier),
    );
    const { page, next } = pageOf([...differences], asked.NextToken, asked.MaxResults);
    return {
      differences: page.map(([path, change]) => ({
        changeType: change.status === "T" ? "M" : change.status,
        ...(change.status !== "A" && { beforeBlob: { path, blobId: change.oldId, mode: change.oldMode } }),
        ...(change.status !== "D" && { afterBlob: { path, blobId: change.id, mode: change.mode } }),
      })),
      NextToken: next,
    };
  }

  async function createCommit(input: unknown) {
    const asked = createCommitInput.parse(input);
    const repository = await open(asked.repositoryName);
    const head = await headOf(repository, asked.branchName);
    if (asked.parentCommitId === undefined)
      throw new AwsError("ParentCommitIdRequiredException", "A parent is required");
    if (asked.parentCommitId !== head)
      throw new AwsError("ParentCommitIdOutdatedException", `${asked.branchName} is at another commit`);
    const entries = asked.putFiles.length + asked.deleteFiles.length;
    if (entries === 0) throw new AwsError("FileEntryRequiredException", "A file is required");
    if (entries > MOST_FILE_ENTRIES)
      throw new AwsError("MaximumFileEntriesExceededException", `A commit takes ${MOST_FILE_ENTRIES} files`);

    const modes = Object.entries(FILE_MODES);
    const puts = asked.putFiles.map(({ filePath, fileMode, fileContent }): FileChange => {
      if (fileContent === undefined)
        throw new AwsError("SourceFileOrContentRequiredException", `${filePath} has no content`);
      const content = Buffer.from(fileContent, "base64");
      if (content.length > MAX_FILE_BYTES)
        throw new AwsError("FileContentSizeLimitExceededException", `${filePath} is larger than 6 MB`);
      const [mode] = modes.find(([, name]) => name === fileMode) ?? [];
      return { path: plainPath(filePath), content, ...(mode !== undefined && { mode }) };
    });
    const deletions = asked.deleteFiles.map(({ filePath }): FileChange => ({ path: plainPath(filePath) }));
    const paths = [...puts, ...deletions].map((change) => change.path);
    if (new Set(paths).size < paths.length) throw new AwsError("SamePathRequestException", "A path comes twice");
    const there = new Map((await everyEntry(repository, head)).map(({ name, mode }) => [name, mode]));
    for (const deletion of deletions)
      if (FILE_MODES[there.get(deletion.path) ?? ""] === undefined)
        throw new AwsError("FileDoesNotExistException", `${deletion.path} does not exist`);
    for (const put of puts)
      if (there.get(put.path) === "040000")
        throw new AwsError("FileNameConflictsWithDirectoryNameException", `${put.path} is a folder`);

    const tree = await changedTree(repository, head, [...deletions, ...puts]);
    if (tree === (await repository.git(["rev-parse", `${head}^{tree}`])).output)
      throw new AwsError("NoChangeException", "No changes are made by this commit");
    return await moveBranch(repository, asked.branchName, head, await commitTree(repository, tree, [head], asked));
  }

  return { GetCommit: getCommit, GetDifferences: getDifferences, CreateCommit: createCommit };
}
