import { describe, expect, it } from "vitest";
import { runtimeFault } from "../../../functions/rule-exporter/runtime.ts";
import { problemsOf } from "../../support/rdk-rule.ts";

describe("the runtime of a rule", () => {
  it.each([
    ["python3.6", "error python3.6 is retired: AWS has created no function with it since 2022-08-17."],
    ["java8", "error java8 is retired: AWS has created no function with it since 2024-02-08."],
    [
      "python3.9",
      "warning python3.9 has not been supported since 2025-12-15; AWS will create no function with it from 2027-02-01 on.",
    ],
    ["cobol", "error is no runtime that Lambda has for rules: python2.7,"],
    ["constructor", "error is no runtime that Lambda has for rules: python2.7,"],
    ["", "error is no runtime that Lambda has for rules: python2.7,"],
  ])("The runtime %j is a problem of its rule.", (runtime, problem) => {
    const { severity, message } = runtimeFault(runtime, "2026-11-23") ?? {};
    expect(`${severity} ${message}`).toContain(problem);
  });

  it("The runtime of a rule is a warning from the day of its deprecation, and an error from the day on which AWS blocks it.", () => {
    const severityOn = (today: string) => runtimeFault("python3.11", today)?.severity;
    expect(["2027-06-29", "2027-06-30", "2027-07-30", "2027-07-31"].map(severityOn)).toEqual([
      undefined,
      "warning",
      "warning",
      "error",
    ]);
  });

  it("The runtime of a rule that is retired is replaced by an option.", () => {
    expect(problemsOf({ SourceRuntime: "python3.6-lib" })).toHaveLength(1);
    expect(problemsOf({ SourceRuntime: "python3.6-lib" }, { runtime: "python3.14" })).toEqual([]);
  });
});
