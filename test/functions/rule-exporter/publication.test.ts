import { describe, expect, it } from "vitest";
import { publicationOf } from "../../../functions/rule-exporter/publication.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule.ts";

const managed = (identifier: string): RuleEntry => ({ kind: "managed", identifier });
const custom = (name: string): RuleEntry => ({ kind: "custom", function: { name } });
const exported = (rule: string, entry: RuleEntry | undefined, message?: string) => ({
  rule,
  entry,
  problems: message === undefined ? [] : [{ severity: "error" as const, file: "", pointer: "", message }],
});
const published = (entries: Parameters<typeof publicationOf>[0], before: Record<string, RuleEntry> = {}) => {
  const { rules, ...told } = publicationOf(entries, new Map(Object.entries(before)));
  return { rules: Object.fromEntries(rules), ...told };
};

describe("an estate becomes", () => {
  it("what was exported: new rules and those that differ are changed, what is not there any more is removed", () => {
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

  it("what it was for a refused rule, and nothing for one that it never had", () => {
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

  it("whatever it has to be told of, with the warnings", () => {
    expect(published([exported("A", managed("A"), "but")]).warned).toEqual([
      { rule: "A", problems: [{ severity: "error", file: "", pointer: "", message: "but" }] },
    ]);
  });
});

describe("refused are", () => {
  it("two folders of one name, both, and the rule stays as it was", () => {
    const result = published([exported("a/X", managed("A")), exported("b/X", managed("B"))], { X: managed("C") });
    expect(result.rules).toEqual({ X: managed("C") });
    expect(result.refused.map(({ rule, kept }) => [rule, kept])).toEqual([
      ["a/X", true],
      ["b/X", true],
    ]);
    expect([result.exported, result.changed, result.warned]).toEqual([[], [], []]);
  });

  it("two rules with one function", () => {
    expect(published([exported("A_B", custom("F")), exported("AB", custom("F"))]).refused).toMatchObject([
      {
        rule: "AB",
        problems: [{ pointer: "/Parameters/CustomLambdaName", message: expect.stringContaining("as that of A_B") }],
      },
      { rule: "A_B" },
    ]);
  });

  it("two rules with functions that differ in capitals only, since their roles would have one name", () => {
    const { refused } = published([exported("X", custom("F_X")), exported("x", custom("F_x"))]);
    expect(refused.map(({ rule }) => rule)).toEqual(["X", "x"]);
  });

  it("a new rule with the function of one that stays as it was", () => {
    const result = published([exported("OLD", undefined, "bad"), exported("NEW", custom("F"))], { OLD: custom("F") });
    expect(result.rules).toEqual({ OLD: custom("F") });
    expect(result.refused.map(({ rule }) => rule)).toEqual(["NEW", "OLD"]);
  });
});
