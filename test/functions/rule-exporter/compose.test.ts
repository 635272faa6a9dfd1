import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createExportWorld, type ExportWorld, FIRST } from "../../support/rule-exporter.ts";

let world: ExportWorld;
beforeEach(async () => {
  world = await createExportWorld();
});
afterEach(async () => {
  vi.useRealTimers();
  await world.close();
});

it("rule-exporter is composed with 20 s for each of two attempts to store code, since a zip may have 50 MB.", async () => {
  const puts = () => world.callsOf("PutObject").length;
  /** Lets connections go on while the clock stands still. */
  const settle = async () => {
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
  };
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  world.hang("S3", "PutObject");
  world.hang("S3", "PutObject");
  const exported = expect(world.exportRule(FIRST, "rules/S3_VERSIONING_ON")).rejects.toThrow(
    /^PutObjectCommand on bucket palisade-config-rules failed: .* 20000 ms/,
  );
  for (const attempt of [1, 2]) {
    while (puts() < attempt) {
      await settle();
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(19_000);
    await settle();
    expect(puts()).toBe(attempt);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  await exported;
  expect(puts()).toBe(2);
});
