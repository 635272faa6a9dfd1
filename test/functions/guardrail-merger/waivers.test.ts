import { expect, it } from "vitest";
import { dueWaivers } from "../../../functions/guardrail-merger/waivers.ts";

const waiver = { scenario: "s", address: "a", reason: "r", owner: "o", approvedBy: "b", expires: "2026-01-31" };
const due = (now: string, change: object = {}) => dueWaivers("web", [{ ...waiver, ...change }], Date.parse(now));

it.each([
  ["2026-01-17T23:59:59Z", []],
  ["2026-01-18T00:00:00Z", ["ending"]],
  ["2026-01-31T23:59:59Z", ["ending"]],
  ["2026-02-01T00:00:00Z", ["ended"]],
  ["2027-01-01T00:00:00Z", ["ended"]],
])("Waivers until the end of 31 January are at %s: %j.", (now, expected) => {
  expect(due(now).map((one) => one.due)).toEqual(expected);
});

it("Waivers have keys that tell a later end, another resource and the two e-mails apart, and no other reason.", () => {
  const keys = [
    due("2026-01-20T00:00:00Z"),
    due("2026-02-02T00:00:00Z"),
    due("2026-02-02T00:00:00Z", { expires: "2026-02-01" }),
    due("2026-02-02T00:00:00Z", { address: "b" }),
    due("2026-02-02T00:00:00Z", { scenario: "t" }),
  ].map(([one]) => one?.key);
  expect(new Set(keys).size).toBe(keys.length);
  expect(due("2026-01-20T00:00:00Z", { reason: "q" })[0]?.key).toBe(keys[0]);
});
