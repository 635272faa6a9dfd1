import * as z from "zod";
import { AwsError } from "../../gateway/aws-error.ts";
import { pageOf, pageToken } from "../../gateway/page.ts";
import { changes, conflictingPaths, mergedTree, type Sides } from "../../git/merge.ts";
import { commitTree, moveBranch } from "./branch-move.ts";
import { pageSize } from "./page.ts";
import type { OpenRepository } from "./repository.ts";
import { commitOf, targetOf } from "./specifier.ts";

const merge = z.object({
  repositoryName: z.string(),
  sourceCommitSpecifier: z.string(),
  destinationCommitSpecifier: z.string(),
  targetBranch: z.string().optional(),
  conflictDetailLevel: z.enum(["FILE_LEVEL", "LINE_LEVEL"]).default("FILE_LEVEL"),
  conflictResolutionStrategy: z.enum(["NONE", "ACCEPT_SOURCE", "ACCEPT_DESTINATION", "AUTOMERGE"]).default("NONE"),
  authorName: z.string().default("caller"),
  email: z.string().default("caller@example.com"),
  commitMessage: z.string().default("Merge"),
});
const mergeConflicts = merge.extend({
  mergeOption: z.string(),
  maxConflictFiles: pageSize,
  nextToken: pageToken,
});

/** Operations that compare and merge branches. */
export function merges(open: OpenRepository) {
  /** The two commits of a request, and their merge base. */
  async function compared(asked: z.output<typeof merge>) {
    const repository = await open(asked.repositoryName);
    const source = await commitOf(repository, asked.sourceCommitSpecifier);
    const destination = await commitOf(repository, asked.destinationCommitSpecifier);
    const { yes, output } = await repository.git(["merge-base", source, destination]);
    return { repository, source, destination, base: yes ? output : undefined };
  }

  async function getMergeOptions(input: unknown) {
    const asked = merge.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const straight = base === ends.source || base === ends.destination;
    const mergeable =
      base !== undefined &&
      (straight || (await conflictingPaths(repository, { ...ends, base }, asked.conflictDetailLevel)).length === 0);
    return {
      mergeOptions: [
        ...(base === ends.destination ? ["FAST_FORWARD_MERGE"] : []),
        ...(mergeable ? ["SQUASH_MERGE", "THREE_WAY_MERGE"] : []),
      ],
      sourceCommitId: ends.source,
      destinationCommitId: ends.destination,
      baseCommitId: base,
    };
  }

  async function getMergeConflicts(input: unknown) {
    const asked = mergeConflicts.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const ids = { sourceCommitId: ends.source, destinationCommitId: ends.destination, baseCommitId: base };
    if (asked.mergeOption === "FAST_FORWARD_MERGE" || base === undefined)
      return { ...ids, mergeable: base === ends.destination, conflictMetadataList: [] };

    const sides = { ...ends, base };
    const paths =
      asked.conflictResolutionStrategy === "NONE"
        ? await conflictingPaths(repository, sides, asked.conflictDetailLevel)
        : asked.conflictResolutionStrategy === "AUTOMERGE"
          ? await conflictingPaths(repository, sides, "LINE_LEVEL")
          : [];
    const onSource = await changes(repository, base, ends.source);
    const onDestination = await changes(repository, base, ends.destination);
    const { page, next } = pageOf(paths, asked.nextToken, asked.maxConflictFiles);
    return {
      ...ids,
      mergeable: paths.length === 0,
      conflictMetadataList: page.map((filePath) => {
        const [source, destination] = [onSource.get(filePath), onDestination.get(filePath)];
        return {
          filePath,
          contentConflict: source?.id !== destination?.id,
          fileModeConflict: source?.mode !== destination?.mode,
          mergeOperations: { source: source?.status, destination: destination?.status },
        };
      }),
      nextToken: next,
    };
  }

  async function mergeBranchesByFastForward(input: unknown) {
    const asked = merge.parse(input);
    const { repository, source, destination, base } = await compared(asked);
    const branch = await targetOf(repository, asked.targetBranch, destination);
    // AWS does not document its answer where there is nothing to merge.
    if (base !== destination || base === source)
      throw new AwsError("ManualMergeRequiredException", "The merge cannot be completed by fast-forward");
    return await moveBranch(repository, branch, destination, source);
  }

  async function mergeBranchesByThreeWay(input: unknown) {
    const asked = merge.parse(input);
    const { repository, base, ...ends } = await compared(asked);
    const branch = await targetOf(repository, asked.targetBranch, ends.destination);
    const sides: Sides | undefined = base === undefined || base === ends.source ? undefined : { ...ends, base };
    const tree =
      sides && (await mergedTree(repository, sides, asked.conflictDetailLevel, asked.conflictResolutionStrategy));
    if (tree === undefined) throw new AwsError("ManualMergeRequiredException", "The merge needs a person");
    const commitId = await commitTree(repository, tree, [ends.destination, ends.source], asked);
    return await moveBranch(repository, branch, ends.destination, commitId);
  }

  return {
    GetMergeOptions: getMergeOptions,
    GetMergeConflicts: getMergeConflicts,
    MergeBranchesByFastForward: mergeBranchesByFastForward,
    MergeBranchesByThreeWay: mergeBranchesByThreeWay,
  };
}
