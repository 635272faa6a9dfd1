import { mkdirSync, mkdtempSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { checkOut } from "../../../shared/checkout.ts";
import type { GuardrailConfiguration } from "../../../shared/guardrail-configuration.ts";
import { createMask } from "../../../shared/masked-text.ts";
import type { ReleaseConfiguration } from "../../../shared/release-configuration.ts";
import { workloadSummary } from "../../../shared/release-summary.ts";
import { createRunner } from "../../../shared/run-program.ts";
import { openTerraform } from "../../../shared/terraform.ts";
import { triedWorkload } from "../../../shared/workload.ts";
import type { WorkloadConfiguration } from "../../../shared/workload-configuration.ts";
import {
  APPROVER,
  type Execution,
  givenToApply,
  releaseWorld,
  roleOf,
  TARGET_ACCOUNT,
  type World,
} from "./release-world.ts";

const RULE = "arn:aws:events:us-east-1:123456789012:rule/palisade-billing-start";
const PUSH = { triggerType: "CloudWatchEvent", triggerDetail: RULE };
const MARY = "arn:aws:sts::123456789012:assumed-role/Developer/mary";
const STATE = "billing/terraform.tfstate";

const main = (name: string) => `variable "region" {}
variable "size" {}
resource "terraform_data" "this" {
  input = "\${var.region} \${var.size} ${name}"
}
`;

let world: World;
let releases: ReleaseConfiguration;
let executions = 0;

/** `targets.json` of a workload; the world writes it before each stage. */
const configure = (more: Partial<WorkloadConfiguration> = {}) => {
  const role = (kind: string) => ({
    roleArn: roleOf(`palisade-${kind}-billing`, TARGET_ACCOUNT),
    externalId: "billing",
  });
  const { repository, state, pipeline, accountId, region } = releases;
  const configuration: WorkloadConfiguration = {
    ...{ kind: "workload", pipeline, accountId, region, repository, workload: "billing", path: "live/network" },
    variableFiles: ["live/common.tfvars"],
    state: { ...state, key: STATE },
    ...{ plan: role("plan"), apply: role("apply"), secrets: {}, startRuleArn: RULE },
    approverRoleArn: roleOf("palisade-approve-dev"),
    ...{ protectedTypes: ["terraform_data"], scan: { trivySeverities: [], checkovChecks: [] }, planTwice: false },
    guardrails: null,
    ...more,
  };
  world.configuration = configuration as unknown as ReleaseConfiguration;
};

/** An execution of this commit. */
function executionOf(
  commitId: string,
  { trigger = PUSH, revision = commitId }: { trigger?: object; revision?: string } = {},
) {
  executions += 1;
  const execution: Execution = {
    ...{ tag: "", commitId },
    executionId: `00000000-0000-4000-8000-9${String(executions).padStart(11, "0")}`,
  };
  const say = (actionExecutions: object[] = []) =>
    world.executed({
      ...{ pipelineExecutionId: execution.executionId, trigger, actionExecutions },
      artifactRevisions: [
        { name: "Programs", revisionId: "version-1" },
        { name: "Source", revisionId: revision },
      ],
    });
  say();
  return {
    ...execution,
    approve: (updatedBy = APPROVER) =>
      say([
        {
          ...{ stageName: "Approve", actionName: "Approve", status: "Succeeded", updatedBy },
          ...{ startTime: "2026-11-24T10:05:00Z", lastUpdateTime: "2026-11-24T10:06:00Z" },
        },
      ]),
  };
}

beforeAll(async () => {
  world = await releaseWorld(inject("commands"));
  releases = world.configuration;
  await world.commit({ "live/common.tfvars": 'size = "large"\n', "live/network/main.tf": main("a") });
  configure();
});
afterAll(() => world.stop());

const commit = (name: string, more: Record<string, string | null> = {}) =>
  world.commit({ "live/network/main.tf": main(name), ...more });

it("A commit of a workload is linted, planned, approved and applied without a tag and without the ledger.", async () => {
  const asks = 'provider "aws" {\n  region = var.region\n}\n\ndata "aws_caller_identity" "this" {\n}\n';
  const commitId = await commit("first", { "live/network/aws.tf": asks });
  const execution = executionOf(commitId);
  const before = world.calls().length;
  expect((await world.run("Lint", execution)).result).toMatchObject({ outcome: "succeeded" });
  const planned = await world.run("Plan", execution);
  expect(planned.result.sentence).toBe(
    `billing: commit ${commitId.slice(0, 7)}; create 1; not scanned; pushed to the branch.`,
  );
  expect(planned.exported.SUMMARY).toBe(planned.result.sentence);
  expect(workloadSummary.parse(planned.result.details.summary)).toMatchObject({
    ...{ workload: "billing", startedBy: null, region: "us-east-1", commitId },
    changes: [{ address: "terraform_data.this", action: "create" }],
  });
  execution.approve();
  const applied = await world.run("Apply", execution, { environment: givenToApply(planned) });
  expect(applied.result).toMatchObject({
    ...{ outcome: "succeeded", sentence: `Released commit ${commitId.slice(0, 7)} of billing.` },
    details: { made: ["terraform_data.this"], approver: APPROVER },
  });
  const { Body } = await world.objects.send(new GetObjectCommand({ Bucket: world.buckets.states, Key: STATE }));
  expect(await Body?.transformToString()).toContain("us-east-1 large first");
  const made = world.calls().slice(before);
  expect(made.filter(({ service }) => service.toLowerCase() === "dynamodb")).toEqual([]);
  const sessions = made.filter(({ operation }) => operation === "AssumeRole").map(({ input }) => input);
  expect(sessions.length).toBeGreaterThan(0);
  for (const session of sessions) expect(session).toMatchObject({ ExternalId: "billing", RoleSessionName: "billing" });
  await world.commit({ "live/network/aws.tf": null });
});

it("Where people start the pipeline, those who approve read who did.", async () => {
  const commitId = await commit("by-hand");
  const execution = executionOf(commitId, { trigger: { triggerType: "StartPipelineExecution", triggerDetail: MARY } });
  const { result } = await world.run("Plan", execution);
  expect(result).toMatchObject({ outcome: "succeeded", sentence: expect.stringContaining(`; started by ${MARY}.`) });
});

it.each([
  ["a rollback", { triggerType: "ManualRollback", triggerDetail: MARY }],
  ["another rule", { triggerType: "CloudWatchEvent", triggerDetail: `${RULE}-2` }],
  ["polling", { triggerType: "PollForSourceChanges" }],
  ["a webhook", { triggerType: "Webhook", triggerDetail: RULE }],
])("Plan and Apply refuse what %s started.", async (_, trigger) => {
  const execution = executionOf(await commit("refused"), { trigger });
  for (const action of ["Plan", "Apply"] as const) {
    const environment = givenToApply(await world.run("Plan", executionOf(execution.commitId)));
    expect((await world.run(action, execution, { environment })).result).toMatchObject({
      outcome: "refused",
      sentence: expect.stringContaining("Only a push and people may start this pipeline."),
    });
  }
});

it("A commit that its execution does not have is refused, and so is one that is not on the branch.", async () => {
  const commitId = await commit("on-the-branch");
  expect((await world.run("Plan", executionOf(commitId, { revision: "0".repeat(40) }))).result).toMatchObject({
    outcome: "refused",
    sentence: "The build has another commit than its execution.",
  });
  await world.git("checkout", "--quiet", "-b", "aside");
  const aside = await commit("aside");
  await world.git("checkout", "--quiet", "main");
  expect((await world.run("Plan", executionOf(aside))).result).toMatchObject({
    ...{
      outcome: "refused",
      sentence: `Commit ${aside} is not on the branch main.`,
      nextSteps: ["Merge it into main."],
    },
  });
});

it("Apply refuses an approval by anybody else, and a plan that is stale, with the command that starts the pipeline again.", async () => {
  // A state that still names a provider of before needs it, and a lock file would differ.
  const clean = executionOf(await commit("clean"));
  clean.approve();
  await world.run("Apply", clean, { environment: givenToApply(await world.run("Plan", clean)) });
  const older = executionOf(await commit("older"));
  const newer = executionOf(await commit("newer"));
  const [first, second] = [await world.run("Plan", older), await world.run("Plan", newer)];
  newer.approve(MARY);
  const unapproved = await world.run("Apply", newer, { environment: givenToApply(second) });
  expect(unapproved.result).toMatchObject({
    outcome: "refused",
    sentence: expect.stringContaining(`${MARY} approved`),
  });
  newer.approve();
  expect((await world.run("Apply", newer, { environment: givenToApply(second) })).result.outcome).toBe("succeeded");
  older.approve();
  expect((await world.run("Apply", older, { environment: givenToApply(first) })).result).toMatchObject({
    outcome: "refused",
    sentence: expect.stringContaining("a fresh plan differs in terraform_data.this. Nothing was applied."),
    nextSteps: [
      "Start the pipeline again, with a fresh plan:",
      "  aws codepipeline start-pipeline-execution --name dev-infrastructure --region us-east-1",
    ],
  });
});

it("Protected resources are allowed in the folder of the root, and refusals name it.", async () => {
  const gone = executionOf(await commit("", { "live/network/main.tf": 'variable "region" {}\nvariable "size" {}\n' }));
  const refused = await world.run("Plan", gone);
  expect(refused.result).toMatchObject({
    outcome: "refused",
    nextSteps: [
      "To destroy them, name them in live/network/allow-destroy.txt:",
      "  terraform_data.this",
      "Then push to main.",
    ],
  });
  const allowed = executionOf(await world.commit({ "live/network/allow-destroy.txt": "terraform_data.this\n" }));
  expect((await world.run("Plan", allowed)).result.outcome).toBe("succeeded");
  await commit("again", { "live/network/allow-destroy.txt": null });
});

it("A variable file that is missing is refused by its name, and a configuration of guardrails delivers nothing.", async () => {
  configure({ variableFiles: ["live/common.tfvars", "live/gone.tfvars"] });
  const execution = executionOf(await commit("file"));
  expect((await world.run("Plan", execution)).result).toMatchObject({
    ...{ outcome: "refused", sentence: "The commit has no live/gone.tfvars." },
    nextSteps: ["Add it; it may be empty. Then push to main."],
  });
  configure();
  const guardrails = guardrailConfiguration();
  world.configuration = guardrails as unknown as ReleaseConfiguration;
  expect((await world.run("Plan", execution)).result).toMatchObject({
    ...{ outcome: "failed", sentence: "targets.json is of guardrails, which deliver nothing." },
  });
  configure();
});

function guardrailConfiguration(): GuardrailConfiguration {
  const { repository, state, pipeline, accountId, region } = releases;
  const role = (kind: string) => ({ roleArn: roleOf(`palisade-${kind}-billing`, TARGET_ACCOUNT), externalId: "trial" });
  return {
    ...{ kind: "guardrails", pipeline, accountId, region, repository },
    workloads: {
      billing: {
        repository: { url: repository.url, branch: "main", role: role("pull") },
        ...{ path: "live/network", variableFiles: ["live/common.tfvars"], owner: "billing@example.com" },
        state: { bucket: state.bucket, key: STATE, region: state.region, role: role("state") },
        ...{ planRoleArn: role("plan").roleArn, externalId: "trial" },
      },
    },
  };
}

it("A trial reads the state as its role alone though somebody holds the lock, and calls exactly what the policy of the role is made for.", async () => {
  const workload = triedWorkload("billing", guardrailConfiguration());
  const folder = mkdtempSync(join(tmpdir(), "palisade trial-"));
  mkdirSync(join(folder, "cache"));
  symlinkSync(world.plugins, join(folder, "cache", "plugins"));
  const environment = world.environmentOf("palisade-compliance-build", folder);
  const { run } = createRunner(environment, createMask(), () => {});
  const checkout = await checkOut({ run, folder: join(folder, "repository") }, { ...workload.repository });
  const terraform = await openTerraform(
    { environment, folder, run },
    { workload, program: "terraform", checkout: checkout.folder, role: workload.planRole, secrets: {} },
  );
  await world.objects.send(
    new PutObjectCommand({ Bucket: world.buckets.states, Key: `${STATE}.tflock`, Body: '{"ID":"held"}' }),
  );
  const begin = world.calls().length;
  await terraform.init();
  await terraform.plan(join(folder, "tfplan"), { lock: false });
  const { plan } = await terraform.show(join(folder, "tfplan"));
  expect(plan.resource_changes.map(({ address }) => address)).toEqual(["terraform_data.this"]);

  const calls = world.calls().slice(begin);
  const ofS3 = await Promise.all(
    calls
      .filter(({ service }) => service === "s3")
      .map(async (call) => [
        (await world.callerOf(call)).split("/")[1],
        call.operation.replace(/&x-id=\w+|\?x-id=\w+/, ""),
      ]),
  );
  const bucket = world.buckets.states;
  expect(new Set(ofS3.map(([role]) => role))).toEqual(new Set(["palisade-state-billing"]));
  expect([...new Set(ofS3.map(([, operation]) => operation))].sort()).toEqual([
    `GET /${bucket}/${STATE}`,
    `GET /${bucket}?list-type=2&max-keys=1000&prefix=env%3A%2F`,
    `HEAD /${bucket}/${STATE}`,
  ]);
});
