import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "..", "test", "terraform");
const ENVIRONMENT = join(FOLDER, ".venv");
const REQUIREMENTS = join(FOLDER, "requirements.txt");
const HASHED = join(FOLDER, "requirements-trivy.txt");
const COMPLIANCE = join(import.meta.dirname, "..", "..", "stages", "comply", "requirements.txt");
/** Errors only: pip's advice about versions and users is about an environment that nobody else uses. */
const QUIET = ["-qq", "--disable-pip-version-check", "--root-user-action=ignore"];

/**
 * Makes the Python environment of `test/terraform/requirements*.txt`, or takes the one that was made from the same files.
 *
 * @returns the folder with its commands, such as `python`, `moto_server` and `checkov`, and `trivy` on Linux on x86_64
 * @throws Error without Python 3.11
 */
export function pythonCommands(): string {
  return environmentOf(ENVIRONMENT, [REQUIREMENTS, HASHED], (install) => {
    install("--requirement", REQUIREMENTS);
    install("--require-hashes", "--no-deps", "--requirement", HASHED);
  });
}

/**
 * Makes the Python environment of terraform-compliance, whose pins do not go with the others, or takes the one that was made from
 * the same file.
 *
 * @returns the folder with its commands, such as `terraform-compliance`
 * @throws Error without Python 3.11
 */
export const complianceCommands = (): string =>
  environmentOf(join(FOLDER, ".terraform", "compliance"), [COMPLIANCE], (install) =>
    install("--require-hashes", "--no-deps", "--requirement", COMPLIANCE),
  );

function environmentOf(
  folder: string,
  files: readonly string[],
  fill: (install: (...args: string[]) => void) => void,
): string {
  const commands = join(folder, "bin");
  const made = join(folder, "made-from");
  const wanted = files.reduce((hash, file) => hash.update(readFileSync(file)), createHash("sha256")).digest("hex");
  try {
    if (readFileSync(made, "utf8") === wanted) return commands;
  } catch {}
  rmSync(folder, { recursive: true, force: true });
  // Standard output is for the results of commands.
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ["ignore", 2, 2] });
  run("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11) and 'The local AWS needs Python 3.11.')");
  run("python3", "-m", "venv", folder);
  fill((...args) => run(join(commands, "python"), "-m", "pip", "install", ...QUIET, ...args));
  writeFileSync(made, wanted);
  return commands;
}
