import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { RuleReport } from "../../cli/export-rules/report.ts";

/** The end of a command: its exit code, what it printed, and the items of `--json`. */
export interface Export {
  code: number;
  stdout: string;
  stderr: string;
  reports: RuleReport[];
}

/**
 * Runs `cli/export-rules.ts`.
 *
 * @param from the folder that the user is in; by default that of the package
 */
export const runExportRules = (args: readonly string[], from = process.cwd()): Promise<Export> =>
  new Promise((resolve) => {
    const env = { PATH: process.env.PATH, INIT_CWD: from };
    execFile(process.execPath, ["cli/export-rules.ts", ...args], { env }, (error, stdout, stderr) => {
      const reports = stdout.startsWith("[") ? JSON.parse(stdout) : [];
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr, reports });
    });
  });

/** Exports rules of `test/functions/rule-exporter/rules`. */
export const exportRules = (...args: string[]): Promise<Export> =>
  runExportRules(["--rules-dir", "test/functions/rule-exporter/rules", "--json", ...args]);

/** Paths of the files below a folder, in order. */
export const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
