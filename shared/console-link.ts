import { unlinkedText } from "./plain-text.ts";

/** The console of each partition, by how the names of its regions begin. */
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
export const executionLink = (region: string, pipeline: string, executionId: string): string =>
  link(region, ["codepipeline", "pipelines", pipeline, "executions", executionId, "timeline"]);

/** The same for a pull request. */
export const pullRequestLink = (region: string, repository: string, pullRequestId: string): string =>
  link(region, ["codecommit", "repositories", repository, "pull-requests", pullRequestId, "details"]);

/** The same for an object of S3. */
export const objectLink = (region: string, bucket: string, key: string): string =>
  consoleLink(region, `s3/object/${bucket}`, { region, prefix: key });

const MAX_LINK = 500;
const MAX_SHOWN = 200;

/** An address from outside: only a link to a console of AWS stays a link. A part of a link would lead nowhere. */
export const shownLink = (address: string): string =>
  address.length > MAX_LINK ? "" : CONSOLE.test(address) ? address : unlinkedText(address, MAX_SHOWN);

const CONSOLE =
  /^https:\/\/([a-z0-9-]+\.)*(aws\.amazon\.com|amazonaws\.cn|amazonaws-eusc\.eu|amazonaws-us-gov\.com)\/[!#-[\]-~]*$/;

const link = (region: string, path: readonly string[]): string =>
  consoleLink(region, `codesuite/${path.map(encodeURIComponent).join("/")}`, { region });

function consoleLink(region: string, path: string, query: Readonly<Record<string, string>>): string {
  if (region.includes("-iso")) return "";
  const [, host] = CONSOLES.find(([prefix]) => region.startsWith(prefix)) ?? CONSOLES[3];
  return `https://${region}.${host}/${path}?${new URLSearchParams(query)}`;
}
