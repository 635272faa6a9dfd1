import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Rehearsal, startRehearsal } from "../../local/runtime/rehearsal.ts";
import { Root } from "../../local/terraform/root.ts";
import { zip } from "../../shared/zip.ts";

const FIXTURE = join(import.meta.dirname, "..", "local", "runtime", "fixtures", "release");

/** What the builds run: it clones the repository, and has no changes where the commit says so. */
const PLAN = `
set -e
git clone --quiet https://git-codecommit.us-east-1.amazonaws.com/v1/repos/infrastructure clone
git -C clone checkout --quiet "$COMMIT_ID"
mkdir plan exported reports
cp clone/main.txt plan/tfplan
echo '{}' >plan/summary.json
echo '<testsuites/>' >reports/scan.xml
if grep -q nothing clone/main.txt; then echo 0 >exported/CHANGES; else echo 3 >exported/CHANGES; fi
echo "3 to add by $TAG" >exported/SUMMARY
aws_endpoint=$AWS_ENDPOINT_URL node -e 'console.log("CALLER", process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI !== undefined, process.env.TARGETS)'
`;

let rehearsal: Rehearsal;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "palisade-fixture-"));
  const root = new Root("release");
  cpSync(FIXTURE, root.folder, { recursive: true });
  const text = (content: string) => new TextEncoder().encode(content);
  writeFileSync(join(root.folder, "function.zip"), zip({ "index.mjs": text("") }));
  writeFileSync(join(root.folder, "stages.zip"), zip({ "plan.sh": text(PLAN), "apply.sh": text("echo applied") }));
  rehearsal = await startRehearsal({ root, region: "us-east-1", bundle: () => join(FIXTURE, "starter.mjs") });
});
afterAll(async () => {
  await rehearsal.close();
  rmSync(folder, { recursive: true });
});

const approver = () => ({ roleArn: `arn:aws:iam::${rehearsal.account}:role/sample-approve-dev`, sessionName: "mary" });

it("A tag goes through the whole system: event, function, pipeline, builds, approval, e-mails.", async () => {
  const commit = await rehearsal.push("infrastructure", "main", "First", { "main.txt": "three things\n" });
  await rehearsal.pushTag("infrastructure", "dev_us-east-1/a/1.0");
  const execution = await rehearsal.started("TAG", "dev_us-east-1/a/1.0");
  await rehearsal.waitsForApproval(execution);
  await rehearsal.decide(execution, "Approved", approver(), "As agreed");
  expect(await rehearsal.ended(execution)).toBe("Succeeded");
  expect(rehearsal.actionsOf(execution)).toEqual([
    "Source.Source Succeeded",
    "Source.Programs Succeeded",
    "Plan.Plan Succeeded",
    "Approve.Approve Succeeded",
    "Apply.Apply Succeeded",
  ]);
  expect(rehearsal.faults).toEqual([]);
  expect(rehearsal.executionOf(execution)).toMatchObject({
    trigger: {
      triggerType: "StartPipelineExecution",
      triggerDetail: `arn:aws:sts::${rehearsal.account}:assumed-role/sample-starter/sample-starter`,
    },
  });
  const [, approval] = rehearsal.executionOf(execution).actionExecutions;
  expect(approval).toMatchObject({
    updatedBy: `arn:aws:sts::${rehearsal.account}:assumed-role/sample-approve-dev/mary`,
    input: { resolvedConfiguration: { CustomData: "3 to add by dev_us-east-1/a/1.0" } },
    output: { executionResult: { externalExecutionSummary: "As agreed" } },
  });
  const { exported, reports, log } = rehearsal.buildOf(execution, "Plan");
  expect(exported).toMatchObject({ CHANGES: "3", SUMMARY: "3 to add by dev_us-east-1/a/1.0" });
  expect(reports).toEqual({ scan: { "scan.xml": "<testsuites/>\n" } });
  expect(log).toContain("CALLER true s3://sample-artifacts-dev/targets.json");
  const published = rehearsal.calls.filter(({ service }) => service === "SNS").map(({ input }) => input);
  expect(published).toContainEqual(expect.objectContaining({ Subject: "Pipeline SUCCEEDED" }));
  expect(commit).toMatch(/^[0-9a-f]{40}$/);
});

it("An execution without changes skips approval and apply.", async () => {
  await rehearsal.push("infrastructure", "main", "Second", { "main.txt": "nothing\n" });
  await rehearsal.pushTag("infrastructure", "dev_us-east-1/a/1.1", "main", "An annotated tag");
  const execution = await rehearsal.started("TAG", "dev_us-east-1/a/1.1");
  expect(await rehearsal.ended(execution)).toBe("Succeeded");
  expect(rehearsal.actionsOf(execution)).toEqual([
    "Source.Source Succeeded",
    "Source.Programs Succeeded",
    "Plan.Plan Succeeded",
  ]);
  expect(rehearsal.faults).toEqual([]);
});

it("A client of a story calls as a session of a role.", async () => {
  const { roleArn, sessionName } = approver();
  const sts = new STSClient(await rehearsal.clientConfiguration(roleArn, sessionName));
  expect((await sts.send(new GetCallerIdentityCommand())).Arn).toContain("assumed-role/sample-approve-dev/mary");
});
