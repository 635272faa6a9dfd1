import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exportOptions } from "../../../functions/rule-exporter/export-options.ts";
import { readRule } from "../../../functions/rule-exporter/rule.ts";
import { CUSTOM, folderOf, read } from "../../support/rdk-rule.ts";

describe("a rule that was read", () => {
  it("A rule that is read whole has an entry with its function and its triggers.", () => {
    const { kind, entry, problems } = read();
    expect([kind, problems]).toEqual(["custom", []]);
    expect(entry).toEqual({
      kind: "custom",
      organization: false,
      description: "MY_RULE",
      resource_types: ["AWS::S3::Bucket"],
      triggers: ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"],
      evaluation_modes: ["DETECTIVE"],
      excluded_accounts: [],
      tags: {},
      function: {
        name: "RDK-Rule-Function-MYRULE",
        runtime: "python3.13",
        handler: "MY_RULE.lambda_handler",
        rdklib: false,
        layers: [],
        subnet_ids: [],
        security_group_ids: [],
        assume_role: false,
        code: { file: "MY_RULE.zip", sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) },
      },
    });
  });

  it("A rule that is read whole knows its rule sets.", () => {
    expect(read({ parameters: { ...CUSTOM, RuleSets: "pci, high" } }).ruleSets).toEqual(["high", "pci"]);
  });

  it("A rule that is read whole has neither entry nor code if it has an error, and all its problems in the order of the file.", () => {
    const parameters = { ...CUSTOM, Description: "x".repeat(257), CustomLambdaName: "", SourceEvents: "Bucket" };
    expect(read({ parameters })).toMatchObject({
      entry: undefined,
      code: undefined,
      problems: ["Description", "SourceEvents", "CustomLambdaName"].map((name) => ({ pointer: `/Parameters/${name}` })),
    });
  });

  it("A rule that is read whole and has warnings alone is exported.", () => {
    expect(read({ parameters: { ...CUSTOM, RuleName: "OTHER" } })).toMatchObject({
      entry: { kind: "custom" },
      problems: [{ severity: "warning" }],
    });
  });

  it("A rule that is read whole has the problems of its folder first, and an error among them refuses it.", () => {
    const problem = { severity: "error" as const, file: "link", pointer: "", message: "is no plain file" };
    const folder = { ...folderOf({ parameters: { ...CUSTOM, RuleName: "OTHER" } }), problems: [problem] };
    expect(readRule(folder, exportOptions.parse({}), "2026-11-23", () => ({ key: "x" }))).toMatchObject({
      entry: undefined,
      problems: [problem, { pointer: "/Parameters/RuleName" }],
    });
  });
});

it("A rule that is read whole has no text that leaves the JSON that holds it.", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
      const { entry } = read({
        parameters: { SourceIdentifier: "X", Description: text, InputParameters: { text } },
        tags: [{ Key: "k", Value: text }],
      });
      const back = JSON.parse(JSON.stringify(entry));
      expect(back).toMatchObject({ description: text.trim(), tags: { k: text } });
      expect(JSON.parse(back.input_parameters)).toEqual({ text });
    }),
  );
});
