import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Fault } from "../../../local/gateway/faults.ts";
import { type Replayed, type ReplayOptions, replay } from "../../../local/runtime/replay.ts";
import { readSample } from "../../../local/runtime/sample.ts";
import { createWorld } from "../../../local/world.ts";
import { COMMITS, tagEvent } from "../../support/pipeline-starter.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade runtime-"));
afterAll(() => rmSync(folder, { recursive: true }));

// A repository that only these tests know.
const TAG = "qa_eu-central-1/tooling/7.1";
const world = await createWorld();
const repositories = join(folder, "repositories");
const git = (gitDirectory: string, ...args: string[]) =>
  execFileSync("git", [`--git-dir=${gitDirectory}`, ...args], { encoding: "utf8" }).trim();
cpSync(await world.repositoryFolder("infrastructure"), join(repositories, "infrastructure"), { recursive: true });
git(join(repositories, "infrastructure"), "tag", TAG, COMMITS.roles);
git(join(repositories, "infrastructure"), "tag", "qa_global/tooling/7.2", COMMITS.side);
await world.close();

const sample = (name: string, content: unknown) => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, JSON.stringify(content));
  return readSample(file, "pipeline-starter");
};
const replayed = (samples: Parameters<typeof replay>[0], options?: ReplayOptions): Promise<Replayed[]> =>
  Array.fromAsync(replay(samples, options));
const resultsOf = (runs: readonly Replayed[]) => runs.map(({ result, error }) => error ?? result);
const operationsOf = ({ calls }: Replayed) => calls.map(({ operation }) => operation);

describe.concurrent("the repositories of a replay", () => {
  it("The runtime replays samples with the repositories of the user in the place of all sample repositories.", async () => {
    const onMain = sample("on-main", tagEvent(TAG));
    const onBranch = sample("on-branch", tagEvent("qa_global/tooling/7.2"));
    const [first, second] = await replayed([onMain, onBranch], { repositories });
    expect(first?.result).toMatchObject({ outcome: "started", pipeline: "qa-infrastructure" });
    const start = first?.calls.find(({ operation }) => operation === "StartPipelineExecution");
    expect(start?.input).toMatchObject({
      sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: COMMITS.roles }],
    });
    expect(second?.result).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining("The release branch main does not contain the commit"),
    });
  });

  it("The runtime replays samples without a repository that is not among those of the user.", async () => {
    const results = resultsOf(await replayed([sample("lost", tagEvent(TAG))], { repositories: folder }));
    expect(results).toMatchObject([{ outcome: "refused", reason: "The repository infrastructure does not exist." }]);
  });

  it("The runtime replays a sample with the repositories of the user before those that the sample gives.", async () => {
    const chosen = sample("chosen", { given: { repositories: "." }, event: tagEvent(TAG) });
    expect(resultsOf(await replayed([chosen], { repositories }))).toMatchObject([{ outcome: "started" }]);
  });
});

describe.concurrent("the world of a sample", () => {
  it("The runtime replays a sample without the repositories and pipelines that the one before gave.", async () => {
    const runs = await replayed([
      sample("gives-repositories", { given: { repositories: "repositories" }, event: tagEvent(TAG) }),
      sample("gives-pipelines", { given: { pipelines: [] }, event: tagEvent("prod_eu-central-1/risk/1.4.2") }),
      sample("gives-nothing", tagEvent("prod_global/tooling/1.0")),
      sample("other-repository", tagEvent(TAG)),
    ]);
    expect(resultsOf(runs)).toMatchObject([
      { outcome: "started" },
      { outcome: "refused", reason: expect.stringContaining("has no pipeline") },
      { outcome: "started" },
      { outcome: "refused", reason: expect.stringContaining("finds no commit") },
    ]);
  });

  it("The runtime replays a sample with the settings of the run before those of the sample, and these before those of the world.", async () => {
    const settings = { BRANCH: "larger-database" };
    const given = sample("settings", { given: { settings }, event: tagEvent("prod_global/tooling/1.0") });
    const [own] = await replayed([given]);
    // This branch does not have the commit.
    expect(own?.result).toMatchObject({ outcome: "refused" });
    const [both] = await replayed([given], { settings: { BRANCH: "main" } });
    expect(both?.result).toMatchObject({ outcome: "started" });
  });

  it("The runtime replays samples with the releases and sample repositories that a state kept from the run before.", async () => {
    const state = join(folder, "state");
    const event = sample("kept", tagEvent("dev_us-east-1/research/1.0"));
    const outcomes = [...(await replayed([event], { state })), ...(await replayed([event], { state }))].map(
      ({ result }) => (result as { outcome: string }).outcome,
    );
    expect(outcomes).toEqual(["started", "already started"]);
    expect(git(join(state, "repositories", "infrastructure"), "rev-parse", "refs/heads/main")).toBe(COMMITS.head);
  });
});

