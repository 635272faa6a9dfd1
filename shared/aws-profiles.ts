import { createHash } from "node:crypto";
import type { AssumableRole } from "./setting-formats.ts";
import type { Workload } from "./workload.ts";

/** The longest session name of STS. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MAX_SESSION_NAME = 64;
const DIGEST = 8;

/** The profile of the backend. Plan and Apply name it alike, since a saved plan holds the name. */
export const STATE_PROFILE = "state";

/**
 * The name of a session that says the tag or the workload: `dev_us-east-1-research-1.0`. A longer one is cut and ends in a digest,
 * so that two never share it.
 */
export function sessionName(of: string): string {
  const name = of.replaceAll(/[^\w+=,.@-]/g, "-").padEnd(2, "-");
  if (name.length <= MAX_SESSION_NAME) return name;
  const digest = createHash("sha256").update(of).digest("hex").slice(0, DIGEST);
  return `${name.slice(0, MAX_SESSION_NAME - DIGEST - 1)}-${digest}`;
}

/** The lines of a profile whose sessions are of this role, taken by the build. They hold no credentials. */
export const roleProfile = ({ roleArn, externalId }: AssumableRole, name: string): string[] => [
  `role_arn = ${roleArn}`,
  "credential_source = EcsContainer",
  `external_id = ${externalId}`,
  `role_session_name = ${sessionName(name)}`,
];

/**
 * The AWS configuration of Terraform in a build, which holds no credentials: the backend is the build itself or a session of the
 * role of the state, everything else is a session of `role`.
 *
 * @param name what is planned or applied, for the names of sessions
 */
export const awsConfiguration = (
  { name, region, state }: Pick<Workload, "name" | "region" | "state">,
  role: AssumableRole,
): string =>
  [
    `[profile ${STATE_PROFILE}]`,
    `region = ${state.region}`,
    ...(state.role ? roleProfile(state.role, name) : []),
    "",
    "[default]",
    `region = ${region}`,
    ...roleProfile(role, name),
    "",
  ].join("\n");
