import { inspect } from "node:util";
import { unzipSync } from "fflate";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createExportEstate } from "../../support/rule-exporter.ts";

const FIRST = "d3250d70e64bc3f41d5cbd42ecf7a0041578be93";
const MAIN = "e0a3df1dbce40672a214558723fc934e4b41c3cf";
const RULES = "config-rules/rules.auto.tfvars.json";
const BRANCH = "config-rules/d3250d7";

let estate: Awaited<ReturnType<typeof createExportEstate>>;
beforeEach(async () => {
  estate = await createExportEstate();
});
afterEach(() => estate.close());

const parametersOf = (parameters: Record<string, unknown>) => JSON.stringify({ Parameters: parameters });
const CUSTOM = parametersOf({ SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket" });

/** All that a list names, exported. */
const exportAll = async (commitId: string) => {
  const { rules } = (await estate.list(commitId)) as unknown as { rules: string[] };
  const entries = [];
  for (const rule of rules) entries.push(await estate.exportRule(commitId, rule));
  return entries;
};
const wantedIn = (commit: string): Record<string, { function?: { code: { key?: string; file?: string } } }> =>
  JSON.parse(estate.infrastructure.show(commit, RULES)).rules;
const filesIn = (commit: string) =>
  estate.infrastructure.git("ls-tree", "-r", "--name-only", commit, "config-rules").split("\n");
/** Puts what a branch has onto main, as somebody does who merges its pull request. */
const merge = (branch: string) => estate.infrastructure.push("main", estate.infrastructure.head(branch));
const pullRequests = () => estate.calls.filter(({ operation }) => operation === "CreatePullRequest");
const putObjects = () =>
  estate.calls
    .filter(({ operation }) => operation === "PutObject")
    .map(({ input, error }) => ({ ...(input as { Key: string; Body: string }), error }));

describe("the step list", () => {
  it("follows the pages of a large repository", async () => {
    const files = Object.fromEntries(Array.from({ length: 130 }, (_, n) => [`rules/R_${n}/parameters.json`, "{}"]));
    const commit = estate.rules.commit(FIRST, "Many rules", files);
    const { rules } = (await estate.list(commit)) as unknown as { rules: string[] };
    expect(rules).toHaveLength(133);
    expect(estate.operations()).toEqual(["GetDifferences", "GetDifferences"]);
  });

  it("fails on a commit that is not there, so that somebody is told", async () => {
    await expect(estate.list("0".repeat(40))).rejects.toThrow(
      /^GetDifferencesCommand on the repository of the rules failed: 0{40} does not exist/,
    );
  });
});

describe("the step export", () => {
  it("stores the code under its SHA-256, with what the rule needs and nothing else", async () => {
    const result = await estate.exportRule(MAIN, "rules/team/TAGS_PRESENT");
    const [put] = putObjects();
    expect(result).toMatchObject({ outcome: "exported", entry: { function: { code: { key: put?.Key } } } });
    expect(put?.Key).toMatch(/^[0-9a-f]{64}\.zip$/);
    expect(Object.keys(unzipSync(Buffer.from(put?.Body ?? "", "base64")))).toEqual([
      "TAGS_PRESENT.py",
      "tags/names.py",
    ]);
  });

  it("stores it once: a repeat finds it there, and says the same", async () => {
    const first = await estate.exportRule(FIRST, "rules/S3_VERSIONING_ON");
    expect(await estate.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toEqual(first);
    expect(putObjects().map(({ error }) => error?.name)).toEqual([undefined, "PreconditionFailed"]);
  });

  it("tries again where S3 is busy, and fails where it stays so", async () => {
    estate.fail("S3", "PutObject", "ServiceUnavailable");
    expect(await estate.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toMatchObject({ outcome: "exported" });
    estate.fail("S3", "PutObject", "AccessDenied");
    await expect(estate.exportRule(MAIN, "rules/team/TAGS_PRESENT")).rejects.toThrow(
      "PutObjectCommand on bucket palisade-config-rules failed: The run asked for this fault.",
    );
  });

  it("fails when CodeCommit does, and refuses nothing by that", async () => {
    estate.fail("CodeCommit", "GetFile", "EncryptionKeyAccessDeniedException");
    await expect(estate.exportRule(FIRST, "rules/S3_VERSIONING_ON")).rejects.toThrow("GetFileCommand on");
    expect(putObjects()).toEqual([]);
  });

  it("reads no tests, caches or state", async () => {
    const commit = estate.rules.commit(FIRST, "Clutter", {
      "rules/S3_VERSIONING_ON/tests/big.json": "{}",
      "rules/S3_VERSIONING_ON/terraform.tfstate": "{}",
      "rules/S3_VERSIONING_ON/__pycache__/x.pyc": "x",
    });
    await estate.exportRule(commit, "rules/S3_VERSIONING_ON");
    const read = estate.calls
      .filter(({ operation }) => operation === "GetFile")
      .map(({ input }) => (input as { filePath: string }).filePath);
    expect(read.sort()).toEqual(
      ["S3_VERSIONING_ON.py", "parameters.json"].map((name) => `rules/S3_VERSIONING_ON/${name}`),
    );
    expect(estate.operations().filter((operation) => operation === "GetFolder")).toHaveLength(1);
  });

  it.each([
    [
      "a link",
      { "rules/A/A.py": { linkTo: "/etc/passwd" }, "rules/A/lib": { linkTo: "../../.." } },
      ["A.py", "lib"],
      "is no plain file",
    ],
    [
      "a file above 6 MB",
      { "rules/A/A.py": "x", "rules/A/model.bin": Buffer.alloc(6 * 1_024 * 1_024 + 1) },
      ["model.bin"],
      "6 MB that CodeCommit gives out",
    ],
    [
      "a name that is another path on Windows",
      { "rules/A/A.py": "x", "rules/A/lib\\..\\..\\evil.py": "x" },
      ["lib\\..\\..\\evil.py"],
      "has a name that is another path elsewhere",
    ],
  ])("refuses a rule with %s", async (_what, files, faulty, message) => {
    const commit = estate.rules.commit(FIRST, "Odd files", { "rules/A/parameters.json": CUSTOM, ...files });
    const { outcome, problems } = (await estate.exportRule(commit, "rules/A")) as unknown as {
      outcome: string;
      problems: { file: string; message: string }[];
    };
    expect(outcome).toBe("refused");
    expect(problems.filter((problem) => problem.message.includes(message)).map(({ file }) => file)).toEqual(faulty);
    expect(putObjects()).toEqual([]);
  });

  it("refuses 10,000 files without reading one", async () => {
    const files = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`rules/A/d/${n}.py`, "x"]));
    const commit = estate.rules.commit(FIRST, "Too much", { "rules/A/parameters.json": CUSTOM, ...files });
    expect(await estate.exportRule(commit, "rules/A")).toMatchObject({
      outcome: "refused",
      problems: expect.arrayContaining([
        expect.objectContaining({ message: expect.stringContaining("holds more than 5000 files") }),
      ]),
    });
    expect(estate.operations()).not.toContain("GetFile");
  });

  it("reads every file of many folders", async () => {
    const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`rules/A/d${n}/${n}.py`, "x"]));
    const commit = estate.rules.commit(FIRST, "Many", {
      "rules/A/parameters.json": CUSTOM,
      "rules/A/A.py": "x",
      ...files,
    });
    expect(await estate.exportRule(commit, "rules/A")).toMatchObject({ outcome: "exported", problems: [] });
    const [put] = putObjects();
    expect(Object.keys(unzipSync(Buffer.from(put?.Body ?? "", "base64")))).toHaveLength(41);
  });
});

