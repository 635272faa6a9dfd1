import { createHash } from "node:crypto";
import type { StartPipelineExecutionCommandInput } from "@aws-sdk/client-codepipeline";
import type { Release } from "./release-tag.ts";

/**
 * The request that starts a release with exactly this commit, and with the variables that its buildspecs need.
 *
 * Its token is the same for the same repository, tag and commit: CodePipeline knows a repeat by it.
 */
export const startRequest = (release: Release, repository: string, commitId: string) =>
  ({
    name: release.pipeline,
    variables: Object.entries(variablesOf(release, commitId)).map(([name, value]) => ({ name, value })),
    sourceRevisions: [{ actionName: release.sourceAction, revisionType: "COMMIT_ID", revisionValue: commitId }],
    // Hexadecimal: CodePipeline takes no `_`, `/` or `.` here.
    clientRequestToken: createHash("sha256")
      .update(JSON.stringify([repository, release.tag, commitId]))
      .digest("hex"),
  }) satisfies StartPipelineExecutionCommandInput;

const variablesOf = ({ tag, environment, scope, team, version, region }: Release, commitId: string) => ({
  ENV: environment,
  TARGET_DEPLOYMENT_SCOPE: scope,
  TEAM: team,
  VERSION: version,
  TAG: tag,
  COMMIT_ID: commitId,
  REGION: region,
  TARGET_MODULE: scope === "global" ? "module.global" : "module.regional",
  STATE_KEY: `${team}/${environment}-${scope}/terraform.tfstate`,
});
