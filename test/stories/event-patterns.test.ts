import { EventBridgeClient, TestEventPatternCommand } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, it } from "vitest";
import { CASES } from "../support/event-patterns.ts";
import { startMoto } from "../terraform/support/moto.ts";

let moto: Awaited<ReturnType<typeof startMoto>>;
let client: EventBridgeClient;
beforeAll(async () => {
  moto = await startMoto();
  client = new EventBridgeClient({
    endpoint: moto.aws,
    region: "us-east-1",
    credentials: { accessKeyId: "made-up", secretAccessKey: "made-up" },
  });
});
afterAll(() => moto.stop());

const FIELDS = {
  id: "1",
  account: "123456789012",
  source: "made-up",
  time: "2026-11-24T10:00:00Z",
  region: "us-east-1",
  resources: [],
  "detail-type": "Made up",
};

it.each(CASES)("moto has the same opinion of %j as the local EventBridge.", async (pattern, matching, others) => {
  const ask = async (detail: object) => {
    const { Result } = await client.send(
      new TestEventPatternCommand({
        EventPattern: JSON.stringify({ detail: pattern }),
        Event: JSON.stringify({ ...FIELDS, detail }),
      }),
    );
    return Result;
  };
  for (const event of matching) expect([event, await ask(event)]).toEqual([event, true]);
  for (const event of others) expect([event, await ask(event)]).toEqual([event, false]);
});
