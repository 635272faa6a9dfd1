import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { expect, it } from "vitest";
import { createWorld } from "../../../../local/world.ts";
import { localClient } from "../../../support/local-client.ts";

it("GetCallerIdentity returns the one caller of the local AWS.", async () => {
  const world = await createWorld();
  const identity = await new STSClient(localClient(world.endpoint)).send(new GetCallerIdentityCommand());
  expect(identity).toMatchObject({
    Account: "111122223333",
    Arn: "arn:aws:sts::111122223333:assumed-role/Developer/local",
  });
  await world.close();
});
