import { join } from "node:path";
import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { Service } from "../../gateway/gateway.ts";
import { readModel, validateInput } from "../../gateway/model.ts";
import { json } from "../../gateway/protocols.ts";
import { changedTree, entriesOf, entryAt, FILE_MODES, type FileChange, plainPath } from "../../git/files.ts";
import { openRepository, type Repository } from "../../git/git.ts";
import { changes, conflictingPaths, mergedTree, type Sides } from "../../git/merge.ts";
import { makeSampleRepository } from "../../git/sample-repositories.ts";
import { pullRequests } from "./pull-requests.ts";

export interface CodeCommit extends Service {
  /** Serves the repositories of a folder from now on, by name and as they are; without one, the sample repositories. */
  useRepositories(folder?: string): void;
}

/** AWS does not document how much it puts on a page. */
const PAGE = 100;

const page = z
  .string()
  .regex(/^\d+$/)
  .default("0")
  .transform((token) => Number(token));
const merge = z.object({
  repositoryName: z.string(),
  sourceCommitSpecifier: z.string(),
  destinationCommitSpecifier: z.string(),
  targetBranch: z.string().optional(),
  conflictDetailLevel: z.enum(["FILE_LEVEL", "LINE_LEVEL"]).default("FILE_LEVEL"),
  conflictResolutionStrategy: z.enum(["NONE", "ACCEPT_SOURCE", "ACCEPT_DESTINATION", "AUTOMERGE"]).default("NONE"),
  authorName: z.string().default("caller"),
  email: z.string().default("caller@example.com"),
  commitMessage: z.string().default("Merge"),
});
const mergeConflicts = merge.extend({
  mergeOption: z.string(),
  maxConflictFiles: z.number().default(PAGE),
  nextToken: page,
});
const branchInput = z.object({ repositoryName: z.string(), branchName: z.string() });
const commitInput = z.object({ repositoryName: z.string(), commitId: z.string() });
const differencesInput = z.object({
  repositoryName: z.string(),
  beforeCommitSpecifier: z.string().optional(),
  afterCommitSpecifier: z.string(),
  MaxResults: z.number().default(PAGE),
  NextToken: page,
});

