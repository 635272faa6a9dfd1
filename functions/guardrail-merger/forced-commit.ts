import type { PullRequest } from "@aws-sdk/client-codecommit";
import { commandLine } from "../../shared/email-text.ts";
import { isBlank } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import { isPrincipal } from "./principal.ts";

/** The command that asks for a force merge. */
export const forceMergeCommand = (repository: string, commitId: string): string =>
  `npm run force-merge -- --repository ${repository} --commit ${commitId} --reason "..."`;

/**
 * Refuses a pull request that may not force a merge.
 *
 * @param opened the commit that it was opened with
 * @param principals ARNs of the roles and users who may
 * @throws Refusal where its author may not, it gives no reason, or its branch has moved since
 */
export function refuseForce(
  { authorArn = "", description = "", pullRequestTargets: [target] = [] }: PullRequest,
  opened: string,
  { repository, principals }: { repository: string; principals: readonly string[] },
): void {
  const command = commandLine(forceMergeCommand(repository, opened));
  if (!isPrincipal(authorArn, principals))
    throw new Refusal(
      "The author of the pull request may not force a merge.",
      "Ask somebody who may. This setting of the function guardrail-merger names them:",
      commandLine("FORCE_PRINCIPALS"),
    );
  if (isBlank(description))
    throw new Refusal(
      "A force merge needs a reason, and the pull request has no description.",
      "Ask again, and say why:",
      command,
    );
  if (target?.sourceCommit !== opened)
    throw new Refusal(
      "The branch of the pull request has moved since it was opened, and its author may not have seen the new commit.",
      "Ask again for the commit that you mean:",
      command,
    );
}

/** @throws Refusal for a commit that the source branch does not have */
export function refuseOffBranch(contained: boolean, sourceBranch: string): void {
  if (!contained)
    throw new Refusal(
      `The branch ${sourceBranch} does not have the commit.`,
      `Push the commit to ${sourceBranch} first. If it passes the pipeline, it needs no force merge.`,
    );
}
