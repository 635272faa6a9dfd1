import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "../../shared/fault.ts";
import { featureFiles, type Guardrail, readGuardrails } from "../../shared/guardrail-files.ts";
import { plainText } from "../../shared/plain-text.ts";
import { ProgramFailure, type Run } from "../../shared/run-program.ts";
import { type RawVerdict, runGuardrails } from "../../shared/terraform-compliance.ts";
import { terraformEnvironment, withoutAccount } from "../../shared/terraform-environment.ts";

export const KINDS = ["compliant", "non-compliant"] as const;
export type Kind = (typeof KINDS)[number];

/** What a guardrail says of its two fixtures. */
export interface CheckedGuardrail extends Pick<Guardrail, "feature" | "scenario" | "level"> {
  compliant: RawVerdict["verdict"] | null;
  nonCompliant: RawVerdict["verdict"] | null;
  /** What fails on the fixture that is not compliant. */
  failing: string[];
  /** Why it is refused; null for one that passes what is compliant, and fails what is not. */
  problem: string | null;
}

/** Terraform asks nobody: a fixture is planned without an account. */
const PROVIDER = {
  provider: {
    aws: {
      region: "us-east-1",
      access_key: "made-up",
      secret_key: "made-up",
      skip_credentials_validation: true,
      skip_requesting_account_id: true,
      skip_metadata_api_check: true,
      skip_region_validation: true,
    },
  },
};

/** Of what a tool says, in characters. */
const MAX_SAID = 500;

/**
 * Runs each guardrail of a repository on its own fixtures, `test/<feature>/compliant` and `test/<feature>/non-compliant`.
 *
 * @param folder where it works; it must not exist
 * @param program paths of Terraform and of terraform-compliance
 * @throws Refusal where a file is no feature; any other error where a tool cannot run
 */
export async function checkGuardrails({
  run,
  repository,
  folder,
  cache,
  program,
}: {
  run: Run;
  repository: string;
  folder: string;
  /** The folder of the build, with its cache. */
  cache: string;
  program: { terraform: string; compliance: string };
}): Promise<CheckedGuardrail[]> {
  const guardrails = await readGuardrails(repository);
  const features = (await featureFiles(repository)).map((file) => file.slice(0, -".feature".length));
  const environment = {
    ...(await terraformEnvironment(cache)),
    // Fixtures have no lock file, and live for one plan.
    TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
    ...withoutAccount(folder),
    AWS_PROFILE: "",
    // Nobody listens there.
    AWS_ENDPOINT_URL: "http://127.0.0.1:1",
  };
  const fixtures: Fixture[] = [];
  for (const feature of features)
    for (const kind of KINDS) {
      const fixture = { feature, kind, root: join(folder, feature, kind) };
      if (await copied(join(repository, "test", feature, kind), fixture.root)) fixtures.push(fixture);
    }
  const terraform = (root: string, args: readonly string[], hidden: boolean) =>
    run(program.terraform, args, { folder: root, environment, hidden });
  const answers = new Map<string, Answer>();
  // One after the other: two may not put a provider into the cache at once.
  for (const { feature, kind, root } of fixtures)
    answers.set(
      `${feature} ${kind}`,
      await answerOf(async () => {
        await terraform(root, ["init", "-no-color", "-backend=false"], true);
        return [];
      }),
    );
  const ready = fixtures.filter(({ feature, kind }) => "scenarios" in (answers.get(`${feature} ${kind}`) ?? {}));
  await twoAtATime(ready, async ({ feature, kind, root }) => {
    answers.set(
      `${feature} ${kind}`,
      await answerOf(async () => {
        await terraform(root, ["plan", "-no-color", "-refresh=false", "-lock=false", "-out=fixture.tfplan"], true);
        const { output } = await terraform(root, ["show", "-json", "fixture.tfplan"], true);
        const plan = join(root, "fixture.json");
        await writeFile(plan, output);
        const own = join(root, "guardrail");
        await mkdir(own);
        await cp(join(repository, `${feature}.feature`), join(own, `${feature}.feature`));
        const work = join(root, "compliance");
        return (await runGuardrails({ run, program: program.compliance, features: own, plan, folder: work })).scenarios;
      }),
    );
  });
  return guardrails.map((guardrail) => {
    const answer = (kind: Kind): Answer => answers.get(`${guardrail.feature} ${kind}`) ?? { none: true };
    return checked(guardrail, answer("compliant"), answer("non-compliant"));
  });
}

interface Fixture {
  feature: string;
  kind: Kind;
  root: string;
}

/** What a fixture gave: verdicts, a reason that there are none, or that there is no fixture. */
type Answer = { scenarios: readonly RawVerdict[] } | { reason: string } | { none: true };

/** Copies a fixture, and gives it a provider. @returns false where there is none */
async function copied(from: string, to: string): Promise<boolean> {
  const files = await readdir(from).catch(() => []);
  if (!files.some((file) => file.endsWith(".tf") || file.endsWith(".tf.json"))) return false;
  await cp(from, to, { recursive: true });
  await writeFile(join(to, "palisade_provider.tf.json"), JSON.stringify(PROVIDER));
  return true;
}

/** A fixture that cannot be planned and a guardrail that cannot be run are theirs to correct, and no fault of the build. */
async function answerOf(work: () => Promise<readonly RawVerdict[]>): Promise<Answer> {
  try {
    return { scenarios: await work() };
  } catch (error) {
    if (error instanceof ProgramFailure || error instanceof Fault)
      return { reason: plainText(error.message, MAX_SAID) };
    throw error;
  }
}

/** Judges a guardrail by what it says of its fixtures. */
export function checked(
  { feature, scenario, level }: Guardrail,
  compliant: Answer,
  nonCompliant: Answer,
): CheckedGuardrail {
  const of = (answer: Answer) =>
    "scenarios" in answer ? answer.scenarios.find((one) => one.scenario === scenario) : undefined;
  const good = of(compliant);
  const bad = of(nonCompliant);
  const failing = (verdict: RawVerdict | undefined) => (verdict?.resources ?? []).map(({ address }) => address);
  return {
    feature,
    scenario,
    level,
    compliant: good?.verdict ?? null,
    nonCompliant: bad?.verdict ?? null,
    failing: failing(bad),
    problem:
      [
        ...withoutVerdict(feature, "compliant", compliant),
        ...withoutVerdict(feature, "non-compliant", nonCompliant),
        ...(good?.verdict === "failed"
          ? [
              `It fails on what is compliant: ${failing(good)
                .map((address) => plainText(address, 300) || "no single resource")
                .join(", ")}.`,
            ]
          : []),
        ...(good?.verdict === "not applicable" ? ["It finds nothing in what is compliant."] : []),
        ...(bad?.verdict === "passed" ? ["It cannot fail: it passes what is not compliant."] : []),
        ...(bad?.verdict === "not applicable" ? ["It cannot fail: it finds nothing in what is not compliant."] : []),
      ].join(" ") || null,
  };
}

function withoutVerdict(feature: string, kind: Kind, answer: Answer): string[] {
  if ("none" in answer) return [`It has no fixture: test/${feature}/${kind} has no *.tf.`];
  return "reason" in answer ? [`test/${feature}/${kind} has no answer: ${answer.reason}`] : [];
}

/** Each plan reads the schema of a whole provider, which takes a core and 600 MB. */
async function twoAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items];
  const next = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all([next(), next()]);
}
