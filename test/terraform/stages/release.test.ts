import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { releaseSummary } from "../../../shared/release-summary.ts";
import {
  type Ended,
  givenToApply,
  releaseWorld,
  roleOf,
  sessionOf,
  TARGET_ACCOUNT,
  type World,
} from "./release-world.ts";

const VARIABLES = ["region", "environment", "team"].map((name) => `variable "${name}" {}\n`).join("");
const data = (name: string, input = '"one"') => `resource "terraform_data" "${name}" {\n  input = ${input}\n}\n`;

let world: World;
let outside: string;
beforeAll(async () => {
  world = await releaseWorld(inject("commands"));
  outside = mkdtempSync(join(tmpdir(), "palisade world "));
});
afterAll(async () => {
  await world.stop();
  rmSync(outside, { recursive: true });
});

const root = (team: string, main: string) => ({ "regional/main.tf": VARIABLES + main, ...world.team(team) });
const tagOf = (team: string, version = "1.0", scope = "us-east-1") => `dev_${scope}/${team}/${version}`;
const summaryOf = ({ result }: Ended) => releaseSummary.parse(result.details.summary);

/** Plans, approves and applies a version of a root. */
async function released(team: string, main: string, version = "1.0") {
  const execution = await world.release(tagOf(team, version), await world.commit(root(team, main)));
  const { planned, applied } = await world.releaseWhole(execution);
  expect(applied.result).toMatchObject({ outcome: "succeeded" });
  return { execution, planned, applied };
}

/** Plans a version of a root, and has it approved. */
async function planned(team: string, main: string, version = "1.0") {
  const execution = await world.release(tagOf(team, version), await world.commit(root(team, main)));
  const ended = await world.run("Plan", execution);
  world.approve(execution);
  return {
    execution,
    planned: ended,
    apply: () => world.run("Apply", execution, { environment: givenToApply(ended) }),
  };
}

const current = (team: string, scope = "us-east-1") => world.ledger.current({ environment: "dev", team, scope });

it("A first release of a region is planned, approved and applied, and the ledger says who released what.", async () => {
  const { execution, planned, applied } = await released("first", data("this", "var.region"));
  expect(planned).toMatchObject({ code: 0, exported: { CHANGES: "1" } });
  expect(planned.exported.SUMMARY).toBe(
    `dev us-east-1: first 1.0 (${execution.commitId.slice(0, 7)}), first release; create 1; not scanned; tagged by arn:aws:sts::111122223333:assumed-role/CloudOps/mary.`,
  );
  expect(JSON.parse(readFileSync(join(planned.folder, "plan", "summary.json"), "utf8"))).toEqual(summaryOf(planned));
  expect(applied.result).toMatchObject({
    action: "Apply",
    sentence: "Released 1.0 of first in dev us-east-1.",
    details: { changes: 1, made: ["terraform_data.this"], notMade: [], moved: [] },
  });
  expect((await world.state(execution.tag)).key).toBe("first/dev-us-east-1/terraform.tfstate");
  expect(await current("first")).toMatchObject({
    version: "1.0",
    ...execution,
    outcome: "released",
    changes: 1,
    planSha256: planned.exported.PLAN_SHA256,
    approver: sessionOf("palisade-approve-dev", "mary"),
    requestedAt: "2026-11-24T10:00:00Z",
  });
});

it("A global release takes the other root, from the home region, with a state of its own.", async () => {
  const files = { "global/main.tf": VARIABLES + data("everywhere", "var.region"), ...world.team("wide") };
  const execution = await world.release(tagOf("wide", "1.0", "global"), await world.commit(files));
  const { planned } = await world.releaseWhole(execution);
  expect(summaryOf(planned)).toMatchObject({ scope: "global", region: "us-east-1" });
  const { key, text } = await world.state(execution.tag);
  expect(key).toBe("wide/dev-global/terraform.tfstate");
  expect(text).toContain('"us-east-1"');
});

