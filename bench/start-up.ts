import { execFileSync } from "node:child_process";
import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../scripts/bundle.ts";
import { alternate, comparison, contender, type Measurement } from "./measurement.ts";

const ROUNDS = 30;
const ROOT = join(import.meta.dirname, "..");
const SNS_ONLY = join("bench", "sns-only.ts");

/** The time that Node takes to start, load a built function and exit: the part of a cold start that the code decides. */
export async function startUp(functionName: string, settings: Record<string, string>): Promise<Measurement[]> {
  using folder = mkdtempDisposableSync(join(tmpdir(), "palisade-bench-"));
  const file = (name: string) => join(folder.path, name);
  writeFileSync(file("empty.mjs"), "");
  writeFileSync(file("slim-sns.mjs"), (await bundle(ROOT, SNS_ONLY)).code);
  // With the SDK's whole chain of credential providers.
  writeFileSync(file("sns.mjs"), (await bundle(ROOT, SNS_ONLY, {})).code);

  const startOf = (module: string) =>
    contender(() => {
      const start = performance.now();
      execFileSync(process.execPath, [module], { env: { AWS_REGION: "us-east-1", ...settings } });
      return performance.now() - start;
    });
  const ours = startOf(join(ROOT, "dist", functionName, "index.mjs"));
  const baselines = [
    { against: "an empty process", baseline: startOf(file("empty.mjs")) },
    { against: "the SNS client", baseline: startOf(file("sns.mjs")), aim: 1.3 },
    { against: "the SNS client, our build", baseline: startOf(file("slim-sns.mjs")) },
  ];
  await alternate([ours, ...baselines.map(({ baseline }) => baseline)], ROUNDS, 1);
  return baselines.map(({ baseline, ...rest }) => ({
    name: `start-up, ${functionName}`,
    unit: "ms",
    ...rest,
    ...comparison(ours, baseline),
  }));
}
