import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { STORIES, targetsOf } from "../../scripts/terraform-files.ts";

const run = (...args: string[]) =>
  new Promise<{ code: unknown; stderr: string }>((done) => {
    const command = ["test/terraform/run.ts", ...args];
    execFile(process.execPath, command, { cwd: resolve(".") }, (error, _stdout, stderr) =>
      done({ code: error?.code ?? 0, stderr }),
    );
  });

it("A name without tests is refused with the names that have some.", async () => {
  const { code, stderr } = await run("bootstrap", "egres");
  expect([code, stderr]).toEqual([
    2,
    `There are no tests of "egres". Name a test file, or one or more of: ${[...targetsOf(resolve(".")).keys(), STORIES, "stages", "pages", "cli"].join(", ")}\n`,
  ]);
});

it("An option that vitest lacks is refused.", async () => {
  expect(await run("bootstrap", "--nosuch")).toEqual({ code: 2, stderr: "Unknown option `--nosuch`\n" });
});
