import { expect, it } from "vitest";
import { BAIT_ADDRESS } from "../../../stages/plan/scan-copies.ts";
import { type Finding, judge, readCheckov, readTrivy } from "../../../stages/plan/scan-verdict.ts";

const misconfiguration = (Resource: string, more: object = {}) => ({
  ID: "AWS-0107",
  Title: "No open port",
  Severity: "HIGH",
  Status: "FAIL",
  CauseMetadata: { Resource, StartLine: 4, Code: { Lines: [{ Number: 1 }] } },
  ...more,
});
const trivy = (...Misconfigurations: object[]) =>
  JSON.stringify({
    SchemaVersion: 2,
    Results: [{}, { Misconfigurations: [misconfiguration(BAIT_ADDRESS), ...Misconfigurations] }],
  });
const standsFor = new Map([
  ["aws_security_group.r0", { address: "module.a[0].aws_security_group.b", repeated: false }],
  ["aws_security_group.r0_1", { address: "module.a[0].aws_security_group.b", repeated: true }],
]);

const finding: Finding = {
  tool: "trivy",
  check: "AWS-0107",
  severity: "HIGH",
  title: "No open port",
  address: "module.a[0].aws_security_group.b",
};

it("A finding of trivy has the address of the plan, its id without AVD-, and is there once.", () => {
  const output = trivy(
    misconfiguration("aws_security_group.r0", { ID: "AVD-AWS-0107" }),
    misconfiguration("aws_security_group.r0"),
    misconfiguration("aws_security_group.r0_1"),
  );
  expect(readTrivy(output, { standsFor }).findings).toEqual([finding]);
});

it("A resource that is repeated for its further blocks has no findings about the whole resource.", () => {
  const whole = {
    CauseMetadata: { Resource: "aws_security_group.r0_1", StartLine: 1, Code: { Lines: [{ Number: 1 }] } },
  };
  expect(readTrivy(trivy(misconfiguration("", whole)), { standsFor }).findings).toEqual([]);
});

it("A finding without a resource that we know is kept.", () => {
  expect(readTrivy(trivy(misconfiguration("")), { standsFor }).findings).toEqual([{ ...finding, address: "" }]);
});

it.each([
  ["a severity of another name", trivy(misconfiguration("aws_security_group.r0", { Severity: "ERROR" }))],
  ["a report of another version", trivy().replace('"SchemaVersion":2', '"SchemaVersion":3')],
  ["the bait with a lower severity", trivy().replace("HIGH", "LOW")],
  ["no bait", trivy().replace(BAIT_ADDRESS, "aws_security_group.r0")],
])("trivy with %s is an error, and not a report without findings.", (_name, output) => {
  expect(() => readTrivy(output, { standsFor })).toThrow(/^trivy (printed no report of a plan|cannot read the plan)/);
});

const checkov = (resource_count: number, more: object = {}) =>
  JSON.stringify({
    check_type: "terraform_plan",
    results: {
      failed_checks: [BAIT_ADDRESS, "aws_s3_bucket.a"].map((resource_address) => ({
        check_id: "CKV_AWS_24",
        check_name: "No open port",
        resource_address,
      })),
    },
    summary: { parsing_errors: 0, resource_count },
    ...more,
  });

it("A finding of checkov has no severity.", () => {
  expect(readCheckov(checkov(3), { resources: 2 }).findings).toEqual([
    { tool: "checkov", check: "CKV_AWS_24", severity: null, title: "No open port", address: "aws_s3_bucket.a" },
  ]);
});

