import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  blastRadius,
  blastRadiusText,
  changesSince,
  countVerdicts,
  findingOf,
  guardrailsOf,
  type WorkloadCheck,
} from "../../../functions/guardrail-merger/report.ts";
import {
  checked,
  exempted,
  failing,
  guardrail,
  largeReport,
  sampleReport,
  unchecked,
} from "../../support/guardrail-report.ts";

const volumes = { feature: "encryption", scenario: "Volumes are encrypted", level: "block" as const };
const fails = (...addresses: string[]) =>
  guardrail(
    "encryption",
    "Volumes are encrypted",
    "failed",
    addresses.map((address) => failing(address)),
  );

describe("guardrailsOf", () => {
  it("lists features by name, and in each the guardrails as they stand in the file.", () => {
    const found = guardrailsOf([
      unchecked("a", "no"),
      checked("b", [guardrail("tags", "Z comes first"), guardrail("tags", "A comes next"), guardrail("alarms", "M")]),
      checked("c", [guardrail("tags", "Z comes first"), guardrail("tags", "A comes next"), guardrail("alarms", "M")]),
    ]);
    expect(found.map(({ scenario }) => scenario)).toEqual(["M", "Z comes first", "A comes next"]);
  });

  it("tells guardrails of one name in two features apart.", () => {
    expect(guardrailsOf([checked("a", [guardrail("x", "same"), guardrail("y", "same")])])).toHaveLength(2);
  });
});

describe("findingOf", () => {
  it("lists resources by address, and the end of the first exemption.", () => {
    const check = checked("web", [
      guardrail("f", "s", "exempted", [exempted("b", "2027-03-01"), exempted("a", "2027-05-01")]),
    ]);
    const finding = findingOf(check, { feature: "f", scenario: "s", level: "block" });
    expect(finding.resources.map(({ address }) => address)).toEqual(["a", "b"]);
    expect(finding.exemptedUntil).toBe("2027-03-01");
  });

  it("takes the most serious of scenarios with one name.", () => {
    const check = checked("web", [guardrail("f", "s"), guardrail("f", "s", "failed"), guardrail("f", "s", "exempted")]);
    expect(findingOf(check, { feature: "f", scenario: "s", level: "block" }).verdict).toBe("failed");
  });

  it("says that a guardrail without a verdict could not be checked, and never that it passed.", () => {
    expect(findingOf(checked("web", [guardrail("f", "other")]), volumes).verdict).toBe("could not check");
    expect(findingOf(unchecked("web", "no plan"), volumes).verdict).toBe("could not check");
  });
});

describe("blastRadius", () => {
  it("counts the workloads that would stop, their resources once, and their owners once.", () => {
    const both = (name: string, owner: string) =>
      checked(name, [fails("aws_ebs_volume.a"), guardrail("tags", "Tags", "failed", [failing("aws_ebs_volume.a")])], {
        owner,
      });
    const radius = blastRadius([both("b", "team"), both("a", "team"), checked("c", [guardrail("tags", "Tags")])]);
    expect(radius).toEqual({ workloads: ["a", "b"], of: 3, unchecked: 0, resources: 2, owners: ["team"] });
    expect(blastRadiusText(radius)).toBe("would stop 2 of 3 workloads, 2 resources; owner team");
  });

  it("counts neither exempted resources nor guardrails of the levels warn and observe.", () => {
    const mixed = guardrail("f", "mixed", "failed", [failing("bad"), exempted("waived")]);
    const radius = blastRadius([
      checked("a", [mixed]),
      checked("b", [
        guardrail("f", "w", "failed", [failing("x")], "warn"),
        guardrail("f", "o", "failed", [failing("y")], "observe"),
      ]),
      checked("c", [guardrail("f", "mixed", "exempted", [exempted("z")])]),
    ]);
    expect(radius).toMatchObject({ workloads: ["a"], resources: 1 });
  });

  it("says what one guardrail would stop, whatever its level.", () => {
    const warning = guardrail("f", "w", "failed", [failing("x")], "warn");
    expect(blastRadius([checked("a", [warning])], [warning]).workloads).toEqual(["a"]);
  });

  it("counts a failure of no single resource as a failure, and as no resource.", () => {
    const radius = blastRadius([checked("a", [guardrail("f", "There is a trail", "failed", [failing("")])])]);
    expect(blastRadiusText(radius)).toBe("would stop 1 of 1 workload; owner a@example.com");
  });

  it("says how many workloads could not be checked, also where nothing stops.", () => {
    const checks = [checked("a", [guardrail("f", "s")]), unchecked("b", "no plan")];
    expect(blastRadiusText(blastRadius(checks))).toBe("would stop none of 2 workloads (1 could not be checked)");
  });

  it("says of the sample what the issue asks for.", () => {
    expect(blastRadiusText(blastRadius(sampleReport().workloads))).toBe(
      "would stop 2 of 7 workloads (1 could not be checked), 6 resources; owners data-platform@example.com, payments-oncall@example.com",
    );
  });
});

