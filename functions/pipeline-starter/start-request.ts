import { createHash } from "node:crypto";
import type { StartPipelineExecutionCommandInput } from "@aws-sdk/client-codepipeline";
import { plainText } from "../../shared/plain-text.ts";
import type { Release } from "../../shared/release-tag.ts";
import type { ReleaseEvent } from "./event.ts";

/**
 * The value of a variable has 1 to 1,000 characters.
 * https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineVariable.html
 */
const MAX_VARIABLE_LENGTH = 1_000;

/** What a pipeline is started with. */
interface Start {
  release: Release;
  pipeline: string;
  sourceAction: string;
  repository: string;
  commitId: string;
  event: ReleaseEvent;
}

/** What makes two starts the same. A tag that was pushed starts a commit once; each request starts it once more. */
export const startKey = ({ release, repository, commitId, event }: Start): readonly string[] => [
  repository,
  release.tag,
  commitId,
  ...(event.event === "releaseRequested" ? [event.id] : []),
];

/**
 * The request that starts a release with exactly this commit, and with the variables that its stages need.
 *
 * Its token is the same for the same `startKey`: CodePipeline knows a repeat by it.
 */
export const startRequest = (start: Start) =>
  ({
    name: start.pipeline,
    variables: Object.entries(variablesOf(start)).map(([name, value]) => ({ name, value })),
    sourceRevisions: [{ actionName: start.sourceAction, revisionType: "COMMIT_ID", revisionValue: start.commitId }],
    // Hexadecimal: CodePipeline takes no `_`, `/` or `.` here.
    clientRequestToken: createHash("sha256")
      .update(JSON.stringify(startKey(start)))
      .digest("hex"),
  }) satisfies StartPipelineExecutionCommandInput;

const variablesOf = ({ release, commitId, event }: Start) => ({
  ENV: release.environment,
  TARGET_DEPLOYMENT_SCOPE: release.scope,
  SCOPE_KIND: release.scopeKind,
  TEAM: release.team,
  VERSION: release.version,
  TAG: release.tag,
  COMMIT_ID: commitId,
  REGION: release.region,
  STATE_KEY: release.stateKey,
  TAGGED_BY: event.by || "unknown",
  REQUESTED_AT: event.time,
  REASON: event.event === "releaseRequested" ? plainText(event.reason, MAX_VARIABLE_LENGTH) || "-" : "-",
});
