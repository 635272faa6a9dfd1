import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { allEnded } from "../../shared/all-ended.ts";
import type { Checkout } from "../../shared/checkout.ts";
import { countChanges, numberOfChanges } from "../../shared/count-changes.ts";
import { type Delivery, openDelivery, openRoot, type Released } from "../../shared/delivery.ts";
import { commandLine } from "../../shared/email-text.ts";
import { junit } from "../../shared/junit.ts";
import type { Current } from "../../shared/ledger.ts";
import { listedNames } from "../../shared/listed-names.ts";
import { maskedJson } from "../../shared/masked-text.ts";
import { type Build, toolPath } from "../../shared/pinned-tools.ts";
import { plainText } from "../../shared/plain-text.ts";
import { differences, nameOf, planFingerprint } from "../../shared/plan-fingerprint.ts";
import type { ReleaseSummary, WorkloadSummary } from "../../shared/release-summary.ts";
import { type Ending, optionalFile, shortId } from "../../shared/stage.ts";
import type { Terraform } from "../../shared/terraform.ts";
import { plannedChanges } from "../../shared/terraform-plan.ts";
import { directionOf } from "./direction.ts";
import { judgeProtected, type Protection } from "./protected-types.ts";
import { scanPlan } from "./scan.ts";
import type { Verdict } from "./scan-verdict.ts";
import { readWaivers } from "./scan-waivers.ts";
import { summaryText } from "./summary-text.ts";

// Files beside the variables of a release, or in the root of a workload.
const ALLOW_DESTROY = "allow-destroy.txt";
const WAIVERS = "scan-waivers.json";

/** CodeBuild wants a report of each build. */
const NOT_SCANNED: Verdict & { report: string } = {
  scan: { by: [], stopping: [], waived: [], other: [] },
  notes: [],
  report: junit("scan", [{ group: "scan", name: "the environment asks for no findings" }]),
};

/**
 * The story of Plan: check out the commit, plan it, judge the plan, and leave it with its summary for the approval and for
 * Apply.
 */
export async function plan(delivery: Delivery): Promise<Ending> {
  const { configuration, workload, exceptions, commitId, executionId, folder, now, show, mask } = delivery;
  const { released, startedBy } = await openDelivery(delivery);
  const { checkout, terraform, build } = await openRoot(delivery, "planRole");
  const artifact = join(folder, "plan");
  await mkdir(artifact, { recursive: true });
  const planFile = join(artifact, "tfplan");

  const [scanners, plannedAt] = await allEnded([
    scannersOf(delivery, build),
    terraform.init().then(async () => {
      await terraform.plan(planFile);
      // The plan waits for the lock of the state, and holds it to its end: so this moment is after each apply that it has seen.
      return new Date(now()).toISOString();
    }),
  ]);
  const excepted = join(checkout.folder, exceptions);
  const [{ planned, scan, notes }, again, current] = await allEnded([
    terraform.show(planFile).then(async ({ json, plan: planned }) => ({
      planned,
      ...(await scanned(delivery, json, excepted, scanners)),
    })),
    configuration.planTwice ? planAgain(terraform, folder) : Promise.resolve(undefined),
    released ? released.ledger.current(released.release) : Promise.resolve(undefined),
  ]);
  const fingerprint = planFingerprint(planned);
  const planSha256 = createHash("sha256")
    .update(await readFile(planFile))
    .digest("hex");
  const changes = plannedChanges(planned);
  const protection = judgeProtected(changes, configuration.protectedTypes, await optionalFile(excepted, ALLOW_DESTROY));
  const summary: ReleaseSummary | WorkloadSummary = {
    ...(released
      ? await factsOf(released, current, commitId, checkout.isAncestor)
      : { workload: workload.name, startedBy: startedBy ?? null }),
    ...{ region: workload.region, commitId, executionId },
    applyable: planned.applyable,
    counts: countChanges(planned),
    changes: changes.map(({ address, deposed, action }) => ({
      address,
      ...(deposed !== undefined && { deposed }),
      action,
      ...(protection.allowed.some((one) => one.address === address && one.deposed === deposed) && { allowed: true }),
    })),
    drift: planned.resource_drift
      .filter(({ change: { actions } }) => actions.join() !== "no-op")
      .map(({ address }) => address),
    unstable: again ? differences(fingerprint, again) : [],
    scan,
    planSha256,
    planFingerprint: fingerprint.hash,
  };
  mask.keep(planSha256, fingerprint.hash);
  if (current) mask.keep(...Object.values(placed(current)), shortId(current.commitId));
  const text = mask.mask(summaryText(summary));
  const number = numberOfChanges(planned.applyable, summary.counts);
  await writeFile(join(artifact, "summary.json"), maskedJson(summary, mask));
  // A root without providers has no lock file, and the artifact names it.
  await writeFile(
    join(artifact, ".terraform.lock.hcl"),
    (await optionalFile(terraform.root, ".terraform.lock.hcl")) ?? "",
  );
  await writeVariables(folder, {
    CHANGES: String(number),
    SUMMARY: text,
    PLAN_SHA256: planSha256,
    PLAN_FINGERPRINT: fingerprint.hash,
  });
  for (const line of [...notes, ...notesOf(protection, summary)]) show(line);

  const details = { summary, plannedAt };
  const refusal = refusalOf(protection, summary, (file) => join(exceptions, file), workload.words.push);
  if (refusal) return { outcome: "refused", ...refusal, details };
  return { outcome: "succeeded", sentence: text, details };
}

