import { execFileSync } from "node:child_process";

/** The samples run through the built bundles, so the bundles are made first. */
export function setup(): void {
  execFileSync(process.execPath, ["scripts/build.ts", "--quiet"], { stdio: "inherit" });
}
