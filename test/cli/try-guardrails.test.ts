import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { outcomeOf, reportInWords } from "../../cli/try-guardrails/words.ts";
import { checked, failing, guardrail, reportOf, sampleReport, unchecked } from "../support/guardrail-report.ts";
import { runCommandFile } from "../support/run-command.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade try-"));
const FEATURE = `Feature: F
  Scenario: S
    Given I have aws_ebs_volume defined
    Then it must have encrypted
`;
beforeAll(() => {
  for (const name of ["guardrails", "empty", "wrong", "a/web", "b/web"])
    mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, "guardrails/f.feature"), FEATURE);
  writeFileSync(join(folder, "wrong/f.feature"), FEATURE.replace("  Scenario", "  @nofail\n  Scenario"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const tryGuardrails = (...args: string[]) => runCommandFile("cli/try-guardrails.ts", args, { INIT_CWD: folder });

describe("try-guardrails", () => {
  it.each([
    ["without guardrails", ["--workload", "a/web"], "required option '--guardrails <DIR>'"],
    ["without a workload", ["--guardrails", "guardrails"], "required option '--workload"],
    ["with a folder that is not there", ["--guardrails", "none", "--workload", "a/web"], "There is no folder none."],
    ["with a workload that is not there", ["--guardrails", "guardrails", "--workload", "x=none"], "/none."],
    [
      "with two workloads of one name",
      ["--guardrails", "guardrails", "--workload", "a/web", "--workload", "b/web"],
      "Two workloads have the name web",
    ],
    ["with a name that is no name", ["--guardrails", "guardrails", "--workload", "a b.json"], "write NAME=PATH"],
    ["with no guardrail", ["--guardrails", "empty", "--workload", "a/web"], "The repository has no guardrails"],
    ["with a guardrail that cannot fail", ["--guardrails", "wrong", "--workload", "a/web"], "@nofail"],
  ])("%s is wrong usage: it exits with 2 and says why.", async (_name, args, said) => {
    const { code, stdout, stderr } = await tryGuardrails(...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(said);
  });

  it("lists its options with --help.", async () => {
    const { code, stdout } = await tryGuardrails("--help");
    expect(code).toBe(0);
    for (const option of ["--guardrails", "--workload", "--page", "--json"]) expect(stdout).toContain(option);
  });
});

describe("the outcome of a check", () => {
  const fails = (name: string) => checked(name, [guardrail("f", "s", "failed", [failing("x")])]);
  const passes = (name: string) => checked(name, [guardrail("f", "s")]);
  it.each([
    [[passes("a")], "Every workload complies."],
    [[fails("a"), passes("b")], "1 of 2 workloads does not comply."],
    [[fails("a"), fails("b")], "2 of 2 workloads do not comply."],
    [[fails("a"), unchecked("b", "no")], "1 of 2 workloads does not comply, and 1 could not be checked."],
    [[unchecked("a", "no"), passes("b")], "1 of 2 workloads could not be checked."],
  ])("is a sentence (%#).", (workloads, sentence) => {
    expect(outcomeOf(workloads)).toBe(sentence);
  });

  it("names each workload, each failure with its level, each address and reason, and what would stop.", () => {
    const words = reportInWords(sampleReport());
    expect(words).toContain(
      "payments  does not comply\n  fails, block: Volumes are encrypted (encryption)\n    aws_ebs_volume.archive\n",
    );
    expect(words).toContain("  fails, warn: Log groups have a retention (logging)\n");
    expect(words).toContain("  exempted until 2026-12-08: Buckets block public access (public-buckets)\n");
    expect(words).toContain("search  could not check\n  Terraform could not plan: Error: Unsupported argument.");
    expect(words).toMatch(/\nThe guardrails would stop 2 of 7 workloads \(1 could not be checked\), 6 resources\.$/);
  });

  it("steers no terminal with a text from outside.", () => {
    const hostile = "\u001b]0;x\u0007\u202e\nowned";
    const report = reportOf([
      checked(hostile, [guardrail(hostile, hostile, "failed", [failing(hostile, hostile)])], {
        owner: hostile,
        notes: [hostile],
      }),
      unchecked(hostile, hostile),
    ]);
    const lines = reportInWords({ ...report, repository: hostile, commitId: hostile }).split("\n");
    expect(lines.filter((line) => /\p{C}|^owned/u.test(line))).toEqual([]);
  });
});
