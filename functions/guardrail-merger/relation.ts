import type { GetMergeOptionsCommandOutput } from "@aws-sdk/client-codecommit";

/** How a commit stands to a branch: part of it, ahead of it in a straight line, or apart from it. */
export type Relation = "contained" | "ahead" | "diverged";

/** Tells the relation from the merge base: it is the commit itself, the head of the branch, or neither. */
export function relationOf({
  sourceCommitId,
  destinationCommitId,
  baseCommitId,
}: Pick<GetMergeOptionsCommandOutput, "sourceCommitId" | "destinationCommitId" | "baseCommitId">): Relation {
  if (baseCommitId === sourceCommitId) return "contained";
  return baseCommitId === destinationCommitId ? "ahead" : "diverged";
}
