import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Replayed, replay } from "../../../local/runtime/replay.ts";
import { readSample } from "../../../local/runtime/sample.ts";

const EVENTS = join(import.meta.dirname, "..", "..", "..", "events");

const replays = new Map<string, Promise<Replayed[]>>();

/** The replays of all samples of a function, each with an AWS of its own. They are made once. */
export function replayedSamples(functionName: string): Promise<Replayed[]> {
  const known = replays.get(functionName) ?? replayAll(join(EVENTS, functionName));
  replays.set(functionName, known);
  return known;
}

async function replayAll(folder: string): Promise<Replayed[]> {
  const replayed: Replayed[] = [];
  for (const file of readdirSync(folder))
    replayed.push(...(await Array.fromAsync(replay([readSample(join(folder, file))]))));
  return replayed;
}
