import { describe, expect, it } from "vitest";
import { clashesAmong } from "../../../functions/rule-exporter/clashes.ts";
import type { RuleEntry } from "../../../functions/rule-exporter/rule-entry.ts";

const custom = (name: string): RuleEntry => ({
  kind: "custom",
  description: "",
  function: { name, runtime: "python3.13", handler: "x.y", code: { sha256: "" } },
});
const managed: RuleEntry = { kind: "managed", description: "", identifier: "X" };
const clashesOf = (rules: readonly { name: string; entry: RuleEntry | undefined }[]) =>
  Object.fromEntries(
    [...clashesAmong(rules)].map(([name, problems]) => [name, problems.map(({ message }) => message)]),
  );

describe("rules that cannot be in one account", () => {
  it("Two folders of one name clash, whether their rules can be exported or not.", () => {
    const message = "There are 2 folders of this name: give each rule a name of its own.";
    expect(
      clashesOf([
        { name: "A", entry: managed },
        { name: "A", entry: undefined },
      ]),
    ).toEqual({ A: [message] });
  });

  it("Two functions of one name clash, and each problem names the other rules.", () => {
    const rules = ["A_B", "AB", "A__B"].map((name) => ({ name, entry: custom("F") }));
    expect(clashesOf(rules)).toEqual({
      A_B: ["The function would be F, which is also the function of AB, A__B: write a name of its own."],
      AB: ["The function would be F, which is also the function of A_B, A__B: write a name of its own."],
      A__B: ["The function would be F, which is also the function of A_B, AB: write a name of its own."],
    });
  });

  it("Two functions whose names differ in capitals only clash, since their roles would have one name.", () => {
    expect(
      Object.keys(
        clashesOf([
          { name: "X", entry: custom("F_X") },
          { name: "x", entry: custom("F_x") },
        ]),
      ),
    ).toEqual(["X", "x"]);
  });

  it("Two folders of one name with one function have the problem of the names alone.", () => {
    const rules = [1, 2].map(() => ({ name: "A", entry: custom("F") }));
    expect(clashesOf(rules).A).toHaveLength(1);
  });

  it("A clash of functions is a problem of the CustomLambdaName.", () => {
    const rules = ["A", "B"].map((name) => ({ name, entry: custom("F") }));
    expect(clashesAmong(rules).get("A")).toMatchObject([
      { severity: "error", file: "parameters.json", pointer: "/Parameters/CustomLambdaName" },
    ]);
  });
});

it("Rules without a function, and functions of different names, do not clash.", () => {
  const rules = [
    { name: "A", entry: managed },
    { name: "B", entry: managed },
    { name: "C", entry: custom("F") },
    { name: "D", entry: custom("G") },
  ];
  expect(clashesOf(rules)).toEqual({});
});
