import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, expect, it } from "vitest";
import { type BuildOrder, startBuild } from "../../../local/runtime/build.ts";
import { zip } from "../../../shared/zip.ts";

const cache = mkdtempSync(join(tmpdir(), "palisade-cache-"));
afterAll(() => rmSync(cache, { recursive: true }));

const text = (content: string) => new TextEncoder().encode(content);

const order = (buildspec: string, more: Partial<BuildOrder> = {}, cacheType = "LOCAL"): BuildOrder => ({
  project: {
    name: "sample-plan",
    service_role: "arn:aws:iam::123456789012:role/sample",
    build_timeout: 60,
    source: [{ type: "CODEPIPELINE", buildspec }],
    environment: [{ image: "standard:8.0", environment_variable: [{ name: "OF", value: "project", type: undefined }] }],
    cache: cacheType,
  },
  region: "us-east-1",
  account: "123456789012",
  initiator: "codepipeline/dev",
  source: zip({ "file.txt": text("source\n") }),
  secondarySources: {},
  variables: {},
  machine: {},
  git: { GIT_CONFIG_COUNT: "7" },
  cache,
  output: () => undefined,
  minute: 60_000,
  ...more,
});
const run = (phases: string, more: Partial<BuildOrder> = {}, before = "") =>
  startBuild(order(`version: 0.2\n${before}phases:\n${phases}`, more)).done;

it("A build keeps folder, variables, functions and exports from one command to the next.", async () => {
  const { status, exported, log } = await run(
    `  install:
    commands:
      - A='it''s "one"'
      - greet() { echo "hello $A"; }
      - mkdir inner && cd inner
  build:
    commands:
      - greet
      - export OUT="$(basename "$PWD") $A"
`,
    {},
    "env:\n  shell: bash\n  exported-variables: [OUT, MISSING]\n",
  );
  expect([status, exported]).toEqual(["SUCCEEDED", { OUT: 'inner its "one"' }]);
  expect(log).toContain('hello its "one"\n');
});

it("A build gets the environment that CodeBuild gives it, in which the values of the action win.", async () => {
  const { log } = await run(
    `  build:
    commands:
      - echo "$OF|$BY|$CODEBUILD_INITIATOR|$AWS_REGION|$CODEBUILD_BUILD_SUCCEEDING|$(cat "$CODEBUILD_SRC_DIR/file.txt")|$(cat "$CODEBUILD_SRC_DIR_Plan/p")"
      - echo "[$HOME][$SECRET][$GIT_CONFIG_COUNT]"
`,
    { variables: { OF: "action" }, secondarySources: { Plan: zip({ p: text("plan") }) } },
    "env:\n  shell: bash\n  variables: {OF: buildspec, BY: buildspec}\n",
  );
  expect(log).toContain("\naction|buildspec|codepipeline/dev|us-east-1|1|source|plan\n");
  // Nothing of the developer's own environment, and git finds CodeCommit only with the helper.
  expect(log).toMatch(/\n\[\/.*palisade-build-.*home\]\[\]\[\]\n/);
});

it("A build with the credential helper finds the repositories of CodeCommit.", async () => {
  const { log } = await run(
    "  build:\n    commands: ['echo \"[$GIT_CONFIG_COUNT]\"']\n",
    {},
    "env:\n  shell: bash\n  git-credential-helper: yes\n",
  );
  expect(log).toContain("\n[7]\n");
});

it.each([
  [
    "without a word about failures goes on after the build phase, and fails",
    "",
    ["install", "broken", "finally", "post 0"],
    "FAILED",
  ],
  [
    "with ABORT goes no further than its last commands",
    "    on-failure: ABORT\n",
    ["install", "broken", "finally"],
    "FAILED",
  ],
  [
    "with CONTINUE goes on as if nothing had happened",
    "    on-failure: CONTINUE\n",
    ["install", "broken", "finally", "post 1"],
    "SUCCEEDED",
  ],
])("A phase that fails %s.", async (_what, onFailure, said, expected) => {
  const { status, log, reason } = await run(`  install:
    commands: ['echo "> install"']
  build:
${onFailure}    commands: ['echo "> broken"; false', 'echo "> never"']
    finally: ['echo "> finally"']
  post_build:
    commands: ['echo "> post $CODEBUILD_BUILD_SUCCEEDING"']
`);
  expect([status, [...log.matchAll(/^> (.*)$/gm)].map(([, word]) => word)]).toEqual([expected, said]);
  if (expected === "FAILED")
    expect(reason).toBe(
      'COMMAND_EXECUTION_ERROR: Error while executing command: echo "> broken"; false. Reason: exit status 1',
    );
});