const path = z.object({
  repositoryName: z.string(),
  commitSpecifier: z.string().default("HEAD"),
  filePath: z.string().default(""),
  folderPath: z.string().default(""),
});
const createBranchInput = branchInput.extend({ commitId: z.string() });
const createCommitInput = branchInput.extend({
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
const MAX_FILE_BYTES = 6 * 1_024 * 1_024;
const MOST_FILE_ENTRIES = 100;

/** git's name of the tree that holds nothing. */
const EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * CodeCommit on real git repositories: https://docs.aws.amazon.com/codecommit/latest/APIReference/
 *
 * @param samples folder for the sample repositories, each of which is made when it is first asked for
 * @param requests file that keeps the pull requests
 */
export function codeCommit(samples: string, requests: string): CodeCommit {
  const model = readModel("codecommit");
  const made = new Map<string, Promise<void>>();
  let folder: string | undefined;

  async function repositoryNamed(name: string): Promise<Repository> {
    const path = join(folder ?? samples, name);
    if (folder === undefined) {
      const making = made.get(name) ?? makeSampleRepository(name, path);
      made.set(name, making);
      await making.catch((error) => {
        made.delete(name);
        throw error;
      });
    }
    const repository = /^\.+$/.test(name) ? undefined : openRepository(path);
    if (!repository) throw new AwsError("RepositoryDoesNotExistException", `${name} does not exist`);
    if ((await repository.git(["rev-parse", "--is-shallow-repository"])).output === "true")
      throw new Error(
        `The repository ${path} is a shallow clone: what it lacks cannot be told from what is not there.`,
      );
    return repository;
  }

  /** What every operation that compares two commits starts with. */
  async function compared(asked: z.output<typeof merge>) {
    const repository = await repositoryNamed(asked.repositoryName);
    const source = await commitOf(repository, asked.sourceCommitSpecifier);
    const destination = await commitOf(repository, asked.destinationCommitSpecifier);
    const { yes, output } = await repository.git(["merge-base", source, destination]);
    return { repository, source, destination, base: yes ? output : undefined };
  }

  async function getMergeOptions(input: unknown) {
    const asked = merge.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const straight = base === ends.source || base === ends.destination;
    const mergeable =
      base !== undefined &&
      (straight || (await conflictingPaths(repository, { ...ends, base }, asked.conflictDetailLevel)).length === 0);
    return {
      mergeOptions: [
        ...(base === ends.destination ? ["FAST_FORWARD_MERGE"] : []),
        ...(mergeable ? ["SQUASH_MERGE", "THREE_WAY_MERGE"] : []),
      ],
      sourceCommitId: ends.source,
      destinationCommitId: ends.destination,
      baseCommitId: base,
    };
  }

  async function getMergeConflicts(input: unknown) {
    const asked = mergeConflicts.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const ids = { sourceCommitId: ends.source, destinationCommitId: ends.destination, baseCommitId: base };
    if (asked.mergeOption === "FAST_FORWARD_MERGE" || base === undefined)
      return { ...ids, mergeable: base === ends.destination, conflictMetadataList: [] };

    const sides = { ...ends, base };
    const paths =
      asked.conflictResolutionStrategy === "NONE"
        ? await conflictingPaths(repository, sides, asked.conflictDetailLevel)
        : asked.conflictResolutionStrategy === "AUTOMERGE"
          ? await conflictingPaths(repository, sides, "LINE_LEVEL")
          : [];
    const onSource = await changes(repository, base, ends.source);
    const onDestination = await changes(repository, base, ends.destination);
    const end = asked.nextToken + Math.min(asked.maxConflictFiles, PAGE);
    return {
      ...ids,
      mergeable: paths.length === 0,
      conflictMetadataList: paths.slice(asked.nextToken, end).map((filePath) => {
        const [source, destination] = [onSource.get(filePath), onDestination.get(filePath)];
        return {
          filePath,
          contentConflict: source?.id !== destination?.id,
          fileModeConflict: source?.mode !== destination?.mode,
          mergeOperations: { source: source?.status, destination: destination?.status },
        };
      }),
      ...(end < paths.length && { nextToken: String(end) }),
    };
  }

  /** Moves a branch, unless it was moved meanwhile. */
  async function moveBranch({ git }: Repository, branch: string, from: string, to: string) {
    try {
      await git(["update-ref", `refs/heads/${branch}`, to, from]);
    } catch {
      throw new AwsError("ConcurrentReferenceUpdateException", `The branch ${branch} was updated meanwhile`);
    }
    return { commitId: to, treeId: (await git(["rev-parse", `${to}^{tree}`])).output };
  }

  async function mergeBranchesByFastForward(input: unknown) {
    const asked = merge.parse(input);
    const { repository, source, destination, base } = await compared(asked);
    const branch = await targetOf(repository, asked.targetBranch, destination);
    // What AWS does where there is nothing to merge is not documented.
    if (base !== destination || base === source)
      throw new AwsError("ManualMergeRequiredException", "The merge cannot be completed by fast-forward");
    return await moveBranch(repository, branch, destination, source);
  }

  /** Commits a tree. The same commit has the same id everywhere, so that samples can name it. */
  async function commitTree(
    { git }: Repository,
    tree: string,
    parents: readonly [string, ...string[]],
    { authorName, email, commitMessage }: { authorName: string; email: string; commitMessage: string },
  ): Promise<string> {
    // A minute after its parents.
    const dates = await git(["show", "--no-patch", "--format=%ct", ...parents]);
    const date = `${Math.max(...dates.output.split(/\s+/).map(Number)) + 60} +0000`;
    const { output } = await git(["commit-tree", tree, ...parents.flatMap((parent) => ["-p", parent]), "-F", "-"], {
      input: commitMessage,
      environment: {
        GIT_AUTHOR_NAME: authorName,
        GIT_AUTHOR_EMAIL: email,
        GIT_AUTHOR_DATE: date,
        GIT_COMMITTER_NAME: authorName,
        GIT_COMMITTER_EMAIL: email,
        GIT_COMMITTER_DATE: date,
      },
    });
    return output;
  }

  async function mergeBranchesByThreeWay(input: unknown) {
    const asked = merge.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const branch = await targetOf(repository, asked.targetBranch, ends.destination);
    const sides: Sides | undefined = base === undefined || base === ends.source ? undefined : { ...ends, base };
    const tree =
      sides && (await mergedTree(repository, sides, asked.conflictDetailLevel, asked.conflictResolutionStrategy));
    if (tree === undefined) throw new AwsError("ManualMergeRequiredException", "The merge needs a person");
    const commitId = await commitTree(repository, tree, [ends.destination, ends.source], asked);
    return await moveBranch(repository, branch, ends.destination, commitId);
  }

  async function getBranch(input: unknown) {
    const { repositoryName, branchName } = branchInput.parse(input);
    const repository = await repositoryNamed(repositoryName);
    const commitId = await headOf(repository, branchName);
    return { branch: { branchName, commitId } };
  }

  async function getCommit(input: unknown) {
    const { repositoryName, commitId } = commitInput.parse(input);
    if (!/^[0-9a-f]{40}$/.test(commitId)) throw new AwsError("InvalidCommitIdException", `${commitId} is not an id`);
    const repository = await repositoryNamed(repositoryName);
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
    const repository = await repositoryNamed(asked.repositoryName);
    const before = asked.beforeCommitSpecifier;
    const differences = await changes(
      repository,
      before === undefined ? EMPTY_TREE : await commitOf(repository, before),
      await commitOf(repository, asked.afterCommitSpecifier),
    );
    const end = asked.NextToken + Math.min(asked.MaxResults, PAGE);
    return {
      differences: [...differences].slice(asked.NextToken, end).map(([path, change]) => ({
        changeType: change.status === "T" ? "M" : change.status,
        ...(change.status !== "A" && { beforeBlob: { path, blobId: change.oldId, mode: change.oldMode } }),
        ...(change.status !== "D" && { afterBlob: { path, blobId: change.id, mode: change.mode } }),
      })),
      ...(end < differences.size && { NextToken: String(end) }),
    };
  }

  async function getFolder(input: unknown) {
    const asked = path.parse(input);
    const folderPath = plainPath(asked.folderPath);
    const repository = await repositoryNamed(asked.repositoryName);
    const commitId = await commitOf(repository, asked.commitSpecifier);
    const folder = await entryAt(repository, commitId, folderPath);
    if (folder?.mode !== "040000") throw new AwsError("FolderDoesNotExistException", `${folderPath} does not exist`);
    const entries = (await entriesOf(repository, folder.id)).map(({ mode, id, name }) => ({
      mode,
      id,
      paths: { absolutePath: folderPath === "" ? name : `${folderPath}/${name}`, relativePath: name },
    }));
    const filesOf = (modes: readonly string[]) =>
      entries
        .filter(({ mode }) => modes.includes(mode))
        .map(({ mode, id, paths }) => ({ blobId: id, ...paths, fileMode: FILE_MODES[mode] }));
    return {
      commitId,
      folderPath,
      treeId: folder.id,
      subFolders: entries.filter(({ mode }) => mode === "040000").map(({ id, paths }) => ({ treeId: id, ...paths })),
      files: filesOf(["100644", "100755"]),
      symbolicLinks: filesOf(["120000"]),
      subModules: entries.filter(({ mode }) => mode === "160000").map(({ id, paths }) => ({ commitId: id, ...paths })),
    };
  }

  async function getFile(input: unknown) {
    const asked = path.parse(input);
    const filePath = plainPath(asked.filePath);
    const repository = await repositoryNamed(asked.repositoryName);
    const commitId = await commitOf(repository, asked.commitSpecifier);
    const entry = await entryAt(repository, commitId, filePath);
    const fileMode = FILE_MODES[entry?.mode ?? ""];
    if (!entry || fileMode === undefined) throw new AwsError("FileDoesNotExistException", `${filePath} does not exist`);
    const { bytes } = await repository.git(["cat-file", "blob", entry.id]);
    if (bytes.length > MAX_FILE_BYTES) throw new AwsError("FileTooLargeException", `${filePath} is larger than 6 MB`);
    return {
      commitId,
      blobId: entry.id,
      filePath,
      fileMode,
      fileSize: bytes.length,
      fileContent: bytes.toString("base64"),
    };
  }

  async function createBranch(input: unknown) {
    const { repositoryName, branchName, commitId } = createBranchInput.parse(input);
    const repository = await repositoryNamed(repositoryName);
    const { git } = repository;
    if (!/^[0-9a-f]{40}$/.test(commitId)) throw new AwsError("InvalidCommitIdException", `${commitId} is not an id`);
    const reference = `refs/heads/${branchName}`;
    if (!(await git(["check-ref-format", reference])).yes)
      throw new AwsError("InvalidBranchNameException", `${branchName} is not the name of a branch`);
    const commit = await commitOf(repository, commitId);
    if ((await git(["show-ref", "--verify", "--quiet", "--", reference])).yes)
      throw new AwsError("BranchNameExistsException", `${branchName} exists`);
    await git(["update-ref", reference, commit]);
  }

  async function createCommit(input: unknown) {
    const asked = createCommitInput.parse(input);
    const repository = await repositoryNamed(asked.repositoryName);
    const head = await headOf(repository, asked.branchName);
    if (asked.parentCommitId === undefined)
      throw new AwsError("ParentCommitIdRequiredException", "A parent is required");
    if (asked.parentCommitId !== head)
      throw new AwsError("ParentCommitIdOutdatedException", `${asked.branchName} is at another commit`);
    const count = asked.putFiles.length + asked.deleteFiles.length;
    if (count === 0) throw new AwsError("FileEntryRequiredException", "A file is required");
    if (count > MOST_FILE_ENTRIES)
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
    for (const deletion of deletions)
      if (FILE_MODES[(await entryAt(repository, head, deletion.path))?.mode ?? ""] === undefined)
        throw new AwsError("FileDoesNotExistException", `${deletion.path} does not exist`);
    for (const put of puts)
      if ((await entryAt(repository, head, put.path))?.mode === "040000")
        throw new AwsError("FileNameConflictsWithDirectoryNameException", `${put.path} is a folder`);

    const tree = await changedTree(repository, head, [...deletions, ...puts]);
    if (tree === (await repository.git(["rev-parse", `${head}^{tree}`])).output)
      throw new AwsError("NoChangeException", "No changes are made by this commit");
    return await moveBranch(repository, asked.branchName, head, await commitTree(repository, tree, [head], asked));
  }

  const operations: Readonly<Record<string, (input: unknown) => Promise<unknown>>> = {
    GetMergeOptions: getMergeOptions,
    GetMergeConflicts: getMergeConflicts,
    MergeBranchesByFastForward: mergeBranchesByFastForward,
    MergeBranchesByThreeWay: mergeBranchesByThreeWay,
    GetBranch: getBranch,
    GetCommit: getCommit,
    GetDifferences: getDifferences,
    GetFolder: getFolder,
    GetFile: getFile,
    CreateBranch: createBranch,
    CreateCommit: createCommit,
    ...pullRequests(requests, async (name, branch) => headOf(await repositoryNamed(name), branch)),
  };
  return {
    name: "CodeCommit",
    signingName: "codecommit",
    protocol: json("1.1"),
    operations: Object.keys(model.operations),
    perform: async (operation, input) => {
      validateInput(model, operation, input, "ValidationException");
      return await operations[operation]?.(input);
    },
    useRepositories: (path) => {
      folder = path;
    },
  };
}

/** The kind of object that an id belongs to; `missing` where there is none. */
async function typeOf({ git }: Repository, id: string): Promise<string | undefined> {
  return (await git(["cat-file", "--batch-check=%(objecttype)"], { input: `${id}\n` })).output.split(" ").at(-1);
}

/** The commit that a specifier means: a whole commit id, HEAD, a whole reference, or the name of a branch or tag. */
async function commitOf(repository: Repository, specifier: string): Promise<string> {
  const { git } = repository;
  if (specifier === "") throw new AwsError("CommitRequiredException", "A commit specifier is required");
  if (/^[0-9a-f]{40}$/.test(specifier)) {
    const type = await typeOf(repository, specifier);
    if (type === "missing") throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
    // Whether AWS takes the id of an annotated tag is not documented; a processor must not rely on it.
    if (type !== "commit") throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return specifier;
  }
  const references =
    specifier === "HEAD" || specifier.startsWith("refs/")
      ? [specifier]
      : [`refs/heads/${specifier}`, `refs/tags/${specifier}`];
  for (const reference of references) {
    // Takes whole references only, and nothing of git's language of revisions.
    if (!(await git(["show-ref", "--verify", "--quiet", "--", reference])).yes) continue;
    const { yes, output } = await git(["rev-parse", "--verify", "--quiet", `${reference}^{commit}`]);
    if (!yes) throw new AwsError("InvalidCommitException", `${specifier} is not a commit`);
    return output;
  }
  throw new AwsError("CommitDoesNotExistException", `${specifier} does not exist`);
}

/** The commit that a branch is at. */
const headOf = (repository: Repository, branch: string): Promise<string> =>
  commitOf(repository, `refs/heads/${branch}`).catch(() => {
    throw new AwsError("BranchDoesNotExistException", `${branch} does not exist`);
  });

/** The branch that a merge moves; it has to be where the destination is. */
async function targetOf(repository: Repository, branch: string | undefined, destination: string): Promise<string> {
  if (branch === undefined) throw new AwsError("BranchNameRequiredException", "A target branch is required");
  if ((await headOf(repository, branch)) !== destination)
    throw new AwsError("ConcurrentReferenceUpdateException", `${branch} is not at the destination any more`);
  return branch;
}
