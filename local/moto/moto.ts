import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The account of everything that is made without a role of another account. */
export const MOTO_ACCOUNT = "123456789012";

export interface Moto {
  /** Its address, which serves every service. */
  aws: string;
  stop(): void;
}

/**
 * Starts an AWS of moto that holds nothing.
 *
 * @param commands the folder of `pythonCommands`
 */
export async function startMoto(commands: string): Promise<Moto> {
  const server = spawn(join(commands, "python"), [join(import.meta.dirname, "moto-server.py")], {
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
