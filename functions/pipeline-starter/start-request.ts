import { createHash } from "node:crypto";
import type { StartPipelineExecutionCommandInput } from "@aws-sdk/client-codepipeline";
import type { Release } from "../../shared/release-tag.ts";

/** What a pipeline is started with. */
interface Start {
  release: Release;
  pipeline: string;
  sourceAction: string;
  repository: string;
  commitId: string;
}

/**
 * The request that starts a release with exactly this commit, and with the variables that its stages need.
 *
 * Its token is the same for the same repository, tag and commit: CodePipeline knows a repeat by it.
 */
export const startRequest = ({ release, pipeline, sourceAction, repository, commitId }: Start) =>
  ({
    name: pipeline,
    variables: Object.entries(variablesOf(release, commitId)).map(([name, value]) => ({ name, value })),
    sourceRevisions: [{ actionName: sourceAction, revisionType: "COMMIT_ID", revisionValue: commitId }],
    // Hexadecimal: CodePipeline takes no `_`, `/` or `.` here.
    clientRequestToken: createHash("sha256")
      .update(JSON.stringify([repository, release.tag, commitId]))
      .digest("hex"),
  }) satisfies StartPipelineExecutionCommandInput;

const variablesOf = (release: Release, commitId: string) => ({
  ENV: release.environment,
  TARGET_DEPLOYMENT_SCOPE: release.scope,
  SCOPE_KIND: release.scopeKind,
  TEAM: release.team,
  VERSION: release.version,
  TAG: release.tag,
  COMMIT_ID: commitId,
  REGION: release.region,
  STATE_KEY: release.stateKey,
});
