import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Keeps a folder for one world, since the engine of the tables takes one process. A process that was killed leaves its
 * lock behind, which the next world takes over.
 *
 * @returns unlocks the folder
 * @throws Error while another process has the folder
 */
export function lockState(folder: string): () => void {
  const file = join(folder, "process");
  const take = () => writeFileSync(file, String(process.pid), { flag: "wx" });
  try {
    take();
  } catch {
    const user = Number(readFileSync(file, "utf8"));
    if (isRunning(user))
      throw new Error(`${folder} is in use by the process ${user}. Use another folder, or remove ${file}.`);
    rmSync(file);
    take();
  }
  return () => rmSync(file, { force: true });
}

function isRunning(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch (error) {
    // A process of another user may not be signalled, and runs.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
