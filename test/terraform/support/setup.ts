import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { Root } from "./root.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the commands of the Python environment. */
    commands: string;
    /** The names given to `npm run test:terraform`; empty for everything. */
    targets: string[];
  }
}

const tests = join(import.meta.dirname, "..");
const environment = join(tests, ".venv");
const requirements = join(tests, "requirements.txt");
const hashed = join(tests, "requirements-trivy.txt");

export default async function setup({ provide }: TestProject): Promise<void> {
  provide("commands", makeEnvironment());
  await cacheProvider();
}

/** Puts the provider where all roots take it from. Two runs of Terraform must not put it there at once. */
async function cacheProvider(): Promise<void> {
  mkdirSync(join(tests, ".terraform", "plugins"), { recursive: true });
  const root = Root.of("bootstrap");
  await root.run("init");
  root.remove();
}

/** Makes the Python environment, or takes the one that was made from the same requirements. */
function makeEnvironment(): string {
  const commands = join(environment, "bin");
  const made = join(environment, "made-from");
  const wanted = createHash("sha256").update(readFileSync(requirements)).update(readFileSync(hashed)).digest("hex");
  try {
    if (readFileSync(made, "utf8") === wanted) return commands;
  } catch {}
  rmSync(environment, { recursive: true, force: true });
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  run("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11) and 'The Terraform tests need Python 3.11.')");
  run("python3", "-m", "venv", environment);
  const install = (...args: string[]) => run(join(commands, "python"), "-m", "pip", "install", "--quiet", ...args);
  install("--requirement", requirements);
  install("--require-hashes", "--no-deps", "--requirement", hashed);
  writeFileSync(made, wanted);
  return commands;
}
