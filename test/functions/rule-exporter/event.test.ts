import { describe, expect, it } from "vitest";
import { readStep } from "../../../functions/rule-exporter/event.ts";
import { FIRST } from "../../support/rule-exporter.ts";

const at = { repository: "config-rules", commitId: FIRST };

describe("an event", () => {
  it.each([
    ["is no object", null],
    ["asks for another step", { step: "apply", ...at }],
    ["has a short commit", { step: "list", ...at, commitId: "d3250d7" }],
    ["has a path that leads out of the repository", { step: "export", ...at, rule: "../rules" }],
    ["has a path that leads out below", { step: "export", ...at, rule: "rules/.." }],
    ["has a path from the root", { step: "export", ...at, rule: "/etc" }],
    ["has an entry of no kind", { step: "publish", ...at, entries: [{ rule: "A", entry: {} }] }],
  ])("An event that %s is no step of rule-exporter.", (_what, event) => {
    expect(() => readStep(event)).toThrow("This is not a step of an export: correct the state machine.");
  });

  it("An event of rule-exporter may have any characters in the path of a rule, and dots within a name.", () => {
    const rule = 'rules/it\'s "odd" ..\n/A..B';
    expect(readStep({ step: "export", ...at, rule })).toEqual({ step: "export", ...at, rule });
  });

  it("An event of rule-exporter may have a refused rule without its problems.", () => {
    expect(readStep({ step: "publish", ...at, entries: [{ rule: "A" }] })).toMatchObject({
      entries: [{ rule: "A", problems: [] }],
    });
  });
});
