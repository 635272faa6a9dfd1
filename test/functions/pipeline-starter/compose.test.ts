import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, it, onTestFinished, vi } from "vitest";
import { COMMITS, tagEvent, useReleaseWorld } from "../../support/pipeline-starter.ts";

const world = useReleaseWorld();

it("pipeline-starter is composed with the setting ENVIRONMENTS, and refuses the tags of all teams that it does not name.", async () => {
  const dev = {
    pipeline: "dev-infrastructure",
    sourceAction: "Source",
    regions: ["us-east-1"],
    homeRegion: "us-east-1",
  };
  const ENVIRONMENTS = JSON.stringify({ dev: { ...dev, teams: ["risk"] } });
  expect(await world.container({ ENVIRONMENTS }).invoke(tagEvent(world.newTag()))).toMatchObject({
    outcome: "refused",
    reason: "Only these teams may release to dev: risk.",
  });
  expect(world.starts()).toEqual([]);
});

it("pipeline-starter is composed with the setting BRANCH, and releases the commits of that branch alone.", async () => {
  const { invoke } = world.container({ BRANCH: "larger-database" });
  expect(await invoke(tagEvent(world.newTag(COMMITS.side)))).toMatchObject({ outcome: "started" });
  expect(await invoke(tagEvent(world.newTag(COMMITS.head)))).toMatchObject({ outcome: "refused" });
});

it("pipeline-starter is composed with the settings REPOSITORY and REPOSITORY_ARN, releases the tags of that repository alone, and errors name it.", async () => {
  const REPOSITORY_ARN = "arn:aws:codecommit:us-east-1:111122223333:guardrails";
  const { invoke } = world.container({ REPOSITORY: "guardrails", REPOSITORY_ARN });
  expect(await invoke(tagEvent(world.newTag()))).toMatchObject({ outcome: "ignored" });
  world.fail("CodeCommit", "GetMergeOptions", "AccessDeniedException");
  await expect(
    invoke(tagEvent(world.newTag(), { repositoryName: "guardrails", resources: [REPOSITORY_ARN] })),
  ).rejects.toThrow("GetMergeOptionsCommand on repository guardrails failed");
});

it("pipeline-starter is composed with the setting ACCOUNT_ID, and ignores the events of all other accounts.", async () => {
  const ACCOUNT_ID = "999999999999";
  const REPOSITORY_ARN = "arn:aws:codecommit:us-east-1:999999999999:infrastructure";
  const { invoke } = world.container({ ACCOUNT_ID, REPOSITORY_ARN });
  const tag = world.newTag();
  expect(await invoke(tagEvent(tag, { resources: [REPOSITORY_ARN] }))).toMatchObject({ outcome: "ignored" });
  const ours = tagEvent(tag, { account: ACCOUNT_ID, resources: [REPOSITORY_ARN] });
  expect(await invoke(ours)).toMatchObject({ outcome: "started" });
});

it("pipeline-starter is composed with a time limit that gives up calls that are never answered, and leaves their records to the deadline.", async () => {
  vi.useRealTimers();
  const givenUp: unknown[] = [];
  const record = (message: unknown) => givenUp.push(message);
  subscribe("http.client.request.error", record);
  onTestFinished(() => {
    unsubscribe("http.client.request.error", record);
  });
  for (const [service, operation] of [
    ["CodeCommit", "GetMergeOptions"],
    ["CodePipeline", "StartPipelineExecution"],
    ["SNS", "Publish"],
  ] as const)
    world.hang(service, operation);

  const { invoke } = world.container();
  // Each fault hits one of them. Half of the time goes to the failure, so this takes a second.
  const ended = await Promise.allSettled([1, 2, 3].map(() => invoke(tagEvent(world.newTag()), 2_000)));
  for (const { reason } of ended as PromiseRejectedResult[])
    expect(reason).toHaveProperty("message", expect.stringContaining("The time limit of the function was near"));
  // A call that is not given up would wait for its own limit of 5 s.
  await vi.waitFor(() => expect(givenUp).toHaveLength(3), { timeout: 2_000 });
  expect(world.operations()).not.toContain("DynamoDB.DeleteItem");
  expect(world.logged()).toMatchObject(Array(3).fill({ level: "ERROR", message: "invocation failed" }));
});
