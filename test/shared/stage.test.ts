import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { gateway } from "../../local/gateway/gateway.ts";
import { s3 } from "../../local/services/s3/s3.ts";
import { deliveredBy } from "../../shared/delivery.ts";
import { Refusal } from "../../shared/refusal.ts";
import type { ReleaseConfiguration } from "../../shared/release-configuration.ts";
import { type Ending, runStage, type Stage } from "../../shared/stage.ts";
import { localFaults } from "../support/local-faults.ts";

const BUCKET = "palisade-artifacts-dev-111122223333-us-east-1";
const RESULT = "results/dev-infrastructure/0a1b/Plan.json";
const role = (name: string, account = "111122223333") => `arn:aws:iam::${account}:role/palisade-${name}`;

const CONFIGURATION: ReleaseConfiguration = {
  kind: "release",
  ...{ environment: "dev", pipeline: "dev-infrastructure", accountId: "111122223333", region: "us-east-1" },
  repository: { name: "infrastructure", url: "https://git.example.com/infrastructure", branch: "main" },
  ...{ regions: ["us-east-1"], homeRegion: "us-east-1" },
  state: { bucket: "states", region: "us-east-1", kmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1" },
  ...{ artifactBucket: BUCKET, ledgerTable: "palisade-releases" },
  ...{ starterRoleArn: role("pipeline-starter"), approverRoleArn: null },
  targets: {
    research: {
      ...{ accountId: "222233334444", externalId: "research", secrets: {} },
      ...{ planRoleArn: role("plan-dev", "222233334444"), applyRoleArn: role("apply-dev", "222233334444") },
    },
  },
  ...{ protectedTypes: [], scan: { trivySeverities: [], checkovChecks: [] }, planTwice: false },
};

const { forWorld, ...faults } = localFaults();
let folder: string;
let served: Awaited<ReturnType<typeof gateway>>;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "palisade stage "));
  const objects = s3([BUCKET], folder);
  const targets = { bucket: BUCKET, key: "targets.json", lastModified: "2026-11-24T10:00:00Z" };
  objects.addObjects([{ ...targets, content: CONFIGURATION }]);
  served = await gateway([objects], forWorld);
  vi.stubEnv("AWS_ENDPOINT_URL", served.endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "local");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "local");
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await served.close();
  rmSync(folder, { recursive: true });
});

/** Runs a story as the stage Plan, in a build with this environment. */
async function stage(story: (stage: Stage) => Promise<Ending>, environment: Record<string, string> = {}) {
  const log: string[] = [];
  const code = await runStage("Plan", deliveredBy, story, {
    environment: {
      ...{ PATH: process.env.PATH ?? "", TAG: "dev_us-east-1/research/1.0", COMMIT_ID: "c".repeat(40) },
      ...{ EXECUTION_ID: "0a1b", TARGETS: `s3://${BUCKET}/targets.json` },
      ...{ CODEBUILD_INITIATOR: "codepipeline/dev-infrastructure", ...environment },
    },
    folder,
    now: Date.now,
    show: (line) => log.push(line),
  });
  return { code, log: log.join("\n") };
}
const resultText = () => readFileSync(join(folder, BUCKET, encodeURIComponent(RESULT)), "utf8");

it.each<[string, () => Promise<Ending>, number, string]>([
  ["succeeds", async () => ({ outcome: "succeeded", sentence: "Done." }), 0, "succeeded"],
  ["says that it is refused", async () => ({ outcome: "refused", sentence: "No." }), 1, "refused"],
  ["says that it failed", async () => ({ outcome: "failed", sentence: "Oh." }), 1, "failed"],
  ["throws a refusal", () => Promise.reject(new Refusal("No.", "Ask.")), 1, "refused"],
  ["throws a fault", () => Promise.reject(new Error("Oh.")), 1, "failed"],
])("A stage that %s ends with an exit code that says so, and leaves its result.", async (_, story, code, outcome) => {
  expect(await stage(story)).toMatchObject({ code });
  expect(JSON.parse(resultText())).toMatchObject({ action: "Plan", outcome });
});

it("A stage whose result cannot be written does not succeed, and says why.", async () => {
  faults.fail("S3", "PutObject", "AccessDenied");
  const { code, log } = await stage(async () => ({ outcome: "succeeded", sentence: "Done." }));
  expect(code).toBe(1);
  expect(log).toContain(BUCKET);
});

it("A stage whose program crashes did not succeed, whatever its story says, and its result names the fault.", async () => {
  const { code } = await stage(async () => {
    // The event itself would end the tests.
    process.listeners("uncaughtException").at(-1)?.(new Error("a fault of the program"), "uncaughtException");
    return { outcome: "succeeded", sentence: "Done." };
  });
  expect([code, JSON.parse(resultText())]).toMatchObject([
    1,
    { outcome: "failed", sentence: "The program failed: a fault of the program. Done." },
  ]);
});

it("No part of a result has a secret in it, and no line for people.", async () => {
  const { log } = await stage(async ({ mask, show }) => {
    mask.add("hunter2-hunter2");
    show("It is hunter2-hunter2");
    return {
      ...{ outcome: "failed", sentence: "hunter2-hunter2 is wrong.", nextSteps: ["Change hunter2-hunter2."] },
      details: { made: ['a.b["hunter2-hunter2"]'] },
    };
  });
  expect(log).toContain("It is ***");
  expect(`${log}${resultText()}`).not.toContain("hunter2");
  expect(JSON.parse(resultText())).toMatchObject({ sentence: "*** is wrong.", nextSteps: ["Change ***."] });
});

it.each(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY"])(
  "A stage with %s in its environment is refused before its story begins.",
  async (name) => {
    const story = vi.fn<() => Promise<Ending>>();
    const { code, log } = await stage(story, { [name]: "made-up-value" });
    expect([code, JSON.parse(resultText()).outcome]).toEqual([1, "refused"]);
    expect(story).not.toHaveBeenCalled();
    expect(log).toContain(name);
    expect(`${log}${resultText()}`).not.toContain("made-up-value");
  },
);

it("Programs get the environment of the build without its variables of Terraform, its debug log, and what says who they are.", async () => {
  let names: string[] = [];
  const others = {
    ...{ TF_VAR_password: "a", TF_LOG: "trace", TF_LOG_PATH: "b", TF_LOG_PROVIDER: "trace", AWS_PROFILE: "c" },
    ...{ AWS_DEFAULT_PROFILE: "d", AWS_SESSION_TOKEN: "e", AWS_SHARED_CREDENTIALS_FILE: "f", AWS_CONFIG_FILE: "g" },
    AWS_ROLE_ARN: "h",
  };
  await stage(
    async ({ run }) => {
      const script = "console.log(JSON.stringify(Object.keys(process.env)))";
      names = JSON.parse((await run(process.execPath, ["-e", script], { folder, hidden: true })).output);
      return { outcome: "succeeded", sentence: "Done." };
    },
    { ...others, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2", TF_CLI_ARGS_init: "-input=false" },
  );
  expect(names).toEqual(
    expect.arrayContaining(["PATH", "TAG", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "TF_CLI_ARGS_init"]),
  );
  expect(names.filter((name) => name in others)).toEqual([]);
});