it("A failure before the build phase ends the build.", async () => {
  const { status, log } = await run(
    "  pre_build:\n    commands: [exit 3]\n  build:\n    commands: ['echo \"> never\"']\n",
  );
  expect([status, log.includes("\n> never")]).toEqual(["FAILED", false]);
});

it("A command that ends the shell fails with its exit code, and the last commands still have the folder.", async () => {
  const { reason, log } = await run(
    "  build:\n    on-failure: ABORT\n    commands: ['cd /tmp', 'export KEPT=1', 'exit 3']\n    finally: ['echo \"> $PWD $KEPT\"']\n",
  );
  expect(reason).toContain("exit 3. Reason: exit status 3");
  expect(log).toContain("\n> /tmp 1\n");
});

const ARTIFACTS = "artifacts:\n  base-directory: plan\n  files: [tfplan, .lock, 'more/**']\n";

it("A build leaves the named files of its base directory as its artifact.", async () => {
  const { artifact } = await run(
    "  build:\n    commands: ['mkdir -p plan/more/deep', 'echo 1 >plan/tfplan', 'echo 2 >plan/.lock', 'echo 3 >plan/more/deep/a', 'echo 4 >plan/other']\n",
    {},
    ARTIFACTS,
  );
  expect(Object.keys(unzipSync(artifact ?? new Uint8Array())).sort()).toEqual([".lock", "more/deep/a", "tfplan"]);
});

it("A build without the files of its artifact fails, and one that failed leaves none.", async () => {
  const missing = await run("  build:\n    commands: ['true']\n", {}, ARTIFACTS);
  expect([missing.status, missing.reason]).toEqual(["FAILED", "CLIENT_ERROR: no matching artifact paths found"]);
  const failed = await run("  build:\n    commands: ['mkdir plan', 'echo 1 >plan/tfplan', 'false']\n", {}, ARTIFACTS);
  expect([failed.status, failed.artifact]).toEqual(["FAILED", undefined]);
});

it("Reports arrive although a build failed.", async () => {
  const { status, reports } = await run(
    "  build:\n    commands: ['mkdir reports', 'echo \"<a/>\" >reports/scan.xml', 'false']\n",
    {},
    "reports:\n  scan:\n    base-directory: reports\n    files: ['*.xml']\n",
  );
  expect([status, reports]).toEqual(["FAILED", { scan: { "scan.xml": "<a/>\n" } }]);
});

it("The cache of a project is there in its next build, and not where the project has none.", async () => {
  const spec =
    "version: 0.2\ncache:\n  paths: ['cache/**']\nphases:\n  build:\n    commands: ['ls cache >seen 2>&1; cat seen', 'mkdir -p cache/a && touch cache/a/kept']\n";
  expect((await startBuild(order(spec)).done).log).toContain("No such file");
  expect((await startBuild(order(spec)).done).log).toContain("\na\n");
  expect((await startBuild(order(spec, {}, "NO_CACHE")).done).log).toContain("No such file");
  await expect(startBuild(order(spec.replace("cache/**", "/root/.cache"))).done).rejects.toThrow("/root/.cache");
});

it("A build that is stopped or takes too long ends with all that it started.", async () => {
  const spec = "version: 0.2\nphases:\n  build:\n    commands: ['sleep 60 & wait']\n";
  const stopped = startBuild(order(spec));
  setTimeout(stopped.stop, 200);
  expect((await stopped.done).status).toBe("STOPPED");
  expect((await startBuild(order(spec, { minute: 5 })).done).status).toBe("TIMED_OUT");
});

it("A build leaves none of its folders behind.", async () => {
  const { log } = await run("  build:\n    commands: ['echo \"> $CODEBUILD_SRC_DIR\"']\n");
  const [, folder = ""] = /^> (.*)$/m.exec(log) ?? [];
  expect([folder.endsWith("/src"), existsSync(folder)]).toEqual([true, false]);
});
