import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { replay } from "../../local/runtime/replay.ts";
import { readSample } from "../../local/runtime/sample.ts";

/** The dimension of the metrics that a function writes for its first sample, where Lambda gives it a name. */
async function dimensionOf(functionName: string, deployedName: string) {
  const [sample = ""] = readdirSync(`events/${functionName}`);
  const settings = { AWS_LAMBDA_FUNCTION_NAME: deployedName };
  const [replayed] = await Array.fromAsync(replay([readSample(`events/${functionName}/${sample}`)], { settings }));
  const metrics = (replayed?.log ?? "")
    .split("\n")
    .filter((line) => line.includes('"_aws"'))
    .map((line) => JSON.parse(line));
  expect(metrics.length).toBeGreaterThan(0);
  for (const { _aws } of metrics)
    expect(_aws.CloudWatchMetrics).toMatchObject([{ Namespace: "Palisade", Dimensions: [["service"]] }]);
  return new Set(metrics.map(({ service }) => service));
}

it.concurrent.each(readdirSync("functions"))(
  "The metrics of %s have the name of the deployed function as their dimension, so that each of two deployments in one region has its own metrics.",
  async (functionName) => {
    expect(await dimensionOf(functionName, "a-deployment")).toEqual(new Set(["a-deployment"]));
    expect(await dimensionOf(functionName, "")).toEqual(new Set([functionName]));
  },
);
