import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pipelineEvent } from "../support/guardrail-merger.ts";
import { COMMITS, tagEvent } from "../support/pipeline-starter.ts";
import { runReplay } from "../support/replay.ts";

// Replay on git repositories that only this test knows: one with a work tree, one bare.

const folder = mkdtempSync(join(tmpdir(), "palisade repositories-"));
afterAll(() => rmSync(folder, { recursive: true }));

const git = (repository: string, ...args: string[]) =>
  execFileSync("git", ["-C", repository, "-c", "user.name=A", "-c", "user.email=a@example.com", ...args], {
    encoding: "utf8",
  }).trim();

const workTrees = join(folder, "work-trees");
const bare = join(folder, "bare");
const TAG = "qa_eu-central-1/tooling/7.1";
let tagged: string;

beforeAll(() => {
  const repository = join(workTrees, "infrastructure");
  mkdirSync(repository, { recursive: true });
  git(repository, "init", "--quiet", "--initial-branch=main");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "first");
  tagged = git(repository, "rev-parse", "HEAD");
  git(repository, "tag", "--annotate", TAG, "--message", "A release");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "second");
  git(repository, "checkout", "--quiet", "-b", "feature");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "third");
  git(repository, "tag", "qa_global/tooling/7.2");
  mkdirSync(bare);
  git(repository, "clone", "--quiet", "--bare", repository, join(bare, "infrastructure.git"));
});

const sample = (name: string, content: unknown): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(content));
  return file;
};
const replayed = async (...args: string[]) => {
  const { stdout } = await runReplay("--json", "--function", "pipeline-starter", ...args);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
};

describe.concurrent("--repositories DIR takes the place of the sample repositories", () => {
  it.each([
    ["with a work tree", workTrees],
    ["bare", bare],
  ])("%s", async (_what, repositories) => {
    const onMain = sample("on-main", tagEvent(TAG));
    const onFeature = sample("on-feature", tagEvent("qa_global/tooling/7.2"));
    const ofSamples = sample("of-samples", tagEvent("prod_global/tooling/1.0"));
    const [first, second, third] = await replayed("--repositories", repositories, onMain, onFeature, ofSamples);
    expect(first.result).toMatchObject({ outcome: "started", pipeline: "qa-infrastructure" });
    const { input } = first.calls.find((call: { operation: string }) => call.operation === "StartPipelineExecution");
    expect(input.sourceRevisions).toEqual([{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: tagged }]);
    expect(second.result).toMatchObject({ outcome: "refused", reason: expect.stringContaining("not on the branch") });
    expect(third.result).toMatchObject({ outcome: "refused", reason: expect.stringContaining("finds no commit") });
  });

  it("a folder without the repository is told as AWS would", async () => {
    const [only] = await replayed("--repositories", folder, sample("lost", tagEvent(TAG)));
    expect(only.result).toMatchObject({ outcome: "refused", reason: "The repository infrastructure does not exist." });
  });
});

describe.concurrent("a sample may give", () => {
  it("repositories, by a path that starts at its folder", async () => {
    const [only] = await replayed(sample("given", { given: { repositories: "bare" }, event: tagEvent(TAG) }));
    expect(only.result).toMatchObject({ outcome: "started" });
  });

  it("events that happened before, and theirs", async () => {
    sample("first", { given: { repositories: "bare" }, event: tagEvent(TAG) });
    sample("second", { given: { events: ["first.json"] }, event: tagEvent("v1") });
    const [only] = await replayed(
      sample("third", { given: { events: ["second.json"], repositories: "bare" }, event: tagEvent(TAG) }),
    );
    expect(only.result).toMatchObject({ outcome: "already started" });
    expect(only.calls.map(({ operation }: { operation: string }) => operation)).not.toContain("StartPipelineExecution");
  });

  it("nothing that a world does not have", async () => {
    const { code, stderr } = await runReplay(
      "--function",
      "pipeline-starter",
      sample("wrong", { given: { repository: "bare" }, event: tagEvent(TAG) }),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.json: `given` is wrong\./);
  });
});

it.concurrent("--state keeps what was released between runs", async () => {
  const state = join(folder, "state");
  const event = sample("kept", tagEvent("dev_us-east-1/research/1.0", { commitId: COMMITS.roles }));
  const [first] = await replayed("--state", state, event);
  const [second] = await replayed("--state", state, event);
  expect([first.result.outcome, second.result.outcome]).toEqual(["started", "already started"]);
  expect(git(join(state, "repositories", "infrastructure"), "rev-parse", "refs/heads/main")).toBe(COMMITS.head);
});

