import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, extname, join, relative } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { renderPage } from "../functions/guardrail-merger/page.ts";
import { countVerdicts, type Report, type WorkloadCheck } from "../functions/guardrail-merger/report.ts";
import { complianceCommands } from "../local/moto/python.ts";
import { stops } from "../shared/compliance.ts";
import { COMPLIANCE_TOOL, PYTHON, pinnedVersion, printedVersion, pythonVersion } from "../shared/compliance-tool.ts";
import { Fault } from "../shared/fault.ts";
import { readGuardrails } from "../shared/guardrail-files.ts";
import { readWaivers } from "../shared/guardrail-waivers.ts";
import { createMask } from "../shared/masked-text.ts";
import { onPath } from "../shared/pinned-tools.ts";
import { plainText } from "../shared/plain-text.ts";
import { Refusal } from "../shared/refusal.ts";
import { createRunner, type Run } from "../shared/run-program.ts";
import { optionalFile } from "../shared/stage.ts";
import { runGuardrails } from "../shared/terraform-compliance.ts";
import { judge } from "../stages/comply/verdicts.ts";
import { isFolder, located, runCommand } from "./command.ts";
import { styled } from "./emails.ts";
import { planOf } from "./try-guardrails/plan.ts";
import { outcomeOf, reportInWords } from "./try-guardrails/words.ts";

interface Given {
  name: string;
  path: string;
}

interface Options {
  guardrails: string;
  workload: Given[];
  page: string;
  json?: true;
}

const UNCOMMITTED = "not committed";
const MAX_SENTENCE = 2_000;

const command = new Command("try-guardrails")
  .description("Tries guardrails on workloads on this machine, as the guardrail pipeline does, and writes the page.")
  .requiredOption("--guardrails <DIR>", "the folder with the guardrails, *.feature and waivers/")
  .requiredOption(
    "--workload <[NAME=]DIR|PLAN.json>",
    "a folder that your Terraform plans as you, or the output of terraform show -json; repeatable. NAME is that of its waivers, by default the name of the folder or file",
    addWorkload,
  )
  .option("--page <FILE>", "where the page goes", "guardrails.html")
  .option("--json", "writes what the page shows as one line of JSON")
  .addHelpText(
    "after",
    `\nIt exits with 1 where a guardrail of level block fails, or a workload could not be checked. It takes ${COMPLIANCE_TOOL} from the PATH, or installs it, which needs Python ${PYTHON}.`,
  );

await runCommand<Options>(command, tryGuardrails);

async function tryGuardrails(_args: readonly string[], options: Options): Promise<number> {
  const { workload: given, page, json } = options;
  const guardrails = located(options.guardrails);
  if (!isFolder(guardrails)) command.error(`There is no folder ${options.guardrails}.`);
  for (const { path } of given) if (!existsSync(path)) command.error(`There is no ${path}.`);
  const names = given.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) command.error(`Two workloads have the name ${twice}: write --workload NAME=${twice}.`);

  const folder = await mkdtemp(join(tmpdir(), "palisade try-"));
  const { run, end } = createRunner(process.env, createMask(), () => {});
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    void end();
  });
  try {
    await readGuardrails(guardrails);
    const program = await complianceProgram(run, folder);
    const repository = await sourceOf(guardrails, run);
    const workloads: WorkloadCheck[] = [];
    for (const one of given) {
      console.error(styled("dim", `Checking ${one.name} …`));
      workloads.push(await checked(one, { run, program, guardrails, repository, work: join(folder, one.name) }));
    }
    // As the signal SIGINT would end it.
    if (stopped) return 130;
    const at = new Date().toISOString();
    const { commitId } = repository;
    const report: Report = {
      repository: repository.name,
      commitId,
      at,
      outcome: outcomeOf(workloads),
      workloads,
      trend: [{ at, commitId, counts: countVerdicts(workloads) }],
    };
    await writeFile(located(page), renderPage(report));
    console.log(json ? JSON.stringify(report) : `${reportInWords(report)}\nThe page is ${located(page)}`);
    return workloads.some(({ compliance }) => !compliance || stops(compliance)) ? 1 : 0;
  } finally {
    // Plans hold secrets.
    await rm(folder, { recursive: true, force: true });
  }
}

