import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { clashesAmong } from "../functions/rule-exporter/clashes.ts";
import {
  ESTATE_RULES,
  type EstateTemplates,
  estateLayout,
  type Output,
  ruleLayout,
  zipInEstate,
  zipOfRule,
} from "../functions/rule-exporter/layout.ts";
import type { Problem } from "../functions/rule-exporter/problem.ts";
import {
  type ExportOptions,
  type Locate,
  type ReadRule,
  type RuleEntry,
  readRule,
} from "../functions/rule-exporter/rule.ts";
import { plainText } from "../shared/plain-text.ts";
import { findRules, isFolder, readRuleFolder } from "./export-rules/rule-folders.ts";

interface Options {
  all?: true;
  rulesets?: string[];
  rulesDir: string;
  version: "1.x" | "1.x_organization";
  out?: string;
  layout: "rule" | "estate";
  check?: true;
  json?: true;
  runtime?: string;
  lambdaRoleArn?: string;
  lambdaRoleName?: string;
  lambdaLayers: string[];
  lambdaSubnets: string[];
  lambdaSecurityGroups: string[];
  lambdaTimeout?: number;
  rdklibLayerArn?: string;
}

/** What became of one rule. */
interface Report {
  rule: string;
  dir: string;
  kind: string;
  status: "exported" | "refused";
  files: string[];
  problems: Problem[];
}

/** Items of a list that is written with commas. */
const commas = (text: string): string[] =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const command = new Command("export-rules")
  .description(
    "Exports AWS Config rules that were written with the RDK to Terraform. Needs no AWS account and no network.",
  )
  .argument("[RULE...]", "names of rules: their folders")
  .option("-a, --all", "all rules")
  .option("-s, --rulesets <A,B>", "rules of any of these rule sets", commas)
  .option("--rules-dir <DIR>", "where the rules are, also in folders below", ".")
  .addOption(new Option("-f, --format <FORMAT>", "as RDK has it").choices(["terraform"]).default("terraform"))
  .addOption(
    new Option("-v, --version <VERSION>", "rules of an account, or of an organization")
      .choices(["1.x", "1.x_organization"])
      .default("1.x"),
  )
  .option("-o, --out <DIR>", "where to write; by default into the folder of each rule, or config-rules for an estate")
  .addOption(
    new Option("--layout <LAYOUT>", "a root per rule, or one for all").choices(["rule", "estate"]).default("rule"),
  )
  .option("--check", "writes nothing; exit code 1 if the output would change")
  .option("--json", "a list of what became of each rule")
  .option("--runtime <RUNTIME>", "another runtime than the rules have")
  .option("--lambda-role-arn <ARN>", "a role for the functions")
  .addOption(new Option("--lambda-role-name <NAME>", "the same, by name").conflicts("lambdaRoleArn"))
  .option("--lambda-layers <ARN,ARN>", "layers for the functions, at most five", commas, [])
  .option("--lambda-subnets <ID,ID>", "subnets for the functions", commas, [])
  .option("--lambda-security-groups <ID,ID>", "security groups for the functions", commas, [])
  .option("--lambda-timeout <SECONDS>", "1 to 900", seconds)
  .option("--rdklib-layer-arn <ARN>", "the layer with rdklib")
  .exitOverride();

try {
  command.parse();
  process.exitCode = run(command.args, command.opts<Options>());
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    console.error(plainText(error instanceof Error ? error.message : String(error), 2_000));
    process.exitCode = 2;
  }
}

/** Exports; 0 when all rules were exported, 1 when some were refused or would change. */
function run(names: readonly string[], options: Options): number {
  if (options.lambdaSubnets.length > 0 !== options.lambdaSecurityGroups.length > 0)
    throw new Error("--lambda-subnets and --lambda-security-groups go together.");
  if (options.lambdaLayers.length > 5) throw new Error("A function has five layers at the most.");
  const root = located(options.rulesDir);
  if (!isFolder(root)) throw new Error(`There is no folder ${options.rulesDir}.`);

  const exportOptions: ExportOptions = {
    ...options,
    today: new Date().toISOString().slice(0, 10),
    organization: options.version === "1.x_organization",
  };
  const estate = options.layout === "estate";
  const folders = findRules(root);
  const wanted = namesOf(names);
  refuseUnknown(
    wanted,
    folders.map((folder) => basename(folder)),
  );
  // Which rule sets a rule is in, only its file tells.
  const everyRule = options.all === true || options.rulesets !== undefined;
  const candidates = everyRule ? folders : folders.filter((folder) => wanted.has(basename(folder)));
  const locate: Locate = (name) => ({ file: estate ? zipInEstate(name) : zipOfRule(name) });
  const found = candidates.map((folder) => ({
    folder,
    rule: readRule(readRuleFolder(folder), exportOptions, locate),
  }));
  const chosen = found.filter(({ rule }) => isSelected(rule, wanted, options));
  if (chosen.length === 0) throw new Error("No rule is selected: name rules, or rule sets by -s, or take --all.");
  const clashes = clashesAmong(chosen.map(({ rule }) => rule));
  const selected = chosen.map(({ folder, rule }) => {
    const problems = clashes.get(rule.name);
    return { folder, rule: problems ? refused(rule, problems) : rule };
  });
  const templates = readTemplates();
  const exported = selected.filter(({ rule }) => rule.entry !== undefined);
  const estateFolder = located(options.out ?? "config-rules");
  const outputs: [folder: string, output: Output][] = estate
    ? [
        [
          estateFolder,
          wholeEstate(
            exported.map(({ rule }) => rule),
            templates,
          ),
        ],
      ]
    : exported.map(({ folder, rule }) => [outputFolder(folder, rule, options), ruleLayout(rule, templates)]);
  const changed = outputs.flatMap(([folder, output]) => changedFiles(folder, output));
  // Of rules that are gone.
  const stale = outputs.flatMap(([folder, output]) => (estate ? staleZips(folder, output) : []));
  if (!options.check) {
    for (const [path, content] of changed) write(path, content);
    for (const path of stale) rmSync(path);
  }
  const changes = changed.length + stale.length;

  const reports = selected.map(({ folder, rule }): Report => {
    const written = estate
      ? [join(estateFolder, ESTATE_RULES), ...(rule.code ? [join(estateFolder, zipInEstate(rule.name))] : [])]
      : Object.keys(ruleLayout(rule, templates)).map((name) => join(outputFolder(folder, rule, options), name));
    return {
      rule: rule.name,
      dir: shown(folder),
      kind: exportOptions.organization ? `organization-${rule.kind}` : rule.kind,
      status: rule.entry === undefined ? "refused" : "exported",
      files: rule.entry === undefined ? [] : written.map(shown),
      problems: rule.problems,
    };
  });
  console.log(options.json ? JSON.stringify(reports, null, 2) : describe(reports, changes, options.check === true));
  return reports.some(({ status }) => status === "refused") || (options.check && changes > 0) ? 1 : 0;
}

