import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { git } from "../../../local/git/git.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-git-"));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it("git runs without the configuration and the environment of the user.", async () => {
  writeFileSync(join(folder, ".gitconfig"), "[palisade]\n\tvalue = the user's\n");
  for (const [name, value] of [
    ["HOME", folder],
    ["GIT_CONFIG_GLOBAL", join(folder, ".gitconfig")],
    ["GIT_DIR", "/nowhere"],
  ] as const)
    vi.stubEnv(name, value);
  expect(await git(["config", "--get", "palisade.value"], { folder })).toMatchObject({ yes: false, output: "" });
  expect((await git(["init", "--quiet", join(folder, "new")])).yes).toBe(true);
});

it("A git command that fails is an error with the command and the message of git.", async () => {
  await expect(git(["-C", "/nowhere", "status"])).rejects.toThrow(
    "git -C /nowhere status failed: fatal: cannot change",
  );
});
