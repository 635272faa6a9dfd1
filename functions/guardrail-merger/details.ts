import type { Logger } from "@aws-lambda-powertools/logger";
import type { CommitLog } from "./commit-log.ts";
import type { GuardrailBranch, Merged } from "./guardrail-branch.ts";

export type Details = ReturnType<typeof createDetails>;

/**
 * Reads what a message can do without. A detail that fails or takes too long is logged and undefined: the merge has
 * happened, and people must hear of it.
 *
 * @param patience aborts while there is still time to send the message
 */
export function createDetails({
  commitLog,
  target,
  logger,
  patience,
}: {
  commitLog: CommitLog;
  target: GuardrailBranch;
  logger: Logger;
  patience: () => AbortSignal;
}) {
  async function optional<Value>(
    detail: string,
    signal: AbortSignal,
    read: (abortSignal: AbortSignal) => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      return await read(AbortSignal.any([signal, patience()]));
    } catch (error) {
      logger.warn("a detail for the message could not be read", {
        detail,
        error: error instanceof Error ? error : String(error),
      });
      return undefined;
    }
  }

  return {
    /** One commit alone. */
    commit: (commitId: string, signal: AbortSignal) =>
      optional("commits", signal, (abortSignal) => commitLog.commit(commitId, abortSignal)),

    /** The commits of `tip` that `without` does not have; `base` is a merge base of the two. */
    commitsOnlyIn: (tip: string, without: string, base: string, signal: AbortSignal) =>
      optional("commits", signal, (abortSignal) => commitLog.commitsOnlyIn(tip, without, base, abortSignal)),

    /** The files that a merge changed in the target branch. */
    pathsChanged: ({ before, after }: Merged, signal: AbortSignal) =>
      optional("paths", signal, (abortSignal) => commitLog.pathsChanged(before, after, abortSignal)),

    /** Whether a merge left the target branch with other files than the commit has; true where the files cannot be read. */
    isCombined: async (commitId: string, { strategy, after }: Merged, signal: AbortSignal): Promise<boolean> =>
      strategy === "three-way" &&
      !(await optional("trees", signal, (abortSignal) => commitLog.sameTree(commitId, after, abortSignal))),

    /** Whether the guardrails of a commit are active; false where the branch cannot be read. */
    isActive: async (commitId: string, signal: AbortSignal): Promise<boolean> =>
      (await optional("active", signal, (abortSignal) => target.contains(commitId, abortSignal))) ?? false,
  };
}
