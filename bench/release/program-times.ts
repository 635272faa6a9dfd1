import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** One run of a program: its name, its first argument, and when it began and ended (epoch, ms). */
export interface ProgramTime {
  name: string;
  command: string;
  from: number;
  to: number;
}

/** Notes when programs run. */
export interface ProgramTimes {
  /** The environment of a process whose programs are noted. */
  environment: { PATH: string; PROGRAM_TIMES: string };
  /** What ran since the last call. */
  take(): ProgramTime[];
}

/**
 * Puts a script of each program before it on the path. It notes the times, and takes about 5 ms of its own.
 *
 * @param programs paths by name
 */
export function noteProgramTimes(folder: string, programs: Readonly<Record<string, string>>): ProgramTimes {
  const scripts = join(folder, "noted");
  const notes = join(folder, "notes");
  mkdirSync(scripts);
  for (const [name, program] of Object.entries(programs)) {
    const script = `#!/bin/sh\nfrom=$(date +%s%N)\n'${program}' "$@"\ncode=$?\necho "${name} $1 $from $(date +%s%N)" >> "$PROGRAM_TIMES"\nexit $code\n`;
    writeFileSync(join(scripts, name), script, { mode: 0o755 });
  }
  return {
    environment: { PATH: [scripts, process.env.PATH].join(delimiter), PROGRAM_TIMES: notes },
    take: () => {
      const lines = readFileSync(notes, "utf8").trim().split("\n");
      rmSync(notes);
      return lines.map((line) => {
        const [name = "", command = "", from, to] = line.split(" ");
        return { name, command, from: Number(from) / 1e6, to: Number(to) / 1e6 };
      });
    },
  };
}

type Span = Pick<ProgramTime, "from" | "to">;

/** Seconds in which at least one of `spans` ran, and none of `others`. */
export function onlyTime(spans: readonly Span[], others: readonly Span[] = []): number {
  return (together([...spans, ...others]) - together(others)) / 1_000;
}

function together(spans: readonly Span[]): number {
  let sum = 0;
  let until = 0;
  for (const { from, to } of spans.toSorted((one, other) => one.from - other.from)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}
