import { expect, it } from "vitest";
import { judge } from "../../../functions/sni-collector/verdict.ts";

it.each([
  ["a dropping verdict blocks", { verdict: { action: "drop" } }, "blocked"],
  ["a rejecting verdict blocks", { verdict: { action: "reject", reject: ["tcp-reset"] } }, "blocked"],
  ["a passing verdict allows", { verdict: { action: "pass" } }, "allowed"],
  ["an alerting verdict allows", { verdict: { action: "alert" } }, "allowed"],
  [
    "a dropping verdict goes before an allowed alert",
    { alert: { action: "allowed" }, verdict: { action: "drop" } },
    "blocked",
  ],
  [
    "a passing verdict goes before a blocked alert",
    { alert: { action: "blocked" }, verdict: { action: "pass" } },
    "allowed",
  ],
  ["a blocked alert without a verdict blocks", { alert: { action: "blocked" } }, "blocked"],
  ["an allowed alert without a verdict allows", { alert: { action: "allowed" } }, "allowed"],
  ["a verdict without an action leaves it to the alert", { alert: { action: "blocked" }, verdict: {} }, "blocked"],
  ["a verdict that is no object leaves it to the alert", { alert: { action: "blocked" }, verdict: "pass" }, "blocked"],
  [
    "a connection that TLS inspection resets with an error is blocked",
    { tls_error: { error_message: "x" } },
    "blocked",
  ],
  ["a revocation check that drops blocks", { revocation_check: { status: "UNKNOWN", action: "DROP" } }, "blocked"],
  ["a revocation check that passes allows", { revocation_check: { status: "UNKNOWN", action: "PASS" } }, "allowed"],
  [
    "an alert goes before a revocation check",
    { alert: { action: "allowed" }, revocation_check: { action: "DROP" } },
    "allowed",
  ],
  ["an event that says nothing of blocking is allowed", {}, "allowed"],
] as const)("%s", (_sentence, event, expected) => {
  expect(judge(event)).toBe(expected);
});
