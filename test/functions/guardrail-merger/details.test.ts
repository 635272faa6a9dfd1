import { afterEach, expect, it } from "vitest";
import { createCommitLog } from "../../../functions/guardrail-merger/commit-log.ts";
import { createDetails } from "../../../functions/guardrail-merger/details.ts";
import { createGuardrailBranch } from "../../../functions/guardrail-merger/guardrail-branch.ts";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import {
  createGuardrailWorld,
  GUARDRAILS,
  type GuardrailWorld,
  pipelineEvent,
} from "../../support/guardrail-merger.ts";
import { recordingLogger } from "../../support/recording-logger.ts";

let world: GuardrailWorld;
afterEach(() => world.close());

const warning = (detail: string) => ({
  level: "WARN",
  message: "a detail for the message could not be read",
  detail,
});
const merged = { level: "INFO", message: "event handled", outcome: "merged" };

it("Details that cannot be read are left out: a merge is reported with its commits where its files cannot be read.", async () => {
  world = await createGuardrailWorld();
  world.addExecution(GUARDRAILS.ahead);
  world.fail("CodeCommit", "GetDifferences", "AccessDeniedException");
  expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  const [message] = world.messages();
  expect(message?.data.commits).toHaveLength(3);
  expect(message?.data).not.toHaveProperty("paths");
  expect(world.logged()).toMatchObject([warning("paths"), merged]);
});

it("Details that cannot be read are left out: a merge is reported with its files where its commits cannot be read.", async () => {
  world = await createGuardrailWorld();
  world.addExecution(GUARDRAILS.ahead);
  world.fail("CodeCommit", "GetCommit", "ThrottlingException", { times: MAX_ATTEMPTS });
  expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  const [message] = world.messages();
  expect(message?.subject).toBe("[palisade] guardrails active: new commits on main");
  expect(message?.email).toContain("\n  The commits could not be read. Look into the repository.\n");
  expect(message?.data).not.toHaveProperty("commits");
  expect(message?.data.paths).toContain("features/tags.feature");
  expect(world.logged()).toMatchObject([warning("commits"), merged]);
});

it("Details are not read any longer than the invocation takes.", async () => {
  world = await createGuardrailWorld();
  const { logger, lines } = recordingLogger("guardrail-merger");
  const { codecommit } = world;
  const target = createGuardrailBranch({
    codecommit,
    repository: "guardrails",
    branch: "main",
    pause: async () => undefined,
  });
  const commitLog = createCommitLog({ codecommit, repository: "guardrails" });
  const details = createDetails({ commitLog, target, logger, patience: () => AbortSignal.timeout(60_000) });
  const ended = new AbortController();
  world.before("GetCommit", () => ended.abort());
  expect(await details.commit(GUARDRAILS.ahead, ended.signal)).toBeUndefined();
  expect(lines).toMatchObject([{ detail: "commits", error: { name: "AbortError" } }]);
});

it("Details that take longer than the 10 s that each has are left out, and the merge is reported.", async () => {
  const limits: number[] = [];
  world = await createGuardrailWorld({}, (milliseconds) => {
    limits.push(milliseconds);
    return AbortSignal.abort();
  });
  world.addExecution(GUARDRAILS.ahead);
  expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  expect(limits).toEqual([10_000, 10_000]);
  expect(world.messages()[0]?.subject).toBe("[palisade] guardrails active: new commits on main");
  expect(world.operations()).not.toContain("GetCommit");
  expect(world.logged()).toMatchObject([warning("commits"), warning("paths"), merged]);
});

it("Details are not read any more when the invocation ends, although their own time is not over.", async () => {
  world = await createGuardrailWorld();
  const { logger, lines } = recordingLogger("guardrail-merger");
  const guardrails = { codecommit: world.codecommit, repository: "guardrails" };
  const details = createDetails({
    commitLog: createCommitLog(guardrails),
    target: createGuardrailBranch({ ...guardrails, branch: "main", pause: async () => undefined }),
    logger,
    patience: () => new AbortController().signal,
  });
  expect(await details.commit(GUARDRAILS.main, AbortSignal.abort())).toBeUndefined();
  expect(world.calls).toEqual([]);
  expect(lines).toMatchObject([warning("commits")]);
});

it("Details that cannot be read hide no risk: a three-way merge is reported as a combination where its files cannot be compared.", async () => {
  world = await createGuardrailWorld({ ON_DIVERGENCE: "three-way" });
  world.addExecution(GUARDRAILS.divergedInOtherFile);
  world.fail("CodeCommit", "GetCommit", "AccessDeniedException");
  expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "three-way" });
  expect(world.messages()[0]?.subject).toContain("combined untested");
  expect(world.logged()).toMatchObject([warning("trees"), merged]);
});

it("Details that cannot be read promise nothing: a failed execution is reported as not active where the branch cannot be read.", async () => {
  world = await createGuardrailWorld();
  world.addExecution(GUARDRAILS.first, { status: "Failed" });
  world.fail("CodeCommit", "GetMergeOptions", "AccessDeniedException");
  expect(await world.invoke(pipelineEvent("FAILED"))).toMatchObject({ outcome: "could not check" });
  expect(world.messages()[0]?.subject).toBe("[palisade] guardrails not active: the pipeline failed");
  expect(world.logged()).toMatchObject([warning("active"), { message: "event handled" }]);
});
