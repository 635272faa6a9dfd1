import type { PipelineExecution } from "@aws-sdk/client-codepipeline";
import * as z from "zod";
import type { LedgerRelease } from "../../shared/ledger.ts";
import { environmentName, regionName, teamName } from "../../shared/release-tag.ts";

/** A release, as pipeline-starter started it. */
export interface StartedRelease extends LedgerRelease {
  /** The region that it deploys to. */
  region: string;
  /** Why somebody asked for it; empty where a tag was pushed. */
  reason: string;
}

/** The variables that pipeline-starter sets. */
const variables = z
  .object({
    ENV: environmentName,
    TARGET_DEPLOYMENT_SCOPE: z.union([regionName, z.literal("global")]),
    TEAM: teamName,
    VERSION: z.string().regex(/^\d[0-9A-Za-z.+-]{0,63}$/),
    TAG: z.string(),
    COMMIT_ID: z.string().regex(/^[0-9a-f]{40,64}$/),
    REGION: regionName,
    TAGGED_BY: z.string(),
    REQUESTED_AT: z.iso.datetime(),
    REASON: z.string(),
  })
  .refine(
    ({ ENV, TARGET_DEPLOYMENT_SCOPE, TEAM, VERSION, TAG }) =>
      TAG === `${ENV}_${TARGET_DEPLOYMENT_SCOPE}/${TEAM}/${VERSION}`,
  );

/**
 * The release of an execution; undefined where its variables are none of pipeline-starter's. Anybody who may start the
 * pipeline can choose them, so they are checked.
 *
 * @param environment the one that the pipeline releases to
 */
export function startedRelease(
  { pipelineExecutionId = "", variables: given = [] }: PipelineExecution,
  { environment, pipeline }: { environment: string; pipeline: string },
): StartedRelease | undefined {
  const { data } = variables.safeParse(
    Object.fromEntries(given.map(({ name, resolvedValue }) => [name, resolvedValue])),
  );
  if (data?.ENV !== environment) return undefined;
  return {
    environment,
    pipeline,
    executionId: pipelineExecutionId,
    team: data.TEAM,
    scope: data.TARGET_DEPLOYMENT_SCOPE,
    version: data.VERSION,
    tag: data.TAG,
    commitId: data.COMMIT_ID,
    region: data.REGION,
    requestedAt: data.REQUESTED_AT,
    taggedBy: data.TAGGED_BY,
    reason: data.REASON === "-" ? "" : data.REASON,
  };
}
