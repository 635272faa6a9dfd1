import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type CommitLog, createCommitLog } from "../../../functions/guardrail-merger/commit-log.ts";
import { createGuardrailWorld, GUARDRAILS, type GuardrailWorld } from "../../support/guardrail-merger.ts";

// The tests add commits and move no branch, so one world is enough.
let world: GuardrailWorld;
let log: CommitLog;
beforeAll(async () => {
  world = await createGuardrailWorld();
  log = createCommitLog({ codecommit: world.codecommit, repository: "guardrails" });
});
afterAll(() => world.close());

const { signal } = new AbortController();
const idsOnlyIn = async (tip: string, without: string) =>
  (await log.commitsOnlyIn(tip, without, world.git("merge-base", tip, without), signal)).values.map(({ id }) => id);
const revList = (tip: string, without: string) => world.git("rev-list", "--date-order", tip, `^${without}`).split("\n");

/** Commits the tree of a commit again. */
const commitTree = (message: string, ...parents: string[]) =>
  world.git(
    ...["-c", "user.name=Dev", "-c", "user.email=dev@example.com"],
    ...["commit-tree", `${GUARDRAILS.first}^{tree}`, "-m", message, ...parents.flatMap((parent) => ["-p", parent])],
  );

/** The last of many commits in a straight line on top of a commit. */
const commitMany = (number: number, parent: string): string =>
  world
    .commitAll(
      Array.from({ length: number }, (_, index) => ({
        message: `Commit ${index}`,
        ...(index === 0 && { parent }),
      })),
    )
    .at(-1) ?? "";

describe("commitsOnlyIn", () => {
  it.each([
    ["in a straight line with a merge of main on it", GUARDRAILS.develop, GUARDRAILS.main],
    ["of main, where it has diverged", GUARDRAILS.main, GUARDRAILS.divergedInSameFile],
    ["since the first commit", GUARDRAILS.develop, GUARDRAILS.first],
    ["of a side branch", GUARDRAILS.notOnDevelop, GUARDRAILS.develop],
  ])("The commit log lists the commits %s as git does.", async (_what, tip, without) => {
    expect(await idsOnlyIn(tip, without)).toEqual(revList(tip, without));
  });

  it("The commit log finds the commits of one side even if the clock of one was wrong, and it is older than its parent.", async () => {
    const dated = (date: number, ...parents: string[]) => {
      vi.stubEnv("GIT_COMMITTER_DATE", `${date} +0000`);
      const id = commitTree(String(date), ...parents);
      vi.unstubAllEnvs();
      return id;
    };
    const root = dated(1_790_000_000);
    const shared = dated(1_790_002_000, root);
    const without = dated(1_790_001_000, shared);
    const tip = dated(1_790_003_000, shared);
    expect(await idsOnlyIn(tip, without)).toEqual([tip]);
  });

  it.each([
    ["a commit", (name: string, root: string) => commitTree(name, root)],
    ["a commit with its parents", (name: string, root: string) => commitTree(name, commitTree(`Before ${name}`, root))],
  ])(
    "The commit log leaves out %s that the other side has through a second merge base, even if all are of one second.",
    async (_what, sideOf) => {
      vi.stubEnv("GIT_COMMITTER_DATE", "1790000000 +0000");
      const root = commitTree("Root");
      const sides = ["One", "Other"].map((name) => sideOf(name, root));
      const tip = commitTree("Tip", ...sides);
      let without = commitTree("Merge", ...sides);
      for (const message of ["First", "Second", "Third"]) without = commitTree(message, without);
      vi.unstubAllEnvs();
      for (const base of sides)
        expect((await log.commitsOnlyIn(tip, without, base, signal)).values).toMatchObject([{ id: tip }]);
    },
  );

  it("The commit log finds a single commit beside a side of 170 commits.", async () => {
    const many = commitMany(170, GUARDRAILS.main);
    const few = commitTree("Hotfix", GUARDRAILS.main);
    expect(await log.commitsOnlyIn(few, many, GUARDRAILS.main, signal)).toMatchObject({
      values: [{ id: few, subject: "Hotfix" }],
      more: false,
    });
  });

  it("The commit log has no commits of a commit whose history the other side has entirely.", async () => {
    expect(await log.commitsOnlyIn(GUARDRAILS.first, GUARDRAILS.main, GUARDRAILS.first, signal)).toEqual({
      values: [],
      more: false,
    });
  });

  it("The commit log lists the commits of a merged branch that began before the merge base.", async () => {
    const early = world.commit(GUARDRAILS.first, "Begun early", { "early.feature": "1\n" });
    const merge = commitTree("Merged late", GUARDRAILS.main, early);
    expect(new Set(await idsOnlyIn(merge, GUARDRAILS.main))).toEqual(new Set([merge, early]));
  });
  it("The commit log cuts a list of more than 50 commits, and says that there are more.", async () => {
    const tip = commitMany(60, GUARDRAILS.main);
    const before = world.calls.length;
    const { values, more } = await log.commitsOnlyIn(tip, GUARDRAILS.main, GUARDRAILS.main, signal);
    expect(more).toBe(true);
    expect(values).toHaveLength(50);
    expect(values[0]).toMatchObject({ id: tip, author: "Dev <dev@example.com>", subject: "Commit 59" });
    expect(world.calls.length - before).toBeLessThan(60);
  });
});

it("The commit log shows the first line of a message as the subject of its commit.", async () => {
  const { values } = await log.commit(GUARDRAILS.furtherAhead, signal);
  expect(values[0]).toMatchObject({ subject: "Forbid public addresses", author: "Ben Sample <ben@example.com>" });
});

describe("pathsChanged", () => {
  it("The commit log lists the files that differ between two commits as git does, deleted ones among them.", async () => {
    const head = world.commit(GUARDRAILS.develop, "More", {
      "features/new.feature": "1\n",
      "features/tags.feature": "2\n",
    });
    const without = world.git("rev-parse", `${GUARDRAILS.first}`);
    for (const [before, after] of [
      [without, head],
      [head, without],
    ] as const) {
      const paths = world.git("diff", "--name-only", "--no-renames", "-z", before, after).split("\0").filter(Boolean);
      expect(await log.pathsChanged(before, after, signal)).toEqual({ values: paths, more: false });
    }
  });

  it("The commit log cuts a list of more than a hundred files, and says that there are more.", async () => {
    const files = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`many/${index}`, "1\n"]));
    const { values, more } = await log.pathsChanged(
      GUARDRAILS.main,
      world.commit(GUARDRAILS.main, "Many", files),
      signal,
    );
    expect([values.length, more]).toEqual([100, true]);
  });
});

describe("sameTree", () => {
  it.each([
    ["a commit and a copy of it", () => commitTree("Copy"), true],
    ["commits with different files", () => GUARDRAILS.main, false],
  ])("The commit log compares %s by their files.", async (_what, other, same) => {
    expect(await log.sameTree(GUARDRAILS.first, other(), signal)).toBe(same);
  });
});
