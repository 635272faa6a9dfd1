import * as z from "zod";
import { parsedEvent } from "../../shared/parsed-event.ts";

/** Fields that every event has which is ours: EventBridge sets the account itself. */
const origin = { account: z.string(), region: z.string().regex(/^[a-z0-9-]+$/), time: z.iso.datetime() };

const commitId = z.string().regex(/^[0-9a-f]{40}$/);

/** The guardrail pipeline ended. Numbers in it are floats, and older events lack `start-time`. */
const pipelineEvent = z.object({
  ...origin,
  resources: z.array(z.string()),
  detail: z.object({
    pipeline: z.string(),
    // It becomes a part of a key.
    "execution-id": z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "must be the id of an execution"),
    state: z.enum(["SUCCEEDED", "FAILED"]),
  }),
});

/** Somebody opened a pull request: `npm run force-merge` does. */
const pullRequestEvent = z.object({
  ...origin,
  detail: z.object({ pullRequestId: z.string().regex(/^\d{1,20}$/), sourceCommit: commitId }),
});

/** Somebody wrote to a branch. A wrong value counts as missing: people hear of the write all the same. */
const branchEvent = z.object({
  ...origin,
  detail: z.object({
    event: z.string(),
    commitId: commitId.optional().catch(undefined),
    oldCommitId: commitId.optional().catch(undefined),
    callerUserArn: z.string().catch(""),
  }),
});

export interface PipelineEvent {
  kind: "pipeline";
  region: string;
  /** When it happened (ISO 8601). */
  at: string;
  pipeline: string;
  executionId: string;
  state: "SUCCEEDED" | "FAILED";
}

export interface PullRequestEvent {
  kind: "pull request";
  region: string;
  pullRequestId: string;
  /** The commit that the pull request was opened with. */
  commitId: string;
}

export interface BranchEvent {
  kind: "branch";
  region: string;
  at: string;
  /** Such as `referenceUpdated`. */
  change: string;
  commitId: string | undefined;
  oldCommitId: string | undefined;
  /** The ARN of who wrote; empty where the event does not say it. */
  by: string;
}

/** What wakes the function. */
export type GuardrailEvent = PipelineEvent | PullRequestEvent | BranchEvent | { kind: "waivers" };

/** What the function serves. */
export interface Home {
  accountId: string;
  pipeline: string;
  repository: string;
  repositoryArn: string;
  targetBranch: string;
}

/** What says whether an event is ours. */
const heading = z.object({
  source: z.string(),
  "detail-type": z.unknown().optional(),
  account: z.unknown().optional(),
  region: z.unknown().optional(),
  resources: z.array(z.unknown()).optional().catch(undefined),
  detail: z.record(z.string(), z.unknown()).optional().catch(undefined),
});
type Heading = z.output<typeof heading>;

/** The branches of force merges. */
export const FORCE_BRANCHES = "refs/heads/force/";

/**
 * Reads an event.
 *
 * @returns undefined for an event that is none of ours: of another account, region, pipeline, repository or branch
 * @throws Error for what is no event, and for one of ours that lacks a field
 */
export function readGuardrailEvent(event: unknown, home: Home): GuardrailEvent | undefined {
  const { success, data } = heading.safeParse(event);
  if (!success) throw new Error("This is not an event of EventBridge: correct what invokes this function.");
  const kind = data.account === home.accountId ? kindOf(data, home) : undefined;
  switch (kind) {
    case undefined:
      return undefined;
    case "waivers":
      return { kind };
    case "pipeline": {
      const { region, time, detail } = parsedEvent(pipelineEvent, event);
      const { pipeline, "execution-id": executionId, state } = detail;
      return { kind, region, at: time, pipeline, executionId, state };
    }
    case "pull request": {
      const { region, detail } = parsedEvent(pullRequestEvent, event);
      return { kind, region, pullRequestId: detail.pullRequestId, commitId: detail.sourceCommit };
    }
    case "branch": {
      const { region, time, detail } = parsedEvent(branchEvent, event);
      const { event: change, callerUserArn, ...commits } = detail;
      return {
        kind,
        region,
        at: time,
        change,
        by: callerUserArn,
        commitId: undefined,
        oldCommitId: undefined,
        ...commits,
      };
    }
  }
}

function kindOf(
  { source, "detail-type": type, region, resources = [], detail = {} }: Heading,
  { pipeline, repository, repositoryArn, targetBranch }: Home,
): GuardrailEvent["kind"] | undefined {
  if (source === "palisade") return type === "Guardrail Waivers Due" ? "waivers" : undefined;
  const [arn, partition, , home, account] = repositoryArn.split(":");
  if (region !== home) return undefined;
  const target = `refs/heads/${targetBranch}`;
  switch (`${source} ${type}`) {
    case "aws.codepipeline CodePipeline Pipeline Execution State Change":
      return detail.pipeline === pipeline &&
        (detail.state === "SUCCEEDED" || detail.state === "FAILED") &&
        resources.includes([arn, partition, "codepipeline", home, account, pipeline].join(":"))
        ? "pipeline"
        : undefined;
    case "aws.codecommit CodeCommit Pull Request State Change":
      return resources.includes(repositoryArn) &&
        detail.event === "pullRequestCreated" &&
        detail.destinationReference === target &&
        String(detail.sourceReference).startsWith(FORCE_BRANCHES)
        ? "pull request"
        : undefined;
    case "aws.codecommit CodeCommit Repository State Change":
      return resources.includes(repositoryArn) &&
        detail.repositoryName === repository &&
        detail.referenceType === "branch" &&
        (detail.referenceFullName ?? `refs/heads/${detail.referenceName}`) === target
        ? "branch"
        : undefined;
    default:
      return undefined;
  }
}
