import * as z from "zod";
import { replayedSamples } from "./replayed-samples.ts";

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
const embedded = z.object({
  _aws: z.object({ CloudWatchMetrics: z.array(z.object({ Metrics: z.array(z.object({ Name: z.string() })) })) }),
});

/** The names of the metrics that a function writes for its samples, in order. */
export async function metricsOfSamples(functionName: string): Promise<string[]> {
  const names = (await replayedSamples(functionName))
    .flatMap(({ log }) => log.split("\n"))
    .filter((line) => line.includes('"_aws"'))
    .flatMap((line) => embedded.parse(JSON.parse(line))._aws.CloudWatchMetrics)
    .flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name));
  return [...new Set(names)].sort();
}
