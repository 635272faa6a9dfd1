import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import type { Mask } from "./masked-text.ts";
import { plainText } from "./plain-text.ts";

/** The most of a program's complaint that its error quotes, in characters. */
const MAX_COMPLAINT = 1_000;

export interface RunOptions {
  /** Its working folder. */
  folder: string;
  /** Variables besides those that every program gets. */
  environment?: Readonly<Record<string, string>>;
  /** Exit codes that are an answer; by default only 0. */
  expected?: readonly number[] | "any";
  /** Takes the lines of the standard output, which then are not shown. Without it they are shown and returned. */
  onLine?: (line: string) => void;
  /** Returns the standard output and does not show it. */
  hidden?: boolean;
}

/** How a program ended. */
export interface Ended {
  code: number;
  /** Its standard output, as it is; empty with `onLine`. */
  output: string;
  /** Its standard error, as it is. */
  complaint: string;
}

/**
 * Runs a program without a shell, and shows its lines as they come, masked and as plain text.
 *
 * @throws ProgramFailure for an exit code that is not expected; Error where it cannot be run
 */
export type Run = (program: string, args: readonly string[], options: RunOptions) => Promise<Ended>;

/** A program ended with an exit code that its caller did not expect. The message is masked and plain. */
export class ProgramFailure extends Error {
  override readonly name = "ProgramFailure";
  readonly ended: Ended;

  constructor(message: string, ended: Ended) {
    super(message);
    this.ended = ended;
  }
}

export interface Runner {
  run: Run;
  /** Asks the programs that run to end well, as Ctrl-C does: Terraform then writes its state and gives its lock back. */
  interrupt: () => void;
  /** Interrupts the programs that run, starts no other, and waits until they have ended. */
  end: () => Promise<void>;
}

/**
 * @param environment what every program gets; nothing else of the environment of this process
 * @param show takes a line for people
 */
export function createRunner(
  environment: Readonly<Record<string, string | undefined>>,
  mask: Mask,
  show: (line: string) => void,
): Runner {
  const running = new Map<ChildProcess, Promise<unknown>>();
  let over = false;
  const showPlain = (line: string) => show(plainLine(mask.maskLine(line)));

  const interrupt = () => {
    for (const child of running.keys()) child.kill("SIGINT");
  };

  return {
    interrupt,
    end: async () => {
      over = true;
      interrupt();
      await Promise.allSettled(running.values());
    },
    run: async (program, args, { folder, environment: more, expected = [0], onLine, hidden = false }) => {
      const name = [program, ...args.filter((arg) => !arg.startsWith("-")).slice(0, 1)].join(" ");
      if (over) throw new Error(`${name} is not run: the build ends.`);
      const child = spawn(program, args, {
        cwd: folder,
        env: { ...environment, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const ended = new Promise<number>((resolve, reject) => {
        child.on("error", (error) => reject(new Error(`${name} could not be run: ${error.message}`)));
        child.on("close", (code, signal) => resolve(code ?? (signal ? 128 : 1)));
      });
      running.set(child, ended);
      try {
        const [code, output, complaint] = await Promise.all([
          ended,
          hidden ? text(child.stdout) : eachLine(child.stdout, onLine ?? showPlain, onLine === undefined),
          eachLine(child.stderr, showPlain, true),
        ]);
        if (expected === "any" || expected.includes(code)) return { code, output, complaint };
        const said = complaintInOneLine(mask.mask(complaint));
        throw new ProgramFailure(`${name} ended with exit code ${code}. ${said}`.trim(), { code, output, complaint });
      } finally {
        running.delete(child);
      }
    },
  };
}

async function eachLine(stream: Readable, take: (line: string) => void, keep: boolean): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    take(line);
    if (keep) lines.push(line);
  }
  return lines.join("\n");
}

/** What a program complained of, without the frames that Terraform draws. */
export const complaintInOneLine = (complaint: string): string =>
  plainText(complaint.replaceAll(/[\s│╷╵]+/g, " ").trim(), MAX_COMPLAINT);

const plainLine = (line: string): string => plainText(line.replaceAll("\t", "  "), Number.POSITIVE_INFINITY);
