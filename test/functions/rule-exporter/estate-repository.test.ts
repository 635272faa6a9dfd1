import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { CodeCommitClient, CreatePullRequestCommand } from "@aws-sdk/client-codecommit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localClient } from "../../support/local-client.ts";
import { createExportWorld, type ExportWorld, FIRST, MAIN } from "../../support/rule-exporter.ts";

const RULES = "config-rules/rules.auto.tfvars.json";
const BRANCH = "config-rules/d3250d7";

let world: ExportWorld;
beforeEach(async () => {
  world = await createExportWorld();
});
afterEach(() => world.close());

const exported = (rule: string, identifier = "X") => ({
  rule: `rules/${rule}`,
  entry: { kind: "managed", description: rule, identifier },
});
const ENTRIES = ["A", "B", "C"].map((rule) => exported(rule));

const rulesIn = (commit: string): Record<string, unknown> => JSON.parse(world.infrastructure.show(commit, RULES)).rules;
const filesIn = (commit: string) =>
  world.infrastructure.git("ls-tree", "-r", "--name-only", commit, "config-rules").split("\n");
const commitsOn = (branch: string) => world.infrastructure.git("rev-list", "--count", `refs/heads/main..${branch}`);
/** Puts what a branch has onto main, as somebody does who merges its pull request. */
const merge = (branch: string) => world.infrastructure.push("main", world.infrastructure.head(branch));
/** The pull requests that were made, and not merely asked for. */
const pullRequests = () => world.callsOf("CreatePullRequest").filter(({ error }) => error === null);

describe("a publication", () => {
  it("The estate repository gets one commit with the whole estate by a publication, on a branch of its own.", async () => {
    const before = world.infrastructure.head("main");
    await world.publish(FIRST, ENTRIES);
    expect(filesIn(BRANCH)).toEqual(
      ["config_rules.tf", "rules.auto.tfvars.json", "variables.tf"].map((name) => `config-rules/${name}`),
    );
    expect(JSON.parse(world.infrastructure.show(BRANCH, RULES))).toEqual({
      source_bucket: "palisade-config-rules",
      rules: Object.fromEntries(ENTRIES.map(({ rule, entry }) => [rule.slice("rules/".length), entry])),
    });
    expect(world.infrastructure.git("log", "--format=%an %s", `${before}..${BRANCH}`)).toBe(
      "rule-exporter Config rules of config-rules at d3250d7",
    );
    expect(world.infrastructure.head("main")).toBe(before);
  });

  it("The estate repository gets no commit and no pull request by a publication that changes nothing.", async () => {
    await world.publish(FIRST, ENTRIES);
    merge(BRANCH);
    const calls = world.calls.length;
    expect(await world.publish(MAIN, ENTRIES)).toMatchObject({ outcome: "unchanged" });
    expect(world.operations().slice(calls)).toEqual(["GetBranch", "GetFolder", "GetFile"]);
  });

  it("The estate repository gets no commit where the keys of an entry are only in another order.", async () => {
    await world.publish(FIRST, ENTRIES);
    merge(BRANCH);
    const turned = ENTRIES.map(({ entry, rule }) => ({
      entry: Object.fromEntries(Object.entries(entry).reverse()),
      rule,
    }));
    expect(await world.publish(MAIN, turned)).toMatchObject({ outcome: "unchanged", changed: [] });
  });

  it("The estate repository keeps a refused rule in its file of rules as it was.", async () => {
    await world.publish(FIRST, ENTRIES);
    merge(BRANCH);
    const entries = [{ rule: "rules/A" }, exported("B", "NEW"), exported("C")];
    expect(await world.publish(MAIN, entries)).toMatchObject({
      outcome: "published",
      changed: ["B"],
      removed: [],
      refused: [{ rule: "rules/A", kept: true }],
    });
    expect(rulesIn("config-rules/e0a3df1")).toMatchObject({ A: ENTRIES[0]?.entry, B: { identifier: "NEW" } });
  });

  it("The estate repository loses a rule that is gone from its file of rules.", async () => {
    await world.publish(FIRST, ENTRIES);
    merge(BRANCH);
    expect(await world.publish(MAIN, ENTRIES.slice(1))).toMatchObject({ changed: [], removed: ["A"] });
    expect(Object.keys(rulesIn("config-rules/e0a3df1"))).toEqual(["B", "C"]);
  });

  it("The estate repository loses the zips that the command left, 100 files in a commit, but none of a rule that stays as it was.", async () => {
    const kept = {
      kind: "custom",
      description: "",
      function: { name: "KEPT", runtime: "python3.13", handler: "x.y", code: { file: "code/R_7.zip", sha256: "x" } },
    };
    const main = world.infrastructure.commit(world.infrastructure.head("main"), "By the command", {
      ...Object.fromEntries(Array.from({ length: 150 }, (_, n) => [`config-rules/code/R_${n}.zip`, `${n}`])),
      "config-rules/backend.tf": "# ours\n",
      "config-rules/code/README.md": "Ours.\n",
      [RULES]: JSON.stringify({ rules: { KEPT: kept } }),
    });
    world.infrastructure.push("main", main);
    await world.publish(FIRST, [...ENTRIES, { rule: "rules/KEPT" }]);
    expect(filesIn(BRANCH)).toEqual(
      ["backend.tf", "code/README.md", "code/R_7.zip", "config_rules.tf", "rules.auto.tfvars.json", "variables.tf"].map(
        (name) => `config-rules/${name}`,
      ),
    );
    const sizes = world.callsOf("CreateCommit").map(({ input }) => {
      const { putFiles, deleteFiles } = input as { putFiles: unknown[]; deleteFiles: unknown[] };
      return putFiles.length + deleteFiles.length;
    });
    expect(sizes).toEqual([100, 52]);
    expect(rulesIn(BRANCH).KEPT).toEqual(kept);
  });
});