describe.concurrent("the samples before a sample", () => {
  it("The runtime replays the samples before a sample in its world, and they leave no line, call or log of their own.", async () => {
    sample("first", { given: { repositories: "repositories" }, event: tagEvent(TAG) });
    sample("second", { given: { events: ["first.json"] }, event: tagEvent("v1") });
    const given = { events: ["second.json"], repositories: "repositories" };
    const runs = await replayed([sample("third", { given, event: tagEvent(TAG) })]);
    expect(resultsOf(runs)).toMatchObject([{ outcome: "already started" }]);
    expect(runs.flatMap(operationsOf)).not.toContain("StartPipelineExecution");
    expect(runs[0]?.log.match(/"message":"event handled"/g)).toHaveLength(1);
  });

  it("The runtime replays the samples before a sample without the faults of the run.", async () => {
    sample("before", tagEvent("prod_global/tooling/1.0"));
    const event = tagEvent("dev_us-east-1/research/1.0");
    const after = sample("after", { given: { events: ["before.json"] }, event });
    const fault: Fault = {
      kind: "fail",
      service: "CodeCommit",
      operation: "GetMergeOptions",
      errorName: "AccessDenied",
      remaining: 1,
    };
    expect(resultsOf(await replayed([after, after], { faults: [fault] }))).toMatchObject([
      { name: "AccessDenied" },
      { outcome: "started" },
    ]);
  });

  it("The runtime replays no sample after one that failed before it.", async () => {
    sample("failing", null);
    const after = sample("after-failing", { given: { events: ["failing.json"] }, event: tagEvent(TAG) });
    await expect(replayed([after])).rejects.toThrow(
      /failing\.json, which happened before .*after-failing\.json, failed: This is not an event/,
    );
  });
});

describe.concurrent("a fault of a replay", () => {
  it("The runtime replays an event that fails where a fault outlasts the tries of the SDK, and the next event meets no more of it.", async () => {
    const faults: Fault[] = [
      {
        kind: "fail",
        service: "CodePipeline",
        operation: "StartPipelineExecution",
        errorName: "InternalError",
        remaining: 4,
      },
    ];
    const event = sample("tried", tagEvent("dev_us-east-1/research/1.0"));
    const runs = await replayed([event, event], { faults });
    expect(resultsOf(runs)).toMatchObject([{ name: expect.stringContaining("InternalError") }, { outcome: "started" }]);
    expect(faults[0]?.remaining).toBe(0);
  });
});

it("The runtime keeps the calls of an invocation that crashes to it, and counts one crash for it.", async () => {
  // rule-exporter reads the files of a rule at once.
  const exporting = readSample("events/rule-exporter/exported-custom-change.json");
  const crash: Fault = { kind: "crash-after", service: "CodeCommit", operation: "GetFile", remaining: 2 };
  const [first, second, third] = await replayed([exporting, exporting, exporting], { faults: [crash] });
  for (const crashed of [first, second]) {
    expect(crashed?.error?.name).toBe("Runtime.ExitError");
    expect(crashed?.calls.filter(({ fault }) => fault)).toHaveLength(1);
  }
  expect(third?.error).toBeNull();
  expect(third?.calls[0]?.operation).toBe("GetFolder");
});
