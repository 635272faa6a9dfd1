import type { ReleaseEvent } from "./event.ts";

/** The repository that the function serves. */
export interface Home {
  accountId: string;
  repository: string;
  repositoryArn: string;
}

/**
 * Why an event is not ours; undefined for one that is. Event buses carry events of other accounts and regions too, and
 * these may have a repository of the same name.
 */
export function foreignness(event: ReleaseEvent, { accountId, repository, repositoryArn }: Home): string | undefined {
  if (event.account !== accountId) return `The event is not from the account ${accountId}.`;
  if (event.event === "releaseRequested")
    return repositoryArn.split(":")[3] === event.region
      ? undefined
      : `The request is not from the region of the repository ${repositoryArn}.`;
  return event.resources.includes(repositoryArn) && event.repositoryName === repository
    ? undefined
    : `The tag is not in the repository ${repositoryArn}.`;
}
