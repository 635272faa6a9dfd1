import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOut } from "../../shared/checkout.ts";
import { complianceProgram } from "../../shared/compliance-tool.ts";
import type { GuardrailConfiguration } from "../../shared/guardrail-configuration.ts";
import { type JunitCase, junit } from "../../shared/junit.ts";
import { buildOf, toolPath } from "../../shared/pinned-tools.ts";
import type { Configuration, Ending, Stage, Subject } from "../../shared/stage.ts";
import { type CheckedGuardrail, checkGuardrails } from "./fixtures.ts";

/** How many guardrails the sentence names. All of them are in the report and in the result. */
const NAMED = 5;

type Tested = Subject & { configuration: GuardrailConfiguration };

/** Whose guardrails are tested: only the guardrail pipeline does. */
export function testedBy(configuration: Configuration): Tested {
  if (configuration.kind !== "guardrails") throw new Error("targets.json is of no guardrails.");
  return { configuration, names: [configuration.repository.branch] };
}

/** The story of SelfCheck: check out the guardrails, and run each on what is compliant and on what is not. */
export async function selfCheck(stage: Stage & Tested): Promise<Ending> {
  const { configuration, commitId, folder, run } = stage;
  const build = await buildOf(stage);
  const [{ folder: repository }, terraform, compliance] = await Promise.all([
    checkOut({ run, commitId, folder: join(folder, "guardrails") }, configuration.repository),
    toolPath("terraform", build),
    complianceProgram(build, join(folder, "comply", "requirements.txt")),
  ]);
  const temporary = await mkdtemp(join(tmpdir(), "self-check-"));
  try {
    const program = { terraform, compliance };
    const scenarios = await checkGuardrails({ run, repository, folder: temporary, cache: folder, program });
    return await ended(scenarios, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function ended(scenarios: readonly CheckedGuardrail[], folder: string): Promise<Ending> {
  const cases = scenarios.map(
    ({ feature, scenario, problem }): JunitCase => ({
      ...{ group: feature, name: scenario },
      ...(problem !== null && { failure: problem }),
    }),
  );
  await mkdir(join(folder, "reports"), { recursive: true });
  await writeFile(join(folder, "reports", "self-check.xml"), junit("self-check", cases));

  const details = { scenarios };
  const refused = scenarios.filter(({ problem }) => problem !== null);
  if (refused.length === 0)
    return {
      outcome: "succeeded",
      sentence: `Each of ${scenarios.length} guardrails passes what is compliant, and fails what is not.`,
      details,
    };
  const named = refused.slice(0, NAMED).map(({ feature, scenario, problem }) => `${feature}, ${scenario}: ${problem}`);
  return {
    outcome: "refused",
    sentence: [
      `${refused.length} of ${scenarios.length} guardrails are wrong.`,
      ...named,
      ...(refused.length > NAMED ? [`And ${refused.length - NAMED} more.`] : []),
    ].join(" "),
    nextSteps: ["Correct the guardrails or their fixtures, and push again."],
    details,
  };
}
