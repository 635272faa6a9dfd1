import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { filesBelow, runExportRules } from "../support/export-rules.ts";
import { CUSTOM, createRuleFolders } from "../support/rule-folders.ts";

const { folder, rules, put, reset, remove } = createRuleFolders();
beforeEach(reset);
afterAll(remove);

const run = (...args: string[]) => runExportRules(["--rules-dir", "rules", ...args], folder);
const exportRules = (...args: string[]) => run("--json", ...args);
/** Every file below a folder, with its bytes. */
const contents = (below: string): Record<string, string> =>
  Object.fromEntries(filesBelow(below).map((path) => [path, readFileSync(join(below, path)).toString("base64")]));
const templates = "functions/rule-exporter/templates";

describe("the layout of a rule", () => {
  it("The command export-rules writes four files beside a rule, with the names that the RDK gives them.", async () => {
    const { code, reports } = await exportRules("CUSTOM_RULE/");
    expect(code).toBe(0);
    const files = ["custom_rule_rule.tf", "custom_rule_variables.tf", "custom_rule.tfvars.json", "CUSTOM_RULE.zip"];
    expect(reports).toEqual([
      {
        rule: "CUSTOM_RULE",
        dir: "rules/CUSTOM_RULE",
        kind: "custom",
        status: "exported",
        files: files.map((file) => `rules/CUSTOM_RULE/${file}`),
        problems: [],
      },
    ]);
    const written = (file: string) => readFileSync(join(rules, "CUSTOM_RULE", file), "utf8");
    expect(written("custom_rule_rule.tf")).toBe(readFileSync(join(templates, "config-rules.tf"), "utf8"));
    expect(written("custom_rule_variables.tf")).toBe(readFileSync(join(templates, "rule-variables.tf"), "utf8"));
    expect(JSON.parse(written("custom_rule.tfvars.json"))).toMatchObject({
      rule_name: "CUSTOM_RULE",
      rule: { kind: "custom", function: { code: { file: "CUSTOM_RULE.zip" } } },
    });
  });

  it("The command export-rules changes nothing the second time, though the files of the first time lie in the folder of the rule.", async () => {
    await exportRules("--all");
    const before = contents(rules);
    const { stdout, code } = await run("--all");
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 exported, 0 refused, 0 files changed\n$/);
    expect(contents(rules)).toEqual(before);
  });

  it("The command export-rules writes three files for a managed rule, without code.", async () => {
    const { reports } = await exportRules("MANAGED_RULE", "-o", "out");
    expect(reports[0]).toMatchObject({ kind: "managed", dir: "rules/nested/more/MANAGED_RULE" });
    expect(readdirSync(join(folder, "out", "MANAGED_RULE"))).toEqual([
      "managed_rule.tfvars.json",
      "managed_rule_rule.tf",
      "managed_rule_variables.tf",
    ]);
  });
});

describe("the layout of an estate", () => {
  const estate = (out: string, ...args: string[]) => exportRules("--all", "--layout", "estate", "-o", out, ...args);

  it("The command export-rules writes one root for all rules of an estate, with the same bytes for a copy of their folders.", async () => {
    const { code, reports } = await estate("estate");
    expect(code).toBe(0);
    expect(reports.map(({ rule }) => rule)).toEqual(["CUSTOM_RULE", 'it\'s "odd"', "MANAGED_RULE"]);
    const written = contents(join(folder, "estate"));
    expect(Object.keys(written)).toEqual([
      "code/CUSTOM_RULE.zip",
      'code/it\'s "odd".zip',
      "config_rules.tf",
      "rules.auto.tfvars.json",
      "variables.tf",
    ]);
    const { rules: entries } = JSON.parse(Buffer.from(written["rules.auto.tfvars.json"] ?? "", "base64").toString());
    expect(Object.keys(entries)).toEqual(["CUSTOM_RULE", "MANAGED_RULE", 'it\'s "odd"']);

    cpSync(rules, join(folder, "copy"), { recursive: true });
    await runExportRules(["--rules-dir", "copy", "--all", "--layout", "estate", "-o", "estate-of-copy"], folder);
    expect(contents(join(folder, "estate-of-copy"))).toEqual(written);
  });

  it("The command export-rules takes the code of a rule that is gone out of the estate, and leaves the files of the user.", async () => {
    await estate("shrunk");
    writeFileSync(join(folder, "shrunk", "backend.tf"), "# ours\n");
    writeFileSync(join(folder, "shrunk", "code", "README.md"), "Ours.\n");
    rmSync(join(rules, "CUSTOM_RULE"), { recursive: true });
    expect((await estate("shrunk", "--check")).code).toBe(1);
    expect(existsSync(join(folder, "shrunk", "code/CUSTOM_RULE.zip"))).toBe(true);
    expect((await estate("shrunk")).code).toBe(0);
    expect(filesBelow(join(folder, "shrunk"))).toEqual([
      "backend.tf",
      "code/README.md",
      'code/it\'s "odd".zip',
      "config_rules.tf",
      "rules.auto.tfvars.json",
      "variables.tf",
    ]);
  });

  it("The command export-rules writes nothing with --check, and ends with 1 as long as an export would change files.", async () => {
    expect((await estate("checked", "--check")).code).toBe(1);
    expect(existsSync(join(folder, "checked"))).toBe(false);
    await estate("checked");
    expect((await estate("checked", "--check")).code).toBe(0);
    put("CUSTOM_RULE", { ...CUSTOM, Description: "new" });
    expect((await estate("checked", "--check")).code).toBe(1);
  });
});

