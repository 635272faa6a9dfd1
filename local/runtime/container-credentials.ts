import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { AssumeRoleCommand, STSClient } from "@aws-sdk/client-sts";
import { listen } from "../gateway/loopback.ts";

/** Credentials of a role, as an endpoint for containers hands them out. */
export interface RoleCredentials {
  AccessKeyId: string;
  SecretAccessKey: string;
  Token: string;
  /** ISO time. */
  Expiration: string;
}

export interface ContainerCredentials {
  /** The environment by which an SDK, Terraform and the AWS CLI find the credentials of a session of the role. */
  environmentOf(roleArn: string, sessionName: string): Record<string, string>;
  close(): void;
}

/**
 * Takes a session of a role, so that the other AWS knows the caller of each request.
 *
 * @param aws the address of an AWS that has STS
 * @param sessionName 2 to 64 of `[\w+=,.@-]`
 */
export async function sessionOf(
  aws: string,
  region: string,
  roleArn: string,
  sessionName: string,
): Promise<RoleCredentials> {
  const sts = new STSClient({
    endpoint: aws,
    region,
    credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
  });
  try {
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionName }));
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken || !Expiration)
      throw new Error(`STS gave no credentials of ${roleArn}.`);
    return { AccessKeyId, SecretAccessKey, Token: SessionToken, Expiration: Expiration.toISOString() };
  } finally {
    sts.destroy();
  }
}

/**
 * Serves credentials on loopback as containers get them: each session has a path and a token of its own.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
 *
 * @param aws the address of an AWS that has STS
 */
export async function containerCredentials(aws: string, region: string): Promise<ContainerCredentials> {
  const sessions = new Map<
    string,
    { token: string; roleArn: string; sessionName: string; taken?: Promise<RoleCredentials> }
  >();
  const server = createServer(async (request, response) => {
    const session = sessions.get(request.url ?? "");
    if (!session || request.headers.authorization !== session.token) {
      response.writeHead(403).end();
      return;
    }
    try {
      session.taken ??= sessionOf(aws, region, session.roleArn, session.sessionName);
      response.setHeader("content-type", "application/json").end(JSON.stringify(await session.taken));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  const endpoint = await listen(server);
  return {
    environmentOf: (roleArn, sessionName) => {
      const path = `/${randomBytes(8).toString("hex")}`;
      const token = randomBytes(16).toString("hex");
      sessions.set(path, { token, roleArn, sessionName });
      return {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}${path}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
      };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