/** What is there now, and how the release stands to it. */
async function factsOf(
  { release, execution }: Released,
  current: Current | undefined,
  commitId: string,
  isAncestor: Checkout["isAncestor"],
) {
  const { environment, team, scope, tag, version } = release;
  return {
    ...{ environment, team, scope, tag, version },
    taggedBy: execution.taggedBy,
    reason: execution.reason,
    from: current ? placed(current) : null,
    direction: await directionOf(current?.commitId, commitId, isAncestor),
  };
}

const placed = ({ version, commitId, tag, executionId }: Current) => ({ version, commitId, tag, executionId });

type Scanners = Parameters<typeof scanPlan>[0]["tools"];

/** The scanners; undefined where the environment asks for no finding of any. */
async function scannersOf({ configuration: { scan } }: Delivery, build: Build): Promise<Scanners | undefined> {
  if (scan.trivySeverities.length + scan.checkovChecks.length === 0) return undefined;
  const [trivy, checkov] = await allEnded([toolPath("trivy", build), toolPath("checkov", build)]);
  return { trivy, checkov };
}

/** What the scanners say of a plan. */
async function scanned(
  { configuration: { scan }, folder, now, run }: Delivery,
  json: string,
  excepted: string,
  tools: Scanners | undefined,
): Promise<Verdict> {
  const waivers = readWaivers(await optionalFile(excepted, WAIVERS), WAIVERS);
  const { report, ...verdict } = tools
    ? await scanPlan({
        plan: JSON.parse(json),
        waivers,
        scan,
        today: new Date(now()).toISOString().slice(0, 10),
        run,
        tools,
      })
    : NOT_SCANNED;
  await mkdir(join(folder, "reports"), { recursive: true });
  await writeFile(join(folder, "reports", "scan.xml"), report);
  return verdict;
}

/** The fingerprint of a second plan of the same state, at another second. */
async function planAgain(terraform: Terraform, folder: string) {
  await setTimeout(1_000);
  const again = join(folder, "terraform", "again");
  await terraform.plan(again);
  return planFingerprint((await terraform.show(again)).plan);
}

/** Writes a file for each exported variable, so that no shell reads what comes from outside. */
async function writeVariables(folder: string, variables: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(join(folder, "exported"), { recursive: true });
  for (const [name, value] of Object.entries(variables)) await writeFile(join(folder, "exported", name), value);
}

function notesOf({ unused }: Protection, { drift }: Pick<ReleaseSummary, "drift">): string[] {
  return [
    ...(drift.length > 0 ? [`Changed outside Terraform since the last apply: ${listedNames(drift)}`] : []),
    ...(unused.length > 0 ? [`${ALLOW_DESTROY} names what this release does not destroy: ${listedNames(unused)}`] : []),
  ];
}

/** What stops the release, all at once; undefined where nothing does. */
function refusalOf(
  { refused }: Protection,
  { scan: { stopping }, unstable }: Pick<ReleaseSummary, "scan" | "unstable">,
  fileOf: (name: string) => string,
  push: string,
): Pick<Ending, "sentence" | "nextSteps"> | undefined {
  if (refused.length + stopping.length + unstable.length === 0) return undefined;
  const reasons = [
    [
      refused.map(({ address, deposed }) => nameOf(address, deposed)),
      "The plan destroys or replaces protected resources",
    ],
    [stopping.map(({ check, address }) => `${check} in ${address}`), "The scans found what stops a release"],
    [unstable, "Two plans of one state differ, so Apply would refuse this plan, in"],
  ] as const;
  return {
    sentence: reasons
      .filter(([names]) => names.length > 0)
      .map(([names, reason]) => `${reason}: ${listedNames(names)}.`)
      .join(" "),
    nextSteps: [
      ...(refused.length > 0
        ? [
            `To destroy them, name them in ${fileOf(ALLOW_DESTROY)}:`,
            ...new Set(refused.map(({ address }) => commandLine(plainText(address, 300)))),
          ]
        : []),
      ...(stopping.length > 0 ? [`Correct the findings, or waive them in ${fileOf(WAIVERS)}.`] : []),
      ...(unstable.length > 0
        ? ["Look for plantimestamp() and for data sources that never answer the same, and take them out."]
        : []),
      `Then ${push}.`,
    ],
  };
}
