import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import { Root } from "./root.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where moto answers as AWS. */
    aws: string;
    /** The commands of the Python environment. */
    commands: string;
  }
}

const environment = join(import.meta.dirname, ".venv");
const requirements = join(import.meta.dirname, "requirements.txt");

export default async function setup({ provide }: TestProject): Promise<() => void> {
  const commands = makeEnvironment();
  await cacheProvider();
  const env = { ...process.env, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" };
  const server = spawn(join(commands, "python"), ["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  provide("aws", await addressOf(server));
  provide("commands", commands);
  return () => {
    server.kill();
  };
}

/** Puts the provider where all roots take it from. Terraform does not let two of them put it there at once. */
async function cacheProvider(): Promise<void> {
  mkdirSync(join(import.meta.dirname, ".terraform", "plugins"), { recursive: true });
  const root = Root.of("bootstrap");
  await root.run("init");
  root.remove();
}

/** Makes the Python environment, or takes the one that was made from the same requirements. */
function makeEnvironment(): string {
  const commands = join(environment, "bin");
  const made = join(environment, "made-from");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  try {
    if (readFileSync(made, "utf8") === wanted) return commands;
  } catch {}
  rmSync(environment, { recursive: true, force: true });
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  run("python3", "-c", "import sys; sys.exit(sys.version_info < (3, 11) and 'The Terraform tests need Python 3.11.')");
  run("python3", "-m", "venv", environment);
  run(join(commands, "python"), "-m", "pip", "install", "--quiet", "--requirement", requirements);
  writeFileSync(made, wanted);
  return commands;
}

/** Waits until moto listens. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  const said: string[] = [];
  if (stderr)
    for await (const line of createInterface(stderr)) {
      said.push(line);
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (address !== undefined) {
        stderr.resume();
        return address;
      }
    }
  throw new Error(`moto did not start:\n${said.join("\n")}`);
}
