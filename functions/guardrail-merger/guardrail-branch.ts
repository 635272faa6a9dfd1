import {
  type CodeCommitClient,
  GetCommitCommand,
  GetMergeOptionsCommand,
  type GetMergeOptionsCommandOutput,
  MergeBranchesByFastForwardCommand,
  MergeBranchesByThreeWayCommand,
  paginateGetMergeConflicts,
} from "@aws-sdk/client-codecommit";
import { Refusal } from "../../shared/refusal.ts";

export type Strategy = "fast-forward" | "three-way";

/** What a merge starts from. All ids are commits: the merge base, and the head of the branch. */
export interface Attempt {
  strategy: Strategy;
  base: string;
  before: string;
}

/** A merge that took place; `after` is the head of the branch that it made. */
export interface Merged extends Attempt {
  kind: "merged";
  after: string;
}

/** What came of a merge. */
export type Merge =
  | { kind: "contained"; head: string }
  | { kind: "diverged"; head: string; base: string }
  | Merged
  | { kind: "conflict"; paths: string[] };

/** What to do with a commit that has diverged from the branch. */
export type OnDivergence =
  | { kind: "refuse" }
  /** Merge if no file was changed on both sides; with `force`, take the lines of the commit in every conflict. */
  | { kind: "three-way"; force: boolean; commitMessage: string };

/** How often the branch may move between a look at it and the merge. */
const MOST_ATTEMPTS = 5;

/** How many later commits of the branch a merge may lie under. */
const MOST_LATER = 100;

const MISSING = "Correct the settings of the function guardrail-merger, or restore what is missing.";
const BY_HAND = "Merge them by hand, and push the result to the source branch.";
/**
 * The errors of CodeCommit that a retry does not change. By name: the bundle leaves out the hundreds of error classes.
 * https://docs.aws.amazon.com/codecommit/latest/APIReference/API_MergeBranchesByThreeWay.html
 */
const PERMANENT: ReadonlyMap<string, readonly [reason: string, ...steps: string[]]> = new Map([
  ["RepositoryDoesNotExistException", ["There is no such repository.", MISSING]],
  ["BranchDoesNotExistException", ["There is no such branch.", MISSING]],
  ["InvalidTargetBranchException", ["There is no such branch.", MISSING]],
  ["BranchNameIsTagNameException", ["There is a tag with the name of the branch.", "Delete the tag."]],
  ["CommitDoesNotExistException", ["The repository has no such commit, or no such branch.", MISSING]],
  ["InvalidCommitException", ["The repository has no such commit, or no such branch.", MISSING]],
  ["TipsDivergenceExceededException", ["They are too far apart for CodeCommit to compare.", BY_HAND]],
  ["MaximumFileContentToLoadExceededException", ["The changes are too large for CodeCommit to compare.", BY_HAND]],
  ["MaximumItemsToCompareExceededException", ["The changes are too many for CodeCommit to compare.", BY_HAND]],
  ["FileContentSizeLimitExceededException", ["A file is too large for CodeCommit to merge.", BY_HAND]],
  ["FolderContentSizeLimitExceededException", ["A folder is too large for CodeCommit to merge.", BY_HAND]],
]);

/** The errors of CodeCommit where the branch has moved meanwhile; the second one also means that files conflict. */
const MOVED = new Set(["ConcurrentReferenceUpdateException", "ManualMergeRequiredException"]);

export type GuardrailBranch = ReturnType<typeof createGuardrailBranch>;

/**
 * A branch of the guardrail repository.
 *
 * @param pause waits a little longer with each attempt
 */
