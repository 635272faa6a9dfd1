import type { Commit, First } from "./commit-log.ts";
import type { GuardrailEvent } from "./event.ts";
import type { FailedAction } from "./failed-actions.ts";
import type { Strategy } from "./guardrail-branch.ts";

/** What came of an event that people hear of. Details that could not be read are undefined. */
export type Notice = { event: GuardrailEvent } & (
  | {
      outcome: "merged" | "forced";
      commitId: string;
      /** The head of the target branch after the merge. */
      mergedCommitId: string;
      strategy: Strategy;
      /** Whether the target branch has other files than the commit. */
      combined: boolean;
      /** The commits that became active. */
      commits: First<Commit> | undefined;
      /** The files that the merge changed. */
      paths: First<string> | undefined;
    }
  | { outcome: "already active"; commitId: string; commits: First<Commit> | undefined }
  | {
      outcome: "diverged";
      commitId: string;
      /** The commits of the target branch that the tested commit lacks. */
      commits: First<Commit> | undefined;
    }
  | {
      outcome: "conflict";
      commitId: string;
      /** The files in conflict. */
      paths: First<string>;
    }
  | {
      outcome: "not compliant";
      commitId: string | undefined;
      /** Whether the guardrails are active although the pipeline failed. */
      active: boolean;
      failed: readonly FailedAction[];
    }
  | {
      outcome: "refused";
      commitId: string | undefined;
      /** What is wrong, in sentences. */
      reason: string;
      /** What to do: `nextSteps` of an e-mail. */
      steps: readonly string[];
    }
);

/** The result of one event. */
export interface Result {
  outcome: Notice["outcome"] | "ignored";
  /** The commit that the pipeline tested, or that somebody wants to force. */
  commitId?: string;
  /** The head of the target branch after the merge. */
  mergedCommitId?: string;
  strategy?: Strategy;
}

/** The result of an event, as Lambda returns it and the log has it; without a notice the event was ignored. */
export function resultOf(notice: Notice | undefined): Result {
  if (!notice) return { outcome: "ignored" };
  const { outcome, commitId } = notice;
  return {
    outcome,
    ...(commitId !== undefined && { commitId }),
    ...("strategy" in notice && { mergedCommitId: notice.mergedCommitId, strategy: notice.strategy }),
  };
}