function namesOf(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => basename(located(name))));
}

/** An estate with the code of its rules. */
function wholeEstate(rules: readonly ReadRule[], templates: EstateTemplates): Output {
  const entries = rules.flatMap(({ name, entry }): [string, RuleEntry][] => (entry ? [[name, entry]] : []));
  const zips = rules.flatMap(({ name, code }) => (code ? [[zipInEstate(name), code]] : []));
  return { ...estateLayout(new Map(entries), templates), ...Object.fromEntries(zips) };
}

function refused(rule: ReadRule, problems: readonly Problem[]): ReadRule {
  return { ...rule, entry: undefined, code: undefined, problems: [...rule.problems, ...problems] };
}

function isSelected({ name, ruleSets }: ReadRule, wanted: Set<string>, { all, rulesets = [] }: Options): boolean {
  return all === true || wanted.has(name) || ruleSets.some((set) => rulesets.includes(set));
}

function refuseUnknown(wanted: Set<string>, known: readonly string[]): void {
  const unknown = [...wanted].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Error(`There is no rule ${unknown.join(", ")}. Rules: ${known.join(", ") || "none"}.`);
}

/** npm runs scripts in the folder of the package: a path is meant from where the user is. */
function located(path: string): string {
  return resolve(process.env.INIT_CWD ?? ".", path);
}

function readTemplates() {
  const read = (name: string) =>
    readFileSync(join(import.meta.dirname, "..", "functions", "rule-exporter", "templates", `${name}.tf`), "utf8");
  return {
    configRules: read("config-rules"),
    ruleVariables: read("rule-variables"),
    estateVariables: read("estate-variables"),
  };
}

function changedFiles(folder: string, output: Output): [path: string, content: Uint8Array][] {
  return Object.entries(output)
    .map(([name, content]): [string, Uint8Array] => [join(folder, name), Buffer.from(content)])
    .filter(([path, content]) => !isWritten(path, content));
}

function staleZips(folder: string, output: Output): string[] {
  const code = dirname(zipInEstate(""));
  return (isFolder(join(folder, code)) ? readdirSync(join(folder, code)) : [])
    .map((name) => join(code, name))
    .filter((path) => path.endsWith(".zip") && !Object.hasOwn(output, path))
    .map((path) => join(folder, path));
}

function isWritten(path: string, content: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(content);
  } catch {
    return false;
  }
}

/** Puts a file into place whole, or not at all. */
function write(path: string, content: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}`);
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** Where the files of one rule go in the rule layout. */
function outputFolder(folder: string, { name }: ReadRule, { out }: Options): string {
  return out === undefined ? folder : join(located(out), name);
}

function shown(path: string): string {
  return relative(located("."), path) || ".";
}

function describe(reports: readonly Report[], changed: number, check: boolean): string {
  const lines = reports.flatMap(({ rule, kind, status, problems }) => [
    `${status === "exported" ? "✓" : "✗"} ${plainText(rule, 200)} (${kind}) ${status}`,
    ...problems.map(({ severity, file, pointer, message }) =>
      plainText(`    ${severity}: ${[file, pointer].filter(Boolean).join(" ")} ${message}`, 1_000),
    ),
  ]);
  const refused = reports.filter(({ status }) => status === "refused").length;
  const files = `${changed} files ${check ? "would change" : "changed"}`;
  return [...lines, `${reports.length - refused} exported, ${refused} refused, ${files}`].join("\n");
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 900) throw new InvalidArgumentError("Write 1 to 900.");
  return value;
}
