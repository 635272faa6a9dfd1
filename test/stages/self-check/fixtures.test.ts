import { expect, it } from "vitest";
import type { Guardrail } from "../../../shared/guardrail-files.ts";
import type { RawVerdict } from "../../../shared/terraform-compliance.ts";
import { checked } from "../../../stages/self-check/fixtures.ts";

const GUARDRAIL: Guardrail = {
  feature: "encryption",
  scenario: "Volumes are encrypted",
  tags: [],
  level: "warn",
  named: "Volumes are encrypted",
};
const answer = (verdict: RawVerdict["verdict"], ...addresses: string[]) => ({
  scenarios: [
    { ...GUARDRAIL, scenario: "Other", verdict: "passed" as const, resources: [] },
    { ...GUARDRAIL, verdict, resources: addresses.map((address) => ({ address, reason: "r" })) },
  ],
});
const problem = (...answers: Parameters<typeof checked> extends [Guardrail, ...infer Rest] ? Rest : never) =>
  checked(GUARDRAIL, ...answers).problem;
const good = answer("passed");
const bad = answer("failed", "aws_ebs_volume.a");

it("A guardrail that passes what is compliant and fails what is not has no problem, and names what fails.", () => {
  expect(checked(GUARDRAIL, good, bad)).toEqual({
    feature: "encryption",
    scenario: "Volumes are encrypted",
    level: "warn",
    compliant: "passed",
    nonCompliant: "failed",
    failing: ["aws_ebs_volume.a"],
    problem: null,
  });
});

it("A guardrail that cannot fail is refused: one that passes what is not compliant, and one that finds nothing there.", () => {
  expect(problem(good, good)).toBe("It cannot fail: it passes what is not compliant.");
  expect(problem(good, answer("not applicable"))).toBe("It cannot fail: it finds nothing in what is not compliant.");
});

it("A guardrail that does not pass what is compliant is refused: one that fails it, and one that finds nothing there.", () => {
  expect(problem(answer("failed", "aws_ebs_volume.b", ""), bad)).toBe(
    "It fails on what is compliant: aws_ebs_volume.b, no single resource.",
  );
  expect(problem(answer("not applicable"), bad)).toBe("It finds nothing in what is compliant.");
});

it("A guardrail without a fixture, and one whose fixture has no answer, are refused, each with its reasons.", () => {
  expect(problem({ none: true }, { reason: "terraform plan ended with exit code 1." })).toBe(
    "It has no fixture: test/encryption/compliant has no *.tf. test/encryption/non-compliant has no answer: terraform plan ended with exit code 1.",
  );
  expect(checked(GUARDRAIL, { none: true }, { none: true })).toMatchObject({ compliant: null, nonCompliant: null });
});
