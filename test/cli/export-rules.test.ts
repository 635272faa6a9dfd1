import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "palisade rules-"));
const rules = join(folder, "rules");
afterAll(() => rmSync(folder, { recursive: true }));

const put = (rule: string, parameters: Record<string, unknown>, files: Record<string, string> = {}): void => {
  for (const [path, content] of Object.entries({
    "parameters.json": JSON.stringify({ Parameters: parameters }),
    ...files,
  })) {
    mkdirSync(join(rules, rule, path, ".."), { recursive: true });
    writeFileSync(join(rules, rule, path), content);
  }
};
const CUSTOM = { SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket", RuleSets: ["pci", "high"] };
const MANAGED = { SourceIdentifier: "ACCESS_KEYS_ROTATED", SourcePeriodic: "One_Hour", RuleSets: ["iam"] };

beforeEach(() => {
  put("CUSTOM_RULE", CUSTOM, { "CUSTOM_RULE.py": "x = 1\n", "CUSTOM_RULE_test.py": "x = 2\n" });
  put("nested/more/MANAGED_RULE", MANAGED);
  put('it\'s "odd"', { ...CUSTOM, SourceHandler: "main.handler", RuleSets: [] }, { "main.py": "x = 1\n" });
});
afterEach(() => rmSync(rules, { recursive: true }));

interface Report {
  rule: string;
  dir: string;
  kind: string;
  status: string;
  files: string[];
  problems: { severity: string; file: string; pointer: string; message: string }[];
}
const run = (...args: string[]) =>
  new Promise<{ code: number; stdout: string; stderr: string; reports: Report[] }>((resolve) => {
    const env = { PATH: process.env.PATH, INIT_CWD: folder };
    execFile(process.execPath, ["cli/export-rules.ts", ...args], { env }, (error, stdout, stderr) => {
      const reports = stdout.startsWith("[") ? JSON.parse(stdout) : [];
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr, reports });
    });
  });
const exportRules = (...args: string[]) => run("--rules-dir", "rules", "--json", ...args);
/** Every file below a folder, with its bytes. */
const contents = (below: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(below, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(below.length + 1), readFileSync(path).toString("base64")]),
  );
/** A folder within a folder, until the path has more characters than a system takes (4,096 at the most). */
const digDeep = (below: string): void => {
  const deep = "d".repeat(200);
  const steps = `for (let i = 0; i < 25; i += 1) { fs.mkdirSync("${deep}"); process.chdir("${deep}"); }`;
  execFileSync(process.execPath, ["-e", steps], { cwd: below });
};
const templates = "functions/rule-exporter/templates";

