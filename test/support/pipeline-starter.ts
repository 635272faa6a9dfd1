import { execFileSync } from "node:child_process";
import { CodePipelineClient, GetPipelineExecutionCommand } from "@aws-sdk/client-codepipeline";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { compose } from "../../functions/pipeline-starter/compose.ts";
import { type ReleaseEvent, readReleaseEvent } from "../../functions/pipeline-starter/event.ts";
import type { Result } from "../../functions/pipeline-starter/handler.ts";
import { settingsSchema } from "../../functions/pipeline-starter/settings.ts";
import type { Call } from "../../local/gateway/gateway.ts";
import { createWorld, type World } from "../../local/world.ts";
import { clientConfiguration } from "../../shared/aws-client.ts";
import type { Release } from "../../shared/release-tag.ts";
import { readSettings } from "../../shared/settings.ts";
import { lambdaContext } from "./lambda-context.ts";
import { localFaults } from "./local-faults.ts";
import { localPlatform } from "./local-platform.ts";
import { messagesIn } from "./sns-messages.ts";

/** Commits of the sample repository `infrastructure`. */
export const COMMITS = {
  database: "cde99aeb83c93c03e2af4eb9ab484b45feba61ce",
  roles: "98180b5656644d8b712112613b9e73a63ed0048f",
  head: "751434e4da2faa29e808dea3c05585741497767a",
  side: "8e2d0b493d88d43de1211e21db472f1d105e007b",
};

/** A release of the sample repository. */
export const RELEASE: Release = {
  tag: "dev_us-east-1/research/1.0",
  environment: "dev",
  scope: "us-east-1",
  scopeKind: "regional",
  team: "research",
  version: "1.0",
  region: "us-east-1",
  stateKey: "research/dev-us-east-1/terraform.tfstate",
};

const ACCOUNT_ID = "111122223333";
const CALLER = "arn:aws:sts::111122223333:assumed-role/CloudOps/mary";

/** Fields of an event beside its detail. */
interface Heading {
  id?: string;
  account?: string;
  region?: string;
  resources?: readonly string[];
}

/** An event about a tag of the sample repository; one with the same id is a copy. */
export const tagEvent = (
  tag: string,
  {
    id = crypto.randomUUID(),
    account = ACCOUNT_ID,
    region = "us-east-1",
    resources = ["arn:aws:codecommit:us-east-1:111122223333:infrastructure"],
    ...detail
  }: Heading & Record<string, unknown> = {},
) => ({
  id,
  source: "aws.codecommit",
  "detail-type": "CodeCommit Repository State Change",
  account,
  time: "2026-11-24T10:00:00Z",
  region,
  resources,
  detail: {
    event: "referenceCreated",
    repositoryName: "infrastructure",
    referenceType: "tag",
    referenceName: tag,
    referenceFullName: `refs/tags/${tag}`,
    commitId: COMMITS.roles,
    callerUserArn: CALLER,
    ...detail,
  },
});

/** A request to release a tag again; one with the same tag and `requestId` is a copy. */
export const requestEvent = (
  tag: string,
  {
    id = crypto.randomUUID(),
    account = ACCOUNT_ID,
    region = "us-east-1",
    ...detail
  }: Heading & Record<string, unknown> = {},
) => ({
  id,
  source: "palisade",
  "detail-type": "Release Requested",
  account,
  time: "2026-11-25T11:00:00Z",
  region,
  resources: [],
  detail: { tag, requestId: crypto.randomUUID(), reason: "The apply failed", requestedBy: CALLER, ...detail },
});

/** An event as the function reads it. */
export function readEvent(event: unknown): ReleaseEvent {
  const read = readReleaseEvent(event);
  if (!read) throw new Error("The event is none of pipeline-starter.");
  return read;
}

/**
 * Gives the tests of a file or of a `describe` one local AWS with a sample repository of its own. Tests do not influence
 * each other where each releases its own `newTag`: calls and log lines are those of the running test.
 */
export function useReleaseWorld() {
  const { forWorld, ...faults } = localFaults();
  let repository: string;
  let world: World;
  let platform: ReturnType<typeof localPlatform>;
  let first = 0;
  let tags = 0;

  beforeAll(async () => {
    world = await createWorld(forWorld);
    repository = await world.repositoryFolder("infrastructure");
  });
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    platform = localPlatform("pipeline-starter", world.endpoint);
    first = world.calls.length;
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  afterAll(async () => await world.close());

  const git = (...args: string[]) =>
    execFileSync("git", [`--git-dir=${repository}`, ...args], { encoding: "utf8" }).trim();
  const calls = () => world.calls.slice(first);
  return {
    /** The function with the settings that replay gives it, and those changed. */
    container: (changed: Readonly<Record<string, string>> = {}) => {
      const settings = readSettings(settingsSchema, { ...world.environmentOf("pipeline-starter"), ...changed });
      const handler = compose(settings, platform);
      return { invoke: (event: unknown, timeout?: number): Promise<Result> => handler(event, lambdaContext(timeout)) };
    },
    platform: () => platform,
    git,
    /** Pushes a tag that no other test has, by default to dev in us-east-1. */
    newTag: (commitId = COMMITS.roles, beginning = "dev_us-east-1/research") => {
      tags += 1;
      const tag = `${beginning}/9.${tags}`;
      git("tag", tag, commitId);
      return tag;
    },
    statusOf: async (pipelineName: string, pipelineExecutionId = "") => {
      const command = new GetPipelineExecutionCommand({ pipelineName, pipelineExecutionId });
      const client = new CodePipelineClient(clientConfiguration(platform));
      return (await client.send(command)).pipelineExecution?.status;
    },
    calls,
    operations: () => calls().map(({ service, operation }) => `${service}.${operation}`),
    ...faults,
    starts: () => startsIn(calls()),
    messages: () => messagesIn(calls()),
    kinds: () => messagesIn(calls()).map(({ data }) => data.kind),
    logged: () => platform.logged(),
  };
}

/** The starts that CodePipeline took, each with its variables and revisions. */
const startsIn = (calls: readonly Call[]) =>
  calls
    .filter(({ operation, error }) => operation === "StartPipelineExecution" && error === null)
    .map(({ input }) => {
      const { name, variables, sourceRevisions, clientRequestToken } = input as {
        name: string;
        variables: { name: string; value: string }[];
        sourceRevisions: unknown[];
        clientRequestToken: string;
      };
      return {
        pipeline: name,
        variables: Object.fromEntries(variables.map((variable) => [variable.name, variable.value])),
        sourceRevisions,
        clientRequestToken,
      };
    });
