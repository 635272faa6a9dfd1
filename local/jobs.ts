import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Job } from "./job.ts";

const FOLDER = join(import.meta.dirname, "world");

/**
 * The part of each function in the account, by the name of the function: every `world/<function>.ts`.
 *
 * @throws Error for a file that exports no `job`, and for two that have a table or a repository of one name
 */
export async function readJobs(): Promise<ReadonlyMap<string, Job>> {
  const jobs = new Map<string, Job>();
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith(".ts"))) {
    const { job }: { job?: Job } = await import(`./world/${file}`);
    if (!job) throw new Error(`local/world/${file} exports no \`job\`: see local/job.ts.`);
    jobs.set(file.slice(0, -".ts".length), job);
  }
  return jobs;
}

/**
 * Joins what several jobs have by name.
 *
 * @throws Error for a name that two of them have
 */
export function joined<Value>(parts: readonly (Readonly<Record<string, Value>> | undefined)[]): Record<string, Value> {
  const whole = new Map<string, Value>();
  for (const [name, value] of parts.flatMap((part) => Object.entries(part ?? {}))) {
    if (whole.has(name)) throw new Error(`Two files of local/world/ have ${name}: take another name in one of them.`);
    whole.set(name, value);
  }
  return Object.fromEntries(whole);
}