it("A provider and a program that name no region work in the region of the release, not in the region of the build.", async () => {
  const file = join(outside, "regions");
  const main = `provider "aws" {}
  data "aws_region" "this" {}
  resource "terraform_data" "this" {
    input = data.aws_region.this.name
    provisioner "local-exec" { command = "echo $AWS_REGION $AWS_DEFAULT_REGION > '${file}'" }
  }\n`;
  const tag = tagOf("abroad", "1.0", "eu-central-1");
  const { planned } = await world.releaseWhole(await world.release(tag, await world.commit(root("abroad", main))));
  expect(planned.log).toContain('+ input  = "eu-central-1"');
  expect(readFileSync(file, "utf8")).toBe("eu-central-1 eu-central-1\n");
});

it("Values of the team's file are overridden by the file of the scope, and neither changes where a release goes.", async () => {
  const execution = await world.release(
    tagOf("valued"),
    await world.commit({
      ...root(
        "valued",
        'variable "a" {}\nvariable "b" {}\noutput "all" { value = join(" ", [var.a, var.b, var.region]) }\n',
      ),
      "environments/dev/valued/team.tfvars": 'a = "team"\nb = "team"\nregion = "mars-1"\n',
      "environments/dev/valued/us-east-1.tfvars": 'b = "scope"\n',
    }),
  );
  const { planned } = await world.releaseWhole(execution);
  expect(planned.exported.CHANGES).toBe("1");
  expect((await world.state(execution.tag)).outputs).toMatchObject({ all: { value: "team scope us-east-1" } });
});

it("A release that changes nothing has CHANGES 0, and Plan leaves the ledger alone, since Lint may still refuse the release.", async () => {
  await released("still", data("this"));
  const { planned: again } = await planned("still", data("this"), "1.1");
  expect(again).toMatchObject({ code: 0, exported: { CHANGES: "0" } });
  expect(again.exported.SUMMARY).toContain("; nothing to change; ");
  const { appliedAt = "", ...there } = (await current("still")) ?? {};
  expect(there).toMatchObject({ version: "1.0" });
  expect(Date.parse(String(again.result.details.plannedAt))).toBeGreaterThanOrEqual(Date.parse(appliedAt));
});

it.each([
  ["a moved resource", `${data("new")}moved {\n  from = terraform_data.old\n  to = terraform_data.new\n}\n`, "move 1"],
  ["a changed output", `${data("old")}output "a" { value = 1 }\n`, "change outputs 1"],
  [
    "a forgotten resource",
    "removed {\n  from = terraform_data.old\n  lifecycle {\n    destroy = false\n  }\n}\n",
    "forget 1",
  ],
])("A release that only has %s is applied.", async (_, main, counted) => {
  const team = `only-${counted.replace(" 1", "").replace(" ", "-")}`;
  world.configuration.protectedTypes = ["terraform_data"];
  await released(team, data("old"));
  const { planned } = await released(team, main, "1.1");
  world.configuration.protectedTypes = [];
  expect(planned.exported).toMatchObject({ CHANGES: "1", SUMMARY: expect.stringContaining(`; ${counted}; `) });
  expect(await current(team)).toMatchObject({ version: "1.1", changes: 1 });
});

it.each([
  ["nobody", undefined, "Nobody approved"],
  [
    "somebody with another role",
    sessionOf("CloudOps", "mary"),
    "arn:aws:sts::123456789012:assumed-role/CloudOps/mary approved",
  ],
  [
    "the role of the same name in another account",
    sessionOf("palisade-approve-dev", "eve", TARGET_ACCOUNT),
    "approved this release",
  ],
  ["the starter's own role", sessionOf("palisade-pipeline-starter", "x"), "approved this release"],
])("Apply refuses a plan that %s approved, and applies nothing.", async (_, updatedBy, sentence) => {
  const { execution, planned: ended } = await planned("approved-by", data("this"));
  if (updatedBy === undefined) world.execution(execution);
  else world.approve(execution, updatedBy);
  const { code, result } = await world.run("Apply", execution, { environment: givenToApply(ended) });
  expect([code, result.outcome]).toEqual([1, "refused"]);
  expect(result.sentence).toContain(sentence);
  await expect(world.state(execution.tag)).rejects.toThrow();
});

