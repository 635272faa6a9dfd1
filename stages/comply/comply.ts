import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { allEnded } from "../../shared/all-ended.ts";
import { type Checkout, checkOut } from "../../shared/checkout.ts";
import { type Compliance, compliance, stops } from "../../shared/compliance.ts";
import { complianceProgram } from "../../shared/compliance-tool.ts";
import { Fault } from "../../shared/fault.ts";
import { readWaivers, type Waiver } from "../../shared/guardrail-waivers.ts";
import { junit } from "../../shared/junit.ts";
import { maskedJson } from "../../shared/masked-text.ts";
import { type Build, buildOf, toolPath } from "../../shared/pinned-tools.ts";
import { maskPlanSecrets } from "../../shared/plan-secrets.ts";
import { Refusal } from "../../shared/refusal.ts";
import { readSecrets } from "../../shared/release-secrets.ts";
import { type Ending, optionalFile } from "../../shared/stage.ts";
import { openTerraform } from "../../shared/terraform.ts";
import { type GuardrailRun, runGuardrails } from "../../shared/terraform-compliance.ts";
import { lastApplied } from "./last-applied.ts";
import type { Check } from "./subject.ts";
import { reportOf, sentenceOf } from "./verdict-text.ts";
import { judge } from "./verdicts.ts";

/**
 * The story of ComplianceCheck: check out guardrails and workload, plan the workload against its own state without touching it, and
 * judge the plan by the guardrails and the waivers. Whatever stands in the way of that is no verdict: it could not check.
 */
export async function comply(check: Check): Promise<Ending> {
  try {
    return await checked(check);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await writeReports(check, { "compliance.xml": junit("compliance", [couldNotCheck(message)], check.mask) });
    if (error instanceof Refusal || error instanceof Fault) throw new Fault(message, ...error.steps);
    throw error;
  }
}

async function checked(check: Check): Promise<Ending> {
  const { configuration, name, owner, workload, guardrails, commitOf } = check;
  const { folder, run, mask, now } = check;
  const build = await buildOf(check);
  // The plan has secrets, also those that nobody marked. It is gone after the check, and no artifact has it.
  const temporary = await mkdtemp(join(tmpdir(), "compliance-"));
  let both: Planned;
  let ran: GuardrailRun;
  try {
    const [planned, tool] = await allEnded([
      planOf(check, build, temporary),
      complianceProgram(build, join(folder, "comply", "requirements.txt")),
    ]);
    both = planned;
    const work = join(temporary, "guardrails");
    ran = await runGuardrails({ run, program: tool, features: planned.rules.folder, plan: planned.plan, folder: work });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  const { rules, checkout, waivers } = both;

  const checkedAt = new Date(now()).toISOString();
  const result: Compliance = compliance.parse({
    ...{ workload: name, owner, checkedAt },
    guardrails: { repository: guardrails.name, commitId: rules.commitId },
    planned: { ...plannedOf(checkout, workload.repository.url), path: workload.root },
    terraform: ran.terraform,
    terraformCompliance: ran.version,
    ...judge(ran.scenarios, waivers, checkedAt.slice(0, 10)),
  });
  for (const { scenario, resources } of result.scenarios)
    mask.keep(scenario, ...resources.map(({ address }) => address).filter((address) => both.names.has(address)));
  mask.keep(rules.commitId, checkout.commitId, configuration.pipeline);
  await writeReports(check, {
    "guardrails.json": maskedJson(JSON.parse(ran.cucumber), mask),
    "compliance.xml": reportOf(result, mask),
  });
  await writeReports(check, { "compliance.json": maskedJson(result, mask) });
  for (const note of result.notes) check.show(note);

  const details = { compliance: result };
  const sentence = sentenceOf(result);
  if (!stops(result)) return { outcome: "succeeded", sentence, details };
  return {
    outcome: "refused",
    sentence,
    nextSteps: [
      `Correct these resources, and ${commitOf === "workload" ? workload.words.push : `push to ${workload.repository.branch} of the workload`}.`,
      `Who answers for the guardrails may waive single resources for a while: waivers/${name}.json in ${guardrails.name}.`,
    ],
    details,
  };
}

interface Planned {
  rules: Checkout;
  checkout: Checkout;
  waivers: Waiver[];
  /** The path of the plan, as JSON. */
  plan: string;
  /** Addresses without a secret of the team. A value that the plan marks as sensitive may be an ordinary word of them, such as `main`. */
  names: ReadonlySet<string>;
}

/** Checks out both sides, and plans the workload. */
async function planOf(check: Check, build: Build, temporary: string): Promise<Planned> {
  const { name, workload, tag, guardrails, commitOf, released, commitId, folder, run, mask } = check;
  const [rules, checkout, program, secrets] = await Promise.all([
    naming(`The guardrails of ${guardrails.branch}`, async () => {
      const at = commitOf === "guardrails" ? { commitId } : {};
      return checkOut({ run, folder: join(folder, "guardrails"), ...at }, guardrails);
    }),
    naming(`The workload ${name}`, async () => {
      const applied = released && (await lastApplied(released, name));
      const at = commitOf === "workload" ? { commitId } : applied === undefined ? {} : { commitId: applied };
      return checkOut({ run, tag, folder: join(folder, "repository"), ...at }, workload.repository);
    }),
    toolPath("terraform", build),
    readSecrets(workload, mask),
  ]);
  const file = join("waivers", `${name}.json`);
  const waivers = readWaivers(await optionalFile(rules.folder, file), file);
  const terraform = await openTerraform(check, {
    ...{ workload, program, secrets },
    checkout: checkout.folder,
    role: workload.planRole,
  });
  await terraform.init();
  const saved = join(temporary, "tfplan");
  await terraform.plan(saved, { lock: false });
  const { json, plan: planned } = await terraform.show(saved);
  const addresses = planned.resource_changes.map(({ address }) => address);
  const names = new Set(addresses.filter((address) => mask.mask(address) === address));
  maskPlanSecrets(JSON.parse(json), mask);
  const plan = join(temporary, "plan.json");
  await writeFile(plan, json.trimEnd(), { mode: 0o600 });
  return { rules, checkout, waivers, plan, names };
}

const plannedOf = ({ commitId }: Checkout, url: string) => ({ repository: url.split("/").at(-1) ?? url, commitId });

const couldNotCheck = (message: string) => ({
  group: "compliance",
  name: "the check",
  failure: `Could not check: ${message}`,
});

async function writeReports({ folder }: Check, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, "reports"), { recursive: true });
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, "reports", name), text);
}

/** Says which of the two repositories a fault is of. */
async function naming<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = `${what} could not be checked out. ${error instanceof Error ? error.message : String(error)}`;
    throw new Fault(message, ...(error instanceof Refusal || error instanceof Fault ? error.steps : []));
  }
}
