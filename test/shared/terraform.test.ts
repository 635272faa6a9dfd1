import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createMask } from "../../shared/masked-text.ts";
import { createRunner } from "../../shared/run-program.ts";
import { openTerraform } from "../../shared/terraform.ts";
import type { Workload } from "../../shared/workload.ts";

/** What Terraform says where the holder of a lock gave it back before Terraform could read who holds it. */
const VANISHED = "Error acquiring the state lock: PreconditionFailed, unable to retrieve file: NoSuchKey";
const HELD = "Error acquiring the state lock: PreconditionFailed\nLock Info:\n  ID:        1a\n  Who:       root@build";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "palisade terraform "));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Terraform, for which a program stands in that meets the lock of another so many times. */
async function terraform(complaint: string, times: number) {
  const build = mkdtempSync(join(folder, "build "));
  const checkout = join(build, "repository");
  const ofTeam = join(checkout, "environments", "dev", "research");
  for (const path of [ofTeam, join(checkout, "regional")]) mkdirSync(path, { recursive: true });
  writeFileSync(join(ofTeam, "team.tfvars"), "");
  const [program, begun] = [join(build, "stand-in"), join(build, "begun")];
  const script = `#!${process.execPath}
    const { appendFileSync, readFileSync } = require("node:fs");
    appendFileSync(${JSON.stringify(begun)}, process.argv[2] + "\\n");
    const isHeld = readFileSync(${JSON.stringify(begun)}, "utf8").split("\\n").length - 1 <= ${times};
    const isApply = process.argv[2] === "apply";
    if (isHeld) (isApply ? console.log : console.error)(isApply ? JSON.stringify(${JSON.stringify(complaint)}) : ${JSON.stringify(complaint)});
    else console.log("done");
    process.exitCode = isHeld ? 1 : 0;`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  const { run } = createRunner({ PATH: process.env.PATH }, createMask(), () => undefined);
  const role = { roleArn: "arn:aws:iam::111122223333:role/a", externalId: "a" };
  const workload: Workload = {
    name: "dev_us-east-1/research/1.0",
    repository: { url: "https://git.example.com/infrastructure", branch: "main" },
    root: "regional",
    variableFiles: [{ path: "environments/dev/research/team.tfvars", needed: true }],
    ...{ variables: {}, region: "us-east-1", planRole: role, secrets: {} },
    state: { bucket: "states", key: "state", region: "us-east-1" },
    words: { title: "research in dev us-east-1", push: "push a new tag", again: [] },
  };
  const opened = await openTerraform(
    { environment: {}, folder: build, run },
    { workload, program, checkout, role, secrets: {} },
  );
  const tries = () => readFileSync(begun, "utf8").trim().split("\n").length;
  return { opened, tries, file: join(build, "saved") };
}

it("A plan begins again where the lock was given back before Terraform asked who holds it, five times at most.", async () => {
  const four = await terraform(VANISHED, 4);
  await four.opened.plan(four.file);
  expect(four.tries()).toBe(5);
  const five = await terraform(VANISHED, 5);
  await expect(five.opened.plan(five.file)).rejects.toThrow("could not lock the state");
  expect(five.tries()).toBe(5);
});

it("An apply begins again there, too, five times at most, and people read of the last try alone.", async () => {
  const four = await terraform(VANISHED, 4);
  const lines: string[] = [];
  expect(await four.opened.apply(four.file, (line) => lines.push(line))).toMatchObject({ code: 0 });
  expect([four.tries(), lines]).toEqual([5, ["done"]]);
  const five = await terraform(VANISHED, 5);
  expect(await five.opened.apply(five.file, (line) => lines.push(line))).toMatchObject({ code: 1 });
  expect([five.tries(), lines.slice(1)]).toEqual([5, [JSON.stringify(VANISHED)]]);
});

it("Neither begins again where Terraform names who holds the lock: Terraform itself has waited for it.", async () => {
  const planned = await terraform(HELD, 9);
  await expect(planned.opened.plan(planned.file)).rejects.toThrow("Another release of research");
  expect(planned.tries()).toBe(1);
  await planned.opened.apply(planned.file, () => undefined);
  expect(planned.tries()).toBe(2);
});
