import { describe, expect, it } from "vitest";
import { publicationOf } from "../../../functions/rule-exporter/publication.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule-entry.ts";

const managed = (identifier: string): RuleEntry => ({ kind: "managed", description: "", identifier });
const custom = (name: string): RuleEntry => ({
  kind: "custom",
  description: "",
  function: { name, runtime: "python3.13", handler: "x.y", code: { sha256: "" } },
});
const exported = (rule: string, entry: RuleEntry | undefined, message?: string) => ({
  rule,
  entry,
  problems: message === undefined ? [] : [{ severity: "error" as const, file: "", pointer: "", message }],
});
const published = (entries: Parameters<typeof publicationOf>[0], before: Record<string, RuleEntry> = {}) => {
  const { rules, outcomes } = publicationOf(entries, new Map(Object.entries(before)));
  return { rules: Object.fromEntries(rules), ...outcomes };
};

describe("the rules that an estate gets", () => {
  it("A publication counts new rules and those that differ as changed, and those that are not exported any more as removed.", () => {
    const before = { SAME: managed("A"), OTHER: managed("B"), GONE: managed("C") };
    const entries = [exported("x/SAME", managed("A")), exported("OTHER", managed("D")), exported("NEW", managed("E"))];
    expect(published(entries, before)).toEqual({
      rules: { SAME: managed("A"), OTHER: managed("D"), NEW: managed("E") },
      exported: ["NEW", "OTHER", "SAME"],
      changed: ["NEW", "OTHER"],
      removed: ["GONE"],
      refused: [],
      warned: [],
    });
  });

  it("A publication keeps a refused rule as it was, and leaves it out if it never was in the estate.", () => {
    const result = published([exported("OLD", undefined, "bad"), exported("NEW", undefined, "worse")], {
      OLD: managed("A"),
    });
    expect(result.rules).toEqual({ OLD: managed("A") });
    expect(result.removed).toEqual([]);
    expect(result.refused.map(({ rule, kept, problems }) => [rule, kept, problems[0]?.message])).toEqual([
      ["NEW", false, "worse"],
      ["OLD", true, "bad"],
    ]);
  });

  it("A publication lists an exported rule with problems among those with warnings.", () => {
    expect(published([exported("x/A", managed("A"), "but")]).warned).toEqual([
      { rule: "x/A", problems: [{ severity: "error", file: "", pointer: "", message: "but" }] },
    ]);
  });
});

describe("rules that clash", () => {
  it("A publication refuses two folders of one name, and keeps the rule as it was.", () => {
    const result = published([exported("a/X", managed("A"), "first"), exported("b/X", managed("B"))], {
      X: managed("C"),
    });
    expect(result.rules).toEqual({ X: managed("C") });
    expect(result.refused.map(({ rule, kept, problems }) => [rule, kept, problems.length])).toEqual([
      ["a/X", true, 2],
      ["b/X", true, 1],
    ]);
    expect([result.exported, result.changed, result.warned]).toEqual([[], [], []]);
  });

  it("A publication refuses two rules with one function.", () => {
    expect(published([exported("A_B", custom("F")), exported("AB", custom("F"))])).toMatchObject({
      rules: {},
      refused: [
        { rule: "AB", problems: [{ pointer: "/Parameters/CustomLambdaName" }] },
        { rule: "A_B", problems: [{ pointer: "/Parameters/CustomLambdaName" }] },
      ],
    });
  });

  it("A publication refuses a new rule with the function of one that stays as it was.", () => {
    const result = published([exported("OLD", undefined, "bad"), exported("NEW", custom("F"))], { OLD: custom("F") });
    expect(result.rules).toEqual({ OLD: custom("F") });
    expect(result.refused.map(({ rule }) => rule)).toEqual(["NEW", "OLD"]);
  });
});
