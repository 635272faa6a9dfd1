import { expect, it } from "vitest";
import type { Compliance, ScenarioVerdict } from "../../../shared/compliance.ts";
import { reportOf, sentenceOf } from "../../../stages/comply/verdict-text.ts";

const EXEMPTION = { reason: "ticket 4711", owner: "billing", approvedBy: "security", expires: "2026-12-31" };
const scenario = (
  name: string,
  verdict: ScenarioVerdict["verdict"],
  level: ScenarioVerdict["level"] = "block",
  resources: ScenarioVerdict["resources"] = [],
): ScenarioVerdict => ({ feature: "f", scenario: name, level, verdict, resources });
const failed = (address: string) => ({ address, verdict: "failed" as const, reason: "It is set to False." });
const result = (...scenarios: ScenarioVerdict[]): Compliance => ({
  ...{
    workload: "billing",
    owner: "o",
    checkedAt: "2026-11-24T10:00:00.000Z",
    terraform: "1.15.8",
    terraformCompliance: "1.16.0",
  },
  guardrails: { repository: "guardrails", commitId: "a".repeat(40) },
  planned: { repository: "billing", commitId: "b".repeat(40), path: "." },
  scenarios,
  notes: [],
});

it("The sentence counts verdicts, and names what stops and what does not, with the addresses that are not exempted.", () => {
  const exempted = { ...failed("aws_x.waived"), verdict: "exempted" as const, exemption: EXEMPTION };
  expect(
    sentenceOf(
      result(
        scenario("A", "passed"),
        scenario("B", "failed", "block", [failed('aws_x.y["a.b"]'), failed(""), exempted]),
        scenario("C", "failed", "observe", [failed("aws_x.z")]),
        scenario("D", "exempted", "block", [exempted]),
        scenario("E", "not applicable"),
      ),
    ),
  ).toBe(
    'Guardrails on billing: 1 passed, 2 failed, 1 exempted, 1 not applicable. What stops it: B (aws_x.y["a.b"], no single resource). What does not stop it: C (aws_x.z).',
  );
});

it("The sentence names five guardrails of each kind, and counts the others.", () => {
  const many = Array.from({ length: 7 }, (_, at) => scenario(`S${at}`, "failed", "block", [failed("a.b")]));
  expect(sentenceOf(result(...many))).toMatch(/What stops it: S0 \(a\.b\); .*S4 \(a\.b\); and 2 more\.$/);
});

it("In the report only a guardrail of level block is a failure, and exempted and not applicable ones are skipped, never passed.", () => {
  const xml = reportOf(
    result(
      scenario("A", "failed", "block", [failed("a.b")]),
      scenario("B", "failed", "warn", [failed("a.b")]),
      scenario("C", "exempted", "block", [{ ...failed("a.b"), verdict: "exempted", exemption: EXEMPTION }]),
      scenario("D", "not applicable"),
      scenario("E", "passed"),
    ),
  );
  expect(xml).toContain('tests="5" failures="1" errors="0" skipped="2"');
  expect(xml).toContain("Exempted until 2026-12-31, approved by security: ticket 4711");
  expect(xml).toContain("Fails, and does not stop (warn):");
});
