import { createServer } from "node:http";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { expect, it } from "vitest";
import { listen } from "../../local/gateway/loopback.ts";
import { clientConfiguration, namingResource } from "../../shared/aws-client.ts";
import { localClient } from "../support/local-client.ts";

it("An AWS client reports a service that does not answer as an error that says which call on what, not as a warning.", async () => {
  const silent = createServer(() => undefined);
  const endpoint = await listen(silent);
  const client = namingResource(
    new SNSClient(
      clientConfiguration({ client: () => localClient(endpoint) }, { maxAttempts: 1, requestTimeout: 100 }),
    ),
    "topic egress",
  );
  await expect(client.send(new PublishCommand({ Message: "a" }))).rejects.toMatchObject({
    name: "TimeoutError",
    message: expect.stringMatching(/^PublishCommand on topic egress failed: .*100 ms/),
  });
  silent.closeAllConnections();
  silent.close();
});

it("An AWS client makes all attempts together within the 60 s that a processor has.", () => {
  const { maxAttempts, requestHandler } = clientConfiguration();
  expect(maxAttempts * (requestHandler.connectionTimeout + requestHandler.requestTimeout)).toBeLessThan(30_000);
});
