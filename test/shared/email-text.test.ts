import { expect, it } from "vitest";
import { commandLine, emailText } from "../../shared/email-text.ts";

it("The text of any e-mail has summary, facts, sections, steps and links, in this order.", () => {
  expect(
    emailText({
      summary: "tag refused: 1.0",
      facts: [
        ["tag", "1.0"],
        ["commit", ""],
      ],
      sections: [
        ["WHY", ["It is wrong."]],
        ["FILES", []],
      ],
      nextSteps: ["Push it again:", commandLine("git push")],
      links: [
        ["execution", "https://a"],
        ["pull request", ""],
      ],
    }),
  ).toBe(`tag refused: 1.0

  tag     1.0

WHY

It is wrong.

WHAT TO DO NEXT

Push it again:
  git push

LINKS

  execution
    https://a`);
});

it("The text of any e-mail without links ends with its steps.", () => {
  expect(emailText({ summary: "s", facts: [["f", "v"]], nextSteps: ["Nothing."] })).toBe(
    "s\n\n  f  v\n\nWHAT TO DO NEXT\n\nNothing.",
  );
});

it.each([
  ["a name in a section", { sections: [["WHY", ["evil[.]example"]]], links: [["build", "https://a"]] }],
  ["a name among the links", { links: [["build", "https[:]//a"]] }],
] as const)("The text of any e-mail that defangs %s explains [.] before its links.", (_what, content) => {
  const email = emailText({ summary: "s", facts: [["f", "v"]], nextSteps: ["Nothing."], ...content });
  expect(email).toMatch(
    /\n\n\[\.\] and \[:\] stand for \. and :, so that mail programs do not make links of names\.\n\nLINKS\n/,
  );
});

it("The text of any e-mail that defangs an address or a path explains these brackets too.", () => {
  const email = emailText({ summary: "root[@]intranet", facts: [], nextSteps: [] });
  expect(email).toContain("[.], [:], [@] and [\\] stand for . : @ and \\, so that");
});
