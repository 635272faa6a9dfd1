import { expect, it } from "vitest";
import { Refusal } from "../../../shared/refusal.ts";
import { readWaivers } from "../../../stages/plan/scan-waivers.ts";

const waiver = { check: "AWS-0107", address: "aws_security_group.a", reason: "bastion", expires: "2026-12-31" };
const read = (...waivers: unknown[]) => readWaivers(JSON.stringify(waivers), "scan-waivers.json");

it("A team without waivers has none.", () => {
  expect([readWaivers(undefined, "scan-waivers.json"), read()]).toEqual([[], []]);
});

it("A waiver has a check, an address, a reason and a last day.", () => {
  expect(read(waiver)).toEqual([waiver]);
});

it.each([
  ["no JSON", "[{"],
  ["no list", JSON.stringify(waiver)],
  ["a waiver without a reason", JSON.stringify([{ ...waiver, reason: " " }])],
  ["a waiver without a last day", JSON.stringify([{ ...waiver, expires: undefined }])],
  ["a day that does not exist", JSON.stringify([{ ...waiver, expires: "2026-02-30" }])],
  ["a day in another format", JSON.stringify([{ ...waiver, expires: "31.12.2026" }])],
  ["a pattern in the place of a check", JSON.stringify([{ ...waiver, check: "*" }])],
  ["an empty address", JSON.stringify([{ ...waiver, address: "" }])],
  ["a field that does not exist", JSON.stringify([{ ...waiver, severity: "HIGH" }])],
])("A file with %s is refused.", (_name, text) => {
  expect(() => readWaivers(text, "scan-waivers.json")).toThrow(Refusal);
  expect(() => readWaivers(text, "scan-waivers.json")).toThrow(/^scan-waivers\.json is (no JSON\.|wrong\.)/);
});
