import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { announcementOf, descriptionOf, type Notice } from "../../../functions/rule-exporter/announcement.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsContent } from "../../../shared/sns-message.ts";

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
  it("The e-mail of rule-exporter about a publication asks for a review, and its link comes last.", () => {
    expect(announcementOf(NOTICE).email).toBe(`config rules published: 1 changed, 0 removed

  rules from    config-rules
  commit        e0a3df1dbce40672a214558723fc934e4b41c3cf
  to            infrastructure/config-rules
  pull request  7

CHANGED

  A

WHAT TO DO NEXT

Review the pull request.
Merge it to apply the rules.

LINKS

  pull request
    https://us-east-1.console.aws.amazon.com/codesuite/x`);
  });

  it("The e-mail of rule-exporter about refused rules in an estate that stays asks for their correction alone.", () => {
    const refused = [
      { rule: "rules/KEPT", kept: true, problems: [{ ...problem("is bad"), pointer: "/Parameters" }] },
      { rule: "rules/www.new.example", kept: false, problems: [problem("is worse")] },
    ];
    const { pullRequestId: _id, link: _link, ...unchanged } = { ...NOTICE, outcome: "unchanged" as const, changed: [] };
    expect(announcementOf({ ...unchanged, refused }).email).toBe(`config rules unchanged: 2 refused

  rules from    config-rules
  commit        e0a3df1dbce40672a214558723fc934e4b41c3cf
  to            infrastructure/config-rules

REFUSED

  rules/KEPT (stays as it was)
    error: parameters[.]json /Parameters is bad
  rules/www[.]new[.]example
    error: parameters[.]json is worse

WHAT TO DO NEXT

Correct the refused rules, and push.

[.] and [:] stand for . and :, so that mail programs do not make links of names.`);
  });

  it("An announcement of rule-exporter has a message for machines with counts, names and the first problem of each refused rule.", () => {
    const refused = [{ rule: "rules/BAD", kept: true, problems: [problem("is bad"), problem("is worse")] }];
    const { data, attributes } = announcementOf({ ...NOTICE, removed: ["OLD"], refused });
    expect(data).toEqual({
      kind: "config-rules-published",
      outcome: "published",
      repository: "config-rules",
      commitId: NOTICE.commitId,
      target: "infrastructure/config-rules",
      pullRequestId: "7",
      link: NOTICE.link,
      counts: { exported: 2, changed: 1, removed: 1, refused: 1 },
      changed: ["A"],
      removed: ["OLD"],
      refused: [{ rule: "rules/BAD", kept: true, problem: "error: parameters[.]json is bad" }],
    });
    expect(attributes).toEqual({ kind: "config-rules-published", outcome: "published" });
  });

  it("The e-mail of rule-exporter counts no changed rule in its subject where only the Terraform files changed.", () => {
    expect(announcementOf({ ...NOTICE, changed: [] }).subject).toBe(
      "[palisade] config rules published: 0 changed, 0 removed",
    );
  });

  it("The e-mail of rule-exporter lists 30 rules and three problems of each, and counts the others.", () => {
    const { email, data } = announcementOf({
      ...NOTICE,
      changed: Array.from({ length: 53 }, (_, n) => `R_${n}`),
      refused: [{ rule: "BAD", kept: false, problems: Array.from({ length: 7 }, () => problem("is bad")) }],
    });
    expect(email).toContain("\n  R_29\n  and 23 more\n");
    expect(email).toContain("is bad\n    and 4 more\n");
    expect(data).toMatchObject({ counts: { changed: 53, refused: 1 } });
  });

  it("An announcement of rule-exporter stays below the limits of SNS and CodeCommit, and plain, whatever the rules say.", () => {
    const wide = fc.string({ unit: "binary", minLength: 300, maxLength: 1_000 });
    fc.assert(
      fc.property(wide, (text) => {
        const problems = Array.from({ length: 5 }, () => problem(text));
        const rules = Array.from({ length: 35 }, () => ({ rule: text, kept: true, problems }));
        const names = Array.from({ length: 35 }, () => text);
        const notice = { ...NOTICE, changed: names, removed: names, refused: rules, warned: rules };
        const message = snsContent(announcementOf(notice));
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
