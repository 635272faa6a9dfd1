import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Replayed, replay } from "../local/replay.ts";
import { readSample, type Sample } from "../local/sample.ts";

// Every sample runs through the built bundle of its function, in a world of its own.

const EVENTS = join(import.meta.dirname, "..", "events");

const samplesOf = (functionName: string): Sample[] =>
  readdirSync(join(EVENTS, functionName)).map((name) => readSample(join(EVENTS, functionName, name)));

async function replayOne(sample: Sample): Promise<Replayed> {
  const [replayed] = await Array.fromAsync(replay([sample]));
  if (!replayed) throw new Error(`${sample.file} was not replayed`);
  return replayed;
}

describe.each(readdirSync(EVENTS))("%s", (functionName) => {
  it.each(samplesOf(functionName).map((sample) => [basename(sample.file, ".json"), sample] as const))(
    "%s",
    async (name, sample) => {
      const { result, error } = await replayOne(sample);
      expect(error).toBeNull();
      expect(result).toEqual(sample.expect);
      const { outcome } = sample.expect as { outcome: string };
      expect(name.startsWith(`${outcome.replaceAll(" ", "-")}-`)).toBe(true);
    },
  );
});

it("there are samples enough of each outcome that one event alone can have", () => {
  const outcomes = samplesOf("sni-collector").map(({ expect: expected }) => (expected as { outcome: string }).outcome);
  expect(outcomes.length).toBeGreaterThanOrEqual(25);
  expect(new Set(outcomes)).toEqual(new Set(["announced", "nothing new", "control message", "flushed"]));
});

it("no sample puts raw hostile text into a call, a log line or the result", async () => {
  for (const sample of samplesOf("sni-collector").filter(({ file }) => file.includes("hostile"))) {
    const { calls, log, result } = await replayOne(sample);
    const written = JSON.stringify([calls, result]) + log;
    for (const fragment of [
      "Bcc",
      "jndi",
      "script",
      "<b",
      "<i",
      "<s",
      "attacker",
      "\u202e",
      "\\u202e",
      "\u001b",
      "\\u001b",
      "aaaaaaaa",
      "4711",
    ])
      expect(written).not.toContain(fragment);
  }
});
