import {
  type CodeCommitClient,
  CreateBranchCommand,
  CreateCommitCommand,
  type CreateCommitCommandOutput,
  CreatePullRequestCommand,
  GetBranchCommand,
  GetFileCommand,
  GetFolderCommand,
  GetPullRequestCommand,
  paginateListPullRequests,
  UpdatePullRequestDescriptionCommand,
} from "@aws-sdk/client-codecommit";
import * as z from "zod";
import { ESTATE_RULES } from "./layout.ts";
import { type RuleEntry, ruleEntry } from "./rule-entry.ts";

/** The root with the rules at a commit. */
export interface Estate {
  commitId: string;
  /** The ids of the contents of its files, by their paths within it. */
  files: ReadonlyMap<string, string>;
}

/** Files of the estate to write and to delete, by their paths within it. */
export interface Changes {
  put: readonly (readonly [path: string, content: string])[];
  remove: readonly string[];
}

/** https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html */
const MOST_FILES_OF_COMMIT = 100;

const AUTHOR = "rule-exporter";

const rulesFile = z.object({ rules: z.record(z.string(), ruleEntry) });

export type EstateRepository = ReturnType<typeof createEstateRepository>;

/** Works on the repository that Terraform is applied from. */
export function createEstateRepository({
  codecommit,
  repository: repositoryName,
  branch: target,
  folder,
}: {
  codecommit: CodeCommitClient;
  repository: string;
  branch: string;
  folder: string;
}) {
  async function headOf(branchName: string, abortSignal: AbortSignal): Promise<string | undefined> {
    const command = new GetBranchCommand({ repositoryName, branchName });
    const { branch } = await codecommit.send(command, { abortSignal }).catch((error) => {
      if (error.name !== "BranchDoesNotExistException") throw error;
      return { branch: undefined };
    });
    return branch?.commitId;
  }

  /** The files right in a folder, and in its folder `code`. */
  async function filesAt(commitId: string, folderPath: string, abortSignal: AbortSignal): Promise<[string, string][]> {
    const command = new GetFolderCommand({ repositoryName, commitSpecifier: commitId, folderPath });
    const content = await codecommit.send(command, { abortSignal }).catch((error) => {
      if (error.name !== "FolderDoesNotExistException") throw error;
      return { files: [], subFolders: [] };
    });
    const files = (content.files ?? []).map(({ relativePath = "", blobId = "" }): [string, string] => [
      relativePath,
      blobId,
    ]);
    if (folderPath !== folder || !content.subFolders?.some(({ relativePath }) => relativePath === "code")) return files;
    const code = await filesAt(commitId, `${folder}/code`, abortSignal);
    return [...files, ...code.map(([path, id]): [string, string] => [`code/${path}`, id])];
  }

  async function estateAt(commitId: string, abortSignal: AbortSignal): Promise<Estate> {
    return { commitId, files: new Map(await filesAt(commitId, folder, abortSignal)) };
  }

  /** The estate as it is on the branch that pull requests are for. */
  async function current(abortSignal: AbortSignal): Promise<Estate> {
    const commitId = await headOf(target, abortSignal);
    if (commitId === undefined)
      throw new Error(`${repositoryName} has no branch ${target}: make it, or correct TARGET_BRANCH.`);
    return await estateAt(commitId, abortSignal);
  }

  /** The rules of an estate. */
  async function rulesOf({ commitId, files }: Estate, abortSignal: AbortSignal): Promise<Map<string, RuleEntry>> {
    if (!files.has(ESTATE_RULES)) return new Map();
    const filePath = `${folder}/${ESTATE_RULES}`;
    const command = new GetFileCommand({ repositoryName, commitSpecifier: commitId, filePath });
    const { fileContent } = await codecommit.send(command, { abortSignal });
    try {
      return new Map(Object.entries(rulesFile.parse(JSON.parse(new TextDecoder().decode(fileContent))).rules));
    } catch {
      // The error of JSON.parse quotes the file.
      throw new Error(
        `${filePath} on ${target} was changed by hand, and its rules cannot be read: correct it, or delete it for a new start.`,
      );
    }
  }

  /** Changes the estate of a branch. Makes the branch at the commit `start` where it is not there. */
  async function write(
    branchName: string,
    start: string,
    changesOf: (estate: Estate) => Changes,
    commitMessage: string,
    abortSignal: AbortSignal,
  ): Promise<void> {
    let head = await headOf(branchName, abortSignal);
    if (head === undefined) {
      const command = new CreateBranchCommand({ repositoryName, branchName, commitId: start });
      await codecommit.send(command, { abortSignal });
      head = start;
    }
    const { put, remove } = changesOf(await estateAt(head, abortSignal));
    const steps = [
      ...remove.map((path) => ({ deleteFiles: [{ filePath: `${folder}/${path}` }] })),
      ...put.map(([path, content]) => ({
        putFiles: [{ filePath: `${folder}/${path}`, fileContent: Buffer.from(content) }],
      })),
    ];
    for (let next = 0; next < steps.length; next += MOST_FILES_OF_COMMIT) {
      const some = steps.slice(next, next + MOST_FILES_OF_COMMIT);
      const command: CreateCommitCommand = new CreateCommitCommand({
        repositoryName,
        branchName,
        // Where somebody moved the branch meanwhile, this fails, and the next try begins with the new head.
        parentCommitId: head,
        authorName: AUTHOR,
        commitMessage,
        putFiles: some.flatMap((step) => ("putFiles" in step ? step.putFiles : [])),
        deleteFiles: some.flatMap((step) => ("deleteFiles" in step ? step.deleteFiles : [])),
      });
      const made: CreateCommitCommandOutput = await codecommit.send(command, { abortSignal });
      head = made.commitId;
    }
  }

  /** The open pull request of a branch, with this description: an earlier one, or a new one. */
  async function request(
    branchName: string,
    title: string,
    description: string,
    abortSignal: AbortSignal,
  ): Promise<string> {
    const [sourceReference, destinationReference] = [`refs/heads/${branchName}`, `refs/heads/${target}`];
    const pages = paginateListPullRequests(
      { client: codecommit },
      { repositoryName, pullRequestStatus: "OPEN" },
      { abortSignal },
    );
    for await (const { pullRequestIds = [] } of pages)
      for (const pullRequestId of pullRequestIds) {
        const command = new GetPullRequestCommand({ pullRequestId });
        const { pullRequest } = await codecommit.send(command, { abortSignal });
        const [from] = pullRequest?.pullRequestTargets ?? [];
        if (from?.sourceReference !== sourceReference || from.destinationReference !== destinationReference) continue;
        if (pullRequest?.description !== description)
          await codecommit.send(new UpdatePullRequestDescriptionCommand({ pullRequestId, description }), {
            abortSignal,
          });
        return pullRequestId;
      }
    const command = new CreatePullRequestCommand({
      title,
      description,
      targets: [{ repositoryName, sourceReference, destinationReference }],
    });
    return (await codecommit.send(command, { abortSignal })).pullRequest?.pullRequestId ?? "";
  }

  return { current, rulesOf, write, request };
}