describe("countVerdicts", () => {
  it("counts each guardrail of each workload once.", () => {
    const counts = countVerdicts(largeReport(9, 20).workloads);
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(180);
  });

  it("counts every guardrail of a workload that could not be checked, and the workload where no guardrail is known.", () => {
    const known = checked("a", [guardrail("f", "s"), guardrail("f", "t")]);
    expect(countVerdicts([known, unchecked("b", "no")])).toMatchObject({ passed: 2, "could not check": 2 });
    expect(countVerdicts([unchecked("a", "no"), unchecked("b", "no")])).toMatchObject({ "could not check": 2 });
  });
});

describe("changesSince", () => {
  const before = [
    checked("web", [fails("a", "b"), guardrail("f", "old"), guardrail("f", "level", "passed", [], "warn")]),
    checked("gone", [guardrail("f", "old")]),
    checked("broke", [fails("a")]),
  ];
  const after = [
    checked("web", [fails("b", "c"), guardrail("f", "level"), guardrail("f", "new", "failed", [failing("x")])]),
    checked("added", [fails("a")]),
    unchecked("broke", "no plan"),
  ];

  it("lists guardrails and workloads that came and went, levels, and checks that no longer work.", () => {
    const { added, removed, levels, workloadsAdded, workloadsRemoved, checks } = changesSince(before, after);
    expect(added.map(({ scenario }) => scenario)).toEqual(["new"]);
    expect(removed.map(({ scenario }) => scenario)).toEqual(["old"]);
    expect(levels).toEqual([{ guardrail: { feature: "f", scenario: "level", level: "block" }, before: "warn" }]);
    expect([workloadsAdded, workloadsRemoved]).toEqual([["added"], ["gone"]]);
    expect(checks).toEqual([{ workload: "broke", couldBefore: true }]);
  });

  it("lists what fails now or no longer, under a verdict that stays the same.", () => {
    expect(changesSince(before, after).verdicts).toEqual([
      { guardrail: volumes, workload: "web", before: "failed", now: "failed", appeared: ["c"], gone: ["a"] },
    ]);
  });

  it("says that a waived failure is gone from the failures.", () => {
    const waived = [checked("web", [guardrail("encryption", "Volumes are encrypted", "exempted", [exempted("a")])])];
    expect(changesSince([checked("web", [fails("a")])], waived).verdicts).toMatchObject([
      { before: "failed", now: "exempted", appeared: [], gone: ["a"] },
    ]);
  });

  it("finds nothing between a check and itself, in whatever order its workloads come.", () => {
    const none = {
      ...{ added: [], removed: [], levels: [], workloadsAdded: [], workloadsRemoved: [], checks: [], verdicts: [] },
    };
    const { workloads } = sampleReport();
    fc.assert(
      fc.property(fc.shuffledSubarray<WorkloadCheck>([...workloads], { minLength: workloads.length }), (shuffled) => {
        expect(changesSince(workloads, shuffled)).toEqual(none);
      }),
      { numRuns: 20 },
    );
  });
});
