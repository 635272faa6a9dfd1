import { createHash } from "node:crypto";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { countChanges, numberOfChanges } from "../../shared/count-changes.ts";
import { type Delivery, openDelivery, openRoot, type Released } from "../../shared/delivery.ts";
import { Fault } from "../../shared/fault.ts";
import type { Applied } from "../../shared/ledger.ts";
import { listedNames } from "../../shared/listed-names.ts";
import { plainText } from "../../shared/plain-text.ts";
import { differences, nameOf, planFingerprint } from "../../shared/plan-fingerprint.ts";
import { Refusal } from "../../shared/refusal.ts";
import { releaseSummary } from "../../shared/release-summary.ts";
import { readSettings } from "../../shared/settings.ts";
import { type Ending, shortId } from "../../shared/stage.ts";
import { lockHeld } from "../../shared/state-lock.ts";
import { plannedChanges, type TerraformPlan } from "../../shared/terraform-plan.ts";
import { readApproval } from "./approval.ts";
import { followApply } from "./progress.ts";
import { applySettings } from "./settings.ts";

/**
 * The story of Apply: make sure that the plan is the approved one, that the right people approved it, and that the world is still
 * as they saw it; then apply exactly that plan, and write down what is there now.
 */
export async function apply(delivery: Delivery): Promise<Ending> {
  const { configuration, workload, release, commitId, executionId, environment, now, show } = delivery;
  const { pipeline, approverRoleArn } = configuration;
  const { title, again } = workload.words;
  const settings = readSettings(applySettings, environment, "build");
  const artifact = settings.CODEBUILD_SRC_DIR_Plan;
  const planFile = join(artifact, "tfplan");
  const planSha256 = createHash("sha256")
    .update(await readFile(planFile))
    .digest("hex");
  if (planSha256 !== settings.PLAN_SHA256)
    throw new Refusal("The saved plan is not the one that was made and approved: its SHA-256 differs.", ...again);

  const { codepipeline, released } = await openDelivery(delivery);
  const approval =
    approverRoleArn === null ? undefined : await readApproval(codepipeline, { pipeline, executionId, approverRoleArn });
  const { terraform } = await openRoot(delivery, "applyRole");
  await copyFile(join(artifact, ".terraform.lock.hcl"), join(terraform.root, ".terraform.lock.hcl"));
  await terraform.init("-lockfile=readonly");

  const freshFile = join(delivery.folder, "terraform", "fresh");
  await terraform.plan(freshFile);
  const { plan: fresh } = await terraform.show(freshFile);
  const fingerprint = planFingerprint(fresh);
  // The SHA-256 says that the saved plan has the fingerprint of Plan. Terraform only shows it to say what differs.
  const same = fingerprint.hash === settings.PLAN_FINGERPRINT;
  const approved = same ? fresh : (await terraform.show(planFile)).plan;
  const moved = same ? [] : differences(approvedFingerprint(approved, settings.PLAN_FINGERPRINT, again), fingerprint);
  const changes = plannedChanges(approved);
  const number = numberOfChanges(approved.applyable, countChanges(approved));
  const facts = { changes: number, ...approval };
  const meanwhile = released ? await releasedMeanwhile(released, executionId, artifact) : "";
  if (!same || meanwhile !== "")
    return {
      outcome: "refused",
      sentence: `${meanwhile}${same ? "" : `The world has changed since the plan was approved: a fresh plan differs in ${listedNames(moved)}. `}Nothing was applied.`,
      nextSteps: again,
      details: { ...facts, moved, made: [], notMade: changes.map(({ address, deposed }) => nameOf(address, deposed)) },
    };

  const progress = followApply(changes);
  const { code, complaint } = await terraform.apply(planFile, (line) => {
    for (const text of progress.take(line)) show(text);
  });
  const appliedAt = new Date(now()).toISOString();
  /** A ledger that cannot be written must not hide what was applied. */
  const write = async (outcome: Applied["outcome"]): Promise<string> => {
    try {
      await released?.ledger.applied(released.ledgerRelease, {
        ...{ outcome, changes: number, planSha256, planFingerprint: settings.PLAN_FINGERPRINT, appliedAt },
        ...(approval && { approver: approval.approver }),
      });
      return "";
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return ` The ledger could not be written: ${plainText(reason, 500)}`;
    }
  };
  const where = `${release?.version ?? `commit ${shortId(commitId)}`} of ${title}`;
  if (code === 0) {
    const fault = await write("released");
    return {
      outcome: fault === "" ? "succeeded" : "failed",
      sentence: `Released ${where}.${fault}`,
      details: {
        ...facts,
        made: changes.map(({ address, deposed }) => nameOf(address, deposed)),
        notMade: [],
        moved: [],
        appliedAt,
      },
    };
  }

  const [made, notMade, destroyedOnly] = [progress.made(), progress.notMade(), progress.destroyedOnly()];
  const said = [...progress.errors(), complaint].join("\n").trim() || `Terraform ended with exit code ${code}.`;
  if (said.includes("Saved plan is stale"))
    return {
      outcome: "refused",
      sentence: `The state of ${title} has changed since the plan was made. Nothing was applied.`,
      nextSteps: again,
      details: { ...facts, made, notMade, moved: [] },
    };
  if (!progress.began())
    throw lockHeld(said, workload) ?? new Fault(`Terraform applied nothing. ${plainText(said, 1_000)}`, ...again);
  const fault = await write("failed");
  return {
    outcome: "failed",
    sentence:
      [
        `The release of ${where} failed half-way: ${plainText(said.replaceAll(/\s+/g, " "), 800)}`,
        `Made: ${listedNames(made) || "nothing"}.`,
        `Not made: ${listedNames(notMade) || "nothing"}.`,
        ...(destroyedOnly.length > 0 ? [`Destroyed and not made again: ${listedNames(destroyedOnly)}.`] : []),
      ].join(" ") + fault,
    nextSteps: ["Remove the cause.", ...again],
    details: { ...facts, made, notMade, destroyedOnly, moved: [], appliedAt },
  };
}

/** The fingerprint of the saved plan, which must be as Plan said. */
function approvedFingerprint(approved: TerraformPlan, said: string, again: readonly string[]) {
  const fingerprint = planFingerprint(approved);
  if (fingerprint.hash === said) return fingerprint;
  throw new Refusal("The saved plan does not do what Plan said: its fingerprint differs.", ...again);
}

/**
 * A sentence about a release since the plan was made; empty where the ledger knows of none. A release that changed nothing leaves no
 * trace in the state: only the ledger knows it.
 */
async function releasedMeanwhile(
  { release, ledger }: Released,
  executionId: string,
  artifact: string,
): Promise<string> {
  const { from } = releaseSummary.parse(JSON.parse(await readFile(join(artifact, "summary.json"), "utf8")));
  const there = await ledger.current(release);
  if (!there || there.executionId === from?.executionId) return "";
  const which = there.executionId === executionId ? "An earlier try of this release" : `Meanwhile ${there.version}`;
  return `${which} ${there.outcome === "failed" ? "failed half-way" : "was released"}. `;
}
