import { expect, it } from "vitest";
import { stops } from "../../../shared/compliance.ts";
import type { Waiver } from "../../../shared/guardrail-waivers.ts";
import type { RawVerdict } from "../../../shared/terraform-compliance.ts";
import { judge } from "../../../stages/comply/verdicts.ts";

const A = 'module.db["a.b"].aws_ebs_volume.data[0]';
const B = "aws_ebs_volume.b";
const TODAY = "2026-11-24";

const raw = (more: Partial<RawVerdict> = {}): RawVerdict => ({
  feature: "encryption",
  scenario: "Volumes are encrypted",
  tags: [],
  level: "block",
  verdict: "failed",
  resources: [A, B].map((address) => ({ address, reason: "It is set to False." })),
  ...more,
});
const waiver = (address: string, more: Partial<Waiver> = {}): Waiver => ({
  scenario: "Volumes are encrypted",
  address,
  reason: "ticket 4711",
  owner: "billing@example.com",
  approvedBy: "security@example.com",
  expires: "2026-12-31",
  ...more,
});

it("A guardrail without failures stays as it is, and what fails without a waiver has failed.", () => {
  const passed = raw({ verdict: "passed", resources: [] });
  const absent = raw({ scenario: "Trails", verdict: "not applicable", resources: [] });
  const { scenarios, notes } = judge([passed, absent, raw({ scenario: "Other" })], [], TODAY);
  expect(scenarios.map(({ verdict }) => verdict)).toEqual(["passed", "not applicable", "failed"]);
  expect(scenarios[2]?.resources.map(({ verdict }) => verdict)).toEqual(["failed", "failed"]);
  expect(notes).toEqual([]);
});

it("A guardrail is exempted where waivers cover each resource that fails, and failed where they cover only some.", () => {
  const some = judge([raw()], [waiver(A)], TODAY);
  expect([some.scenarios[0]?.verdict, some.notes]).toEqual(["failed", []]);
  expect(some.scenarios[0]?.resources).toEqual([
    {
      address: A,
      reason: "It is set to False.",
      verdict: "exempted",
      exemption: {
        reason: "ticket 4711",
        owner: "billing@example.com",
        approvedBy: "security@example.com",
        expires: "2026-12-31",
      },
    },
    { address: B, reason: "It is set to False.", verdict: "failed" },
  ]);
  expect(judge([raw()], [waiver(A), waiver(B)], TODAY).scenarios[0]?.verdict).toBe("exempted");
});

it("A waiver counts on its last day (UTC), and not on the day after.", () => {
  const verdicts = (today: string) => {
    const { scenarios, notes } = judge([raw()], [waiver(A, { expires: TODAY }), waiver(B)], today);
    return [scenarios[0]?.verdict, ...notes];
  };
  expect(verdicts("2026-11-24")).toEqual(["exempted"]);
  expect(verdicts("2026-11-25")).toEqual([
    "failed",
    `The waiver of Volumes are encrypted for ${A} expired on 2026-11-24, and does not count.`,
  ]);
});

it("A waiver fits its guardrail and its address exactly, and one that fits nothing is noted.", () => {
  const almost = [
    waiver(A.replace("[0]", "")),
    waiver(A.replace('"a.b"', '"a"')),
    waiver("aws_ebs_volume.*"),
    waiver(B.toUpperCase()),
    waiver(A, { scenario: "volumes are encrypted" }),
  ];
  const { scenarios, notes } = judge([raw()], almost, TODAY);
  expect(scenarios[0]?.verdict).toBe("failed");
  expect(notes).toEqual([
    ...almost
      .slice(0, 4)
      .map(({ address }) => `The waiver of Volumes are encrypted for ${address} fits nothing that fails: take it out.`),
    `The waiver of volumes are encrypted for ${A} fits no guardrail: no scenario has this name.`,
  ]);
  const expired = judge([raw({ verdict: "passed", resources: [] })], [waiver(A, { expires: "2026-01-01" })], TODAY);
  expect(expired.notes).toEqual([
    `The waiver of Volumes are encrypted for ${A} expired on 2026-01-01, and does not count.`,
    `The waiver of Volumes are encrypted for ${A} fits nothing that fails: take it out.`,
  ]);
});

it("A failure of no single resource is waived by an empty address only.", () => {
  const missing = raw({ resources: [{ address: "", reason: "Can not find aws_cloudtrail." }] });
  expect(judge([missing], [waiver("")], TODAY).scenarios[0]?.verdict).toBe("exempted");
  expect(judge([missing], [waiver("aws_cloudtrail.this")], TODAY).scenarios[0]?.verdict).toBe("failed");
});

it("A guardrail that fails without naming anything is not exempted.", () => {
  expect(judge([raw({ resources: [] })], [waiver(A)], TODAY).scenarios[0]?.verdict).toBe("failed");
});

it("Only a guardrail of level block that has failed stops.", () => {
  const stopped = (level: RawVerdict["level"], waivers: Waiver[] = []) =>
    stops(judge([raw({ level })], waivers, TODAY));
  expect([stopped("block"), stopped("warn"), stopped("observe")]).toEqual([true, false, false]);
  expect(stopped("block", [waiver(A), waiver(B)])).toBe(false);
});
