import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createExportWorld, type ExportWorld, FIRST, MAIN } from "../../support/rule-exporter.ts";

let world: ExportWorld;
beforeEach(async () => {
  world = await createExportWorld();
});
afterEach(() => world.close());

const handled = (step: string, outcome: string) => ({
  level: "INFO",
  message: "event handled",
  step,
  outcome,
  repository: "config-rules",
  commitId: FIRST,
});

describe("an export, step by step", () => {
  it("The handler of rule-exporter makes a push a pull request with all its rules, and logs one line a step.", async () => {
    const { rules } = (await world.list(FIRST)) as { rules: string[] };
    expect(rules).toEqual(["rules/KEYS_ROTATED", "rules/S3_VERSIONING_ON", "rules/VOLUMES_ENCRYPTED"]);
    const entries = [];
    for (const rule of rules) entries.push(await world.exportRule(FIRST, rule));
    expect(entries.map(({ outcome }) => outcome)).toEqual(["exported", "exported", "exported"]);
    expect(await world.publish(FIRST, entries)).toMatchObject({
      outcome: "published",
      branch: "config-rules/d3250d7",
      pullRequestId: "1",
      changed: ["KEYS_ROTATED", "S3_VERSIONING_ON", "VOLUMES_ENCRYPTED"],
      message: { Subject: "[palisade] config rules published: 3 changed, 0 removed" },
    });
    expect(world.logged()).toEqual([
      handled("list", "listed"),
      handled("export", "exported"),
      handled("export", "exported"),
      handled("export", "exported"),
      handled("publish", "published"),
    ]);
  });

  it("The handler of rule-exporter logs a refused rule, and an estate that stays as it is, as outcomes of their own.", async () => {
    await world.exportRule(FIRST, "rules/GONE");
    await world.publish(FIRST, [{ rule: "rules/KEYS_ROTATED", entry: { kind: "managed", description: "" } }]);
    world.infrastructure.push("main", world.infrastructure.head("config-rules/d3250d7"));
    expect(
      await world.publish(FIRST, [{ rule: "rules/KEYS_ROTATED", entry: { kind: "managed", description: "" } }]),
    ).toEqual({
      outcome: "unchanged",
      repository: "config-rules",
      commitId: FIRST,
      exported: ["KEYS_ROTATED"],
      changed: [],
      removed: [],
      refused: [],
      warned: [],
      message: null,
    });
    expect(world.logged()).toEqual([
      handled("export", "refused"),
      handled("publish", "published"),
      handled("publish", "unchanged"),
    ]);
  });

  it("The handler of rule-exporter hands on a message of a refused rule, even if nothing else changed.", async () => {
    const first = [{ rule: "A", entry: { kind: "managed", description: "" } }];
    await world.publish(FIRST, first);
    world.infrastructure.push("main", world.infrastructure.head("config-rules/d3250d7"));
    expect(await world.publish(MAIN, [...first, { rule: "B" }])).toMatchObject({
      outcome: "unchanged",
      message: { Subject: "[palisade] config rules unchanged: 1 refused" },
    });
  });

  it("The handler of rule-exporter exports every rule as the options say, on the day of the clock.", async () => {
    const other = await createExportWorld({
      EXPORT_OPTIONS: JSON.stringify({ organization: true, runtime: "python3.10" }),
    });
    expect(await other.exportRule(FIRST, "rules/S3_VERSIONING_ON")).toMatchObject({
      entry: { organization: true, function: { runtime: "python3.10" } },
      problems: [{ severity: "warning", message: expect.stringContaining("since 2026-10-31") }],
    });
    await other.close();
  });
});

it("The handler of rule-exporter fails for an event that is no step with a log line, and makes no call.", async () => {
  await expect(world.invoke({ step: "apply", repository: "config-rules", commitId: FIRST })).rejects.toThrow(
    "This is not a step of an export: correct the state machine.",
  );
  expect(world.calls).toEqual([]);
  expect(world.logged()).toMatchObject([{ level: "ERROR", message: "invocation failed" }]);
});
