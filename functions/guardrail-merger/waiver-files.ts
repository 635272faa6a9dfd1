import type { Logger } from "@aws-lambda-powertools/logger";
import { type CodeCommitClient, GetFileCommand, GetFolderCommand } from "@aws-sdk/client-codecommit";
import { readWaivers, type Waiver } from "../../shared/guardrail-waivers.ts";
import { plainText } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";

const FOLDER = "waivers";
const FILE = /^[a-z][a-z0-9-]{0,31}\.json$/;

export type WaiverFiles = ReturnType<typeof createWaiverFiles>;

/** The waivers that are active: those of the target branch. */
export function createWaiverFiles({
  codecommit,
  repository,
  branch,
  logger,
}: {
  codecommit: CodeCommitClient;
  repository: string;
  branch: string;
  logger: Logger;
}) {
  const at = { repositoryName: repository, commitSpecifier: `refs/heads/${branch}` };

  async function names(abortSignal: AbortSignal): Promise<string[]> {
    try {
      const { files = [] } = await codecommit.send(new GetFolderCommand({ ...at, folderPath: FOLDER }), {
        abortSignal,
      });
      return files.map(({ relativePath = "" }) => relativePath).filter((name) => FILE.test(name));
    } catch (error) {
      if (error instanceof Error && error.name === "FolderDoesNotExistException") return [];
      throw error;
    }
  }

  /** By workload. A file that is wrong is logged and left out: every check says so, and cannot check its workload. */
  return async function read(abortSignal: AbortSignal): Promise<ReadonlyMap<string, Waiver[]>> {
    const found = new Map<string, Waiver[]>();
    for (const name of await names(abortSignal)) {
      const command = new GetFileCommand({ ...at, filePath: `${FOLDER}/${name}` });
      const { fileContent = new Uint8Array() } = await codecommit.send(command, { abortSignal });
      try {
        found.set(
          name.slice(0, -".json".length),
          readWaivers(Buffer.from(fileContent).toString("utf8"), `${FOLDER}/${name}`),
        );
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        logger.error("a file of waivers is wrong", { file: name, problem: plainText(error.message, 500) });
      }
    }
    return found;
  };
}