it("Where the environment needs no approval, Apply asks for none.", async () => {
  world.configuration.approverRoleArn = null;
  const { execution, planned: ended } = await planned("unasked", data("this"));
  world.execution(execution);
  const { result } = await world.run("Apply", execution, { environment: givenToApply(ended) });
  world.configuration.approverRoleArn = roleOf("palisade-approve-dev");
  expect(result.outcome).toBe("succeeded");
  expect(await current("unasked")).not.toHaveProperty("approver");
});

it("Apply refuses a saved plan that is not the one that was approved.", async () => {
  const one = await planned("swapped", data("this", '"one"'));
  const other = await planned("swapped", data("this", '"other"'), "1.1");
  const environment = { ...givenToApply(one.planned), CODEBUILD_SRC_DIR_Plan: join(other.planned.folder, "plan") };
  const { result } = await world.run("Apply", one.execution, { environment });
  expect(result).toMatchObject({ outcome: "refused", sentence: expect.stringContaining("its SHA-256 differs") });

  const sha256 = { ...givenToApply(one.planned), PLAN_FINGERPRINT: other.planned.exported.PLAN_FINGERPRINT ?? "" };
  const second = await world.run("Apply", one.execution, { environment: sha256 });
  expect(second.result).toMatchObject({
    outcome: "refused",
    sentence: expect.stringContaining("its fingerprint differs"),
  });
});

it("Of two releases of one scope that were planned at once, the second is refused, and says what was released meanwhile.", async () => {
  const one = await planned("race", data("one"));
  const two = await planned("race", data("two"), "1.1");
  expect((await one.apply()).result.outcome).toBe("succeeded");
  const { result } = await two.apply();
  expect(result).toMatchObject({ outcome: "refused", details: { moved: ["terraform_data.one"] } });
  expect(result.sentence).toContain("Meanwhile 1.0 was released.");
  expect(result.nextSteps.at(-1)).toBe('  npm run release-again -- dev_us-east-1/race/1.1 --reason "..."');
  expect(await current("race")).toMatchObject({ version: "1.0" });
});

it.each([
  ["another release", "1.2", "1.2"],
  ["the version before, released again,", "1.0", "1.0"],
])(
  "A plan that waited while %s changed nothing is refused, although the world is as it was.",
  async (_, version, there) => {
    const team = `waited-${version.replace(".", "-")}`;
    const first = await released(team, data("this"));
    const waiting = await planned(team, data("this", '"two"'), "1.1");
    const nothing = await world.release(tagOf(team, version), first.execution.commitId);
    await world.ledger.applied(
      {
        ...{ environment: "dev", team, scope: "us-east-1", version, pipeline: "dev-infrastructure" },
        ...{ ...nothing, requestedAt: "2026-11-24T10:10:00Z", taggedBy: "unknown" },
      },
      {
        ...{ outcome: "released", changes: 0, planSha256: "-", planFingerprint: "-" },
        appliedAt: new Date().toISOString(),
      },
    );
    const { result } = await waiting.apply();
    expect(result).toMatchObject({
      outcome: "refused",
      sentence: `Meanwhile ${there} was released. Nothing was applied.`,
      details: { made: [], moved: [] },
    });
    expect(result.nextSteps.at(-1)).toContain(`npm run release-again -- ${waiting.execution.tag}`);
    expect(await current(team)).toMatchObject({ executionId: nothing.executionId });
  },
);

it("A saved plan of an older state is refused as stale, also where a fresh plan does the same.", async () => {
  await released("stale", data("this"));
  const { execution, apply } = await planned("stale", data("this", '"two"'), "1.1");
  const { key, text, serial } = await world.state(execution.tag);
  await world.putState(key, text.replace(`"serial": ${serial}`, `"serial": ${serial + 1}`));
  const { result } = await apply();
  expect(result).toMatchObject({ outcome: "refused", details: { made: [], notMade: ["terraform_data.this"] } });
  expect(result.sentence).toMatch(
    /^The state of stale in dev us-east-1 has changed since the plan was made\. Nothing was applied\.$/,
  );
  expect(result.nextSteps.at(-1)).toContain("npm run release-again -- dev_us-east-1/stale/1.1");
});

