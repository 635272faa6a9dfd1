import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import type { OpenRepository } from "./repository.ts";
import { commitOf, headOf, refuseNoId } from "./specifier.ts";

const branchInput = z.object({ repositoryName: z.string(), branchName: z.string() });
const createBranchInput = branchInput.extend({ commitId: z.string() });

/** Operations on branches. */
export function branches(open: OpenRepository) {
  async function getBranch(input: unknown) {
    const { repositoryName, branchName } = branchInput.parse(input);
    const repository = await open(repositoryName);
    const commitId = await headOf(repository, branchName);
    return { branch: { branchName, commitId } };
  }

  async function createBranch(input: unknown) {
    const { repositoryName, branchName, commitId } = createBranchInput.parse(input);
    const repository = await open(repositoryName);
    const { git } = repository;
    refuseNoId(commitId);
    const reference = `refs/heads/${branchName}`;
    if (!(await git(["check-ref-format", reference])).yes)
      throw new AwsError("InvalidBranchNameException", `${branchName} is not the name of a branch`);
    const commit = await commitOf(repository, commitId);
    if ((await git(["show-ref", "--verify", "--quiet", "--", reference])).yes)
      throw new AwsError("BranchNameExistsException", `${branchName} exists`);
    await git(["update-ref", reference, commit]);
  }

  return { GetBranch: getBranch, CreateBranch: createBranch };
}