describe("the step publish", () => {
  it("opens a pull request with an estate that holds the rules, and says so", async () => {
    const entries = await exportAll(FIRST);
    expect(await estate.publish(FIRST, entries)).toMatchObject({
      outcome: "published",
      branch: BRANCH,
      pullRequestId: "1",
      changed: ["KEYS_ROTATED", "S3_VERSIONING_ON", "VOLUMES_ENCRYPTED"],
      message: { Subject: "[palisade] config rules published: 3 changed, 0 removed" },
    });
    expect(filesIn(BRANCH)).toEqual(
      ["config_rules.tf", "rules.auto.tfvars.json", "variables.tf"].map((name) => `config-rules/${name}`),
    );
    expect(JSON.parse(estate.infrastructure.show(BRANCH, RULES))).toMatchObject({
      source_bucket: "palisade-config-rules",
      rules: { S3_VERSIONING_ON: { function: { code: { key: expect.stringMatching(/^[0-9a-f]{64}\.zip$/) } } } },
    });
    expect(estate.infrastructure.git("log", "--format=%an %s", "-1", BRANCH)).toBe(
      "rule-exporter Config rules of config-rules at d3250d7",
    );
  });

  it("leaves the branch that is applied from alone", async () => {
    const before = estate.infrastructure.head("main");
    await estate.publish(FIRST, await exportAll(FIRST));
    expect(estate.infrastructure.head("main")).toBe(before);
  });

  it("does nothing where nothing changed: no commit, no pull request", async () => {
    const entries = await exportAll(FIRST);
    await estate.publish(FIRST, entries);
    merge(BRANCH);
    const calls = estate.calls.length;
    const later = estate.rules.commit(FIRST, "Say more", { "README.md": "More.\n" });
    expect(await estate.publish(later, entries)).toEqual({
      outcome: "unchanged",
      repository: "config-rules",
      commitId: later,
      exported: ["KEYS_ROTATED", "S3_VERSIONING_ON", "VOLUMES_ENCRYPTED"],
      changed: [],
      removed: [],
      refused: [],
      warned: [],
      message: null,
    });
    expect(estate.calls.slice(calls).map(({ operation }) => operation)).toEqual(["GetBranch", "GetFolder", "GetFile"]);
  });

  it("takes an entry for the same whatever the order of its keys", async () => {
    const entries = await exportAll(FIRST);
    await estate.publish(FIRST, entries);
    merge(BRANCH);
    const turned = (value: unknown): unknown =>
      typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, turned(inner)]),
          )
        : value;
    expect(await estate.publish(MAIN, entries.map(turned))).toMatchObject({ outcome: "unchanged", changed: [] });
  });

  it("repeats nothing after any of its calls has failed", async () => {
    const entries = await exportAll(FIRST);
    for (const operation of [
      "GetBranch",
      "GetFolder",
      "CreateBranch",
      "CreateCommit",
      "ListPullRequests",
      "CreatePullRequest",
    ]) {
      estate.fail("CodeCommit", operation, "EncryptionKeyUnavailableException");
      await expect(estate.publish(FIRST, entries)).rejects.toThrow(`${operation}Command on repository infrastructure`);
    }
    const { message } = (await estate.publish(FIRST, entries)) as unknown as { message: unknown };
    expect(await estate.publish(FIRST, entries)).toMatchObject({ outcome: "published", pullRequestId: "1", message });
    expect(pullRequests().filter(({ error }) => error === null)).toHaveLength(1);
    expect(estate.infrastructure.git("rev-list", "--count", `refs/heads/main..${BRANCH}`)).toBe("1");
  });

  it("updates the pull request of its commit when there is more to say", async () => {
    const entries = await exportAll(FIRST);
    await estate.publish(FIRST, entries);
    const without = entries.filter(({ outcome }) => outcome === "exported").slice(1);
    expect(await estate.publish(FIRST, without)).toMatchObject({ pullRequestId: "1" });
    expect(estate.operations()).toContain("UpdatePullRequestDescription");
    expect(pullRequests()).toHaveLength(1);
    expect(Object.keys(wantedIn(BRANCH))).toHaveLength(2);
  });

  it("finds its pull request on a later page, and leaves those of others alone", async () => {
    const head = estate.infrastructure.head("main");
    for (let n = 0; n < 120; n += 1) estate.infrastructure.push(`feature-${n}`, head);
    const { CreatePullRequestCommand } = await import("@aws-sdk/client-codecommit");
    const entries = await exportAll(FIRST);
    await estate.publish(FIRST, entries);
    for (let n = 0; n < 120; n += 1)
      await estate.codecommit.send(
        new CreatePullRequestCommand({
          title: "Another",
          targets: [
            { repositoryName: "infrastructure", sourceReference: `feature-${n}`, destinationReference: "main" },
          ],
        }),
      );
    expect(await estate.publish(FIRST, entries)).toMatchObject({ pullRequestId: "1" });
    expect(estate.operations().filter((operation) => operation === "ListPullRequests")).toHaveLength(3);
    expect(estate.operations()).not.toContain("UpdatePullRequestDescription");
  });

  it("opens one of its own, though somebody asked for its branch to be merged elsewhere", async () => {
    estate.infrastructure.push("release", estate.infrastructure.head("main"));
    const { CreatePullRequestCommand } = await import("@aws-sdk/client-codecommit");
    const entries = await exportAll(FIRST);
    estate.fail("CodeCommit", "CreatePullRequest", "EncryptionKeyUnavailableException");
    await expect(estate.publish(FIRST, entries)).rejects.toThrow("CreatePullRequest");
    const targets = [{ repositoryName: "infrastructure", sourceReference: BRANCH, destinationReference: "release" }];
    await estate.codecommit.send(new CreatePullRequestCommand({ title: "Elsewhere", targets }));
    expect(await estate.publish(FIRST, entries)).toMatchObject({ pullRequestId: "2" });
  });

  it("keeps a refused rule as it was, so that a slip in a file takes no rule out of service", async () => {
    await estate.publish(FIRST, await exportAll(FIRST));
    merge(BRANCH);
    const broken = estate.rules.commit(MAIN, "Break one", { "rules/KEYS_ROTATED/parameters.json": "{" });
    expect(await estate.publish(broken, await exportAll(broken))).toMatchObject({
      outcome: "published",
      changed: ["GROUPS_CLOSED", "TAGS_PRESENT"],
      removed: [],
      refused: [{ rule: "rules/KEYS_ROTATED", kept: true }],
    });
    const { KEYS_ROTATED } = wantedIn(`config-rules/${broken.slice(0, 7)}`);
    expect(KEYS_ROTATED).toEqual(wantedIn("refs/heads/main").KEYS_ROTATED);
  });

  it("takes out a rule that is gone", async () => {
    await estate.publish(FIRST, await exportAll(FIRST));
    merge(BRANCH);
    const without = estate.rules.commit(FIRST, "Remove one", {
      "rules/KEYS_ROTATED/parameters.json": null,
    });
    const result = await estate.publish(without, await exportAll(without));
    expect(result).toMatchObject({ outcome: "published", changed: [], removed: ["KEYS_ROTATED"] });
    expect(Object.keys(wantedIn(`config-rules/${without.slice(0, 7)}`))).toEqual([
      "S3_VERSIONING_ON",
      "VOLUMES_ENCRYPTED",
    ]);
  });

  it("takes out zips that the command left there, 100 files in a commit, but none of a rule that stays as it was", async () => {
    const zips = Array.from({ length: 150 }, (_, n) => `config-rules/code/R_${n}.zip`);
    const kept = { kind: "custom", function: { name: "KEPT", code: { file: "code/R_7.zip" } } };
    const main = estate.infrastructure.commit(estate.infrastructure.head("main"), "By the command", {
      ...Object.fromEntries(zips.map((path) => [path, path])),
      "config-rules/backend.tf": "# ours\n",
      "config-rules/code/README.md": "Ours.\n",
      [RULES]: JSON.stringify({ rules: { KEPT: kept } }),
    });
    estate.infrastructure.push("main", main);
    const refused = { rule: "rules/KEPT", problems: [] };
    await estate.publish(FIRST, [...(await exportAll(FIRST)), refused]);
    expect(filesIn(BRANCH)).toEqual(
      ["backend.tf", "code/README.md", "code/R_7.zip", "config_rules.tf", "rules.auto.tfvars.json", "variables.tf"].map(
        (name) => `config-rules/${name}`,
      ),
    );
    const sizes = estate.calls
      .filter(({ operation }) => operation === "CreateCommit")
      .map(({ input }) => {
        const { putFiles, deleteFiles } = input as { putFiles: unknown[]; deleteFiles: unknown[] };
        return putFiles.length + deleteFiles.length;
      });
    expect(sizes).toEqual([100, 52]);
    expect(wantedIn(BRANCH).KEPT).toEqual(kept);
  });

  it("does not write over what somebody pushed to its branch between look and commit", async () => {
    const entries = await exportAll(FIRST);
    let pushed = "";
    estate.codecommit.middlewareStack.add(
      (next, { commandName }) =>
        async (request) => {
          if (commandName === "CreateCommitCommand" && pushed === "") {
            pushed = estate.infrastructure.commit(estate.infrastructure.head(BRANCH), "Mine", {
              "config-rules/mine.tf": "# mine\n",
            });
            estate.infrastructure.push(BRANCH, pushed);
          }
          return await next(request);
        },
      { step: "initialize" },
    );
    await expect(estate.publish(FIRST, entries)).rejects.toThrow("is at another commit");
    expect(estate.infrastructure.head(BRANCH)).toBe(pushed);
    expect(await estate.publish(FIRST, entries)).toMatchObject({ outcome: "published" });
    expect(filesIn(BRANCH)).toContain("config-rules/mine.tf");
  });

  it("fails where the rules on the target branch were changed by hand so that they cannot be read", async () => {
    const main = estate.infrastructure.commit(estate.infrastructure.head("main"), "Slip", { [RULES]: '{"rules":x1' });
    estate.infrastructure.push("main", main);
    const error = await estate.publish(FIRST, await exportAll(FIRST)).catch((fault) => fault);
    expect(error.message).toContain(
      "config-rules/rules.auto.tfvars.json on main was changed by hand, and its rules cannot be read: correct it, or delete it",
    );
    expect(inspect(error), "nothing of the file gets into the log").not.toContain("x1");
  });

  it("fails where there is no target branch", async () => {
    const other = await createExportEstate({ TARGET_BRANCH: "release" });
    await expect(other.publish(FIRST, [])).rejects.toThrow("infrastructure has no branch release: make it");
    await other.close();
  });
});

it.each([
  ["no object", null],
  ["another step", { step: "apply", repository: "config-rules", commitId: FIRST }],
  ["a short commit", { step: "list", repository: "config-rules", commitId: "d3250d7" }],
  ["a path that leads out", { step: "export", repository: "config-rules", commitId: FIRST, rule: "../rules" }],
  ["a path from the root", { step: "export", repository: "config-rules", commitId: FIRST, rule: "/etc" }],
  [
    "an entry of no kind",
    { step: "publish", repository: "config-rules", commitId: FIRST, entries: [{ rule: "A", entry: {} }] },
  ],
])("%s is no step, and nothing is done", async (_what, event) => {
  await expect(estate.invoke(event)).rejects.toThrow("This is not a step of an export: correct the state machine.");
  expect(estate.calls).toEqual([]);
});
