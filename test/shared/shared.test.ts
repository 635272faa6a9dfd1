import { globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, it } from "vitest";

/** The parts of the project that run: a function or a stage each, and the commands, the local AWS and the build. */
const partOf = (file: string): string =>
  /^(functions|stages)\//.test(file) ? dirname(file) : (file.split("/")[0] ?? "");

it.each(readdirSync("shared"))("shared/%s has at least two users.", (name) => {
  const users = globSync(["functions/**/*.ts", "stages/**/*.ts", "shared/*.ts", "cli/**/*.ts", "scripts/*.ts"]).filter(
    (file) => basename(file) !== name && readFileSync(file, "utf8").includes(`/${name}"`),
  );
  expect(new Set(users.map(partOf)).size).toBeGreaterThanOrEqual(2);
});
