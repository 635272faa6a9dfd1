import { parseArgs } from "node:util";
import type { Measurement } from "./measurement.ts";
import { releaseTime } from "./release/release-time.ts";
import { exportTime } from "./rule-exporter/export-time.ts";
import { collectMemory } from "./sni-collector/collect-memory.ts";
import { collectTime } from "./sni-collector/collect-time.ts";
import { startUp } from "./start-up.ts";

const MEASURES: Record<string, (() => Promise<Measurement[]>)[]> = {
  "sni-collector": [
    () => collectTime(2_000),
    () => collectTime(10_000),
    () => collectMemory(2_000),
    () => collectMemory(10_000),
    () => startUp("sni-collector", { TABLE_NAME: "sightings", TOPIC_ARN: "arn:aws:sns:us-east-1:111122223333:egress" }),
  ],
  "rule-exporter": [() => exportTime(150)],
  release: [releaseTime],
};

const { names, asJson } = readArguments();
const measurements: Measurement[] = [];
for (const name of names) for (const measure of MEASURES[name] ?? []) measurements.push(...(await measure()));
const report = measurements.map((measurement) => ({
  ...measurement,
  ...(measurement.aim !== undefined && { met: measurement.ratio <= measurement.aim }),
}));
console.log(asJson ? JSON.stringify(report, null, 2) : table(report));

function readArguments(): { names: string[]; asJson: boolean } {
  const all = Object.keys(MEASURES);
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: "boolean", default: false } },
      allowPositionals: true,
    });
    const unknown = positionals.find((name) => !all.includes(name));
    if (unknown !== undefined) throw new Error(`There are no benchmarks of ${JSON.stringify(unknown)}.`);
    return { names: positionals.length > 0 ? positionals : all, asJson: values.json };
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}\nUsage: npm run bench -- [--json] [${all.join("] [")}]`,
    );
    process.exit(2);
  }
}

function table(rows: typeof report): string {
  const cells = [
    ["", "measured", "baseline", "ratio", "aim", ""],
    ...rows.map(({ name, against, unit, measured, baseline, ratio, aim, met }) => [
      `${name}, to ${against}`,
      `${measured.toFixed(1)} ${unit}`,
      `${baseline.toFixed(1)} ${unit}`,
      ratio.toFixed(2),
      aim === undefined ? "" : `≤ ${aim.toFixed(2)}`,
      met === undefined ? "" : met ? "met" : "not met",
    ]),
  ];
  const widths = cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  return cells
    .map(([name = "", ...figures]) =>
      [name.padEnd(widths[0] ?? 0), ...figures.map((figure, column) => figure.padStart(widths[column + 1] ?? 0))].join(
        "  ",
      ),
    )
    .join("\n");
}
