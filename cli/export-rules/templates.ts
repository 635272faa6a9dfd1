import { readFileSync } from "node:fs";
import { join } from "node:path";
import { TEMPLATE_FILES, type Templates } from "../../functions/rule-exporter/layout.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "functions", "rule-exporter", "templates");

/** Reads the constant Terraform files; the function has them in its bundle. */
export function readTemplates(): Templates {
  const contentOf = (name: keyof Templates) => readFileSync(join(FOLDER, TEMPLATE_FILES[name]), "utf8");
  return {
    configRules: contentOf("configRules"),
    ruleVariables: contentOf("ruleVariables"),
    estateVariables: contentOf("estateVariables"),
  };
}
