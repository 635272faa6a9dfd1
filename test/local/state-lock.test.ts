import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockState } from "../../local/state-lock.ts";

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "palisade-state-"));
});
afterEach(() => rmSync(state, { recursive: true }));

it("The lock of a state refuses a second world until the first one unlocks it.", () => {
  const unlock = lockState(state);
  expect(() => lockState(state)).toThrow(
    `${state} is in use by the process ${process.pid}. Use another folder, or remove ${join(state, "process")}.`,
  );
  unlock();
  lockState(state)();
  expect(existsSync(join(state, "process"))).toBe(false);
});

it("The lock of a state whose process is gone is taken over.", () => {
  // Above the greatest process id of Linux.
  writeFileSync(join(state, "process"), "4194305");
  expect(() => lockState(state)).not.toThrow();
});
