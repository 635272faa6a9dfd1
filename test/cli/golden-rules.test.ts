import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { unzipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exportRules, filesBelow } from "../support/export-rules.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade golden-"));
afterAll(() => rmSync(folder, { recursive: true }));

const templates = "functions/rule-exporter/templates";
const ruleFiles = filesBelow("test/functions/rule-exporter/rules");
/** The folder of a rule below `test/functions/rule-exporter/rules`. */
const folderOf = (rule: string): string =>
  resolve(
    "test/functions/rule-exporter/rules",
    ruleFiles
      .find((path) => path.split("/")[1] === rule)
      ?.split("/")
      .slice(0, 2)
      .join("/") ?? "",
  );

interface Entry {
  function?: { code: { file: string; sha256: string } };
}
/** The entries of rules in a root, by name. */
const entriesOf = (root: string, variables: string): Record<string, Entry> => {
  const { rules, rule_name, rule } = JSON.parse(readFileSync(join(root, variables), "utf8"));
  return rules ?? { [rule_name]: rule };
};

const GOLDEN = [
  ...["CUSTOM_CHANGE", "CUSTOM_PERIODIC", "CUSTOM_HYBRID", "MANAGED_CHANGE", "MANAGED_PERIODIC", "GUARD_POLICY"],
  ...["REMEDIATION_WITH_DOCUMENT", "REMEDIATION_BY_HAND_WITH_DOCUMENT_OF_AWS", "ODD_TEMPLATES_IN_VALUES"],
];
const ORGANIZATION = [
  "CUSTOM_CHANGE",
  "CUSTOM_PERIODIC",
  "CUSTOM_HYBRID",
  "EXCLUDED_ACCOUNTS",
  "MANAGED_CHANGE",
  "MANAGED_PERIODIC",
  "GUARD_POLICY",
];

beforeAll(async () => {
  const [rules, estate, organization] = await Promise.all([
    exportRules(...GOLDEN, "-o", join(folder, "rule")),
    exportRules("--all", "--layout", "estate", "-o", join(folder, "estate")),
    exportRules(
      ...[...ORGANIZATION, "-v", "1.x_organization", "--layout", "estate", "-o", join(folder, "organization")],
    ),
  ]);
  expect([rules.code, estate.code, organization.code]).toEqual([0, 1, 0]);
});

// `npx vitest run test/cli/golden-rules.test.ts -u` writes the golden files anew.
describe.each([...GOLDEN.map((rule) => `rule/${rule}`), "estate", "organization"])("the export to %s", (root) => {
  const out = join(folder, root);
  const golden = join("test/functions/rule-exporter/golden", root);

  it("The command export-rules writes the golden files, the constant Terraform files and the code of the rules.", async () => {
    const written = filesBelow(out);
    const ofType = (type: string) => written.filter((path) => path.endsWith(type));

    for (const path of ofType(".tf")) {
      const own = root.startsWith("rule/") ? "rule-variables.tf" : "estate-variables.tf";
      const template = path.endsWith("variables.tf") ? own : "config-rules.tf";
      expect(readFileSync(join(out, path)).equals(readFileSync(join(templates, template)))).toBe(true);
    }
    expect(ofType(".tf")).toHaveLength(2);

    const [variables = "", ...others] = ofType(".json");
    expect(others).toEqual([]);
    await expect(readFileSync(join(out, variables), "utf8")).toMatchFileSnapshot(resolve(golden, variables));

    const zips = ofType(".zip").map((path): [string, Record<string, Uint8Array>] => [
      path,
      unzipSync(readFileSync(join(out, path))),
    ]);
    const listing = zips.map(([path, files]) => [path, ...Object.keys(files).map((name) => `  ${name}`)].join("\n"));
    if (zips.length > 0) await expect(`${listing.join("\n")}\n`).toMatchFileSnapshot(resolve(golden, "zips.txt"));
    expect(written).toHaveLength(3 + zips.length);
    // The golden files are not there yet when they are written for the first time.
    for (const path of existsSync(golden) ? filesBelow(golden) : []) expect([variables, "zips.txt"]).toContain(path);

    for (const [path, files] of zips)
      for (const [name, content] of Object.entries(files))
        expect(readFileSync(join(folderOf(basename(path, ".zip")), name)).equals(content)).toBe(true);
  });

  it("The command export-rules writes the SHA-256 of each zip, and names no other zip.", () => {
    const variables = filesBelow(out).find((path) => path.endsWith(".json")) ?? "";
    const codes = Object.values(entriesOf(out, variables)).flatMap((entry) => entry.function?.code ?? []);
    expect(codes.map(({ file }) => file).sort()).toEqual(filesBelow(out).filter((path) => path.endsWith(".zip")));
    for (const { file, sha256 } of codes)
      expect(
        createHash("sha256")
          .update(readFileSync(join(out, file)))
          .digest("base64"),
      ).toBe(sha256);
  });
});

