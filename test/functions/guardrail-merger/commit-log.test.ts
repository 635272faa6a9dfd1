import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createCommitLog } from "../../../functions/guardrail-merger/commit-log.ts";
import { createGuardrailEstate, GUARDRAILS } from "../../support/guardrail-merger.ts";

type Estate = Awaited<ReturnType<typeof createGuardrailEstate>>;
let estate: Estate;
let log: ReturnType<typeof createCommitLog>;
beforeEach(async () => {
  estate = await createGuardrailEstate();
  log = createCommitLog({ codecommit: estate.codecommit, repository: "guardrails" });
});
afterEach(() => estate.close());

const { signal } = new AbortController();
const idsOnlyIn = async (tip: string, without: string) =>
  (await log.commitsOnlyIn(tip, without, estate.git("merge-base", tip, without), signal)).values.map(({ id }) => id);
const revList = (tip: string, without: string) =>
  estate.git("rev-list", "--date-order", tip, `^${without}`).split("\n");

describe("the commits of one side only are those of git", () => {
  it.each([
    ["in a straight line, with a merge of main on it", GUARDRAILS.develop, GUARDRAILS.main],
    ["on main, where it has diverged", GUARDRAILS.main, GUARDRAILS.divergedInSameFile],
    ["from the first commit", GUARDRAILS.develop, GUARDRAILS.first],
    ["of a side branch", GUARDRAILS.notOnDevelop, GUARDRAILS.develop],
  ])("%s", async (_what, tip, without) => {
    expect(await idsOnlyIn(tip, without)).toEqual(revList(tip, without));
  });

  it("where a clock was wrong, and a commit is older than its parent", async () => {
    const tree = estate.git("rev-parse", `${GUARDRAILS.first}^{tree}`);
    const commit = (date: number, ...parents: string[]) =>
      estate.git(
        ...["-c", "user.name=Dev", "-c", "user.email=dev@example.com"],
        ...["commit-tree", tree, "-m", String(date), ...parents.flatMap((parent) => ["-p", parent])],
      );
    const dated = (date: number, ...parents: string[]) => {
      vi.stubEnv("GIT_COMMITTER_DATE", `${date} +0000`);
      const id = commit(date, ...parents);
      vi.unstubAllEnvs();
      return id;
    };
    const root = dated(1_790_000_000);
    const shared = dated(1_790_002_000, root);
    const without = dated(1_790_001_000, shared);
    const tip = dated(1_790_003_000, shared);
    expect(await idsOnlyIn(tip, without)).toEqual([tip]);
  });

  it("where one side has many commits, and the other few", async () => {
    const tree = estate.git("rev-parse", `${GUARDRAILS.first}^{tree}`);
    const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
    let many = GUARDRAILS.main;
    for (let count = 0; count < 170; count += 1)
      many = estate.git(...identity, "commit-tree", tree, "-p", many, "-m", `Commit ${count}`);
    const few = estate.git(...identity, "commit-tree", tree, "-p", GUARDRAILS.main, "-m", "Hotfix");
    expect(await log.commitsOnlyIn(few, many, GUARDRAILS.main, signal)).toMatchObject({
      values: [{ id: few, subject: "Hotfix" }],
      more: false,
    });
  });

  it("none, where the one has all of the other", async () => {
    expect(await log.commitsOnlyIn(GUARDRAILS.first, GUARDRAILS.main, GUARDRAILS.first, signal)).toEqual({
      values: [],
      more: false,
    });
  });

  it("where a branch that began earlier was merged", async () => {
    const early = estate.commit(GUARDRAILS.first, "Begun early", { "early.feature": "1\n" });
    const tree = estate.git("rev-parse", `${early}^{tree}`);
    const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
    const merge = estate.git(...identity, "commit-tree", tree, "-p", GUARDRAILS.main, "-p", early, "-m", "Merged late");
    expect(new Set(await idsOnlyIn(merge, GUARDRAILS.main))).toEqual(new Set([merge, early]));
  });
});

it("a long list is cut, and says so", async () => {
  let tip = GUARDRAILS.main;
  const identity = ["-c", "user.name=Dev", "-c", "user.email=dev@example.com"];
  const tree = estate.git("rev-parse", `${tip}^{tree}`);
  for (let count = 0; count < 60; count += 1)
    tip = estate.git(...identity, "commit-tree", tree, "-p", tip, "-m", `Commit ${count}`);
  const { values, more } = await log.commitsOnlyIn(tip, GUARDRAILS.main, GUARDRAILS.main, signal);
  expect(more).toBe(true);
  expect(values).toHaveLength(50);
  expect(values[0]).toEqual(
    expect.objectContaining({ id: tip, author: "Dev <dev@example.com>", subject: "Commit 59" }),
  );
  expect(estate.operations().filter((operation) => operation === "GetCommit").length).toBeLessThan(60);
});

it("of a message only the first line is read", async () => {
  const { values } = await log.commit(GUARDRAILS.furtherAhead, signal);
  expect(values[0]).toMatchObject({ subject: "Forbid public addresses", author: "Ben Sample <ben@example.com>" });
});

describe("the files that differ", () => {
  it("are those of git, deleted ones among them", async () => {
    const head = estate.commit(GUARDRAILS.develop, "More", {
      "features/new.feature": "1\n",
      "features/tags.feature": "2\n",
    });
    const without = estate.git("rev-parse", `${GUARDRAILS.first}`);
    for (const [before, after] of [
      [without, head],
      [head, without],
    ] as const) {
      const paths = estate.git("diff", "--name-only", "--no-renames", "-z", before, after).split("\0").filter(Boolean);
      expect(await log.pathsChanged(before, after, signal)).toEqual({ values: paths, more: false });
    }
  });

  it("are cut at a hundred", async () => {
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`many/${index}`, "1\n"]));
    const { values, more } = await log.pathsChanged(
      GUARDRAILS.main,
      estate.commit(GUARDRAILS.main, "Many", files),
      signal,
    );
    expect([values.length, more]).toEqual([100, true]);
  });
});