describe("the options of the command", () => {
  it("The command export-rules hands its options on to the rules.", async () => {
    await exportRules(
      ...["-s", "none, pci", "-v", "1.x_organization", "-o", "options", "--layout", "estate", "--lambda-timeout", "30"],
      ...["--lambda-layers", "a, b", "--lambda-subnets", "s", "--lambda-security-groups", "g,h"],
      ...["--lambda-role-name", "role", "--runtime", "python3.14-lib", "--rdklib-layer-arn", "lib"],
    );
    const { rules: entries } = JSON.parse(readFileSync(join(folder, "options", "rules.auto.tfvars.json"), "utf8"));
    expect(entries).toEqual({
      CUSTOM_RULE: expect.objectContaining({
        organization: true,
        function: expect.objectContaining({
          timeout: 30,
          layers: ["lib", "a", "b"],
          subnet_ids: ["s"],
          security_group_ids: ["g", "h"],
          role_name: "role",
          runtime: "python3.14",
        }),
      }),
    });
  });

  it.each([
    ["a name without a rule", ["CUSTOM_RULE", "NONE"], "There is no rule NONE. Rules: CUSTOM_RULE"],
    ["a folder that is no rule", ["."], `There is no rule ${basename(folder)}. Rules: CUSTOM_RULE`],
    ["a folder that is not there", ["-a", "--rules-dir", "none"], "There is no folder none."],
    ["another format", ["-a", "-f", "cloudformation"], "Allowed choices are terraform"],
    ["an old version", ["-a", "-v", "0.12"], "Allowed choices are 1.x"],
    [
      "two roles",
      ["-a", "--lambda-role-arn", "a", "--lambda-role-name", "b"],
      "--lambda-role-name cannot be used with",
    ],
    [
      "a timeout of an hour",
      ["-a", "--lambda-timeout", "3600"],
      "--lambda-timeout must be a whole number from 1 to 900.",
    ],
  ])("The command export-rules takes %s for wrong usage.", async (_what, args, complaint) => {
    const { code, stdout, stderr } = await exportRules(...args);
    expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(complaint)]);
  });
});

describe("a rule that is refused", () => {
  it("The command export-rules exports the other rules where one is refused, and reports all problems of that one.", async () => {
    put("BROKEN", {}, { "parameters.json": '{"Parameters":{},}' });
    put("WRONG", { ...CUSTOM, SourceEvents: "Bucket", CustomLambdaName: "a b" }, { "WRONG.py": "x" });
    const { code, reports } = await exportRules("-a", "-o", "mixed");
    expect(code).toBe(1);
    expect(reports.map(({ rule, status, files }) => [rule, status, files.length])).toEqual([
      ["BROKEN", "refused", 0],
      ["CUSTOM_RULE", "exported", 4],
      ["WRONG", "refused", 0],
      ['it\'s "odd"', "exported", 4],
      ["MANAGED_RULE", "exported", 3],
    ]);
    expect(reports[2]?.problems.map(({ pointer }) => pointer)).toEqual([
      "/Parameters/SourceEvents",
      "/Parameters/CustomLambdaName",
    ]);
    expect(readdirSync(join(folder, "mixed"))).toEqual(["CUSTOM_RULE", "MANAGED_RULE", 'it\'s "odd"']);
  });

  it("The command export-rules shows people a refused rule with its problems, without a character that steers the terminal.", async () => {
    put("\u001b[2JBAD", { ...CUSTOM, SourceEvents: "\u001b[31m" }, {});
    const { code, stdout } = await run("-a", "-o", "shown");
    expect(code).toBe(1);
    expect(stdout).toContain("✓ CUSTOM_RULE (custom) exported\n");
    expect(stdout).toContain("✗ ?[2JBAD (custom) refused\n");
    expect(stdout).toMatch(/ {4}error: parameters\.json \/Parameters\/SourceEvents .*\[31m: write resource types/);
    expect(stdout).not.toContain("\u001b");
  });
});
