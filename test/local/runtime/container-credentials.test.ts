import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listen } from "../../../local/gateway/loopback.ts";
import { type ContainerCredentials, containerCredentials } from "../../../local/runtime/container-credentials.ts";

const ROLE = "arn:aws:iam::123456789012:role/palisade-plan-build-dev";

let sts: Server;
let assumed: (string | null)[][];
let served: ContainerCredentials;
beforeEach(async () => {
  assumed = [];
  sts = createServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request));
    assumed.push(["Action", "RoleArn", "RoleSessionName"].map((name) => asked.get(name)));
    response.end(
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA${assumed.length}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2026-11-24T17:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );
  });
  served = await containerCredentials(await listen(sts), "us-east-1");
});
afterEach(() => {
  served.close();
  sts.close();
  sts.closeAllConnections();
});

const ask = (environment: Record<string, string>, token = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN ?? "") =>
  fetch(environment.AWS_CONTAINER_CREDENTIALS_FULL_URI ?? "", { headers: { authorization: token } });

it("The endpoint for containers gives the credentials of a session of the role, whose name it is given.", async () => {
  const environment = served.environmentOf(ROLE, "AWSCodeBuild-1");
  expect(assumed).toEqual([]);
  const credentials = await (await ask(environment)).json();
  expect(credentials).toEqual({
    AccessKeyId: "ASIA1",
    SecretAccessKey: "s",
    Token: "t",
    Expiration: "2026-11-24T17:00:00.000Z",
  });
  expect(await (await ask(environment)).json()).toEqual(credentials);
  expect(assumed).toEqual([["AssumeRole", ROLE, "AWSCodeBuild-1"]]);
});

it("The endpoint for containers gives a build nothing for the token of another.", async () => {
  const [one, other] = [served.environmentOf(ROLE, "one"), served.environmentOf(ROLE, "other")];
  expect((await ask(one, other.AWS_CONTAINER_AUTHORIZATION_TOKEN)).status).toBe(403);
  expect((await ask(one, "")).status).toBe(403);
  expect(assumed).toEqual([]);
});
