import { existsSync, readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { joined, readJobs } from "../../local/jobs.ts";

it("The jobs of the local AWS are those of every function.", async () => {
  const functions = readdirSync("functions").filter((name) => existsSync(`functions/${name}/index.ts`));
  expect([...(await readJobs()).keys()].sort()).toEqual(functions.sort());
});

it("The jobs of the local AWS are joined by names, and a name that two have is an error.", () => {
  expect(joined([{ a: 1 }, undefined, { b: 2 }])).toEqual({ a: 1, b: 2 });
  expect(() => joined([{ a: 1 }, { a: 2 }])).toThrow("Two files of local/world/ have a");
});
