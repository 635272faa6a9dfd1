import type { Commit, First } from "./commit-log.ts";
import type { BranchEvent, PipelineEvent } from "./event.ts";
import type { FailedAction } from "./failed-actions.ts";
import type { Strategy } from "./guardrail-branch.ts";
import type { MergeRequest } from "./merge-request.ts";
import type { WorkloadCheck } from "./report.ts";
import type { DueWaiver } from "./waivers.ts";

/** A check that the e-mail tells of. */
export interface ShownCheck {
  workloads: readonly WorkloadCheck[];
  /** The folder of its page in the report bucket. */
  folder: string;
}

/** What came of an event that people hear of. Details that could not be read are undefined. */
export type MergeNotice = { request: MergeRequest; check?: ShownCheck | undefined } & (
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
      /** `could not check`: no workload is known not to comply, and not everything was checked. */
      outcome: "not compliant" | "could not check";
      commitId: string | undefined;
      /** Whether the guardrails are active although the pipeline failed. */
      active: boolean;
      /** How many workloads do not comply. */
      stopped: number;
      /** How many workloads could not be checked. */
      unchecked: number;
      /** Why the guardrails themselves cannot be trusted. */
      selfCheck: string | undefined;
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

/** All that people hear of. */
export type Notice =
  | MergeNotice
  | { outcome: "bypassed"; event: BranchEvent }
  | {
      outcome: "owner";
      check: WorkloadCheck;
      request: Pick<PipelineEvent, "region" | "pipeline" | "executionId">;
      commitId: string;
      folder: string;
    }
  | {
      outcome: "waivers";
      due: DueWaiver["due"];
      /** Those of one workload for its owner, and all for the team. */
      workload: string | undefined;
      waivers: readonly DueWaiver[];
    };

/** The result of one event. */
export interface Result {
  outcome: MergeNotice["outcome"] | "bypassed" | "checked" | "ignored";
  /** The commit that the pipeline tested, or that somebody wants to force. */
  commitId?: string;
  /** The head of the target branch after the merge. */
  mergedCommitId?: string;
  strategy?: Strategy;
  /** Workloads whose owners got an e-mail. */
  owners?: readonly string[];
  /** How many waivers people got an e-mail about. */
  waivers?: number;
}

/** The result of an event, as Lambda returns it and the log has it. */
export function resultOf(notice: MergeNotice, owners: readonly string[] = []): Result {
  const { outcome, commitId } = notice;
  return {
    outcome,
    ...(commitId !== undefined && { commitId }),
    ...("strategy" in notice && { mergedCommitId: notice.mergedCommitId, strategy: notice.strategy }),
    ...(owners.length > 0 && { owners }),
  };
}