describe("the layout of RDK", () => {
  it("puts four files beside the rule, named as the RDK names them", async () => {
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

  it("changes nothing the second time, though its own files lie there now", async () => {
    await exportRules("--all");
    const before = contents(rules);
    const { stdout, code } = await run("--rules-dir", "rules", "--all");
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 exported, 0 refused, 0 files changed\n$/);
    expect(contents(rules)).toEqual(before);
  });

  it("has a managed rule without code", async () => {
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
  it("is one root for all rules, with the code below it", async () => {
    const { code, reports } = await exportRules("--all", "--layout", "estate", "-o", "estate");
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
  });

  it("has the same bytes from another folder", async () => {
    await exportRules("--all", "--layout", "estate", "-o", "estate");
    cpSync(rules, join(folder, "copy"), { recursive: true });
    await run("--rules-dir", "copy", "--all", "--layout", "estate", "-o", "estate-of-copy");
    expect(contents(join(folder, "estate-of-copy"))).toEqual(contents(join(folder, "estate")));
    rmSync(join(folder, "copy"), { recursive: true });
  });
});

it("the code of a rule that is gone goes from the estate, and other files stay", async () => {
  const estate = ["--all", "--layout", "estate", "-o", "shrunk"];
  await exportRules(...estate);
  writeFileSync(join(folder, "shrunk", "backend.tf"), "# ours\n");
  writeFileSync(join(folder, "shrunk", "code", "README.md"), "Ours.\n");
  rmSync(join(rules, "CUSTOM_RULE"), { recursive: true });
  expect((await exportRules(...estate, "--check")).code).toBe(1);
  expect(existsSync(join(folder, "shrunk", "code/CUSTOM_RULE.zip"))).toBe(true);
  expect((await exportRules(...estate)).code).toBe(0);
  expect(Object.keys(contents(join(folder, "shrunk")))).toEqual([
    "backend.tf",
    "code/README.md",
    'code/it\'s "odd".zip',
    "config_rules.tf",
    "rules.auto.tfvars.json",
    "variables.tf",
  ]);
  expect((await exportRules(...estate, "--check")).code).toBe(0);
});

describe("rules are chosen", () => {
  const chosen = async (...args: string[]) =>
    (await exportRules("-o", "chosen", ...args)).reports.map(({ rule }) => rule);

  it("by name, by any of their rule sets, or all", async () => {
    expect(await chosen('it\'s "odd"')).toEqual(['it\'s "odd"']);
    expect(await chosen("-s", "pci")).toEqual(["CUSTOM_RULE"]);
    expect(await chosen("-s", "iam, high")).toEqual(["CUSTOM_RULE", "MANAGED_RULE"]);
    expect(await chosen("-a")).toHaveLength(3);
  });

  it.each([
    ["a rule that is not there", ["CUSTOM_RULE", "NONE"], "There is no rule NONE. Rules: CUSTOM_RULE"],
    ["the folder where one is, being none", ["."], `There is no rule ${basename(folder)}. Rules: CUSTOM_RULE`],
    ["no rule", [], "No rule is selected"],
    ["a rule set without rules", ["-s", "none"], "No rule is selected"],
    ["subnets without security groups", ["-a", "--lambda-subnets", "subnet-1"], "go together"],
    ["two roles", ["-a", "--lambda-role-arn", "arn", "--lambda-role-name", "name"], "cannot be used with"],
    ["six layers", ["-a", "--lambda-layers", "a,b,c,d,e,f"], "five layers at the most"],
    ["a timeout of an hour", ["-a", "--lambda-timeout", "3600"], "Write 1 to 900."],
    ["another format", ["-a", "-f", "cloudformation"], "Allowed choices are terraform"],
    ["an old version", ["-a", "-v", "0.12"], "Allowed choices are 1.x"],
    ["a folder that is not there", ["-a", "--rules-dir", "none"], "There is no folder none."],
  ])("%s is wrong usage", async (_what, args, complaint) => {
    const { code, stderr } = await exportRules(...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(complaint)]);
  });
});

describe("--check", () => {
  it("writes nothing, and tells whether the output would change", async () => {
    const check = () => exportRules("-a", "--layout", "estate", "-o", "checked", "--check");
    expect((await check()).code).toBe(1);
    expect(existsSync(join(folder, "checked"))).toBe(false);
    await exportRules("-a", "--layout", "estate", "-o", "checked");
    expect((await check()).code).toBe(0);
    writeFileSync(join(folder, "checked", "code", "GONE.zip"), "");
    expect((await check()).code, "code of a rule that is gone").toBe(1);
    rmSync(join(folder, "checked", "code", "GONE.zip"));
    put("CUSTOM_RULE", { ...CUSTOM, Description: "new" });
    expect((await check()).code).toBe(1);
  });
});

describe("rules that are fine alone but not together are refused, and the others exported:", () => {
  const refusedOf = (reports: Report[]) =>
    reports.filter(({ status }) => status === "refused").map(({ dir, problems }) => [dir, problems[0]?.message]);

  it("two folders with one name", async () => {
    put("elsewhere/CUSTOM_RULE", MANAGED);
    const { code, reports } = await exportRules("-a", "-o", "together");
    const message = "There are 2 folders of this name, which is that of the rule.";
    expect(code).toBe(1);
    expect(refusedOf(reports)).toEqual([
      ["rules/CUSTOM_RULE", message],
      ["rules/elsewhere/CUSTOM_RULE", message],
    ]);
    expect(reports).toHaveLength(4);
  });

  it("two whose functions would have one name, since the RDK leaves out underscores", async () => {
    put("CUSTOMRULE", CUSTOM, { "CUSTOMRULE.py": "x = 1\n" });
    const { code, reports } = await exportRules("-a", "-o", "together");
    const message = "The function would be RDK-Rule-Function-CUSTOMRULE, as that of";
    expect(code).toBe(1);
    expect(refusedOf(reports)).toEqual([
      ["rules/CUSTOMRULE", `${message} CUSTOM_RULE: write a name of its own.`],
      ["rules/CUSTOM_RULE", `${message} CUSTOMRULE: write a name of its own.`],
    ]);
  });
});

describe("a bad rule does not keep the others from being exported", () => {
  it("and all that is wrong is said: exit code 1", async () => {
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

  it.each([
    [
      "a link out of its folder",
      () => symlinkSync("/etc/passwd", join(rules, "CUSTOM_RULE", "secret.py")),
      { file: "secret.py", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a link to a folder",
      () => symlinkSync("/etc", join(rules, "CUSTOM_RULE", "etc")),
      { file: "etc", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a link for its parameters.json, to nothing",
      () => {
        rmSync(join(rules, "CUSTOM_RULE", "parameters.json"));
        symlinkSync("none.json", join(rules, "CUSTOM_RULE", "parameters.json"));
      },
      { file: "parameters.json", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a folder for its parameters.json",
      () => {
        rmSync(join(rules, "CUSTOM_RULE", "parameters.json"));
        mkdirSync(join(rules, "CUSTOM_RULE", "parameters.json"));
      },
      { file: "parameters.json", message: "is missing: a rule of the RDK has one." },
    ],
    [
      "a pipe, which never ends",
      () => execFileSync("mkfifo", [join(rules, "CUSTOM_RULE", "pipe.py")]),
      { file: "pipe.py", message: expect.stringContaining("is no plain file") },
    ],
    [
      "folders so deep that nothing can read them",
      () => digDeep(join(rules, "CUSTOM_RULE")),
      { file: expect.stringMatching(/^ddd/), message: expect.stringMatching(/^cannot be read: ENAMETOOLONG/) },
    ],
    [
      "too many files",
      () => {
        mkdirSync(join(rules, "CUSTOM_RULE", "many"));
        for (let count = 0; count < 10_000; count += 1)
          writeFileSync(join(rules, "CUSTOM_RULE", "many", `${count}`), "");
      },
      { file: "", message: expect.stringContaining("holds more than 5000 files") },
    ],
    [
      "too much code",
      () => {
        writeFileSync(join(rules, "CUSTOM_RULE", "model.bin"), "");
        truncateSync(join(rules, "CUSTOM_RULE", "model.bin"), 300_000_000);
      },
      { file: "", message: expect.stringContaining("Lambda takes 262144000") },
    ],
  ])("%s", async (_what, spoil, problem) => {
    spoil();
    const { code, reports } = await exportRules("-a", "-o", "spoiled");
    expect(code).toBe(1);
    const { status, problems } = reports.find(({ rule }) => rule === "CUSTOM_RULE") ?? {};
    expect([status, problems]).toEqual(["refused", expect.arrayContaining([expect.objectContaining(problem)])]);
    expect(reports.filter(({ status: other }) => other === "exported")).toHaveLength(2);
  });
});

it("people see what became of each rule, without a character that steers the terminal", async () => {
  put("\u001b[2JBAD", { ...CUSTOM, SourceEvents: "\u001b[31m" }, {});
  const { code, stdout } = await run("--rules-dir", "rules", "-a", "-o", "shown");
  expect(code).toBe(1);
  expect(stdout).toContain("✓ CUSTOM_RULE (custom) exported\n");
  expect(stdout).toContain("✗ ?[2JBAD (custom) refused\n");
  expect(stdout).toMatch(/ {4}error: parameters\.json \/Parameters\/SourceEvents .*\[31m: write resource types/);
  expect(stdout).not.toContain("\u001b");
});
