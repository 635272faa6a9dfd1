import { AwsError } from "../../gateway/aws-error.ts";
import { openRepository, type Repository } from "../../git/git.ts";

/**
 * Opens a repository by its name.
 *
 * @throws AwsError where there is none; Error for a shallow clone, since nobody can tell what it lacks
 */
export type OpenRepository = (name: string) => Promise<Repository>;

/** @param folderOf the folder that holds a repository, or will hold it once it is made */
export function repositories(folderOf: (name: string) => Promise<string>): OpenRepository {
  const opened = new Map<string, Repository>();
  return async (name) => {
    const folder = await folderOf(name);
    const repository = opened.get(folder) ?? (/^\.+$/.test(name) ? undefined : openRepository(folder));
    if (!repository) throw new AwsError("RepositoryDoesNotExistException", `${name} does not exist`);
    if (!opened.has(folder) && (await repository.git(["rev-parse", "--is-shallow-repository"])).output === "true")
      throw new Error(`The repository ${folder} is a shallow clone. Fetch all of it: git fetch --unshallow`);
    opened.set(folder, repository);
    return repository;
  };
}
