/** One line of the report. */
export interface Measurement {
  name: string;
  unit: "ms" | "s" | "MB";
  /** Median over the rounds, as is `baseline`. */
  measured: number;
  /** What it is held against. */
  against: string;
  baseline: number;
  /** Median of the ratios within each round. */
  ratio: number;
  /** The most that the ratio should be. */
  aim?: number;
}

/** One of several things that are measured in turn. */
export interface Contender {
  sample: () => number | Promise<number>;
  samples: number[];
}

export const contender = (sample: Contender["sample"]): Contender => ({ sample, samples: [] });

/**
 * Takes one sample of each contender per round. The order is random: garbage collection comes at regular intervals, and
 * would otherwise meet the same contender every time.
 *
 * @param warmUp rounds at the beginning that do not count
 */
export async function alternate(contenders: readonly Contender[], rounds: number, warmUp: number): Promise<void> {
  for (let round = -warmUp; round < rounds; round += 1)
    for (const { sample, samples } of Math.random() < 0.5 ? contenders : contenders.toReversed()) {
      const value = await sample();
      if (round >= 0) samples.push(value);
    }
}

export const comparison = (measured: Contender, baseline: Contender) => ({
  measured: median(measured.samples),
  baseline: median(baseline.samples),
  ratio: median(measured.samples.map((sample, round) => sample / (baseline.samples[round] ?? Number.NaN))),
});

function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
