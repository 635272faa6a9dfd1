import type { Mask } from "./masked-text.ts";

/** One line of a report group of CodeBuild. Without a failure and a reason to skip, it passed. */
export interface JunitCase {
  group: string;
  name: string;
  /** Why it failed. */
  failure?: string;
  /** Why it does not count. */
  skipped?: string;
  /** What else there is to say. */
  note?: string;
}

/**
 * Writes a report in the JUnit format: https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
 *
 * @param cases at least one, since CodeBuild shows NaN for an empty report; texts may come from outside
 */
export function junit(suite: string, cases: readonly JunitCase[], { mask }: Pick<Mask, "mask">): string {
  const escaped = (text: string) => xmlText(mask(text));
  const count = (key: "failure" | "skipped") => cases.filter((it) => it[key] !== undefined).length;
  const body = cases.map(({ group, name, failure, skipped, note }) => {
    const parts = [
      failure === undefined ? "" : `<failure message="${escaped(failure)}"></failure>`,
      skipped === undefined ? "" : `<skipped message="${escaped(skipped)}"></skipped>`,
      note === undefined ? "" : `<system-out>${escaped(note)}</system-out>`,
    ];
    return `<testcase classname="${escaped(group)}" name="${escaped(name)}" time="0">${parts.join("")}</testcase>\n`;
  });
  const counts = `tests="${cases.length}" failures="${count("failure")}" errors="0" skipped="${count("skipped")}" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites><testsuite name="${escaped(suite)}" ${counts}>\n`,
    ...body,
    "</testsuite></testsuites>\n",
  ].join("");
}

/** A report's text may hold no markup, and only characters that XML allows: https://www.w3.org/TR/xml/#charsets */
const xmlText = (text: string): string =>
  text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "?")
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