it("A world that changed since the approval stops Apply, which names what moved.", async () => {
  const file = join(outside, "word");
  writeFileSync(file, "one");
  const { execution, apply } = await planned("changed", data("this", `file("${file}")`) + data("other"));
  writeFileSync(file, "two");
  const { result } = await apply();
  expect(result).toMatchObject({
    outcome: "refused",
    sentence: expect.stringContaining("differs in terraform_data.this. Nothing was applied."),
    details: { moved: ["terraform_data.this"], made: [], notMade: ["terraform_data.other", "terraform_data.this"] },
  });
  await expect(world.state(execution.tag)).rejects.toThrow();
});

it("A configuration whose plan differs from itself is refused at Plan, where two plans are asked for.", async () => {
  world.configuration.planTwice = true;
  const { planned: ended } = await planned("unstable", data("now", "plantimestamp()") + data("this"));
  const { planned: stable } = await planned("stable", data("this"));
  world.configuration.planTwice = false;
  expect(summaryOf(ended).unstable).toEqual(["terraform_data.now"]);
  expect([ended.code, stable.code]).toEqual([1, 0]);
  expect(ended.result).toMatchObject({
    outcome: "refused",
    sentence: "Two plans of one state differ, so Apply would refuse this plan, in: terraform_data.now.",
  });
  expect(ended.exported.SUMMARY).toContain("; 1 differ in each plan; ");
  expect(summaryOf(stable).unstable).toEqual([]);
});

it("An apply that fails half-way says what was made and what not, and the same tag can be started again.", async () => {
  const file = join(outside, "ready");
  const main = `${data("good")}resource "terraform_data" "bad" {
    input = "one"
    depends_on = [terraform_data.good]
    provisioner "local-exec" { command = "test -e '${file}'" }
  }
  resource "terraform_data" "after" { input = terraform_data.bad.id }\n`;
  const first = await planned("half", main);
  const { code, result } = await first.apply();
  expect([code, result.outcome]).toEqual([1, "failed"]);
  expect(result.details).toMatchObject({
    made: ["terraform_data.good"],
    notMade: ["terraform_data.after", "terraform_data.bad"],
    moved: [],
  });
  expect(result.sentence).toMatch(
    /^The release of 1\.0 of half in dev us-east-1 failed half-way: .*local-exec provisioner error/,
  );
  expect(result.nextSteps.at(-1)).toBe('  npm run release-again -- dev_us-east-1/half/1.0 --reason "..."');
  expect(await current("half")).toMatchObject({ version: "1.0", outcome: "failed" });
  expect((await first.apply()).result.sentence).toMatch(/^An earlier try of this release failed half-way\. /);

  writeFileSync(file, "");
  const again = await world.release(first.execution.tag, first.execution.commitId);
  const { planned: second, applied } = await world.releaseWhole(again);
  expect(summaryOf(second)).toMatchObject({ direction: "same", counts: { create: 1, replace: 1 } });
  expect(applied.result.outcome).toBe("succeeded");
  expect(await current("half")).toMatchObject({ outcome: "released", executionId: again.executionId });
});

it("A replacement that fails between destroy and create is named as destroyed.", async () => {
  const main = (word: string, check: string) => `resource "terraform_data" "this" {
    triggers_replace = "${word}"
    provisioner "local-exec" { command = "${check}" }
  }\n`;
  await released("gone", main("one", "true"));
  const { apply } = await planned("gone", main("two", "false"), "1.1");
  const { result } = await apply();
  expect(result).toMatchObject({ outcome: "failed", details: { made: [], destroyedOnly: ["terraform_data.this"] } });
  expect(result.sentence).toContain("Destroyed and not made again: terraform_data.this.");
});