it.concurrent("for people it shows which pipeline starts with what", async () => {
  const { stdout } = await runReplay("events/pipeline-starter/started-global.json");
  expect(stdout).toMatch(/\n {2}▶ starts the pipeline prod-infrastructure with\n {4}ENV {22}prod\n/);
  expect(stdout).toContain("STATE_KEY                tooling/prod-global/terraform.tfstate");
});

it.concurrent("a merge happens in the repository of --repositories, and git log there proves it", async () => {
  const merging = join(folder, "merging");
  const repository = join(merging, "guardrails");
  mkdirSync(repository, { recursive: true });
  git(repository, "init", "--quiet", "--initial-branch=main");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "first");
  git(repository, "checkout", "--quiet", "-b", "develop");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "tested");
  const commitId = git(repository, "rev-parse", "HEAD");
  git(repository, "commit", "--quiet", "--allow-empty", "--message", "not tested");

  const event = pipelineEvent();
  const execution = {
    pipelineName: event.detail.pipeline,
    pipelineExecutionId: event.detail["execution-id"],
    status: "Succeeded",
    executionType: "STANDARD",
    artifactRevisions: [{ name: "SourceArtifact", revisionId: commitId }],
  };
  const file = sample("tested", { given: { executions: [execution] }, event });
  const { code } = await runReplay("--function", "guardrail-merger", "--repositories", merging, file);
  expect(code).toBe(0);
  expect(git(repository, "log", "--format=%s", "main").split("\n")).toEqual(["tested", "first"]);
});

describe.concurrent("what happened before an event", () => {
  const sampleAfter = (name: string, events: string[], event: unknown) => sample(name, { given: { events }, event });

  it("is spared the faults of the run", async () => {
    sample("before", tagEvent(TAG, { id: "1" }));
    const after = sampleAfter("after", ["before.json"], tagEvent("qa_global/tooling/7.2"));
    const [only] = await replayed("--repositories", bare, "--fail", "CodeCommit.GetMergeOptions=AccessDenied", after);
    expect(only.error).toMatchObject({ name: "AccessDenied" });
  });

  it("must not fail", async () => {
    sample("failing", null);
    const { code, stderr } = await runReplay(
      "--function",
      "pipeline-starter",
      sampleAfter("after-failing", ["failing.json"], tagEvent(TAG)),
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/failing\.json, which happened before .*after-failing\.json, failed: This is not an event/);
  });

  it("is not the event itself", async () => {
    const { code, stderr } = await runReplay("--function", "pipeline-starter", sampleAfter("loop", ["loop.json"], {}));
    expect([code, stderr]).toEqual([2, expect.stringContaining("loop.json happens before itself")]);
  });
});

it.concurrent("what one sample gives is not there for the next one", async () => {
  const [first, second] = await replayed(
    sample("gives", { given: { pipelines: [], repositories: "bare" }, event: tagEvent(TAG) }),
    sample("gives-nothing", tagEvent("prod_global/tooling/1.0")),
  );
  expect(first.result).toMatchObject({ outcome: "refused", reason: expect.stringContaining("has no pipeline") });
  expect(second.result).toMatchObject({ outcome: "started" });
});

it.concurrent("--repositories goes before what a sample gives", async () => {
  const file = sample("chosen", { given: { repositories: "work-trees/infrastructure" }, event: tagEvent(TAG) });
  const [only] = await replayed("--repositories", bare, file);
  expect(only.result).toMatchObject({ outcome: "started" });
});

describe.concurrent("a repository", () => {
  it("may be a linked work tree", async () => {
    const linked = join(folder, "linked");
    git(
      join(workTrees, "infrastructure"),
      "worktree",
      "add",
      "--quiet",
      "--detach",
      join(linked, "infrastructure"),
      "main",
    );
    const [only] = await replayed("--repositories", linked, sample("of-linked", tagEvent(TAG)));
    expect(only.result).toMatchObject({ outcome: "started" });
  });

  it("may not be a shallow clone, in which commits seem to have no ancestors", async () => {
    const shallow = join(folder, "shallow", "infrastructure");
    const url = `file://${join(workTrees, "infrastructure")}`;
    git(folder, "clone", "--quiet", "--depth=1", "--branch=main", url, shallow);
    const [only] = await replayed("--repositories", join(shallow, ".."), sample("of-shallow", tagEvent(TAG)));
    expect(only.error.message).toMatch(/is a shallow clone/);
  });
});

it.concurrent.each([
  ["an empty --repositories", ["--repositories", ""], "It is not a folder."],
  ["a given folder that is not there", [], "there is no folder nowhere, which `given.repositories` names"],
])("%s is wrong usage", async (_what, options, complaint) => {
  const file = sample("nowhere", { given: { repositories: "nowhere" }, event: tagEvent(TAG) });
  const { code, stderr } = await runReplay("--function", "pipeline-starter", ...options, file);
  expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
});