describe("the pull request of a publication", () => {
  it("The estate repository gets its pull request of a commit updated when a repeat has other rules.", async () => {
    await world.publish(FIRST, ENTRIES);
    expect(await world.publish(FIRST, ENTRIES.slice(1))).toMatchObject({ pullRequestId: "1" });
    expect(world.operations()).toContain("UpdatePullRequestDescription");
    expect(pullRequests()).toHaveLength(1);
    expect(Object.keys(rulesIn(BRANCH))).toEqual(["B", "C"]);
  });

  it("The estate repository is searched to the last page for the pull request of a commit, and others are left alone.", async () => {
    const state = mkdtempSync(join(tmpdir(), "palisade-state-"));
    const first = await createExportWorld({ state });
    await first.publish(FIRST, ENTRIES);
    await first.close();
    const file = join(state, "pull-requests.json");
    const [own] = JSON.parse(readFileSync(file, "utf8"));
    const others = Array.from({ length: 120 }, (_, n) => ({
      ...own,
      pullRequestId: `${n + 2}`,
      title: "Another",
      pullRequestTargets: [{ ...own.pullRequestTargets[0], sourceReference: `refs/heads/feature-${n}` }],
      clientRequestToken: `${n}`,
    }));
    writeFileSync(file, JSON.stringify([own, ...others]));
    const second = await createExportWorld({ state });
    expect(await second.publish(FIRST, ENTRIES)).toMatchObject({ pullRequestId: "1" });
    expect(second.callsOf("ListPullRequests")).toHaveLength(2);
    expect(second.operations()).not.toContain("UpdatePullRequestDescription");
    await second.close();
    rmSync(state, { recursive: true });
  });

  it("The estate repository keeps a pull request of the same branch for another target as it is.", async () => {
    world.infrastructure.push("release", world.infrastructure.head("main"));
    world.fail("CodeCommit", "CreatePullRequest", "EncryptionKeyUnavailableException");
    await expect(world.publish(FIRST, ENTRIES)).rejects.toThrow("CreatePullRequest");
    const targets = [{ repositoryName: "infrastructure", sourceReference: BRANCH, destinationReference: "release" }];
    await new CodeCommitClient(localClient(world.endpoint)).send(
      new CreatePullRequestCommand({ title: "Elsewhere", targets }),
    );
    expect(await world.publish(FIRST, ENTRIES)).toMatchObject({ pullRequestId: "2" });
  });
});

