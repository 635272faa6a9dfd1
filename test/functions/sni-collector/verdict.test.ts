import { expect, it } from "vitest";
import { judge } from "../../../functions/sni-collector/verdict.ts";

it.each([
  ["A dropping verdict blocks", { verdict: { action: "drop" } }, "blocked"],
  ["A rejecting verdict blocks", { verdict: { action: "reject", reject: ["tcp-reset"] } }, "blocked"],
  ["A passing verdict allows", { verdict: { action: "pass" } }, "allowed"],
  ["An alerting verdict allows", { verdict: { action: "alert" } }, "allowed"],
  [
    "A dropping verdict goes before an allowed alert",
    { alert: { action: "allowed" }, verdict: { action: "drop" } },
    "blocked",
  ],
  [
    "A passing verdict goes before a blocked alert",
    { alert: { action: "blocked" }, verdict: { action: "pass" } },
    "allowed",
  ],
  ["A blocked alert without a verdict blocks", { alert: { action: "blocked" } }, "blocked"],
  ["An allowed alert without a verdict allows", { alert: { action: "allowed" } }, "allowed"],
  ["A verdict without an action leaves it to the alert", { alert: { action: "blocked" }, verdict: {} }, "blocked"],
  ["A verdict that is no object leaves it to the alert", { alert: { action: "blocked" }, verdict: "pass" }, "blocked"],
  [
    "A connection that TLS inspection resets with an error has the verdict blocked",
    { tls_error: { error_message: "x" } },
    "blocked",
  ],
  [
    "A revocation check that drops makes the verdict blocked",
    { revocation_check: { status: "UNKNOWN", action: "DROP" } },
    "blocked",
  ],
  [
    "A revocation check that passes makes the verdict allowed",
    { revocation_check: { status: "UNKNOWN", action: "PASS" } },
    "allowed",
  ],
  [
    "An alert goes before a revocation check in the verdict",
    { alert: { action: "allowed" }, revocation_check: { action: "DROP" } },
    "allowed",
  ],
  ["An event that says nothing of blocking has the verdict allowed", {}, "allowed"],
] as const)("%s.", (_sentence, event, expected) => {
  expect(judge(event)).toBe(expected);
});
