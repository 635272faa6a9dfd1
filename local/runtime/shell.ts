import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

export interface Shell {
  /** Runs a command in the shell. Its folder, variables and functions stay. Returns its exit code. */
  run(command: string): Promise<number>;
  /** Sets an exported variable. */
  set(name: string, value: string): Promise<void>;
  /** Ends the shell, and returns the variables that it exported. */
  end(): Promise<Record<string, string>>;
  /** Ends the shell and everything that it runs. */
  kill(): void;
}

/** Runs commands one after the other in one bash. At its end, it leaves what it exports and the folder that it is in. */
const DRIVER = `
trap 'env -0 >"$PALISADE_LEFT.unfinished"; printf "PALISADE_FOLDER=%s" "$PWD" >>"$PALISADE_LEFT.unfinished"; mv "$PALISADE_LEFT.unfinished" "$PALISADE_LEFT"' EXIT
while IFS= read -r -d '' PALISADE_COMMAND <&3; do
  eval "$PALISADE_COMMAND" </dev/null 3<&- 4>&-
  printf '%s\\n' "$?" >&4
done`;

const OWN = /^(PALISADE_\w+|_|SHLVL|PWD|OLDPWD)$/;

/**
 * A shell for the commands of a build. All of them share it, as in version 0.2 of the buildspec; a command that ends it, such as
 * `exit 1`, takes all but the exported variables and the folder with it.
 *
 * @param temporary a folder for its own files
 * @param output gets what the commands write
 */
export function shell(
  folder: string,
  environment: Readonly<Record<string, string>>,
  temporary: string,
  output: (text: string) => void,
): Shell {
  let state = { folder, environment: { ...environment } };
  let turn = 0;
  let bash: Bash | undefined;
  let killed = false;

  async function end(): Promise<void> {
    if (!bash) return;
    const { commands, closed, left } = bash;
    bash = undefined;
    commands.end();
    await closed;
    if (!existsSync(left)) return;
    const entries = readFileSync(left, "utf8")
      .split("\0")
      .map((line): [string, string] => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
    state = {
      folder: entries.find(([name]) => name === "PALISADE_FOLDER")?.[1] ?? state.folder,
      environment: Object.fromEntries(entries.filter(([name]) => !OWN.test(name))),
    };
  }

  async function run(command: string): Promise<number> {
    if (killed) return 137;
    turn += 1;
    bash ??= startBash(state.folder, state.environment, join(temporary, `shell-${turn}`), output);
    const code = await bash.run(command);
    if (bash.ended()) await end();
    return code;
  }

  return {
    run,
    set: async (name, value) => {
      await run(`export ${name}='${value.replaceAll("'", "'\\''")}'`);
    },
    end: async () => {
      await end();
      return state.environment;
    },
    kill: () => {
      killed = true;
      bash?.kill();
    },
  };
}

interface Bash {
  run(command: string): Promise<number>;
  ended(): boolean;
  commands: Writable;
  closed: Promise<unknown>;
  left: string;
  kill(): void;
}

function startBash(
  folder: string,
  environment: Readonly<Record<string, string>>,
  left: string,
  output: (text: string) => void,
): Bash {
  const child = spawn("bash", ["-c", DRIVER], {
    cwd: folder,
    env: { ...environment, PALISADE_LEFT: left },
    stdio: ["ignore", "pipe", "pipe", "pipe", "pipe"],
    // A process group of its own, which can be ended as a whole.
    detached: true,
  });
  let exit: number | undefined;
  const closed = new Promise<void>((resolve) => {
    child.on("error", () => resolve());
    child.on("exit", (code) => {
      exit = code ?? 137;
    });
    child.on("close", () => resolve());
  });
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", output);
  const [commands, codes] = [writable(child.stdio[3]), readable(child.stdio[4])];
  commands.on("error", () => undefined);
  return {
    commands,
    closed,
    left,
    ended: () => exit !== undefined,
    run: (command) =>
      new Promise((resolve) => {
        codes.once("data", (text) => resolve(Number(String(text).trim())));
        child.once("exit", (code) => resolve(code || 1));
        commands.write(`${command}\0`);
      }),
    kill: () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    },
  };
}

function writable(stream: Writable | Readable | null | undefined): Writable {
  if (!stream || !("write" in stream)) throw new Error("bash has no channel for commands.");
  return stream;
}

function readable(stream: Writable | Readable | null | undefined): Readable {
  if (!stream || !("read" in stream)) throw new Error("bash has no channel for exit codes.");
  return stream;
}
