import { readFileSync } from "node:fs";
import { collect } from "../../functions/sni-collector/collect.ts";
import { decode } from "../../functions/sni-collector/decode.ts";
import { floor } from "./floor.ts";

// A process of its own: reads a batch a few times, as a warm container does, and prints its peak memory in KiB.

const BATCHES = 5;

const [work, file = ""] = process.argv.slice(2);
const data = readFileSync(file, "utf8");
for (let batch = 0; batch < BATCHES; batch += 1) {
  if (work === "collect") collect(decode(data, 2 ** 26).logEvents, Date.now());
  if (work === "floor") floor(data);
}
// On Linux, maxRSS is never below what the parent had when it started this process.
console.log(
  process.platform === "linux"
    ? /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1]
    : process.resourceUsage().maxRSS,
);
