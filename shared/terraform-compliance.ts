import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import * as z from "zod";
import { byCodeUnits } from "./code-unit-order.ts";
import { Fault } from "./fault.ts";
import { featureFiles, type Guardrail, readGuardrails } from "./guardrail-files.ts";
import { RECORDER } from "./guardrail-recorder.ts";
import { listedNames } from "./listed-names.ts";
import { createMask, type Mask, maskedJson } from "./masked-text.ts";
import { parsedJson } from "./parsed-json.ts";
import { plainText } from "./plain-text.ts";
import { maskPlanSecrets } from "./plan-secrets.ts";
import type { Run } from "./run-program.ts";
import { optionalFile } from "./stage.ts";

/** What a guardrail says of a plan. */
export interface RawVerdict extends Omit<Guardrail, "named"> {
  verdict: "passed" | "failed" | "not applicable";
  /** What fails, by address. An address is empty where no single resource fails, such as one that has to exist. */
  resources: { address: string; reason: string }[];
}

export interface GuardrailRun {
  /** The version of terraform-compliance. */
  version: string;
  /** The version of Terraform that made the plan. */
  terraform: string;
  /** One for each guardrail, in the order of their files. */
  scenarios: RawVerdict[];
  /** The report in the Cucumber format, with reasons. */
  cucumber: string;
}

/** Of a reason, in characters. */
const MAX_REASON = 1_000;
/** Of what the tool says of its own fault, in characters. */
const MAX_FAULT = 500;

const record = z.object({
  version: z.string(),
  scenarios: z.array(
    z.object({
      file: z.string(),
      name: z.string(),
      steps: z
        .array(
          z.object({
            step: z.string(),
            state: z.enum(["untested", "skipped", "passed", "failed", "pending"]),
            failures: z.array(z.object({ address: z.string(), reason: z.string() })),
            fault: z.string().nullable(),
            /** How many resources a Given found. */
            found: z.number().optional(),
          }),
        )
        .min(1),
    }),
  ),
});
type Recorded = z.output<typeof record>["scenarios"][number];

const planJson = z.looseObject({
  terraform_version: z.string(),
  planned_values: z.looseObject({}),
  configuration: z.looseObject({}),
});

/**
 * Runs terraform-compliance. Its exit code proves nothing, and its output is for people: a verdict comes from what our plug-in
 * records. Values that the plan marks as sensitive are masked.
 *
 * @param program the path of terraform-compliance
 * @param features the folder with the guardrails, `*.feature`
 * @param plan the output of `terraform show -json`, which is one line
 * @param folder where it works; it must not exist
 * @throws Refusal where a guardrail is wrong; Fault where the tool cannot run one, or does not run all
 */
