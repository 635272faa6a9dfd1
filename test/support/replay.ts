import { type ExecFileOptions, execFile } from "node:child_process";

/** Runs `cli/replay.ts` as npm does. */
export const runReplay = (...args: string[]) => runReplayIn({}, ...args);

/** Runs `cli/replay.ts` in another folder, or with another environment. */
export const runReplayIn = (
  options: ExecFileOptions,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      ["cli/replay.ts", ...args],
      { maxBuffer: 100_000_000, ...options, encoding: "utf8" },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
  });
