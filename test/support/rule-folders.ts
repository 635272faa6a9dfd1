import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const CUSTOM = { SourceRuntime: "python3.13", SourceEvents: "AWS::S3::Bucket", RuleSets: ["pci", "high"] };
export const MANAGED = { SourceIdentifier: "ACCESS_KEYS_ROTATED", SourcePeriodic: "One_Hour", RuleSets: ["iam"] };

/** A folder of the user, with folders of rules in its folder `rules`. */
export function createRuleFolders() {
  const folder = mkdtempSync(join(tmpdir(), "palisade rules-"));
  const rules = join(folder, "rules");
  /** Writes the folder of a rule. */
  const put = (rule: string, parameters: Record<string, unknown>, files: Record<string, string> = {}): void => {
    for (const [path, content] of Object.entries({
      "parameters.json": JSON.stringify({ Parameters: parameters }),
      ...files,
    })) {
      mkdirSync(join(rules, rule, path, ".."), { recursive: true });
      writeFileSync(join(rules, rule, path), content);
    }
  };
  return {
    folder,
    rules,
    put,
    /** Begins with a custom rule, a managed one in a folder below, and one with an odd name. */
    reset: () => {
      rmSync(rules, { recursive: true, force: true });
      put("CUSTOM_RULE", CUSTOM, { "CUSTOM_RULE.py": "x = 1\n", "CUSTOM_RULE_test.py": "x = 2\n" });
      put("nested/more/MANAGED_RULE", MANAGED);
      put('it\'s "odd"', { ...CUSTOM, SourceHandler: "main.handler", RuleSets: [] }, { "main.py": "x = 1\n" });
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
