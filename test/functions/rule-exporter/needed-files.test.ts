import { describe, expect, it } from "vitest";
import {
  codeOf,
  excessOf,
  isNeeded,
  isNeededFolder,
  isWithinLimits,
} from "../../../functions/rule-exporter/needed-files.ts";

describe("the code of a rule", () => {
  const code = [
    "MY_RULE.py",
    "helper.py",
    "lib/deep/module.py",
    "data.json",
    "lib/test_data/x.json",
    "a/parameters.json",
  ];
  const others = [
    ...["MY_RULE_test.py", "test_helper.py", "tests/a.py", "lib/test/b.py", "__pycache__/a.pyc", "lib/x.pyc"],
    ...["my_rule_rule.tf", "my_rule.tfvars.json", "terraform.tfstate", "terraform.tfstate.backup", "MY_RULE.zip"],
    ...["terraform.tfstate.1790000000.backup", "errored.tfstate", "MY_RULE.guard", "parameters.json"],
    ...[".terraform/x/y", ".terraform.lock.hcl", ".git/config", ".DS_Store", "lib/.hidden", "node_modules/.bin/x"],
  ];

  it("The needed files of a rule's function are its modules, and no tests, caches, Terraform files, state, zips or hidden files.", () => {
    const files = new Map([...code, ...others].map((path) => [path, new Uint8Array()]));
    expect(Object.keys(codeOf({ name: "MY_RULE", files, problems: [] }))).toEqual(code);
  });

  it("The needed files of a rule are the code, the parameters.json and the policy beside it.", () => {
    expect(code.filter((path) => !isNeeded(path))).toEqual([]);
    expect(others.filter(isNeeded)).toEqual(["MY_RULE.guard", "parameters.json"]);
    expect(["lib/x.guard", ".x.guard"].filter(isNeeded)).toEqual([]);
  });

  it("The needed files of a rule are never in a folder of tests, caches or hidden files.", () => {
    expect(["lib", "lib/tests", "test", ".git", "__pycache__", "latest"].filter(isNeededFolder)).toEqual([
      "lib",
      "latest",
    ]);
  });
});

describe("the limits of a rule's folder", () => {
  it("The needed files of a rule may be 5,000, and have 262,144,000 bytes.", () => {
    expect(isWithinLimits(5_000, 262_144_000)).toBe(true);
    expect(isWithinLimits(5_001, 0)).toBe(false);
    expect(isWithinLimits(0, 262_144_001)).toBe(false);
  });

  it("The needed files of a rule are a problem of the folder where they are too many, or have too many bytes.", () => {
    expect(excessOf(5_000, 262_144_000)).toEqual([]);
    expect(excessOf(5_001, 262_144_001)).toMatchObject([
      { severity: "error", file: "", message: expect.stringContaining("holds more than 5000 files") },
      { severity: "error", file: "", message: expect.stringContaining("Lambda takes 262144000 bytes") },
    ]);
  });
});
