import { relative } from "node:path";
import type { Reporter } from "vitest/node";

const SHOWN = 10;

/** Prints the slowest tests at the end of a run. */
export default class SlowestTests implements Reporter {
  onTestRunEnd: NonNullable<Reporter["onTestRunEnd"]> = (modules) => {
    const timed = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        file: relative(process.cwd(), module.moduleId),
        name: test.fullName,
        duration: test.diagnostic()?.duration ?? 0,
      })),
    );
    if (timed.length <= SHOWN) return;
    console.log(`\n The slowest ${SHOWN} of ${timed.length} tests`);
    for (const { file, name, duration } of timed.sort((a, b) => b.duration - a.duration).slice(0, SHOWN))
      console.log(`  ${`${Math.round(duration)} ms`.padStart(9)}  ${file} > ${name}`);
  };
}