it("The command export-rules refuses those rules alone that Terraform could not apply, each with all its problems.", async () => {
  const { code, reports } = await exportRules("--all", "-o", join(folder, "all"));
  expect(code).toBe(1);
  const said = reports
    .filter(({ problems }) => problems.length > 0)
    .map(({ rule, status, problems }) => [
      `${rule} is ${status}`,
      problems.map(({ severity, file, pointer }) => `${severity} ${file} ${pointer}`),
    ]);
  const parameters = (...pointers: string[]) => pointers.map((pointer) => `error parameters.json ${pointer}`);
  expect(Object.fromEntries(said)).toEqual({
    "CODE_ENDS_IN_CAPITALS is refused": parameters("/Parameters/SourceHandler"),
    "DOCUMENT_OUT_OF_FOLDER is refused": parameters("/Parameters/SSMAutomation/Document"),
    "EVERYTHING_WRONG is refused": [
      ...parameters("/Parameters/Description", "/Parameters/InputParameters", "/Parameters/SourceEvents"),
      ...parameters("/Parameters/ExcludedAccounts"),
      "warning parameters.json /Parameters/ExcludedAccounts",
      ...parameters("/Parameters/SSMAutomation/Document", "/Parameters/SSMAutomation/IAM"),
      ...parameters("/Parameters/Remediation/Parameters"),
      "error  ",
      ...parameters("/Parameters/SourceRuntime", "/Parameters/SourceHandler", "/Parameters/CustomLambdaName"),
    ],
    "EXCLUDED_ACCOUNTS is exported": ["warning parameters.json /Parameters/ExcludedAccounts"],
    "FUNCTION_OF_CLOUDFORMATION is refused": parameters("/Parameters/Remediation/Parameters/AutomationAssumeRole"),
    "GUARD_BY_THE_CLOCK_WITHOUT_POLICY is refused": [
      ...parameters("/Parameters"),
      "error GUARD_BY_THE_CLOCK_WITHOUT_POLICY.guard ",
    ],
    "HANDLER_WITH_SPACE is refused": parameters("/Parameters/SourceHandler"),
    "LINK_FOR_PARAMETERS is refused": ["error parameters.json ", "error parameters.json "],
    "LINK_OUT_OF_FOLDER is refused": ["error helper.py "],
    "NOT_OF_THE_RDK is refused": parameters("/Parameters"),
    "NO_OBJECT_AT_ALL is refused": parameters(""),
    "NO_TRIGGER is refused": parameters("/Parameters"),
    "NUMBERS_OUT_OF_RANGE is refused": [
      ...["ConcurrentExecutionRatePercentage", "ErrorPercentage"].flatMap((name) =>
        parameters(`/Parameters/Remediation/ExecutionControls/SsmControls/${name}`),
      ),
      ...parameters("/Parameters/Remediation/MaximumAutomaticAttempts", "/Parameters/Remediation/RetryAttemptSeconds"),
    ],
    "ODD_NAME_BEGINS_WITH_SPACE is exported": ["warning parameters.json /Parameters/RuleName"],
    "ODD_NAME_DIFFERS_FROM_FOLDER is exported": ["warning parameters.json /Parameters/RuleName"],
    "PROACTIVE_WITHOUT_TYPES is refused": parameters("/Parameters/EvaluationMode"),
    "RETIRED_JAVA is refused": parameters("/Parameters/SourceRuntime", "/Parameters/SourceHandler"),
    "RETIRED_PYTHON is refused": parameters("/Parameters/SourceRuntime"),
    "TRAILING_COMMA is refused": parameters(""),
    "WRONG_TYPES is refused": [
      ...["RuleName", "SourceEvents", "SourcePeriodic", "EvaluationMode", "InputParameters", "OptionalParameters"],
      ...["RuleSets", "SSMAutomation/Document", "SSMAutomation/IAM"],
    ]
      .map((name) => `error parameters.json /Parameters/${name}`)
      .concat(parameters("/Tags")),
  });
  const folders = new Set(ruleFiles.map((path) => path.split("/")[1]));
  expect(new Set(reports.map(({ rule }) => rule))).toEqual(folders);
});
