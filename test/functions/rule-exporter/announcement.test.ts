import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announcementOf, descriptionOf, type Notice } from "../../../functions/rule-exporter/announcement.ts";
import { MAX_MESSAGE_BYTES, messageBytes, messageOf } from "../../../shared/sns-message.ts";

const NOTICE: Notice = {
  outcome: "published",
  repository: "config-rules",
  commitId: "e0a3df1dbce40672a214558723fc934e4b41c3cf",
  target: "infrastructure/config-rules",
  pullRequestId: "7",
  link: "https://us-east-1.console.aws.amazon.com/codesuite/x",
  exported: ["A", "B"],
  changed: ["A"],
  removed: [],
  refused: [],
  warned: [],
};
const problem = (message: string) => ({ severity: "error" as const, file: "parameters.json", pointer: "", message });

describe("an announcement", () => {
  it("asks for a review of the pull request, and for nothing else where all is well", () => {
    const { email } = announcementOf(NOTICE);
    expect(email).toMatch(
      /WHAT TO DO NEXT\n\nReview the pull request, and merge it to apply the rules from infrastructure\/config-rules\.$/,
    );
    expect(email).not.toContain("REFUSED");
  });

  it("says that only the Terraform files changed", () => {
    expect(announcementOf({ ...NOTICE, changed: [] }).subject).toBe(
      "[palisade] config rules published: 0 changed, 0 removed",
    );
  });

  it("counts what it does not list", () => {
    const { email, data } = announcementOf({
      ...NOTICE,
      changed: Array.from({ length: 53 }, (_, n) => `R_${n}`),
      refused: [{ rule: "BAD", kept: false, problems: Array.from({ length: 7 }, () => problem("is bad")) }],
    });
    expect(email).toContain("\n  R_29\n  and 23 more\n");
    expect(email).toContain("is bad\n    and 4 more\n");
    expect(data).toMatchObject({ counts: { changed: 53, refused: 1 } });
  });

  it("stays below the limits of SNS and CodeCommit, and plain, for whatever rules say", () => {
    const wide = fc.string({ unit: "binary", minLength: 300, maxLength: 1_000 });
    fc.assert(
      fc.property(wide, (text) => {
        const problems = Array.from({ length: 20 }, () => problem(text));
        const rules = Array.from({ length: 80 }, () => ({ rule: text, kept: true, problems }));
        const names = Array.from({ length: 200 }, () => text);
        const notice = { ...NOTICE, changed: names, removed: names, refused: rules, warned: rules };
        const message = messageOf(announcementOf(notice));
        expect(messageBytes(message)).toBeLessThan(MAX_MESSAGE_BYTES);
        expect(message.Message).not.toMatch(/\p{C}/u);
        const description = descriptionOf(notice);
        expect(description.length).toBeLessThanOrEqual(10_240);
        expect(description).not.toMatch(/[^\P{C}\n]/u);
      }),
      { endOnFailure: true },
    );
  });
});
