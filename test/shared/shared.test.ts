import { globSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { expect, it } from "vitest";

/** The parts of the project that run: a function or a stage each, and the commands, the local AWS and the build. */
const partOf = (file: string): string =>
  /^(functions|stages)\//.test(file) ? dirname(file) : (file.split("/")[0] ?? "");

const FILES = globSync(["functions/**/*.ts", "stages/**/*.ts", "shared/*.ts", "cli/**/*.ts", "scripts/*.ts"]).map(
  (file) => ({ file, text: readFileSync(file, "utf8") }),
);

/** The parts that use a file of `shared/`, by itself or through other files there. */
function usersOf(name: string, seen: readonly string[] = []): string[] {
  const users = FILES.filter(({ file, text }) => basename(file) !== name && text.includes(`/${name}"`));
  return users.flatMap(({ file }) => {
    if (!file.startsWith("shared/")) return [partOf(file)];
    return seen.includes(basename(file)) ? [] : usersOf(basename(file), [...seen, name]);
  });
}

it.each(readdirSync("shared"))("shared/%s has at least two users.", (name) => {
  expect(new Set(usersOf(name)).size).toBeGreaterThanOrEqual(2);
});
