import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startMoto } from "./moto.ts";
import { Root } from "./root.ts";

const RESOURCES = {
  aws_cloudwatch_event_bus: { this: { name: "made-up" } },
  aws_ecr_repository: { this: { name: "made-up" } },
  aws_sfn_activity: { this: { name: "made-up" } },
};

const rootWith = (configuration: object) => {
  const root = new Root();
  writeFileSync(join(root.folder, "main.tf.json"), JSON.stringify({ resource: RESOURCES, ...configuration }));
  return root;
};

it("A root with moto sends moto the calls to every service.", async () => {
  const { aws, stop } = await startMoto();
  const root = rootWith({});
  root.useMoto(aws, "eu-central-1");
  await root.run("init");
  await root.apply();
  const made = await root.resources();
  expect(made.map(({ type }) => type).sort()).toEqual(Object.keys(RESOURCES));
  for (const { values } of made) expect(values.arn ?? values.id).toContain(":123456789012:");
  root.remove();
  stop();
});

it("A root without moto reaches no AWS.", async () => {
  const root = rootWith({
    provider: { aws: { region: "eu-central-1", access_key: "made-up", secret_key: "made-up", max_retries: 1 } },
  });
  await root.run("init");
  expect(await root.run("plan", ["-no-color"], 1)).toContain("127.0.0.1:1: connect: connection refused");
  root.remove();
});
