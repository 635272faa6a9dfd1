import { basename, relative } from "node:path";
import { Command, Option } from "commander";
import { zipInEstate, zipOfRule } from "../functions/rule-exporter/layout.ts";
import { readRule } from "../functions/rule-exporter/rule.ts";
import { isFolder, located, runCommand } from "./command.ts";
import { readExportOptions } from "./export-rules/options.ts";
import { type RuleReport, textReport } from "./export-rules/report.ts";
import { selectRules } from "./export-rules/select.ts";
import { readTemplates } from "./export-rules/templates.ts";
import { carryOut, pendingChangesOf, planEstate, planRuleRoots } from "./export-rules/write.ts";

interface Options {
  all?: true;
  rulesets?: string[];
  rulesDir: string;
  format: "terraform";
  version: "1.x" | "1.x_organization";
  out?: string;
  layout: "rule" | "estate";
  check?: true;
  json?: true;
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
  .argument("[RULE...]", "names of rules, which are the names of their folders")
  .option("-a, --all", "exports all rules")
  .option("-s, --rulesets <A,B>", "exports the rules of any of these rule sets", commas)
  .option("--rules-dir <DIR>", "looks for rules in this folder and all folders below", ".")
  .addOption(
    new Option("-f, --format <FORMAT>", "for compatibility with rdk").choices(["terraform"]).default("terraform"),
  )
  .addOption(
    new Option("-v, --version <VERSION>", "exports rules of one account, or of an organization")
      .choices(["1.x", "1.x_organization"])
      .default("1.x"),
  )
  .option("-o, --out <DIR>", "writes here; by default into the folder of each rule, or into config-rules for an estate")
  .addOption(
    new Option("--layout <LAYOUT>", "writes a root for each rule, or one root for all")
      .choices(["rule", "estate"])
      .default("rule"),
  )
  .option("--check", "writes nothing; ends with code 1 if the output would change")
  .option("--json", "prints a JSON list of what became of each rule")
  .option("--runtime <RUNTIME>", "gives all functions this runtime in place of their own")
  .option("--lambda-role-arn <ARN>", "gives all functions this role")
  .option("--lambda-role-name <NAME>", "gives all functions the role of this name")
  .option("--lambda-layers <ARN,ARN>", "gives all functions these layers, at most five", commas)
  .option("--lambda-subnets <ID,ID>", "puts all functions into these subnets", commas)
  .option("--lambda-security-groups <ID,ID>", "gives all functions these security groups", commas)
  .option("--lambda-timeout <SECONDS>", "gives all functions this timeout, 1 to 900", Number)
  .option("--rdklib-layer-arn <ARN>", "takes rdklib from this layer");

await runCommand(command, exportRules);

/** Exports; 0 when all rules were exported, 1 when some were refused or would change. */
function exportRules(names: readonly string[], options: Options): number {
  const {
    all = false,
    rulesets = [],
    rulesDir,
    format,
    version,
    out,
    layout,
    check = false,
    json,
    ...others
  } = options;
  const root = located(rulesDir);
  if (!isFolder(root)) throw new Error(`There is no folder ${rulesDir}.`);
  const exportOptions = readExportOptions({ ...others, organization: version === "1.x_organization" });
  const today = new Date().toISOString().slice(0, 10);
  const zipOf = { rule: zipOfRule, estate: zipInEstate }[layout];
  const selected = selectRules(
    root,
    { names: new Set(names.map((name) => basename(located(name)))), rulesets, all },
    (folder) => readRule(folder, exportOptions, today, (name) => ({ file: zipOf(name) })),
  );
  const templates = readTemplates();
  const plan =
    layout === "estate"
      ? planEstate(selected, templates, located(out ?? "config-rules"))
      : planRuleRoots(selected, templates, out === undefined ? undefined : located(out));
  const changes = pendingChangesOf(plan);
  if (!check) carryOut(plan, changes);
  const changed = changes.write.length + changes.remove.length;

  const reports = selected.map(
    ({ folder, rule: { name, kind, entry, problems } }, index): RuleReport => ({
      rule: name,
      dir: shown(folder),
      kind: exportOptions.organization ? `organization-${kind}` : kind,
      status: entry ? "exported" : "refused",
      files: (plan.files[index] ?? []).map(shown),
      problems,
    }),
  );
  console.log(json ? JSON.stringify(reports, null, 2) : textReport(reports, changed, check));
  return reports.some(({ status }) => status === "refused") || (check && changed > 0) ? 1 : 0;
}

function shown(path: string): string {
  return relative(located("."), path) || ".";
}
