import {
  CodeCommitClient,
  CreateBranchCommand,
  CreatePullRequestCommand,
  GetBranchCommand,
} from "@aws-sdk/client-codecommit";
import { Command, InvalidArgumentError } from "commander";
import { clientConfiguration, namingResource } from "../shared/aws-client.ts";
import { pullRequestLink } from "../shared/console-link.ts";
import { labelledLines } from "../shared/labelled-lines.ts";
import { runCommand } from "./command.ts";
import { statedReason } from "./request.ts";

interface Options {
  commit: string;
  reason: string;
  repository: string;
}

/** The branch whose guardrails are active. */
const TARGET = "main";

/** https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreatePullRequest.html */
const MAX_REASON = 10_240;

const command = new Command("force-merge")
  .description(
    "Opens the pull request by which guardrail-merger merges a commit that did not pass the pipeline, or that has diverged. Its setting FORCE_PRINCIPALS says who may ask.",
  )
  .requiredOption("--commit <ID>", "the whole id of a commit on the source branch", wholeId)
  .requiredOption("--reason <TEXT>", "why; the pull request, the merge commit and the e-mail quote it", shortReason)
  .option("--repository <NAME>", "the guardrail repository", "guardrails");

await runCommand(command, forceMerge, 1);

async function forceMerge(_args: readonly string[], { commit, reason, repository }: Options): Promise<number> {
  const client = namingResource(new CodeCommitClient(clientConfiguration()), `repository ${repository}`);
  const branch = `force/${commit.slice(0, 7)}`;
  await makeBranch(client, repository, branch, commit);
  const { pullRequest: { pullRequestId = "", authorArn = "" } = {} } = await client.send(
    new CreatePullRequestCommand({
      title: `Force the guardrails of ${commit.slice(0, 7)}`,
      description: reason,
      targets: [{ repositoryName: repository, sourceReference: branch, destinationReference: TARGET }],
    }),
  );
  console.log(
    [
      "The pull request is open. guardrail-merger merges the commit or refuses it, comments and closes.",
      ...labelledLines(
        [
          ["commit", commit],
          ["branch", branch],
          ["pull request", pullRequestId],
          ["requested by", authorArn],
          ["link", pullRequestLink(await client.config.region(), repository, pullRequestId)],
        ],
        "  ",
      ),
    ].join("\n"),
  );
  return 0;
}

/** Makes the branch, unless an earlier request made it at the same commit. */
async function makeBranch(client: CodeCommitClient, repositoryName: string, branchName: string, commitId: string) {
  try {
    await client.send(new CreateBranchCommand({ repositoryName, branchName, commitId }));
  } catch (error) {
    if (!(error instanceof Error && error.name === "BranchNameExistsException")) throw error;
    const { branch } = await client.send(new GetBranchCommand({ repositoryName, branchName }));
    if (branch?.commitId !== commitId)
      throw new Error(`The branch ${branchName} is at another commit. Delete it, and ask again.`);
  }
}

function wholeId(text: string): string {
  if (!/^[0-9a-f]{40}$/.test(text)) throw new InvalidArgumentError("Write the whole id: 40 characters of 0-9 and a-f.");
  return text;
}

function shortReason(text: string): string {
  if (text.length > MAX_REASON) throw new InvalidArgumentError(`Say it in at most ${MAX_REASON} characters.`);
  return statedReason(text);
}
