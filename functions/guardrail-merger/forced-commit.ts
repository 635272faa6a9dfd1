import { isBlank } from "../../shared/plain-text.ts";
import { Refusal } from "../../shared/refusal.ts";
import type { ForceMergeEvent } from "./event.ts";

/**
 * The commit that a force-merge request names.
 *
 * @throws Refusal for a request without a reason or a name, and for one that names no commit by its whole id
 */
export function commitToForce({ commitId, reason, requestedBy }: ForceMergeEvent): string {
  const command = 'npm run force-merge -- --commit ID --reason "..."';
  if (isBlank(reason))
    throw new Refusal("A force merge needs a reason, and the request has none.", `Ask again, and say why: ${command}`);
  if (isBlank(requestedBy)) throw new Refusal("The request does not say who asks.", `Ask again, by name: ${command}`);
  if (!/^[0-9a-f]{40}$/.test(commitId))
    throw new Refusal(
      "The request names no commit: its id has 40 of 0-9 and a-f.",
      `Ask again with the whole id: ${command}`,
    );
  return commitId;
}
