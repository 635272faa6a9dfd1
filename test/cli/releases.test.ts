import { execFile } from "node:child_process";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Fault } from "../../local/gateway/faults.ts";
import { createWorld, type World } from "../../local/world.ts";
import { createLedger, type Ledger } from "../../shared/ledger.ts";
import { localClient } from "../support/local-client.ts";
import { RELEASE } from "../support/release-recorder.ts";

const faults: Fault[] = [];
let world: World;
let ledger: Ledger;
beforeEach(async () => {
  world = await createWorld({ faults });
  ledger = createLedger(new DynamoDBClient(localClient(world.endpoint)), "palisade-releases");
});
afterEach(() => world.close());

const releases = (...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...world.environmentOf("developer") };
    execFile(process.execPath, ["cli/releases.ts", ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });

const applied = (
  environment: string,
  version: string,
  {
    scope = "eu-central-1",
    team = "risk",
    outcome = "released" as "released" | "failed",
    commitId = RELEASE.commitId,
  } = {},
) =>
  ledger.applied(
    { ...RELEASE, environment, version, scope, team, commitId, executionId: `${environment}-${version}` },
    { outcome, changes: 1, planSha256: "a", planFingerprint: "f", appliedAt: "2026-11-24T10:34:30.000Z" },
  );

it("releases lists what runs where, how far each release is behind, and what comes next.", async () => {
  await applied("dev", "1.10.0");
  await applied("prod", "1.9.0");
  await applied("prod", "1.0", { scope: "global", outcome: "failed" });
  await applied("qa", "9.9", { team: "research" });
  await ledger.remember(
    { ...RELEASE, version: "1.10.0", requestedAt: "2026-11-24T12:00:00Z", executionId: "next" },
    { outcome: "waiting" },
    "2026-11-24T12:05:00Z",
  );
  const { code, stdout } = await releases();
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "ENVIRONMENT  TEAM      SCOPE         VERSION  COMMIT   APPLIED               OUTCOME          BEHIND                      NEXT
    dev          risk      eu-central-1  1.10.0   cde99ae  2026-11-24 10:34 UTC  released         -                           -
    prod         risk      eu-central-1  1.9.0    cde99ae  2026-11-24 10:34 UTC  released         1.10.0 in dev eu-central-1  1.10.0 waiting
    prod         risk      global        1.0      cde99ae  2026-11-24 10:34 UTC  FAILED HALF-WAY  -                           -
    qa           research  eu-central-1  9.9      cde99ae  2026-11-24 10:34 UTC  released         -                           -
    "
  `);
});

it("releases of one environment compares with all others.", async () => {
  await applied("dev", "2.0");
  await applied("prod", "1.0");
  const { stdout } = await releases("--env", "prod");
  expect(stdout.trim().split("\n")).toHaveLength(2);
  expect(stdout).toContain("2.0 in dev eu-central-1");
});

it.each([
  [[], "The table palisade-releases has no release.\n"],
  [["--env", "qa"], "The table palisade-releases has no release to qa.\n"],
])("releases says that there is none, with the options %j.", async (args, said) => {
  expect(await releases(...args)).toEqual({ code: 0, stdout: said, stderr: "" });
});

it("releases shows no character of the table that controls a terminal.", async () => {
  await applied("dev", "1.0", { commitId: "\u001b[2J\u0007" });
  expect((await releases()).stdout).not.toMatch(/[^\P{C}\n]/u);
});

it("releases fails where the table cannot be read, and names it.", async () => {
  const { code, stderr } = await releases("--table", "another");
  expect([code, stderr]).toEqual([1, expect.stringContaining("table another")]);
  expect((await releases("--region")).code).toBe(2);
});
