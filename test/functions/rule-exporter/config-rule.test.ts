import { describe, expect, it } from "vitest";
import { entryOf, HCL, problemsOf, read } from "../../support/rdk-rule.ts";

const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe("the triggers of a rule", () => {
  it("A Config rule with custom code that runs on changes and by the clock is one rule with all three triggers.", () => {
    expect(entryOf({ SourcePeriodic: "One_Hour" })).toMatchObject({
      triggers: [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
        "ScheduledNotification",
      ],
      frequency: "One_Hour",
    });
  });

  it("A Config rule with custom code by the clock alone has no scope.", () => {
    expect(entryOf({ SourceEvents: "", SourcePeriodic: "Six_Hours" })).toMatchObject({
      resource_types: [],
      triggers: ["ScheduledNotification"],
    });
  });

  it("A managed Config rule has its identifier and its frequency, and no triggers or code.", () => {
    expect(
      read({ parameters: { SourceIdentifier: "ACCESS_KEYS_ROTATED", SourcePeriodic: "TwentyFour_Hours" } }),
    ).toMatchObject({
      kind: "managed",
      problems: [],
      code: undefined,
      entry: { identifier: "ACCESS_KEYS_ROTATED", frequency: "TwentyFour_Hours", triggers: [], resource_types: [] },
    });
  });

  it("A managed Config rule for resource types has its scope, and no triggers.", () => {
    expect(read({ parameters: { SourceIdentifier: "X", SourceEvents: "AWS::S3::Bucket" } }).entry).toMatchObject({
      resource_types: ["AWS::S3::Bucket"],
      triggers: [],
    });
  });

  it("A Config rule with custom code that would never run is refused.", () => {
    expect(problemsOf({ SourceEvents: null })).toEqual([
      "error /Parameters has neither SourceEvents nor SourcePeriodic, so the rule would never run.",
    ]);
  });
});

describe("the resource types of a rule", () => {
  it.each([
    ["AWS::S3::Bucket, AWS::EC2::Instance,AWS::S3::Bucket,", ["AWS::EC2::Instance", "AWS::S3::Bucket"]],
    [
      ["AWS::S3::Bucket", " AWS::EC2::Instance"],
      ["AWS::EC2::Instance", "AWS::S3::Bucket"],
    ],
    ["ALL", []],
  ])("A Config rule with the SourceEvents %j has the resource types %j.", (SourceEvents, types) => {
    expect(entryOf({ SourceEvents })).toMatchObject({ resource_types: types });
  });

  it("A Config rule may have 100 resource types and no more.", () => {
    expect(problemsOf({ SourceEvents: ids("AWS::S3::T", 100) })).toEqual([]);
    expect(problemsOf({ SourceEvents: ids("AWS::S3::T", 101) })).toEqual([
      "error /Parameters/SourceEvents names 101 types; Config takes 100.",
    ]);
  });

  it("A Config rule with a resource type of another form is refused by its name.", () => {
    expect(problemsOf({ SourceEvents: "Bucket,AWS::S3::Bucket" })).toEqual([
      "error /Parameters/SourceEvents Bucket: write resource types such as AWS::S3::Bucket, or ALL.",
    ]);
  });
});

describe("the input parameters of a rule", () => {
  it.each([
    ['{"a":"1","b":"2"}', '{"b":"3","c":"","d":0,"e":false,"f":[],"g":{},"h":null}', '{"a":"1","b":"3"}'],
    [{ a: ["x"] }, undefined, '{"a":["x"]}'],
    ["{}", "{}", undefined],
    ["", null, undefined],
    [undefined, `{"a":"${HCL}"}`, `{"a":"${HCL}"}`],
  ])(
    "A Config rule merges the input parameters %j with the optional ones %j as the RDK does.",
    (InputParameters, OptionalParameters, merged) => {
      expect(entryOf({ InputParameters, OptionalParameters })?.input_parameters).toBe(merged);
    },
  );

  it("A Config rule may have input parameters of 1,024 characters as JSON and no more.", () => {
    expect(problemsOf({ InputParameters: { a: "x".repeat(1_016) } })).toEqual([]);
    expect(problemsOf({ InputParameters: { a: "x".repeat(1_017) } })).toEqual([
      "error /Parameters/InputParameters come to 1025 characters of JSON; Config takes 1024.",
    ]);
  });
});

