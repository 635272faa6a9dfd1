import { describe, expect, it } from "vitest";
import { readParameters } from "../../../functions/rule-exporter/parameters-file.ts";
import { CUSTOM, problemsOf, read } from "../../support/rdk-rule.ts";

describe("the tags of a rule", () => {
  it.each([
    ['[{"Key":"k","Value":"v"},{"Key":"l","Value":""}]', { k: "v", l: "" }],
    [[{ Key: "k", Value: "v" }], { k: "v" }],
    [[{ k: "v" }, { l: "w" }], { k: "v", l: "w" }],
    [{ k: "v" }, { k: "v" }],
    ["[]", {}],
    ["", {}],
    [null, {}],
    [undefined, {}],
  ])("A parameters.json may have the Tags %j, a form that the RDK has written.", (tags, expected) => {
    expect(read({ tags }).entry).toMatchObject({ tags: expected });
  });
});

describe("a value that is wrong", () => {
  it.each([
    [{ SourceEvents: 7 }, "error /Parameters/SourceEvents must be a text with commas, or a list"],
    [{ SourcePeriodic: "Daily" }, "error /Parameters/SourcePeriodic Invalid option"],
    [{ InputParameters: "{a}" }, "error /Parameters/InputParameters is not JSON"],
    [{ InputParameters: "[1]" }, "error /Parameters/InputParameters must be an object"],
    [{ SourceIdentifier: " " }, "error /Parameters/SourceIdentifier must not be empty"],
    [{ Remediation: { TargetId: "" } }, "error /Parameters/Remediation/TargetId must not be empty"],
    [
      { Remediation: { TargetId: "T", Parameters: { "a/b~c": 1 } } },
      "error /Parameters/Remediation/Parameters/a~1b~0c must be {StaticValue:",
    ],
  ])("A parameters.json with the parameters %j has a problem at their place.", (parameters, problem) => {
    expect(problemsOf(parameters)[0]).toContain(problem);
  });

  it("A parameters.json has all its wrong values reported at once.", () => {
    expect(problemsOf({ RuleName: 1, SourceEvents: 2, SourcePeriodic: 3 })).toHaveLength(3);
  });
});

describe("a parameters.json", () => {
  const problemsWith = (content?: string) =>
    readParameters(new Map(content === undefined ? [] : [["parameters.json", Buffer.from(content, "latin1")]]));

  it.each([
    ["that is no JSON", '{"Parameters":{},}', "is not JSON"],
    ["that is not of the RDK", '{"parameters":[]}', "this is not a parameters.json of the RDK"],
    ["that is no text", "\u0000", "is not JSON"],
    ["that is not UTF-8", '{"Parameters":{"Description":"\xff"}}', "is not JSON"],
    ["that is missing", undefined, "is missing: a rule of the RDK has one."],
  ])("A parameters.json %s is the only problem of its rule.", (_what, content, message) => {
    expect(problemsWith(content)).toEqual({
      value: undefined,
      problems: [
        { severity: "error", file: "parameters.json", pointer: "", message: expect.stringContaining(message) },
      ].map((problem) => (content?.includes("parameters") ? { ...problem, pointer: "/Parameters" } : problem)),
    });
  });

  it("A parameters.json with line breaks of Windows and without Version is read.", () => {
    const content = JSON.stringify({ Parameters: CUSTOM }, null, 2).replaceAll("\n", "\r\n");
    expect(problemsWith(content)).toMatchObject({ value: { SourceRuntime: "python3.13" }, problems: [] });
  });
});
