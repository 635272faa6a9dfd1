import { createHash } from "node:crypto";

/** The longest session name of STS. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const MAX_SESSION_NAME = 64;
const DIGEST = 8;

/** The profile of the backend: the build's own credentials. Plan and Apply name it alike, since a saved plan holds the name. */
export const STATE_PROFILE = "state";

/**
 * The name of a session that says the tag: `dev_us-east-1-research-1.0`. A longer one is cut and ends in a digest of the tag, so
 * that two tags never share it.
 */
export function sessionName(tag: string): string {
  const name = tag.replaceAll(/[^\w+=,.@-]/g, "-").padEnd(2, "-");
  if (name.length <= MAX_SESSION_NAME) return name;
  const digest = createHash("sha256").update(tag).digest("hex").slice(0, DIGEST);
  return `${name.slice(0, MAX_SESSION_NAME - DIGEST - 1)}-${digest}`;
}

/** A role in the account of a team. */
export interface AssumedRole {
  roleArn: string;
  externalId: string;
  /** The region to deploy to. */
  region: string;
  tag: string;
}

/**
 * The AWS configuration of Terraform in a build, which holds no credentials: the backend is the build itself, everything else
 * is a session of the role.
 *
 * @param stateRegion the region of the state bucket
 */
export const awsConfiguration = ({ roleArn, externalId, region, tag }: AssumedRole, stateRegion: string): string =>
  [
    `[profile ${STATE_PROFILE}]`,
    `region = ${stateRegion}`,
    "",
    "[default]",
    `region = ${region}`,
    `role_arn = ${roleArn}`,
    "credential_source = EcsContainer",
    `external_id = ${externalId}`,
    `role_session_name = ${sessionName(tag)}`,
    "",
  ].join("\n");
