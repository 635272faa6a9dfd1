import { describe, expect, it } from "vitest";
import * as z from "zod";
import { announcementOf, type Notice } from "../../../functions/guardrail-merger/announcement.ts";
import schemaFile from "../../../functions/guardrail-merger/guardrail-message.schema.json" with { type: "json" };
import { MAX_MESSAGE_BYTES, messageBytes, snsMessage } from "../../../shared/sns-message.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const event = {
  kind: "pipeline",
  region: "us-east-1",
  pipeline: "guardrails-develop",
  executionId: "12345678-1234-4234-8bcd-12345678abcd",
  state: "SUCCEEDED",
} as const;
const names = { repository: "guardrails", sourceBranch: "develop", targetBranch: "main" };
const notice: Notice = { event, outcome: "merged", commitId, reason: "", remedy: "A remedy." };

/** A notice in which all that comes from outside is this text, as often as there can be of it. */
const full = (text: string, outcome: Notice["outcome"] = "merged"): Notice => ({
  event: { kind: "force merge", repository: text, commitId: text, reason: text, requestedBy: text },
  outcome,
  commitId,
  mergedCommitId: commitId,
  strategy: "three-way",
  reason: "A reason.",
  remedy: "A remedy.",
  ...(outcome === "not compliant"
    ? { failed: Array.from({ length: 60 }, () => ({ workload: text, action: text, summary: text, link: text })) }
    : {
        commits: {
          values: Array.from({ length: 50 }, () => ({ id: commitId, author: text, subject: text })),
          more: true,
        },
        paths: { values: Array.from({ length: 100 }, () => text), more: true },
      }),
});
const messageOf = (of: Notice) => snsMessage("arn", announcementOf(of, names));

describe("hostile text", () => {
  it.each([
    "<b>Log in</b> at https://www.evil.example/login",
    "x\r\nBcc: attacker@evil.example",
    "\u001b[2J\u202e\u2066\u200b",
    "\ud800",
    "https://console.aws.amazon.com.evil.example/",
    "https://evil.example/?https://console.aws.amazon.com/",
  ])("%j leaves no link, no line of its own and no control character", (text) => {
    for (const outcome of ["merged", "not compliant"] as const) {
      const { Subject, Message } = messageOf(full(text, outcome));
      const { email, sms } = JSON.parse(Message);
      const lines = JSON.parse(messageOf(full("https://a.b", outcome)).Message).email.split("\n").length;
      expect(Subject).toMatch(/^[ -~]{1,99}$/);
      expect(sms).toMatch(/^[ -~]{1,160}$/);
      expect(email).not.toMatch(/evil\.example|[^\P{C}\n]|^Bcc/mu);
      // The note on `[.]` is two lines.
      expect(email.split("\n")).toHaveLength(lines - (email.includes("[.]") ? 0 : 2));
    }
  });

  it.each(["😀", "é", '"', "\\", "\u0000", "x"])("as long as can be, made of %j, fits into a message", (character) => {
    for (const outcome of ["merged", "not compliant"] as const)
      expect(messageBytes(messageOf(full(character.repeat(5_000), outcome)))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });
});

it("a link to a console of AWS stays one", () => {
  const links = [
    "https://us-east-1.console.aws.amazon.com/codesuite/codebuild/1/projects/p/build/p%3A1",
    "https://cn-north-1.console.amazonaws.cn/codesuite/",
    "https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/",
  ];
  const failed = links.map((link) => ({ workload: "w", action: "ComplianceCheck_w", summary: "", link }));
  const { email } = announcementOf({ ...notice, outcome: "not compliant", failed }, names);
  for (const link of links) expect(email).toContain(`    ${link}\n`);
});

it("what is left out for its number is said to be", () => {
  const merged = announcementOf(full("x"), names);
  expect(merged.email.match(/^ {2}and more$/gm)).toHaveLength(2);
  expect(merged.data).toMatchObject({ moreCommits: true, morePaths: true });
  const failed = announcementOf(full("x", "not compliant"), names);
  expect(failed.email.match(/^ {2}and more$/gm)).toHaveLength(1);
  expect(failed.data).toMatchObject({ moreFailed: true });
});

it.each<[Partial<Notice>, string]>([
  [
    { commits: { values: [{ id: commitId, author: "a", subject: "s" }], more: false } },
    "guardrails active: 1 new commit on main",
  ],
  [{ strategy: "three-way" }, "guardrails active: new commits on main"],
  [{ strategy: "three-way", combined: true }, "guardrails active: new commits on main, combined untested"],
  [{ outcome: "already active" }, "guardrails already active: 74426ea"],
  [{ outcome: "diverged" }, "guardrails not active: main has diverged from 74426ea"],
  [{ outcome: "conflict" }, "guardrails not active: 74426ea conflicts with main"],
  [{ outcome: "not compliant", failed: [] }, "guardrails not active: the pipeline failed"],
  [{ outcome: "forced" }, "guardrails forced: new commits on main"],
  [{ outcome: "refused" }, "guardrails not active: 74426ea refused"],
])("the subject of %j", (change, subject) => {
  expect(announcementOf({ ...notice, ...change }, names).subject).toBe(`[palisade] ${subject}`);
});

it("the body for machines keeps to the published schema", () => {
  const schema = z.fromJSONSchema(schemaFile as Parameters<typeof z.fromJSONSchema>[0]);
  for (const one of [notice, full("x"), full("x", "not compliant"), { ...notice, outcome: "refused" as const }]) {
    const { data } = announcementOf(one, names);
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
  }
});
