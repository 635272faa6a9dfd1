import { expect, it } from "vitest";
import { readWaivers } from "../../shared/guardrail-waivers.ts";

const FILE = "waivers/billing.json";
const WAIVER = {
  scenario: "Volumes are encrypted",
  address: 'module.db["a.b"].aws_ebs_volume.data[0]',
  reason: "moved in ticket 4711",
  owner: "billing@example.com",
  approvedBy: "security@example.com",
  expires: "2026-12-31",
};
const read = (...waivers: object[]) => readWaivers(JSON.stringify(waivers), FILE);

it("A workload without a file has no waivers.", () => {
  expect(readWaivers(undefined, FILE)).toEqual([]);
});

it("Waivers are read as they are, and one of a failure of no single resource has an empty address.", () => {
  expect(read(WAIVER, { ...WAIVER, address: "" })).toEqual([WAIVER, { ...WAIVER, address: "" }]);
});

it.each([
  ["is no JSON", "{", "waivers/billing.json is no JSON."],
  ["is no list", "{}", "waivers/billing.json is wrong. "],
])("A file that %s is refused.", (_, text, message) => {
  expect(() => readWaivers(text, FILE)).toThrow(message);
});

it.each([
  ["no reason", { reason: undefined }],
  ["a reason of blanks that nobody sees", { reason: "\u200b \u2063" }],
  ["a reason of two lines", { reason: "a\nb" }],
  ["a reason of 501 characters", { reason: "a".repeat(501) }],
  ["no owner", { owner: "" }],
  ["nobody who approved", { approvedBy: undefined }],
  ["no end", { expires: undefined }],
  ["an end that is no day", { expires: "2026-02-30" }],
  ["an end with a time", { expires: "2026-12-31T00:00:00Z" }],
  ["a field more", { expire: "2026-12-31" }],
])("A waiver with %s is refused.", (_, change) => {
  expect(() => read({ ...WAIVER, ...change })).toThrow("waivers/billing.json is wrong. ");
});

it("Two waivers of one failure are refused.", () => {
  expect(() => read(WAIVER, { ...WAIVER, expires: "2027-01-01" })).toThrow(
    "waives the same twice: Volumes are encrypted",
  );
});