it("An apply in which Terraform crashes says what was made and what not, and the ledger knows.", async () => {
  const main = `${data("good")}resource "terraform_data" "crashed" {
    depends_on = [terraform_data.good]
    provisioner "local-exec" { command = "kill -QUIT $PPID" }
  }\n`;
  const { code, result } = await (await planned("crash", main)).apply();
  expect([code, result.outcome]).toEqual([1, "failed"]);
  expect(result.details).toMatchObject({ made: ["terraform_data.good"], notMade: ["terraform_data.crashed"] });
  expect(result.sentence).toMatch(/^The release of 1\.0 of crash in dev us-east-1 failed half-way: /);
  expect(result.nextSteps.at(-1)).toContain("npm run release-again -- dev_us-east-1/crash/1.0");
  expect(await current("crash")).toMatchObject({ version: "1.0", outcome: "failed" });
});

it("A tag on an older commit is a step back, and a commit aside is said to be so.", async () => {
  const { execution: old } = await released("back", data("this"));
  await released("back", data("this", '"two"'), "1.1");
  const { applied, planned: back } = await world.releaseWhole(await world.release(tagOf("back", "1.2"), old.commitId));
  expect(summaryOf(back)).toMatchObject({ direction: "back", from: { version: "1.1" } });
  expect(back.exported.SUMMARY).toMatch(
    /^dev us-east-1: back 1\.1 \(\w{7}\) to 1\.2 \(\w{7}\), BACK to an older commit; update 1;/,
  );
  expect(applied.result.outcome).toBe("succeeded");
  const forward = await planned("back", data("this", '"three"'), "1.3");
  expect(summaryOf(forward.planned).direction).toBe("forward");
});

it("Every stage refuses a tag that was moved or deleted, and a commit that is not on the branch.", async () => {
  const { execution, planned: ended } = await planned("moved", data("this"));
  await world.git("tag", "--force", execution.tag, await world.commit({ "note.txt": "moved" }));
  const environment = givenToApply(ended);
  for (const run of [() => world.run("Plan", execution), () => world.run("Apply", execution, { environment })]) {
    const { code, result } = await run();
    expect([code, result.outcome]).toEqual([1, "refused"]);
    expect(result.sentence).toContain("The tag dev_us-east-1/moved/1.0 was moved");
  }
  await world.git("tag", "--delete", execution.tag);
  expect((await world.run("Plan", execution)).result).toMatchObject({
    outcome: "refused",
    sentence: "The tag dev_us-east-1/moved/1.0 is gone.",
  });

  await world.git("checkout", "--quiet", "-b", "aside");
  const aside = await world.release(tagOf("moved", "1.1"), await world.commit({ "note.txt": "aside" }));
  await world.git("checkout", "--quiet", "main");
  expect((await world.run("Plan", aside)).result).toMatchObject({
    outcome: "refused",
    sentence: `Commit ${aside.commitId} is not on the branch main.`,
  });
});

it("A stage takes exactly the tagged commit, through an annotated tag too, and not the head of the branch.", async () => {
  const commitId = await world.commit(root("exact", data("tagged")));
  await world.commit(root("exact", data("head")));
  const tag = tagOf("exact");
  const execution = await world.release(tag, commitId);
  await world.git("tag", "--force", "--annotate", "--message=A release", tag, commitId);
  expect(summaryOf(await world.run("Plan", execution)).changes).toEqual([
    { address: "terraform_data.tagged", action: "create" },
  ]);
});

it.each([
  ["a person", sessionOf("CloudOps", "mary"), "was started by arn:aws:sts::123456789012:assumed-role/CloudOps/mary"],
  [
    "the starter's role of another account",
    sessionOf("palisade-pipeline-starter", "x", TARGET_ACCOUNT),
    "Only pipeline-starter",
  ],
  ["the starter's role itself, with no session", roleOf("palisade-pipeline-starter"), "Only pipeline-starter"],
])("Plan and Apply refuse an execution that %s started.", async (_, by, sentence) => {
  const { execution, planned: ended } = await planned("started", data("this"));
  world.execution(execution, by);
  for (const action of ["Plan", "Apply"] as const) {
    const { code, result } = await world.run(action, execution, { environment: givenToApply(ended) });
    expect([code, result.outcome]).toEqual([1, "refused"]);
    expect(result.sentence).toContain(sentence);
  }
});

