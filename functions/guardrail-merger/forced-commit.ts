import { commandLine } from "../../shared/email-text.ts";
import { isBlank } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import type { ForceMergeEvent } from "./event.ts";

/** The command that asks for a force merge. */
export const forceMergeCommand = (repository: string, commitId: string): string =>
  `npm run force-merge -- --repository ${repository} --commit ${commitId} --reason "..."`;

/**
 * The commit that a force-merge request names.
 *
 * @throws Refusal for a request without a reason or a name, and for one that names no commit by its whole id
 */
export function commitToForce({ repository, commitId, reason, requestedBy }: ForceMergeEvent): string {
  const command = commandLine(forceMergeCommand(repository, "ID"));
  if (isBlank(reason))
    throw new Refusal("A force merge needs a reason, and the request has none.", "Ask again, and say why:", command);
  if (isBlank(requestedBy))
    throw new Refusal(
      "The request does not say who asks.",
      "Ask again with the command. It adds your name to the request:",
      command,
    );
  if (!/^[0-9a-f]{40}$/.test(commitId))
    throw new Refusal(
      "The request names no commit: a commit id has 40 characters of 0-9 and a-f.",
      "Ask again with the whole id:",
      command,
    );
  return commitId;
}

/** @throws Refusal for a commit that the source branch does not have */
export function refuseOffBranch(contained: boolean, sourceBranch: string): void {
  if (!contained)
    throw new Refusal(
      `The branch ${sourceBranch} does not have the commit.`,
      `Push the commit to ${sourceBranch} first. If it passes the pipeline, it needs no force merge.`,
    );
}
