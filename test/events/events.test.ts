import { existsSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";

it.each(readdirSync("events"))("The samples of %s have a test file.", (name) => {
  expect(existsSync(`test/events/${name}.test.ts`)).toBe(true);
});
