import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inject } from "vitest";

/** Starts an AWS of moto that holds nothing: each test file has its own, so that none sees what another made. */
export async function startMoto(): Promise<{ aws: string; stop: () => void }> {
  const server = spawn(join(inject("commands"), "python"), [join(import.meta.dirname, "moto-server.py")], {
    env: { PATH: process.env.PATH, MOTO_IAM_LOAD_MANAGED_POLICIES: "true" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  return { aws: await addressOf(server), stop: () => server.kill() };
}

/** Waits until moto listens. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  const lines: string[] = [];
  if (stderr)
    for await (const line of createInterface(stderr)) {
      lines.push(line);
      const [address] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (address !== undefined) {
        stderr.resume();
        return address;
      }
    }
  throw new Error(`moto did not start:\n${lines.join("\n")}`);
}
