import { afterAll, beforeAll, expect, it } from "vitest";
import type { Gateway } from "../../../local/gateway/gateway.ts";
import { createWorld } from "../../../local/world.ts";

let world: Gateway;
beforeAll(async () => {
  world = await createWorld({});
});
afterAll(() => world.close());

const authorization = (service: string) => `AWS4-HMAC-SHA256 Credential=a/20261014/us-east-1/${service}/aws4_request`;

it.each([
  ["a request that is not signed", {}, "", 501],
  ["a service that is not served", { authorization: authorization("s4") }, "", 501],
  ["a body that cannot be read", { authorization: authorization("dynamodb") }, "{", 400],
])("%s is refused, and the local AWS goes on", async (_what, headers, body, status) => {
  expect((await fetch(world.endpoint, { method: "POST", headers, body })).status).toBe(status);
  expect(world.calls).toEqual([]);
});
