import { randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type History, makeRepository } from "./history.ts";

/** Sample repositories by their histories. Each process makes one once, and every world copies it. */
const made = new Map<History, Promise<string>>();

/** Copies a sample repository into a folder, unless it is there. */
export async function copySample(history: History, folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const making = made.get(history) ?? makeSample(history);
  made.set(history, making);
  // A copy that was interrupted must not be taken for a whole one later.
  const unfinished = `${folder}.${randomUUID()}`;
  cpSync(await making, unfinished, { recursive: true });
  renameSync(unfinished, folder);
}

async function makeSample(history: History): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "palisade-sample-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const repository = join(folder, "repository");
  await makeRepository(history, repository);
  return repository;
}