it.each([
  ["reads fewer resources", checkov(2), "checkov read 1 resources, and the plan has 2"],
  ["reads more resources", checkov(4), "checkov read 3 resources, and the plan has 2"],
  ["does not find the bait", checkov(3).replace(BAIT_ADDRESS, "aws_s3_bucket.a"), "checkov cannot read the plan"],
  [
    "cannot parse a file",
    checkov(3, { summary: { parsing_errors: 1, resource_count: 3 } }),
    "checkov printed no report of a plan",
  ],
  [
    "prints what it prints of an empty plan",
    '{"passed":0,"failed":0,"resource_count":0}',
    "checkov printed no report of a plan",
  ],
])("checkov that %s is an error.", (_name, output, message) => {
  expect(() => readCheckov(output, { resources: 2 })).toThrow(message);
});

it("The reports say which version a scanner is, and one without a version is a report too.", () => {
  const withVersion = JSON.stringify({ ...JSON.parse(trivy()), Trivy: { Version: "0.75.0" } });
  expect(readTrivy(withVersion, { standsFor }).version).toBe("0.75.0");
  expect(readTrivy(trivy(), { standsFor }).version).toBe("(of an unknown version)");
  const summary = { parsing_errors: 0, resource_count: 3, checkov_version: "3.3.8" };
  expect(readCheckov(checkov(3, { summary }), { resources: 2 }).version).toBe("3.3.8");
  expect(readCheckov(checkov(3), { resources: 2 }).version).toBe("(of an unknown version)");
});

const SCAN = { trivySeverities: ["HIGH" as const], checkovChecks: ["CKV_AWS_24"] };
const ofCheckov: Finding = { ...finding, tool: "checkov", check: "CKV_AWS_24", severity: null };

it("Severities of trivy and checks of checkov stop a release as the environment says, and all else is counted.", () => {
  const low: Finding = { ...finding, severity: "LOW" };
  const another: Finding = { ...ofCheckov, check: "CKV_AWS_25" };
  expect(judge([finding, low, ofCheckov, another], SCAN, [], "2026-11-24").scan).toMatchObject({
    stopping: [finding, ofCheckov],
    waived: [],
    other: [low, another],
  });
  expect(
    judge([finding, ofCheckov], { trivySeverities: [], checkovChecks: [] }, [], "2026-11-24").scan.stopping,
  ).toEqual([]);
});

it("A waiver that fits nothing is said, and one for a finding that would not stop a release is not wrong.", () => {
  const waiver = { check: "AWS-0107", address: finding.address, reason: "bastion", expires: "2026-12-31" };
  const elsewhere = { ...waiver, address: "aws_security_group.\u001b" };
  const { scan, notes } = judge([{ ...finding, severity: "LOW" }], SCAN, [waiver, elsewhere], "2026-11-24");
  expect([scan.stopping, scan.waived, scan.other.length]).toEqual([[], [], 1]);
  expect(notes).toEqual(["The waiver of AWS-0107 for aws_security_group.? fits no finding: take it out."]);
});

it("Of two waivers for one finding, the one that has not expired counts.", () => {
  const waiver = { check: "AWS-0107", address: finding.address, reason: "bastion", expires: "2026-11-01" };
  const { scan, notes } = judge([finding], SCAN, [waiver, { ...waiver, expires: "2026-12-01" }], "2026-11-24");
  expect(scan.waived).toMatchObject([{ waiver: { expires: "2026-12-01" } }]);
  expect(notes).toEqual([`The waiver of AWS-0107 for ${finding.address} expired on 2026-11-01, and does not count.`]);
});

it("An expired waiver is the first of the notes, since it may be why the release stops.", () => {
  const unused = { check: "AWS-0001", address: "a", reason: "bastion", expires: "2026-12-31" };
  const expired = { check: "AWS-0107", address: finding.address, reason: "bastion", expires: "2026-11-23" };
  const { scan, notes } = judge([finding], SCAN, [unused, expired], "2026-11-24");
  expect(scan.stopping).toEqual([finding]);
  expect(notes).toEqual([
    `The waiver of AWS-0107 for ${finding.address} expired on 2026-11-23, and does not count.`,
    "The waiver of AWS-0001 for a fits no finding: take it out.",
  ]);
});
