import { readFileSync } from "node:fs";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { releaseSummary } from "../../../shared/release-summary.ts";
import { STAGE_ACTIONS } from "../support/stage-actions.ts";
import { type Ended, type Execution, givenToApply, releaseWorld, TARGET_ACCOUNT, type World } from "./release-world.ts";

const MAIN = `
variable "region" {}
variable "environment" {}
variable "team" {}
provider "aws" {
  region = var.region
}
resource "aws_sns_topic" "this" {
  name = "\${var.environment}-\${var.team}"
}
resource "aws_security_group" "open" {
  name   = "open"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
`;

let world: World;
let execution: Execution;
let planned: Ended;
let applied: Ended;
/** Which stage made a call begins with its number. */
let begun: { plan: number; apply: number; end: number };

beforeAll(async () => {
  world = await releaseWorld(inject("commands"));
  const commitId = await world.commit({ "regional/main.tf": MAIN, "environments/dev/research/team.tfvars": "" });
  execution = await world.release("dev_us-east-1/research/1.0", commitId);
  const plan = world.calls().length;
  planned = await world.run("Plan", execution);
  world.approve(execution);
  const apply = world.calls().length;
  applied = await world.run("Apply", execution, { environment: givenToApply(planned) });
  begun = { plan, apply, end: world.calls().length };
});
afterAll(() => world.stop());

/** What each caller asked for, without repeats. */
async function callsOf(from: number, to: number): Promise<Record<string, string[]>> {
  const calls = await Promise.all(
    world
      .calls()
      .slice(from, to)
      .map(async (call) => {
        const [, , , , account, session = ""] = (await world.callerOf(call)).split(":");
        const [, role] = session.split("/");
        return [`${account} ${role}`, call.service.toLowerCase()] as const;
      }),
  );
  const callers = [...new Set(calls.map(([caller]) => caller))].sort();
  return Object.fromEntries(
    callers.map((caller) => [
      caller,
      [...new Set(calls.filter(([by]) => by === caller).map(([, service]) => service))].sort(),
    ]),
  );
}

it("In Plan the build reads state, ledger and pipeline, and only a session of the plan role reads the team's account.", async () => {
  expect(planned.result.outcome).toBe("succeeded");
  expect(await callsOf(begun.plan, begun.apply)).toEqual({
    "123456789012 palisade-plan-build-dev": ["codepipeline", "dynamodb", "s3", "sts"],
    [`${TARGET_ACCOUNT} palisade-plan-dev`]: ["sts"],
  });
});

it("In Apply the build writes state and ledger, and only a session of the apply role changes the team's account.", async () => {
  expect(applied.result.outcome).toBe("succeeded");
  expect(await callsOf(begun.apply, begun.end)).toEqual({
    "123456789012 palisade-apply-build-dev": ["codepipeline", "dynamodb", "s3", "sts"],
    [`${TARGET_ACCOUNT} palisade-apply-dev`]: ["ec2", "sns", "sts"],
  });
});

it.each(["plan", "apply"] as const)(
  "The build of %s asks pipeline and ledger for exactly what its policy allows.",
  (stage) => {
    const asked = world
      .calls()
      .slice(begun[stage], stage === "plan" ? begun.apply : begun.end)
      .map(({ service, operation }) => `${service.toLowerCase()}:${operation}`)
      .filter((action) => /^(codepipeline|dynamodb):/.test(action));
    expect([...new Set(asked)].sort()).toEqual(STAGE_ACTIONS[stage]);
  },
);

it("Every session of a role in the team's account says the tag, and is taken with the external id.", () => {
  const assumed = world
    .calls()
    .slice(begun.plan)
    .filter(({ operation }) => operation === "AssumeRole")
    .map(({ input }) => input);
  expect(assumed.length).toBeGreaterThan(0);
  for (const input of assumed)
    expect(input).toMatchObject({ ExternalId: "palisade-research", RoleSessionName: "dev_us-east-1-research-1.0" });
});

it("No credentials are in the saved plan, which names the backend's profile only.", () => {
  const files = unzipSync(readFileSync(join(planned.folder, "plan", "tfplan")));
  const text = Object.values(files)
    .map((bytes) => Buffer.from(bytes).toString("latin1"))
    .join("\n");
  const keys = new Set(world.calls().map(({ caller }) => caller?.accessKeyId ?? ""));
  expect(keys.size).toBeGreaterThan(2);
  for (const key of keys) expect(text).not.toContain(key);
  expect(text).not.toMatch(/ASIA|AKIA|made-up/);
  expect(text).toContain("profile");
});

it.each([
  ["severity", { trivySeverities: ["CRITICAL", "HIGH"], checkovChecks: [] }, "AWS-0107 in aws_security_group."],
  ["check", { trivySeverities: [], checkovChecks: ["CKV_AWS_26"] }, "CKV_AWS_26 in aws_sns_topic.this"],
] as const)("A finding of the configured %s stops a release at Plan.", async (kind, scan, finding) => {
  world.configuration.scan = { trivySeverities: [...scan.trivySeverities], checkovChecks: [...scan.checkovChecks] };
  const tag = `dev_us-east-1/research/1.1-${kind}`;
  const again = await world.release(tag, await world.commit({ "regional/main.tf": MAIN.replace("open", "wide") }));
  const { code, result } = await world.run("Plan", again);
  expect([code, result.outcome]).toEqual([1, "refused"]);
  expect(result.sentence).toContain(finding);
  expect(result.sentence.includes("CKV_")).toBe(kind === "check");
  expect(releaseSummary.parse(result.details.summary).scan.by).toEqual(["trivy", "checkov"]);
});
