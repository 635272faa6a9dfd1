import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** What `npm run export-rules -- --json` says of a rule. */
export interface RuleReport {
  rule: string;
  status: "exported" | "refused";
  files: string[];
  problems: { severity: string; file: string; pointer: string; message: string }[];
}

/** Exports rules of `test/functions/rule-exporter/rules`. */
export const exportRules = (...args: string[]) =>
  new Promise<{ code: number; reports: RuleReport[] }>((resolve, reject) => {
    const command = ["cli/export-rules.ts", "--rules-dir", "test/functions/rule-exporter/rules", "--json", ...args];
    execFile(process.execPath, command, { env: { PATH: process.env.PATH } }, (error, stdout, stderr) => {
      if (stdout === "") reject(new Error(stderr));
      else resolve({ code: typeof error?.code === "number" ? error.code : 0, reports: JSON.parse(stdout) });
    });
  });

/** Paths of the files below a folder, in order. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
