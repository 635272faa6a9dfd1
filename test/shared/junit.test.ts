import { expect, it } from "vitest";
import { junit } from "../../shared/junit.ts";
import { createMask } from "../../shared/masked-text.ts";

it("A report counts its cases, and says which failed, which do not count, and what else there is to say.", () => {
  expect(
    junit(
      "scan",
      [
        { group: "trivy", name: "a", failure: "open" },
        { group: "trivy", name: "b", skipped: "waived" },
        { group: "checkov", name: "c", note: "other" },
        { group: "checkov", name: "d" },
      ],
      createMask(),
    ),
  ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="scan" tests="4" failures="1" errors="0" skipped="1" time="0">
<testcase classname="trivy" name="a" time="0"><failure message="open"></failure></testcase>
<testcase classname="trivy" name="b" time="0"><skipped message="waived"></skipped></testcase>
<testcase classname="checkov" name="c" time="0"><system-out>other</system-out></testcase>
<testcase classname="checkov" name="d" time="0"></testcase>
</testsuite></testsuites>
`);
});

it("Text from outside adds no markup, and no character that XML forbids.", () => {
  const report = junit(
    "scan",
    [{ group: "g", name: `"/><failure a='&]]>\n\u0000\u001b\ud800\ufffe\u{1f600}`, failure: "</testcase>" }],
    createMask(),
  );
  expect(report).toContain('name="&#34;/&#62;&#60;failure a=&#39;&#38;]]&#62;&#10;????\u{1f600}"');
  expect(report).toContain('message="&#60;/testcase&#62;"');
  expect(report.match(/<failure/g)).toHaveLength(1);
});

it("A report has no secret, also where its characters are escaped.", () => {
  const mask = createMask();
  mask.add('pass"&word');
  const text = 'a["pass"&word"]';
  const report = junit("scan", [{ group: text, name: text, failure: text, skipped: text, note: text }], mask);
  expect(report.match(/a\[&#34;\*\*\*&#34;\]/g)).toHaveLength(5);
  expect(report).not.toContain("word");
});
