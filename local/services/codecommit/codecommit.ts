import { readModel } from "../../gateway/model.ts";
import { awsJson } from "../../gateway/protocols.ts";
import type { Caller, Service } from "../../gateway/service.ts";
import { branches } from "./branches.ts";
import { commits } from "./commits.ts";
import { files } from "./files.ts";
import { merges } from "./merges.ts";
import { type GivenPullRequest, pullRequests } from "./pull-requests.ts";
import { repositories } from "./repository.ts";

export interface CodeCommit extends Service {
  addPullRequests(requests: readonly GivenPullRequest[]): void;
}

/**
 * CodeCommit on real git repositories: https://docs.aws.amazon.com/codecommit/latest/APIReference/
 *
 * @param folderOf the folder that holds a repository, by its name
 * @param pullRequestFile file that keeps the pull requests
 * @param author the ARN of a caller
 */
export function codeCommit(
  folderOf: (name: string) => Promise<string>,
  pullRequestFile: string,
  author: (caller: Caller) => string,
): CodeCommit {
  const open = repositories(folderOf);
  const requests = pullRequests(open, pullRequestFile, author);
  return {
    name: "CodeCommit",
    signingName: "codecommit",
    protocol: awsJson("1.1"),
    model: readModel("codecommit"),
    invalidInput: "ValidationException",
    operations: {
      ...merges(open),
      ...branches(open),
      ...commits(open),
      ...files(open),
      ...requests.operations,
    },
    addPullRequests: requests.add,
  };
}
