import { expect, it } from "vitest";
import { judge } from "../../../functions/sni-collector/verdict.ts";

it.each([
  ["a dropping verdict blocks", { verdict: { action: "drop" } }, "blocked"],
  ["a rejecting verdict blocks", { verdict: { action: "reject", reject: ["tcp-reset"] } }, "blocked"],
  ["a passing verdict allows", { verdict: { action: "pass" } }, "allowed"],
  ["an alerting verdict allows", { verdict: { action: "alert" } }, "allowed"],
  ["the verdict wins over an allowed alert", { alert: { action: "allowed" }, verdict: { action: "drop" } }, "blocked"],
  ["the verdict wins over a blocked alert", { alert: { action: "blocked" }, verdict: { action: "pass" } }, "allowed"],
  ["without a verdict a blocked alert blocks", { alert: { action: "blocked" } }, "blocked"],
  ["without a verdict an allowed alert allows", { alert: { action: "allowed" } }, "allowed"],
  ["a verdict without an action is none", { alert: { action: "blocked" }, verdict: {} }, "blocked"],
  ["a verdict that is no object is none", { alert: { action: "blocked" }, verdict: "pass" }, "blocked"],
  ["TLS inspection resets a connection with an error", { tls_error: { error_message: "x" } }, "blocked"],
  ["a revocation check can drop", { revocation_check: { status: "UNKNOWN", action: "DROP" } }, "blocked"],
  ["a revocation check can pass", { revocation_check: { status: "UNKNOWN", action: "PASS" } }, "allowed"],
  ["nothing that blocks is allowed", {}, "allowed"],
] as const)("%s", (_sentence, event, expected) => {
  expect(judge(event)).toBe(expected);
});
