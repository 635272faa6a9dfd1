import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as z from "zod";
import { checkOut, rootFolder } from "../../shared/checkout.ts";
import type { Delivery } from "../../shared/delivery.ts";
import { commandLine } from "../../shared/email-text.ts";
import { junit } from "../../shared/junit.ts";
import { buildOf, toolPath } from "../../shared/pinned-tools.ts";
import { plainText } from "../../shared/plain-text.ts";
import { complaintInOneLine } from "../../shared/run-program.ts";
import { type Ending, optionalFile } from "../../shared/stage.ts";
import { terraformEnvironment, withoutAccount } from "../../shared/terraform-environment.ts";
import { type Finding, invalid, issues, unformatted } from "./findings.ts";

/** The most findings that the sentence names. All of them are in the report and in the result. */
const NAMED = 5;

const modules = z.object({ Modules: z.array(z.object({ Dir: z.string() })) });

/**
 * The story of Lint: check out the commit, and look at the root without AWS. It changes no file: a root
 * without the format of `terraform fmt` is refused.
 */
export async function lint(delivery: Delivery): Promise<Ending> {
  const { workload, release, commitId, folder, run, show } = delivery;
  const checkout = join(folder, "repository");
  await checkOut({ run, tag: release?.tag, commitId, folder: checkout }, workload.repository);
  const build = await buildOf(delivery);
  const root = await rootFolder(checkout, workload);
  const environment = {
    ...withoutAccount(folder),
    ...(await terraformEnvironment(folder)),
  };
  const program = await toolPath("terraform", build);
  const terraform = (args: readonly string[], hidden: boolean, expected: readonly number[] = [0]) =>
    run(program, args, { folder: root, environment, hidden, expected });
  /** 2: it cannot read a file, and says why; 3: a file has another format. */
  const format = (folders: readonly string[]) =>
    terraform(["fmt", "-check", "-write=false", ...folders], true, [0, 2, 3]);

  const ofRoot = await format(["."]);
  if (ofRoot.code === 2) return ended([{ ...NO_SYNTAX, message: complaintInOneLine(ofRoot.complaint) }], delivery);
  await terraform(["init", "-backend=false", "-no-color"], false);
  const others = await moduleFolders(root, checkout);
  const ofModules = others.length > 0 ? await format(others) : { output: "" };
  const found = [
    ...unformatted([ofRoot.output, ofModules.output].join("\n")),
    ...invalid((await terraform(["validate", "-json"], true, [0, 1])).output),
  ];

  const settings = join(checkout, ".tflint.hcl");
  if ((await optionalFile(settings)) === undefined) show("The repository has no .tflint.hcl: tflint does not run.");
  else {
    const tflint = await toolPath("tflint", build);
    const options = { folder: root, environment: { TFLINT_PLUGIN_DIR: join(folder, "cache", "tflint") } };
    await run(tflint, ["--init", `--config=${settings}`], options);
    const args = ["--format=json", "--call-module-type=local", `--config=${settings}`];
    // 1: errors, 2: issues.
    found.push(...issues((await run(tflint, args, { ...options, hidden: true, expected: [0, 1, 2] })).output));
  }
  return ended(found, delivery);
}

const NO_SYNTAX: Omit<Finding, "message"> = { tool: "terraform fmt", rule: "syntax", file: "", line: 0, stops: true };

/** The folders of the modules that the root calls, as far as they are in the repository. */
async function moduleFolders(root: string, checkout: string): Promise<string[]> {
  const text = await optionalFile(root, ".terraform", "modules", "modules.json");
  if (text === undefined) return [];
  const folders = modules.parse(JSON.parse(text)).Modules.map(({ Dir }) => Dir);
  return [...new Set(folders)].filter((folder) => {
    const path = relative(checkout, join(root, folder));
    return folder !== "." && !path.startsWith("..") && !path.split("/").includes(".terraform");
  });
}

async function ended(findings: readonly Finding[], { folder, mask, workload }: Delivery): Promise<Ending> {
  const cases = findings.map((finding) => ({
    group: finding.tool,
    name: nameOf(finding),
    ...(finding.stops ? { failure: finding.message } : { note: finding.message }),
  }));
  await mkdir(join(folder, "reports"), { recursive: true });
  const report = junit("lint", [...cases, { group: "lint", name: "the root was read" }], mask);
  await writeFile(join(folder, "reports", "lint.xml"), report);

  const details = { findings };
  const stopping = findings.filter(({ stops }) => stops);
  if (stopping.length === 0) return { outcome: "succeeded", sentence: "The root is formatted and valid.", details };
  const named = stopping.slice(0, NAMED).map((finding) => plainText(nameOf(finding), 200));
  const more = stopping.length > NAMED ? [`and ${stopping.length - NAMED} more`] : [];
  return {
    outcome: "refused",
    sentence: `Lint found what stops a release: ${[...named, ...more].join("; ")}.`,
    nextSteps: [
      ...(stopping.some(({ rule }) => rule === "format")
        ? ["Format the files:", commandLine("terraform fmt -recursive")]
        : []),
      `Correct the findings, and ${workload.words.push}.`,
    ],
    details,
  };
}

const nameOf = ({ tool, rule, file, line }: Finding): string =>
  [`${tool}: ${rule}`, file && `in ${file}`, line > 0 && `line ${line}`].filter(Boolean).join(" ");
