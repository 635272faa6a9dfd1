import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { entriesOf, entryAt } from "../../git/files.ts";
import { FILE_MODES, MAX_FILE_BYTES, plainPath } from "./path.ts";
import type { OpenRepository } from "./repository.ts";
import { commitOf } from "./specifier.ts";

const pathInput = z.object({
  repositoryName: z.string(),
  commitSpecifier: z.string().default("HEAD"),
  filePath: z.string().default(""),
  folderPath: z.string().default(""),
});

/** Operations that read files and folders. */
export function files(open: OpenRepository) {
  async function getFolder(input: unknown) {
    const asked = pathInput.parse(input);
    const folderPath = plainPath(asked.folderPath);
    const repository = await open(asked.repositoryName);
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
    const asked = pathInput.parse(input);
    const filePath = plainPath(asked.filePath);
    const repository = await open(asked.repositoryName);
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

  return { GetFolder: getFolder, GetFile: getFile };
}
