import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type * as z from "zod";
import { createWorld } from "../../local/world.ts";
import { readSettings } from "../../shared/settings.ts";

const functions = readdirSync("functions").filter((name) => existsSync(join("functions", name, "index.ts")));

it.each(functions)("The world gives %s every setting that it needs.", async (name) => {
  const { settingsSchema }: { settingsSchema: z.ZodObject } = await import(`../../functions/${name}/settings.ts`);
  const world = await createWorld();
  expect(() => readSettings(settingsSchema, world.environmentOf(name))).not.toThrow();
  await world.close();
});

it("The world gives a function an environment with credentials and endpoint of the local AWS, and no way to those of the developer.", async () => {
  const world = await createWorld();
  expect(world.environmentOf("sni-collector")).toMatchObject({
    AWS_ENDPOINT_URL: world.endpoint,
    AWS_ACCESS_KEY_ID: "local",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  });
  await world.close();
});

describe("a sample repository", () => {
  it("Each world has its own copies of the sample repositories, and removes them at its end.", async () => {
    const [one, other] = await Promise.all([createWorld(), createWorld()]);
    const folders = await Promise.all([one.repositoryFolder("guardrails"), other.repositoryFolder("guardrails")]);
    writeFileSync(join(folders[0], "description"), "changed");
    expect(readFileSync(join(folders[0], "HEAD"), "utf8")).toBe("ref: refs/heads/main\n");
    expect(existsSync(join(folders[1], "description"))).toBe(false);
    await Promise.all([one.close(), other.close()]);
    expect(folders.map((folder) => existsSync(folder))).toEqual([false, false]);
  });

  it("A world makes no repository for an unknown name.", async () => {
    const world = await createWorld();
    for (const name of ["none", "constructor"]) expect(existsSync(await world.repositoryFolder(name))).toBe(false);
    await world.close();
  });
});

describe("a state", () => {
  it("A world refuses a state that another world uses, until that one closes.", async () => {
    const state = mkdtempSync(join(tmpdir(), "palisade-state-"));
    const first = await createWorld({ state });
    await expect(createWorld({ state })).rejects.toThrow(`${state} is in use`);
    await first.close();
    await (await createWorld({ state })).close();
    rmSync(state, { recursive: true });
  });
});