describe("the names of a rule", () => {
  it("A Config rule may have a name of 128 characters and no more, and not only of spaces.", () => {
    const pointersOf = (name: string) =>
      read({ name, parameters: { SourceIdentifier: "X" } }).problems.map(({ pointer, message }) => [pointer, message]);
    const refused = ["", "The folder gives the rule its name, which has 1 to 128 characters: rename the folder."];
    expect(pointersOf("x".repeat(128))).toEqual([]);
    expect(pointersOf("x".repeat(129))).toContainEqual(refused);
    expect(pointersOf(" ")).toContainEqual(refused);
  });

  it("A Config rule has the name of its folder, and another RuleName is a warning.", () => {
    expect(problemsOf({ RuleName: " MY_RULE" })).toEqual([
      "warning /Parameters/RuleName differs from the name of the folder, MY_RULE. The rule gets the name of the folder.",
    ]);
    expect(entryOf({ RuleName: "OTHER" })).toMatchObject({ description: "MY_RULE" });
  });

  it("A Config rule may have a description of 256 characters and no more.", () => {
    expect(problemsOf({ Description: "x".repeat(256) })).toEqual([]);
    expect(problemsOf({ Description: "x".repeat(257) })).toEqual([
      "error /Parameters/Description has 257 characters; Config takes 256.",
    ]);
  });

  it("A Config rule may have 50 tags and no more.", () => {
    const tagged = (count: number) => read({ tags: Object.fromEntries(ids("k", count).map((key) => [key, "v"])) });
    expect(tagged(50).problems).toEqual([]);
    expect(tagged(51).problems).toMatchObject([{ pointer: "/Tags", message: "are more than the 50 that AWS takes." }]);
  });
});

describe("the evaluation modes of a rule", () => {
  it.each([
    ["DETECTIVE", ["DETECTIVE"]],
    ["PROACTIVE", ["PROACTIVE"]],
    ["BOTH", ["DETECTIVE", "PROACTIVE"]],
    [undefined, ["DETECTIVE"]],
  ])("A Config rule with the EvaluationMode %s has the modes %j.", (EvaluationMode, modes) => {
    expect(entryOf({ EvaluationMode })).toMatchObject({ evaluation_modes: modes });
  });

  it("A Config rule that is proactive for all types is refused.", () => {
    expect(problemsOf({ EvaluationMode: "PROACTIVE", SourceEvents: "ALL" })).toEqual([
      "error /Parameters/EvaluationMode PROACTIVE needs resource types in SourceEvents.",
    ]);
  });
});

describe("a rule of an organization", () => {
  const organization = { organization: true };

  it("A Config rule of an organization leaves out accounts, and has no evaluation mode.", () => {
    expect(entryOf({ ExcludedAccounts: "111122223333, 444455556666" }, organization)).toMatchObject({
      organization: true,
      excluded_accounts: ["111122223333", "444455556666"],
      evaluation_modes: [],
    });
  });

  it("A Config rule of an organization loses its remediation, with a warning.", () => {
    const Remediation = { TargetId: "AWS-X" };
    expect(problemsOf({ Remediation }, organization)).toEqual([
      "warning /Parameters/Remediation is left out: a rule of an organization has no remediation.",
    ]);
    expect(entryOf({ Remediation }, organization)).not.toHaveProperty("remediation");
  });

  it("A Config rule of an organization may have a name of 64 letters, digits, underscores and hyphens at most.", () => {
    expect(read({ name: "x".repeat(64) }, organization).problems).toEqual([]);
    for (const name of ["x".repeat(65), "A B"])
      expect(read({ name, parameters: { SourceIdentifier: "X" } }, organization).problems).toMatchObject([
        { severity: "error", message: expect.stringContaining("in an organization has 1 to 64") },
      ]);
  });

  it("A Config rule of an organization that is proactive is refused.", () => {
    expect(problemsOf({ EvaluationMode: "BOTH" }, organization)).toEqual([
      "error /Parameters/EvaluationMode A rule of an organization is DETECTIVE only.",
    ]);
  });
});

it("A Config rule of one account leaves out its excluded accounts, with a warning.", () => {
  expect(problemsOf({ ExcludedAccounts: "111122223333" })).toEqual([
    "warning /Parameters/ExcludedAccounts has no effect: only a rule of an organization excludes accounts.",
  ]);
  expect(entryOf({ ExcludedAccounts: "111122223333" })).toMatchObject({ excluded_accounts: [] });
});

it("A Config rule with an excluded account without twelve digits is refused by that number.", () => {
  expect(problemsOf({ ExcludedAccounts: "123" })[0]).toBe(
    "error /Parameters/ExcludedAccounts 123: an account has twelve digits.",
  );
});