export async function runGuardrails({
  run,
  program,
  features,
  plan: planFile,
  folder,
}: {
  run: Run;
  program: string;
  features: string;
  plan: string;
  folder: string;
}): Promise<GuardrailRun> {
  const guardrails = await readGuardrails(features);
  const { terraform, json } = readPlan(await readFile(planFile, "utf8"));
  const mask = createMask();
  maskPlanSecrets(json, mask);

  const copies = join(folder, "features");
  const plugin = join(folder, "plug-in");
  const temporary = join(folder, "temporary");
  for (const path of [copies, plugin, temporary]) await mkdir(path, { recursive: true });
  try {
    // The tool reads folders below, too.
    for (const file of await featureFiles(features)) await copyFile(join(features, file), join(copies, file));
    await writeFile(join(plugin, "recorder.py"), RECORDER);
    const recorded = join(folder, "record.json");
    const report = join(folder, "cucumber.json");
    const environment = {
      PATH: [dirname(program), "/usr/local/bin", "/usr/bin", "/bin"].join(":"),
      HOME: folder,
      TMPDIR: temporary,
      LC_ALL: "C.UTF-8",
      PYTHONUTF8: "1",
      // Its order of resources is that of their hashes.
      PYTHONHASHSEED: "0",
      GIT_PYTHON_REFRESH: "quiet",
      PALISADE_RECORD: recorded,
    };
    // Nothing of the build's environment: neither credentials nor settings of Python.
    const { code, output, complaint } = await run(
      "env",
      [
        "-i",
        ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        ...[program, "--features", copies, "--planfile", planFile, "--no-ansi", "--basedir", plugin],
        ...["--cucumber-json", report],
      ],
      { folder, hidden: true, expected: "any" },
    );
    const text = await optionalFile(recorded);
    const said = () => plainText(mask.mask(lastWords(output, complaint)), MAX_FAULT);
    if (text === undefined) throw new Fault(`terraform-compliance did not run the guardrails. ${said()}`.trim());
    const { version, scenarios } = record.parse(JSON.parse(text));
    for (const { steps } of scenarios)
      for (const { failures } of steps) mask.keep(...failures.map(({ address }) => address));
    const judged = verdictsOf(guardrails, scenarios, mask, said);
    const failed = judged.some(({ verdict }) => verdict === "failed");
    if (code !== (failed ? 1 : 0))
      throw new Fault(
        `terraform-compliance ended with exit code ${code}, and ${failed ? "a" : "no"} guardrail fails. ${said()}`.trim(),
      );
    return {
      version,
      terraform,
      scenarios: judged,
      cucumber: cucumberOf(await readFile(report, "utf8"), mask),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

function readPlan(text: string): { terraform: string; json: unknown } {
  // The tool takes the second line of a text with several.
  if (text.trimEnd().includes("\n")) throw new Fault("The JSON of the plan has more than one line.");
  const json = parsedJson(text);
  if (json === undefined) throw new Fault("The plan is no JSON.");
  const parsed = planJson.safeParse(json);
  if (!parsed.success) throw new Fault(`The JSON of the plan is none of Terraform. ${z.prettifyError(parsed.error)}`);
  return { terraform: parsed.data.terraform_version, json };
}

/** What each guardrail says, as long as exactly what is written was run. */
function verdictsOf(
  guardrails: readonly Guardrail[],
  recorded: readonly Recorded[],
  mask: Mask,
  said: () => string,
): RawVerdict[] {
  const all = new Map(recorded.map((scenario) => [keyOf(scenario.file, scenario.name), scenario]));
  const missing = guardrails.filter(({ feature, named }) => !all.has(keyOf(`${feature}.feature`, named)));
  if (missing.length > 0 || recorded.length !== guardrails.length)
    throw new Fault(
      [
        `terraform-compliance ran ${recorded.length} guardrails, and ${guardrails.length} are written.`,
        said(),
        ...(missing.length > 0 ? [`It did not run: ${listedNames(missing.map(({ scenario }) => scenario))}.`] : []),
      ].join(" "),
    );
  return guardrails.map(({ named, ...guardrail }) => {
    const scenario = all.get(keyOf(`${guardrail.feature}.feature`, named));
    return { ...guardrail, ...verdictOf(guardrail.scenario, scenario?.steps ?? [], mask) };
  });
}

const keyOf = (file: string, name: string): string => JSON.stringify([file, name]);

function verdictOf(name: string, steps: Recorded["steps"], mask: Mask): Pick<RawVerdict, "verdict" | "resources"> {
  const broken = steps.find(({ fault }) => fault !== null);
  if (broken)
    throw new Fault(
      `terraform-compliance cannot run the guardrail ${name}: ${plainText(
        mask.mask(`${broken.step}: ${broken.fault}`),
        MAX_FAULT,
      )}`,
      "Correct the guardrail.",
    );
  const failures = steps.flatMap((step) => step.failures);
  if (failures.length > 0) {
    const reasons = new Map<string, Set<string>>();
    for (const { address, reason } of failures) reasons.set(address, (reasons.get(address) ?? new Set()).add(reason));
    const resources = [...reasons].map(([address, all]) => ({ address, reason: reasonOf([...all], mask) }));
    return { verdict: "failed", resources: resources.sort((a, b) => byCodeUnits(a.address, b.address)) };
  }
  const at = steps.findIndex(({ state }) => state !== "passed");
  const found = steps.reduce((sum, step) => sum + (step.found ?? 0), 0);
  if (at < 0 && found > 0) return { verdict: "passed", resources: [] };
  // A filter that finds nothing ends the scenario.
  if (steps[at]?.state === "skipped" && steps.slice(at + 1).every(({ state }) => state === "untested"))
    return { verdict: "not applicable", resources: [] };
  throw new Fault(
    `terraform-compliance did not run the guardrail ${name} to its end: ${steps.map(({ state }) => state).join(", ")}.`,
  );
}

const reasonOf = (reasons: readonly string[], mask: Mask): string =>
  plainText(mask.mask(withRanges(reasons.join(" ").replaceAll(/\s+/g, " ").trim())), MAX_REASON);

/** The tool lists each port of a rule: `22,23,24,443` becomes `22-24,443`. */
export function withRanges(reason: string): string {
  return reason.replaceAll(/\d+(?:,\d+){2,}/g, (list) => {
    const ranges: [first: number, last: number][] = [];
    for (const number of list.split(",").map(Number)) {
      const range = ranges.at(-1);
      if (range?.[1] === number - 1) range[1] = number;
      else ranges.push([number, number]);
    }
    return ranges
      .map(([first, last]) => (last - first > 1 ? `${first}-${last}` : last > first ? `${first},${last}` : first))
      .join(",");
  });
}

/** The report of the tool, without folders of the build and without secrets. */
const cucumberOf = (text: string, mask: Mask): string => {
  const report: unknown = JSON.parse(text, (key, value: unknown) =>
    key === "uri" && typeof value === "string" ? basename(value) : value,
  );
  return maskedJson(report, mask);
};

/** What the tool says of its own fault. */
function lastWords(output: string, complaint: string): string {
  const lines = [...output.split("\n"), ...complaint.split("\n")].map((line) => line.trim()).filter(Boolean);
  const at = lines.findIndex((line) => /\berror\b/i.test(line));
  return (at < 0 ? lines.slice(-3) : lines.slice(at, at + 3)).join(" ");
}
