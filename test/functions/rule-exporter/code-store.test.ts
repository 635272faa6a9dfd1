import { unzipSync } from "fflate";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createExportWorld, type ExportWorld, FIRST, MAIN } from "../../support/rule-exporter.ts";

let world: ExportWorld;
beforeEach(async () => {
  world = await createExportWorld();
});
afterEach(() => world.close());

const puts = () =>
  world.callsOf("PutObject").map(({ input, error, fault }) => ({
    ...(input as { Key: string; Body: string }),
    error: error?.name,
    fault,
  }));

it("The code store keeps the code of a rule under its SHA-256, with the modules of the rule alone.", async () => {
  const result = await world.exportRule(MAIN, "rules/team/TAGS_PRESENT");
  const [{ Key, Body } = { Key: "", Body: "" }, ...others] = puts();
  expect(others).toEqual([]);
  expect(Key).toMatch(/^[0-9a-f]{64}\.zip$/);
  expect(result).toMatchObject({ outcome: "exported", entry: { function: { code: { key: Key } } } });
  expect(Object.keys(unzipSync(Buffer.from(Body, "base64")))).toEqual(["TAGS_PRESENT.py", "tags/names.py"]);
});

it("The code store has the code already in a repeated export, which writes nothing and has the same result.", async () => {
  const first = await world.exportRule(FIRST, "rules/S3_VERSIONING_ON");
  expect(await world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toEqual(first);
  expect(puts().map(({ error }) => error)).toEqual([undefined, "PreconditionFailed"]);
});

it("The code store is asked again where the answer of PutObject was lost, has the code already, and the export goes on.", async () => {
  world.lose("S3", "PutObject");
  expect(await world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toMatchObject({ outcome: "exported" });
  expect(puts().map(({ fault, error }) => [fault, error])).toEqual([
    ["lose", undefined],
    [undefined, "PreconditionFailed"],
  ]);
  expect(new Set(puts().map(({ Key }) => Key)).size).toBe(1);
});

it("The code store is asked again where S3 is busy.", async () => {
  world.fail("S3", "PutObject", "ServiceUnavailable");
  expect(await world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toMatchObject({ outcome: "exported" });
  expect(puts()).toHaveLength(2);
});

it("The code store that stays busy fails an export after two attempts, and its error names the bucket.", async () => {
  world.fail("S3", "PutObject", "ServiceUnavailable", { times: 2 });
  await expect(world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).rejects.toThrow(
    /^PutObjectCommand on bucket palisade-config-rules failed: /,
  );
  expect(puts()).toHaveLength(2);
});

it("The code store that refuses fails an export at once.", async () => {
  world.fail("S3", "PutObject", "AccessDenied");
  await expect(world.exportRule(MAIN, "rules/team/TAGS_PRESENT")).rejects.toThrow("PutObjectCommand on bucket");
  expect(puts()).toHaveLength(1);
});
