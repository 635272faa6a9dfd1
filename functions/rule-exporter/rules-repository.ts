import {
  type CodeCommitClient,
  type GetDifferencesCommandOutput,
  GetFileCommand,
  GetFolderCommand,
  paginateGetDifferences,
} from "@aws-sdk/client-codecommit";
import { byCodeUnits } from "../../shared/code-unit-order.ts";
import { excessOf, isNeeded, isNeededFolder, isWithinLimits, noPlainFile, type RuleFolder } from "./needed-files.ts";
import { type Problem, problemOf } from "./problem.ts";
import { ruleNameOf, rulesAmong } from "./rule-paths.ts";

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

  /** Reads the needed files of a rule's folder. A file that cannot be read is a problem of that rule. */
  async function read(commit: RulesCommit, rule: string, abortSignal: AbortSignal): Promise<RuleFolder> {
    const { paths, links } = await neededPaths(commit, rule, abortSignal);
    const files: [path: string, content: Uint8Array][] = [];
    const problems: Problem[] = links.map(noPlainFile);
    let bytes = 0;
    for (let next = 0; next < paths.length && isWithinLimits(paths.length, bytes); next += AT_ONCE) {
      const some = paths.slice(next, next + AT_ONCE);
      const contents = await Promise.all(some.map((path) => contentOf(commit, `${rule}/${path}`, abortSignal)));
      for (const [index, path] of some.entries()) {
        const content = contents[index];
        if (content) files.push([path, content]);
        else
          problems.push(problemOf(path, "", "has more than the 6 MB that CodeCommit gives out: put it into a layer."));
        bytes += content?.length ?? 0;
      }
    }
    return {
      name: ruleNameOf(rule),
      files: new Map(files.sort(([a], [b]) => byCodeUnits(a, b))),
      problems: [...problems, ...excessOf(paths.length, bytes)],
    };
  }

  /** The content of a file; undefined where it is larger than what CodeCommit gives out. */
  async function contentOf(
    { repository, commitId }: RulesCommit,
    filePath: string,
    abortSignal: AbortSignal,
  ): Promise<Uint8Array | undefined> {
    const command = new GetFileCommand({ repositoryName: repository, commitSpecifier: commitId, filePath });
    try {
      const { fileContent = new Uint8Array() } = await codecommit.send(command, { abortSignal });
      return fileContent;
    } catch (error) {
      if (error instanceof Error && error.name === "FileTooLargeException") return undefined;
      throw error;
    }
  }

  /** The needed paths within a rule's folder, files and links apart; none where the folder is not there. */
  async function neededPaths(
    { repository, commitId }: RulesCommit,
    rule: string,
    abortSignal: AbortSignal,
  ): Promise<{ paths: string[]; links: string[] }> {
    const paths: string[] = [];
    const links: string[] = [];
    const folders = [rule];
    for (
      let folder = folders.shift();
      folder !== undefined && isWithinLimits(paths.length, 0);
      folder = folders.shift()
    ) {
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
      paths.push(...within(content?.files).filter(isNeeded));
      links.push(...[...within(content?.symbolicLinks), ...within(content?.subModules)].filter(isNeeded));
      folders.push(
        ...within(content?.subFolders)
          .filter(isNeededFolder)
          .map((path) => `${rule}/${path}`),
      );
    }
    return { paths, links };
  }

  return { list, read };
}