export function createGuardrailBranch({
  codecommit,
  repository,
  branch,
  pause,
}: {
  codecommit: CodeCommitClient;
  repository: string;
  branch: string;
  pause: (attempt: number) => Promise<void>;
}) {
  const merging = (commitId: string) => ({
    repositoryName: repository,
    sourceCommitSpecifier: commitId,
    destinationCommitSpecifier: `refs/heads/${branch}`,
  });

  const ontoBranch = (commitId: string) => ({ ...merging(commitId), targetBranch: branch });

  /** Turns an error that no retry changes into a refusal. */
  async function refusing<Value>(commitId: string, call: Promise<Value>): Promise<Value> {
    try {
      return await call;
    } catch (error) {
      const [reason, ...steps] = (error instanceof Error && PERMANENT.get(error.name)) || [];
      if (reason === undefined) throw error;
      throw new Refusal(`Commit ${commitId}, branch ${branch}, repository ${repository}: ${reason}`, ...steps);
    }
  }

  const mergeOptions = (commitId: string, abortSignal: AbortSignal) =>
    refusing(commitId, codecommit.send(new GetMergeOptionsCommand(merging(commitId)), { abortSignal }));

  /**
   * The merge of a commit into the branch, which an earlier attempt made and got no answer for.
   *
   * @param head of the branch, which has the commit
   * @returns undefined where the branch has no such merge: somebody else brought the commit there
   */
  async function finished(
    commitId: string,
    attempt: Attempt,
    head: string,
    abortSignal: AbortSignal,
  ): Promise<Merged | undefined> {
    if (attempt.strategy === "fast-forward") return { kind: "merged", ...attempt, after: commitId };
    let after: string | undefined = head;
    for (let later = 0; after !== undefined && later < MOST_LATER; later += 1) {
      const command: GetCommitCommand = new GetCommitCommand({ repositoryName: repository, commitId: after });
      const { commit } = await codecommit.send(command, { abortSignal });
      const [first, second]: readonly (string | undefined)[] = commit?.parents ?? [];
      if (second === commitId && first !== undefined) return { kind: "merged", ...attempt, before: first, after };
      after = first;
    }
    return undefined;
  }

  /** Whether the branch has a commit. */
  async function contains(commitId: string, abortSignal: AbortSignal): Promise<boolean> {
    return relationOf(await mergeOptions(commitId, abortSignal)) === "contained";
  }

  /**
   * The files that a three-way merge cannot merge, of all pages.
   *
   * @throws Refusal where CodeCommit cannot merge, and names no file
   */
  async function conflictingPaths(commitId: string, force: boolean, abortSignal: AbortSignal): Promise<string[]> {
    const input = { ...merging(commitId), ...conflictHandling(force), mergeOption: "THREE_WAY_MERGE" as const };
    const read = async (): Promise<string[]> => {
      const paths: string[] = [];
      let mergeable: boolean | undefined;
      for await (const page of paginateGetMergeConflicts({ client: codecommit }, input, { abortSignal })) {
        paths.push(...(page.conflictMetadataList ?? []).map(({ filePath = "" }) => filePath));
        mergeable = page.mergeable;
      }
      if (mergeable === false && paths.length === 0)
        throw new Refusal(`CodeCommit cannot merge commit ${commitId} into ${branch}, and names no file.`, BY_HAND);
      return paths;
    };
    return await refusing(commitId, read());
  }

  /**
   * Merges a commit into the branch, unless the branch has it. The branch loses nothing. If the commit is ahead of the
   * branch, the branch moves to the commit.
   *
   * @param claim is called before each attempt
   * @throws Refusal where CodeCommit can never merge it; Error where the branch keeps moving; the errors of `claim`
   */
  async function merge(
    commitId: string,
    onDivergence: OnDivergence,
    claim: (attempt: Attempt) => Promise<void>,
    abortSignal: AbortSignal,
  ): Promise<Merge> {
    let tried: Attempt | undefined;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await pause(attempt);
      const options = await mergeOptions(commitId, abortSignal);
      const { destinationCommitId: head = "", baseCommitId: base = "" } = options;
      const relation = relationOf(options);
      // If the answer to our own merge was lost, the branch points to its result. Under a newer one, the commit may have come with that.
      if (relation === "contained") {
        const own = tried?.strategy === "three-way" || head === commitId ? tried : undefined;
        return (own && (await finished(commitId, own, head, abortSignal))) ?? { kind: "contained", head };
      }
      if (relation === "diverged" && onDivergence.kind === "refuse") return { kind: "diverged", head, base };

      tried = { strategy: relation === "ahead" ? "fast-forward" : "three-way", base, before: head };
      await claim(tried);
      try {
        const { commitId: after = "" } = await refusing(
          commitId,
          onDivergence.kind === "refuse" || relation === "ahead"
            ? codecommit.send(new MergeBranchesByFastForwardCommand(ontoBranch(commitId)), { abortSignal })
            : codecommit.send(
                new MergeBranchesByThreeWayCommand({
                  ...ontoBranch(commitId),
                  ...conflictHandling(onDivergence.force),
                  authorName: "guardrail-merger",
                  commitMessage: onDivergence.commitMessage,
                }),
                { abortSignal },
              ),
        );
        return { kind: "merged", ...tried, after };
      } catch (error) {
        if (!(error instanceof Error && MOVED.has(error.name))) throw error;
        if (error.name === "ConcurrentReferenceUpdateException") continue;
        if (relation !== "diverged" || onDivergence.kind === "refuse") continue;
        const paths = await conflictingPaths(commitId, onDivergence.force, abortSignal);
        if (paths.length > 0) return { kind: "conflict", paths };
      }
    }
    throw new Error(
      `The branch ${branch} of ${repository} moved ${MOST_ATTEMPTS} times during the merge of ${commitId}. Lambda retries.`,
    );
  }

  return { contains, merge, finished };
}

/** Part of the branch, ahead of it in a straight line, or apart from it: the merge base says which. */
function relationOf({
  sourceCommitId,
  destinationCommitId,
  baseCommitId,
}: GetMergeOptionsCommandOutput): "contained" | "ahead" | "diverged" {
  if (baseCommitId === sourceCommitId) return "contained";
  return baseCommitId === destinationCommitId ? "ahead" : "diverged";
}

/** A forced merge settles conflicts line by line. For any other merge, two changes of one file are a conflict. */
const conflictHandling = (force: boolean) =>
  force
    ? ({ conflictDetailLevel: "LINE_LEVEL", conflictResolutionStrategy: "ACCEPT_SOURCE" } as const)
    : ({ conflictDetailLevel: "FILE_LEVEL", conflictResolutionStrategy: "NONE" } as const);
