import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "..", "..", "test", "terraform");
const ENVIRONMENT = join(FOLDER, ".venv");
const REQUIREMENTS = join(FOLDER, "requirements.txt");
const HASHED = join(FOLDER, "requirements-trivy.txt");

/**
 * Makes the Python environment of `test/terraform/requirements*.txt`, or takes the one that was made from the same files.
 *
 * @returns the folder with its commands, such as `python`, `moto_server` and `checkov`, and `trivy` on Linux on x86_64
 * @throws Error without Python 3.11
 */
export function pythonCommands(): string {
  const commands = join(ENVIRONMENT, "bin");
  const made = join(ENVIRONMENT, "made-from");
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).update(readFileSync(HASHED)).digest("hex");
  try {
    if (readFileSync(made, "utf8") === wanted) return commands;
  } catch {}
  rmSync(ENVIRONMENT, { recursive: true, force: true });
  // Standard output is for the results of commands.
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ["ignore", 2, 2] });
  run("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11) and 'The local AWS needs Python 3.11.')");
  run("python3", "-m", "venv", ENVIRONMENT);
  // Errors only: its advice about versions and users is about an environment that nobody else uses.
  const quiet = ["-qq", "--disable-pip-version-check", "--root-user-action=ignore"];
  const install = (...args: string[]) => run(join(commands, "python"), "-m", "pip", "install", ...quiet, ...args);
  install("--requirement", REQUIREMENTS);
  install("--require-hashes", "--no-deps", "--requirement", HASHED);
  writeFileSync(made, wanted);
  return commands;
}
