import { execFileSync } from "node:child_process";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../../scripts/bundle.ts";
import { alternate, comparison, contender, type Measurement } from "../measurement.ts";
import { alertBatch } from "./alert-batch.ts";

const ROUNDS = 7;

/**
 * The peak memory of a process that decodes and collects. It is the process that counts, not the heap: that is what
 * Lambda holds against the memory of the function, with buffers, compiled code and garbage. Its peak never falls, so
 * each sample is a new process; and it runs a bundle, or what Node needs to read TypeScript would be in the figure.
 */
export async function collectMemory(records: number): Promise<Measurement[]> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "palisade-bench-"));
  const script = join(folder.path, "peak-memory.mjs");
  const batch = join(folder.path, "batch");
  writeFileSync(
    script,
    (await bundle(join(import.meta.dirname, "..", ".."), "bench/sni-collector/peak-memory.ts")).code,
  );
  writeFileSync(batch, alertBatch(records));
  const peakOf = (work: string) =>
    contender(() => Number(execFileSync(process.execPath, [script, work, batch], { encoding: "utf8" })) / 1_024);

  const ours = peakOf("collect");
  const floor = peakOf("floor");
  const idle = peakOf("nothing");
  await alternate([ours, floor, idle], ROUNDS, 0);
  const row = { name: `peak memory, ${records.toLocaleString("en")} records`, unit: "MB" as const };
  return [
    { ...row, against: "the floor", ...comparison(ours, floor), aim: 1.25 },
    { ...row, against: "an idle process", ...comparison(ours, idle) },
  ];
}