it("A stage refuses a tag and commit that its execution does not have.", async () => {
  const execution = await world.release(tagOf("other"), await world.commit(root("other", data("this"))));
  const commitId = await world.commit(root("other", data("this", '"two"')));
  await world.git("tag", "--force", execution.tag, commitId);
  expect((await world.run("Plan", { ...execution, commitId })).result.sentence).toContain("another tag or commit");
});

it("A stage refuses credentials in its environment, and shows none of them.", async () => {
  const execution = await world.release(tagOf("keys"), await world.commit(root("keys", data("this"))));
  const environment = { AWS_ACCESS_KEY_ID: "made-up-id", AWS_SECRET_ACCESS_KEY: "made-up-secret" };
  const { code, log, result } = await world.run("Plan", execution, { environment });
  expect([code, result.outcome]).toEqual([1, "refused"]);
  expect(result.sentence).toContain("AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY");
  expect(log).not.toContain("made-up-");
});

it("A protected resource is neither destroyed nor replaced without its address in allow-destroy.txt.", async () => {
  const two = `${data("kept", '"one"')}resource "terraform_data" "replaced" { triggers_replace = "one" }\n`;
  await released("guarded", two);
  world.configuration.protectedTypes = ["terraform_data"];
  const main = 'resource "terraform_data" "replaced" { triggers_replace = "two" }\n';
  const { planned: refused } = await planned("guarded", main, "1.1");
  expect([refused.code, refused.result.outcome]).toEqual([1, "refused"]);
  expect(refused.result.sentence).toContain("protected resources: terraform_data.kept, terraform_data.replaced.");
  expect(refused.result.nextSteps).toContain("  terraform_data.kept");

  const allow = {
    "environments/dev/guarded/allow-destroy.txt":
      "# Approved in CHANGE-1\nterraform_data.kept\nterraform_data.replaced\nterraform_data.old\n",
  };
  const execution = await world.release(
    tagOf("guarded", "1.2"),
    await world.commit({ ...root("guarded", main), ...allow }),
  );
  const { planned: allowed, applied } = await world.releaseWhole(execution);
  world.configuration.protectedTypes = [];
  expect(summaryOf(allowed).changes).toEqual([
    { address: "terraform_data.kept", action: "destroy", allowed: true },
    { address: "terraform_data.replaced", action: "replace", allowed: true },
  ]);
  expect(allowed.exported.SUMMARY).toMatch(/; destroy terraform_data\.kept, replace terraform_data\.replaced\.$/);
  expect(allowed.log).toContain("allow-destroy.txt names what this release does not destroy: terraform_data.old");
  expect(applied.result.outcome).toBe("succeeded");
});

it("Secrets reach Terraform from Secrets Manager and Parameter Store, and no log, summary or result; an ephemeral one no plan and no state.", async () => {
  const secrets = new SecretsManagerClient(world.client);
  const { ARN = "" } = await secrets.send(
    new CreateSecretCommand({ Name: "db", SecretString: '{"user":"admin-of-db","password":"hunter2-hunter2"}' }),
  );
  await new SSMClient(world.client).send(
    new PutParameterCommand({ Name: "/team/token", Value: "token-12345", Type: "SecureString" }),
  );
  const files = root(
    "secret",
    `variable "db" { type = string }\nvariable "token" {\n  type      = string\n  ephemeral = true\n}\n${data("this", "jsondecode(var.db).password")}`,
  );
  world.team("secret", { db: ARN, token: "arn:aws:ssm:us-east-1:123456789012:parameter/team/token" });
  const execution = await world.release(tagOf("secret"), await world.commit(files));
  const { planned, applied } = await world.releaseWhole(execution);
  expect(applied.result.outcome).toBe("succeeded");
  const { text } = await world.state(execution.tag);
  expect(text).toContain("hunter2-hunter2");
  const inPlan = Object.values(unzipSync(readFileSync(join(planned.folder, "plan", "tfplan"))));
  expect(`${text}${inPlan.map((bytes) => Buffer.from(bytes).toString("latin1"))}`).not.toContain("token-12345");
  const shown = JSON.stringify([planned.log, planned.exported, planned.result, applied.log, applied.result]);
  expect(shown).not.toMatch(/hunter2|token-12345|admin-of-db/);
  expect(planned.log).toContain('+ input  = "***"');
});

