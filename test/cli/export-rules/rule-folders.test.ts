import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { findRules, readRuleFolder } from "../../../cli/export-rules/rule-folders.ts";
import { createRuleFolders, MANAGED } from "../../support/rule-folders.ts";

const { rules, put, reset, remove } = createRuleFolders();
beforeEach(reset);
afterAll(remove);

const folder = join(rules, "CUSTOM_RULE");
/** A folder within a folder, until the path has more characters than a system takes (4,096 at the most). */
const digDeep = (below: string): void => {
  const deep = "d".repeat(200);
  const steps = `for (let i = 0; i < 25; i += 1) { fs.mkdirSync("${deep}"); process.chdir("${deep}"); }`;
  execFileSync(process.execPath, ["-e", steps], { cwd: below });
};

describe("the folders of rules", () => {
  it("The rule folders on the disk are found by export-rules at any depth, in the order of their paths.", () => {
    expect(findRules(rules).map((path) => path.slice(rules.length + 1))).toEqual([
      "CUSTOM_RULE",
      'it\'s "odd"',
      "nested/more/MANAGED_RULE",
    ]);
  });

  it("The rule folders on the disk may be the folder itself where export-rules begins to search.", () => {
    expect(findRules(folder)).toEqual([folder]);
  });

  it("The rule folders on the disk are not searched within a rule, in hidden folders, packages and links.", () => {
    for (const path of ["CUSTOM_RULE/INNER", ".hidden/A", "node_modules/B"]) put(path, MANAGED);
    symlinkSync(folder, join(rules, "LINK"));
    expect(findRules(rules)).toHaveLength(3);
  });
});

describe("the folder of a rule", () => {
  it("A rule folder on the disk is read with code and parameters.json, and without tests.", () => {
    const { name, files, problems } = readRuleFolder(folder);
    expect([name, [...files.keys()], problems]).toEqual(["CUSTOM_RULE", ["CUSTOM_RULE.py", "parameters.json"], []]);
  });

  it.each([
    [
      "a link out of its folder",
      () => symlinkSync("/etc/passwd", join(folder, "secret.py")),
      { file: "secret.py", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a link to a folder",
      () => symlinkSync("/etc", join(folder, "etc")),
      { file: "etc", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a link to nothing for its parameters.json",
      () => {
        rmSync(join(folder, "parameters.json"));
        symlinkSync("none.json", join(folder, "parameters.json"));
      },
      { file: "parameters.json", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a pipe, which never ends",
      () => execFileSync("mkfifo", [join(folder, "pipe.py")]),
      { file: "pipe.py", message: expect.stringContaining("is no plain file") },
    ],
    [
      "a folder so deep that nothing can read it",
      () => digDeep(folder),
      { file: expect.stringMatching(/^ddd/), message: expect.stringMatching(/^cannot be read: ENAMETOOLONG/) },
    ],
    [
      "code of more than 262,144,000 bytes",
      () => {
        writeFileSync(join(folder, "model.bin"), "");
        truncateSync(join(folder, "model.bin"), 262_144_000);
      },
      { file: "", message: expect.stringContaining("Lambda takes 262144000") },
    ],
  ])("A rule folder on the disk has a problem with %s.", (_what, spoil, problem) => {
    spoil();
    expect(readRuleFolder(folder).problems).toEqual([{ severity: "error", pointer: "", ...problem }]);
  });

  it("A rule folder on the disk is not read beyond 5,000 files, and that is a problem.", () => {
    mkdirSync(join(folder, "many"));
    for (let file = 0; file < 5_000; file += 1) writeFileSync(join(folder, "many", `${file}`), "");
    const { files, problems } = readRuleFolder(folder);
    expect(files.size).toBe(5_000);
    expect(problems).toMatchObject([{ file: "", message: expect.stringContaining("holds more than 5000 files") }]);
  });

  it("A rule folder on the disk may have a link and a folder that are none of its code.", () => {
    symlinkSync("/etc/passwd", join(folder, "secret_test.py"));
    mkdirSync(join(folder, "tests"));
    symlinkSync("/etc/passwd", join(folder, "tests", "x.py"));
    expect(readRuleFolder(folder).problems).toEqual([]);
  });
});
