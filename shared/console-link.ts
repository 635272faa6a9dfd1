/** Where the console of each partition is; by the beginning of the names of its regions. */
const CONSOLES = [
  ["cn-", "console.amazonaws.cn"],
  ["eusc-", "console.amazonaws-eusc.eu"],
  ["us-gov-", "console.amazonaws-us-gov.com"],
  ["", "console.aws.amazon.com"],
] as const;

/**
 * The address of one execution in the console of its partition; empty for an isolated partition, whose consoles are not
 * public.
 *
 * @param region such as `us-east-1`
 * @param pipeline name of the pipeline
 */
export function executionLink(region: string, pipeline: string, executionId: string): string {
  if (region.includes("-iso")) return "";
  const [, host] = CONSOLES.find(([prefix]) => region.startsWith(prefix)) ?? CONSOLES[3];
  const path = [pipeline, "executions", executionId, "timeline"].map(encodeURIComponent).join("/");
  return `https://${region}.${host}/codesuite/codepipeline/pipelines/${path}?region=${region}`;
}
