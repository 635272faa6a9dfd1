import {
  type CodeCommitClient,
  type GetDifferencesCommandOutput,
  GetFileCommand,
  GetFolderCommand,
  paginateGetDifferences,
} from "@aws-sdk/client-codecommit";
import {
  isNeeded,
  isNeededFolder,
  limitFolder,
  MAX_CODE_BYTES,
  MOST_FILES,
  NO_FILE,
  type RuleFolder,
} from "./code-package.ts";
import { type Problem, reporter } from "./problem.ts";
import { nameOf, rulesAmong } from "./rules-among.ts";

/** A commit of the repository that holds rules. */
export interface RulesCommit {
  repository: string;
  commitId: string;
}

/** How many files are read at once; CodeCommit does not document how many it allows. */
const AT_ONCE = 10;

export type RulesRepository = ReturnType<typeof createRulesRepository>;

/** Reads rules from CodeCommit. */
export function createRulesRepository(codecommit: CodeCommitClient) {
  /** The paths of the folders with rules, in order. */
  async function list({ repository, commitId }: RulesCommit, abortSignal: AbortSignal): Promise<string[]> {
    const paths: string[] = [];
    // Without a commit to compare with, every file of the commit is a difference.
    const pages: AsyncIterable<GetDifferencesCommandOutput> = paginateGetDifferences(
      { client: codecommit },
      { repositoryName: repository, afterCommitSpecifier: commitId },
      { abortSignal },
    );
    for await (const { differences = [] } of pages)
      for (const { afterBlob } of differences) if (afterBlob?.path !== undefined) paths.push(afterBlob.path);
    return rulesAmong(paths);
  }

  /** Reads what is needed of a rule's folder. What keeps a file from being read is a problem of that rule. */
  async function read(
    { repository, commitId }: RulesCommit,
    rule: string,
    abortSignal: AbortSignal,
  ): Promise<RuleFolder> {
    const problems: Problem[] = [];
    const files = new Map<string, Uint8Array>();
    const paths = await neededPaths({ repository, commitId }, rule, problems, abortSignal);
    let bytes = 0;
    for (let next = 0; next < paths.length && paths.length <= MOST_FILES && bytes <= MAX_CODE_BYTES; next += AT_ONCE)
      await Promise.all(
        paths.slice(next, next + AT_ONCE).map(async (path) => {
          const filePath = `${rule}/${path}`;
          const command = new GetFileCommand({ repositoryName: repository, commitSpecifier: commitId, filePath });
          const { fileContent } = await codecommit.send(command, { abortSignal }).catch((error) => {
            if (error.name !== "FileTooLargeException") throw error;
            const message = "has more than the 6 MB that CodeCommit gives out: put it into a layer.";
            reporter(problems, path).error([], message);
            return { fileContent: undefined };
          });
          if (!fileContent) return;
          bytes += fileContent.length;
          files.set(path, fileContent);
        }),
      );
    limitFolder(paths.length, bytes, problems);
    return { name: nameOf(rule), files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))), problems };
  }

  /** The paths within a rule's folder that have to be read; none where there is no such folder. */
  async function neededPaths(
    { repository, commitId }: RulesCommit,
    rule: string,
    problems: Problem[],
    abortSignal: AbortSignal,
  ): Promise<string[]> {
    const needed: string[] = [];
    const folders = [rule];
    for (let folder = folders.shift(); folder !== undefined && needed.length <= MOST_FILES; folder = folders.shift()) {
      const command = new GetFolderCommand({
        repositoryName: repository,
        commitSpecifier: commitId,
        folderPath: folder,
      });
      const content = await codecommit.send(command, { abortSignal }).catch((error) => {
        if (error.name !== "FolderDoesNotExistException") throw error;
        return undefined;
      });
      const within = (entries: readonly { absolutePath?: string | undefined }[] = []) =>
        entries.map(({ absolutePath = "" }) => absolutePath.replace(/^\//, "").slice(rule.length + 1));
      needed.push(...within(content?.files).filter(isNeeded));
      folders.push(
        ...within(content?.subFolders)
          .filter(isNeededFolder)
          .map((path) => `${rule}/${path}`),
      );
      for (const path of [...within(content?.symbolicLinks), ...within(content?.subModules)])
        if (isNeeded(path)) reporter(problems, path).error([], NO_FILE);
    }
    return needed;
  }

  return { list, read };
}