async function checked(
  { name: workload, path }: Given,
  {
    run,
    program,
    guardrails,
    repository,
    work,
  }: { run: Run; program: string; guardrails: string; repository: Source; work: string },
): Promise<WorkloadCheck> {
  const owner = "not given";
  try {
    await mkdir(work);
    const file = `${join("waivers", workload)}.json`;
    const waivers = readWaivers(await optionalFile(guardrails, file), file);
    const plan = join(work, "plan.json");
    await writeFile(plan, await planOf(path, work, run));
    const ran = await runGuardrails({ run, program, features: guardrails, plan, folder: join(work, "guardrails") });
    const checkedAt = new Date().toISOString();
    const source = await sourceOf(path, run);
    const compliance = {
      workload,
      owner,
      guardrails: { repository: repository.name, commitId: repository.commitId },
      planned: { repository: source.name, commitId: source.commitId, path: source.path },
      checkedAt,
      terraform: ran.terraform,
      terraformCompliance: ran.version,
      ...judge(ran.scenarios, waivers, checkedAt.slice(0, 10)),
    };
    return { workload, owner, compliance };
  } catch (error) {
    const steps = error instanceof Refusal || error instanceof Fault ? error.steps : [];
    const sentence = [error instanceof Error ? error.message : String(error), ...steps].join(" ");
    return { workload, owner, couldNotCheck: plainText(sentence.replaceAll(/\s+/g, " "), MAX_SENTENCE) };
  }
}

interface Source {
  /** Of the repository; of the folder or file where it is in none. */
  name: string;
  commitId: string;
  /** In the repository. */
  path: string;
}

/** Where a folder or file comes from: a commit only where the repository holds it as it is. */
async function sourceOf(path: string, run: Run): Promise<Source> {
  const folder = isFolder(path) ? path : join(path, "..");
  const git = (...args: string[]) => run("git", args, { folder, hidden: true, expected: "any" });
  const none = { name: basename(path), commitId: UNCOMMITTED, path: "." };
  const [top, head, changed] = [
    await git("rev-parse", "--show-toplevel"),
    await git("rev-parse", "--verify", "--quiet", "HEAD"),
    await git("status", "--porcelain", "--ignored=no", "--", path),
  ];
  if (top.code !== 0) return none;
  const root = top.output.trim();
  const known = await git("ls-files", "--", path);
  const isCommitted = head.code === 0 && changed.output === "" && known.output !== "";
  return {
    name: basename(root),
    commitId: isCommitted ? head.output.trim() : UNCOMMITTED,
    path: relative(await realpath(root), await realpath(path)) || ".",
  };
}

/** The path of terraform-compliance in the version that the pipeline has. */
async function complianceProgram(run: Run, folder: string): Promise<string> {
  const pins = await readFile(join(import.meta.dirname, "..", "stages", "comply", "requirements.txt"), "utf8");
  const pinned = pinnedVersion(pins);
  const found = await onPath(COMPLIANCE_TOOL, process.env.PATH ?? "");
  if (found !== undefined) {
    const { output } = await run(found, ["--version"], { folder, hidden: true, expected: "any" });
    if (printedVersion(output) === pinned) return found;
    console.error(`${COMPLIANCE_TOOL} on the PATH is not ${pinned}, and is not used.`);
  }
  const version = await pythonVersion(run, folder);
  if (version !== PYTHON)
    throw new Error(
      `${COMPLIANCE_TOOL} needs Python ${PYTHON}, and python3 is ${version}. Put ${COMPLIANCE_TOOL} ${pinned} on the PATH, or a python3 of version ${PYTHON}.`,
    );
  return join(complianceCommands(), COMPLIANCE_TOOL);
}

function addWorkload(text: string, given: Given[] = []): Given[] {
  const [, named, path = ""] = /^(?:([\w-]{1,64})=)?(.+)$/s.exec(text) ?? [];
  const name = named ?? basename(located(path), extname(path));
  if (!/^[\w.-]{1,64}$/.test(name))
    throw new InvalidArgumentError("Its name has other characters than letters, digits, _ and -: write NAME=PATH.");
  return [...given, { name, path: located(path) }];
}