describe("a publication that is repeated", () => {
  const onlyOnce = () => {
    expect(commitsOn(BRANCH)).toBe("1");
    expect(pullRequests().every(({ input }) => (input as { title: string }).title.endsWith("d3250d7"))).toBe(true);
  };

  it("The estate repository ends with one branch, one commit and one pull request where the calls of a publication failed one after the other.", async () => {
    for (const operation of [
      "GetBranch",
      "GetFolder",
      "CreateBranch",
      "CreateCommit",
      "ListPullRequests",
      "CreatePullRequest",
    ]) {
      world.fail("CodeCommit", operation, "EncryptionKeyUnavailableException");
      await expect(world.publish(FIRST, ENTRIES)).rejects.toThrow(`${operation}Command on repository infrastructure`);
    }
    const result = await world.publish(FIRST, ENTRIES);
    expect(await world.publish(FIRST, ENTRIES)).toEqual(result);
    expect(pullRequests()).toHaveLength(1);
    onlyOnce();
  });

  it.each([
    ["CreateBranch", /^CreateBranchCommand on repository infrastructure failed: config-rules\/d3250d7 exists/],
    ["CreateCommit", /^CreateCommitCommand on repository infrastructure failed: config-rules\/d3250d7 is at another/],
  ])(
    "The estate repository that loses its answer of %s fails the publication, and the repeat goes on from there.",
    async (operation, message) => {
      world.lose("CodeCommit", operation);
      await expect(world.publish(FIRST, ENTRIES)).rejects.toThrow(message);
      expect(await world.publish(FIRST, ENTRIES)).toMatchObject({ outcome: "published", pullRequestId: "1" });
      expect(world.callsOf(operation).filter(({ error }) => error === null)).toHaveLength(1);
      expect(pullRequests()).toHaveLength(1);
      onlyOnce();
    },
  );

  it("The estate repository gets one pull request where the answer of CreatePullRequest was lost, since the repeat has the same token.", async () => {
    world.lose("CodeCommit", "CreatePullRequest");
    expect(await world.publish(FIRST, ENTRIES)).toMatchObject({ outcome: "published", pullRequestId: "1" });
    const tokens = world
      .callsOf("CreatePullRequest")
      .map(({ input }) => (input as { clientRequestToken?: string }).clientRequestToken);
    expect(tokens).toHaveLength(2);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(await world.publish(FIRST, ENTRIES)).toMatchObject({ pullRequestId: "1" });
    onlyOnce();
  });

  it("The estate repository gets a description of the pull request again where the answer of UpdatePullRequestDescription was lost.", async () => {
    await world.publish(FIRST, ENTRIES);
    world.lose("CodeCommit", "UpdatePullRequestDescription");
    expect(await world.publish(FIRST, ENTRIES.slice(1))).toMatchObject({ pullRequestId: "1" });
    expect(world.callsOf("UpdatePullRequestDescription")).toHaveLength(2);
  });

  it("The estate repository fails a publication where somebody pushed to its branch meanwhile, and the repeat keeps their commit.", async () => {
    let pushed = "";
    // The first call reads the estate of the target branch, the second one the branch of the export, at its head.
    world.before(
      "GetFolder",
      () => {
        pushed = world.infrastructure.commit(world.infrastructure.head(BRANCH), "Mine", {
          "config-rules/mine.tf": "# mine\n",
        });
        world.infrastructure.push(BRANCH, pushed);
      },
      { skip: 1 },
    );
    await expect(world.publish(FIRST, ENTRIES)).rejects.toThrow("is at another commit");
    expect(world.infrastructure.head(BRANCH)).toBe(pushed);
    expect(await world.publish(FIRST, ENTRIES)).toMatchObject({ outcome: "published" });
    expect(filesIn(BRANCH)).toContain("config-rules/mine.tf");
  });
});

describe("a target that cannot be worked on", () => {
  it.each([
    ["no JSON", '{"rules":x1'],
    ["no rules of ours", '{"rules":{"x1":{"kind":"x1"}}}'],
  ])(
    "The estate repository fails a publication where somebody changed the rules by hand into %s, and nothing of the file is logged.",
    async (_what, content) => {
      const main = world.infrastructure.commit(world.infrastructure.head("main"), "Slip", { [RULES]: content });
      world.infrastructure.push("main", main);
      const error = await world.publish(FIRST, ENTRIES).catch((fault) => fault);
      expect(error.message).toBe(
        "config-rules/rules.auto.tfvars.json on main was changed by hand, and its rules cannot be read: correct it, or delete it for a new start.",
      );
      expect(inspect([error, world.logged()], { depth: 9 })).not.toContain("x1");
      expect(world.logged()).toMatchObject([{ level: "ERROR", message: "invocation failed" }]);
    },
  );

  it("The estate repository fails a publication where its target branch is not there.", async () => {
    const other = await createExportWorld({ TARGET_BRANCH: "release" });
    await expect(other.publish(FIRST, [])).rejects.toThrow("infrastructure has no branch release: make it");
    await other.close();
  });
});
