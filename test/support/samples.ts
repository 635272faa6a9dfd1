import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Replayed, replay } from "../../local/runtime/replay.ts";
import { readSample, type Sample } from "../../local/runtime/sample.ts";

/** A sample and its replay. */
export interface ReplayedSample {
  /** Such as `started-global`. */
  name: string;
  sample: Sample;
  replayed: Replayed;
}

/**
 * Tests that every sample of a function ends as it says, through the built bundle and in a world of its own, and that
 * together they show every outcome.
 *
 * @param outcomes all that a sample can have
 * @returns replays the samples whose names match, each once for the whole file
 */
export function testSamples(functionName: string, outcomes: readonly string[]) {
  const folder = join("events", functionName);
  const samples = readdirSync(folder).map((file) => readSample(join(folder, file)));
  const replays = new Map<string, Promise<Replayed>>();

  function replayOnce(sample: Sample): Promise<Replayed> {
    const replayed =
      replays.get(sample.file) ??
      Array.fromAsync(replay([sample])).then(([only]) => {
        if (!only) throw new Error(`${sample.file} was not replayed.`);
        return only;
      });
    replays.set(sample.file, replayed);
    return replayed;
  }
  const nameOf = ({ file }: Sample) => basename(file, ".json");
  const outcomeOf = ({ expect: expected }: Sample) => (expected as { outcome: string }).outcome;

  describe.concurrent(`samples of ${functionName}`, () => {
    it.each(samples.map((sample) => [nameOf(sample), sample] as const))(
      `The sample %s of ${functionName} ends as it says.`,
      async (name, sample) => {
        const { result, error } = await replayOnce(sample);
        expect(error).toBeNull();
        expect(result).toEqual(sample.expect);
        expect(name.startsWith(`${outcomeOf(sample).replaceAll(" ", "-")}-`)).toBe(true);
      },
    );
  });

  it(`The samples of ${functionName} show every outcome.`, () => {
    expect(new Set(samples.map(outcomeOf))).toEqual(new Set(outcomes));
  });

  return async (pattern = /^/): Promise<ReplayedSample[]> => {
    const matching = samples.filter((sample) => pattern.test(nameOf(sample)));
    return await Promise.all(
      matching.map(async (sample) => ({ name: nameOf(sample), sample, replayed: await replayOnce(sample) })),
    );
  };
}

/**
 * Whether an EventBridge pattern lets an event through. Patterns of exact values only; of an array
 * one value has to match:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export function matchesPattern(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]) => {
    const value: unknown = Object(event)[name];
    return Array.isArray(wanted) ? [value].flat().some((one) => wanted.includes(one)) : matchesPattern(wanted, value);
  });
}