it("A secret that is a part of a name hides nothing that names the release, and a secret that is too short is refused.", async () => {
  const ssm = new SSMClient(world.client);
  await ssm.send(new PutParameterCommand({ Name: "/team/word", Value: "lain", Type: "SecureString" }));
  await ssm.send(new PutParameterCommand({ Name: "/team/short", Value: "abc", Type: "SecureString" }));
  const secret = (name: string) => ({ word: `arn:aws:ssm:us-east-1:123456789012:parameter/team/${name}` });
  const files = root("plain", `variable "word" {}\n${data("this", '"has lain there"')}`);
  world.team("plain", secret("word"));
  const execution = await world.release(tagOf("plain"), await world.commit(files));
  const { planned: ended, applied } = await world.releaseWhole(execution);
  expect(ended.exported.SUMMARY).toMatch(/^dev us-east-1: plain 1\.0 \(/);
  expect(ended.log).toContain('"has *** there"');
  expect(summaryOf(ended)).toMatchObject({ team: "plain", tag: execution.tag });
  expect(applied.result.sentence).toBe("Released 1.0 of plain in dev us-east-1.");

  world.team("plain", secret("short"));
  const { result } = await world.run("Plan", execution);
  expect(result).toMatchObject({
    outcome: "refused",
    sentence: "The secret of the variable word is shorter than 4 characters: it cannot be hidden in what people read.",
  });
});

it("A state that another release holds is a fault that says so, with the way out.", async () => {
  const { execution, planned: ended } = await planned("locked", data("this"));
  const lock = {
    ID: "0d1a4e8c-0000-4000-8000-000000000001",
    Who: "root@build",
    Created: "2026-11-24T10:00:00Z",
    Operation: "OperationTypeApply",
    Info: "",
    Version: "1.11.4",
    Path: "",
  };
  await world.putState("locked/dev-us-east-1/terraform.tfstate.tflock", JSON.stringify(lock));
  const environment = { ...givenToApply(ended), LOCK_TIMEOUT: "0s" };
  for (const action of ["Plan", "Apply"] as const) {
    const { code, result } = await world.run(action, execution, { environment });
    expect([code, result.outcome]).toEqual([1, "failed"]);
    expect(result.sentence).toBe(
      "Another release of locked in dev us-east-1 holds the lock of the state locked/dev-us-east-1/terraform.tfstate, since 2026-11-24 10:00:00 +0000 UTC.",
    );
    expect(result.nextSteps).toContain("  terraform force-unlock 0d1a4e8c-0000-4000-8000-000000000001");
  }
});

it("A build that is stopped has Terraform end well: the state is written, the lock is free, the result says so.", async () => {
  const file = join(outside, "begun");
  const main = `${data("good")}resource "terraform_data" "slow" {
    depends_on = [terraform_data.good]
    provisioner "local-exec" { command = "touch '${file}'; sleep 60" }
  }\n`;
  const { execution, planned: ended } = await planned("stopped", main);
  const stop = new AbortController();
  const running = world.run("Apply", execution, { environment: givenToApply(ended), signal: stop.signal });
  while (!existsSync(file)) await setTimeout(50);
  stop.abort();
  const { code, result } = await running;
  expect([code, result.outcome]).toEqual([1, "failed"]);
  expect(result.sentence).toMatch(/^The build was stopped\. /);
  expect(result.details).toMatchObject({ made: ["terraform_data.good"], notMade: ["terraform_data.slow"] });
  expect((await world.state(execution.tag)).text).toContain("good");
  expect((await planned("stopped", data("good"), "1.1")).planned.code).toBe(0);
});

it("A stage program that crashes has Terraform end well first: the state is written, the lock is free, the result says so.", async () => {
  const file = join(outside, "crash");
  const main = `${data("good")}resource "terraform_data" "slow" {
    depends_on = [terraform_data.good]
    provisioner "local-exec" { command = "touch '${file}'; sleep 60" }
  }\n`;
  const { execution, planned: ended } = await planned("fault", main);
  const fault = `import { existsSync } from "node:fs";
    setInterval(() => { if (existsSync("${file}")) throw new Error("a fault of the program"); }, 50).unref();`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(fault)}`;
  const { code, result } = await world.run("Apply", execution, {
    environment: { ...givenToApply(ended), NODE_OPTIONS },
  });
  expect([code, result.outcome]).toEqual([1, "failed"]);
  expect(result.sentence).toMatch(/^The program failed: a fault of the program\. The release of 1\.0 of fault in /);
  expect(result.details).toMatchObject({ made: ["terraform_data.good"], notMade: ["terraform_data.slow"] });
  expect(await current("fault")).toMatchObject({ version: "1.0", outcome: "failed" });
  expect((await world.state(execution.tag)).text).toContain("good");
  expect((await planned("fault", data("good"), "1.1")).planned.code).toBe(0);
});

it.each([
  [
    "A team without its file",
    { "regional/main.tf": VARIABLES },
    tagOf("research"),
    "has no environments/dev/research/team.tfvars",
  ],
  ["A team that may not release to the environment", {}, tagOf("nobody"), "Only these teams may release to dev: "],
  [
    "A region that is not of the environment",
    {},
    tagOf("research", "1.0", "mars-1"),
    "Only global or one of us-east-1, eu-central-1",
  ],
  ["A tag of another environment", {}, "prod_us-east-1/research/1.0", "is no release of dev"],
])("%s is refused.", async (_, files, tag, sentence) => {
  const { code, result } = await world.run("Plan", await world.release(tag, await world.commit(files)));
  expect([code, result.outcome]).toEqual([1, "refused"]);
  expect(result.sentence).toContain(sentence);
});

it.each(["override.tf", "override.tf.json", "zz_override.tf", "zz_override.tf.json"])(
  "A root with the override file %s is refused, since it could change the backend.",
  async (file) => {
    const commitId = await world.commit({
      ...root("overriding", data("this")),
      [`regional/${file}`]: JSON.stringify({ terraform: { backend: { s3: { access_key: "made-up" } } } }),
      "regional/not-an-override.tf": "",
    });
    const { code, result } = await world.run("Plan", await world.release(tagOf("overriding"), commitId));
    await world.commit({ [`regional/${file}`]: null });
    expect([code, result.outcome]).toEqual([1, "refused"]);
    expect(result.sentence).toBe(
      `The root regional has override files: ${file}. They could change where its state is.`,
    );
  },
);

it("A stage leaves a result also where its configuration is wrong, or is of another pipeline.", async () => {
  const execution = await world.release(tagOf("wrong"), await world.commit(root("wrong", data("this"))));
  const { configuration } = world;
  world.configuration = { ...configuration, pipeline: "prod-infrastructure" };
  const other = await world.run("Plan", execution);
  world.configuration = { ...configuration, regions: [] };
  const wrong = await world.run("Plan", execution);
  world.configuration = configuration;
  expect(other.result).toMatchObject({
    outcome: "failed",
    sentence: expect.stringContaining("is of the pipeline prod-infrastructure"),
  });
  expect(wrong.result).toMatchObject({
    outcome: "failed",
    sentence: expect.stringContaining("targets.json is wrong."),
  });
});
