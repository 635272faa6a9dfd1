import { describe, expect, it } from "vitest";
import * as z from "zod";
import { announcementOf, commitMessageOf } from "../../../functions/guardrail-merger/announcement.ts";
import schemaFile from "../../../functions/guardrail-merger/guardrail-message.schema.json" with { type: "json" };
import type { MergeNotice, Notice } from "../../../functions/guardrail-merger/outcome.ts";
import type { WorkloadCheck } from "../../../functions/guardrail-merger/report.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsMessage } from "../../../shared/sns-message.ts";
import { complianceOf } from "../../support/guardrail-merger.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const request = {
  kind: "pipeline",
  region: "us-east-1",
  pipeline: "guardrails-develop",
  executionId: "12345678-1234-4234-8bcd-12345678abcd",
} as const;
const names = { repository: "guardrails", sourceBranch: "develop", targetBranch: "main", reportBucket: "reports" };
const branch = {
  kind: "branch",
  region: "us-east-1",
  at: "2026-10-14T12:01:07Z",
  change: "referenceUpdated",
  commitId,
  oldCommitId: "a".repeat(40),
} as const;
const one = { values: [{ id: commitId, author: "a", subject: "s" }], more: false };
const merged: MergeNotice = {
  request,
  outcome: "merged",
  commitId,
  mergedCommitId: commitId,
  strategy: "fast-forward",
  combined: false,
  commits: one,
  paths: { values: ["p"], more: false },
};
const notCompliant = {
  request,
  outcome: "could not check",
  commitId,
  active: false,
  failed: [],
  stopped: 0,
  unchecked: 0,
  selfCheck: undefined,
} as const;
const stopped = { ...notCompliant, outcome: "not compliant", stopped: 1 } as const;

const fullCheck = (text: string): WorkloadCheck => ({
  workload: text,
  owner: text,
  compliance: {
    ...complianceOf(text, commitId),
    scenarios: Array.from({ length: 20 }, (_, index) => ({
      ...{ feature: text, scenario: `${index}${text}`, level: "block" as const, verdict: "failed" as const },
      resources: Array.from({ length: 10 }, () => ({ address: text, verdict: "failed" as const, reason: text })),
    })),
  },
});
const fullWaiver = (text: string) =>
  ({
    ...{ workload: text, scenario: text, address: text, reason: text, owner: text, approvedBy: text },
    expires: "2026-10-14",
    due: "ended",
    key: "k",
  }) as const;

/** Notices in which all that comes from outside is this text, as often as there can be of it. */
const full = (text: string): Notice[] => [
  {
    ...merged,
    request: {
      kind: "force merge",
      region: "us-east-1",
      repository: "guardrails",
      pullRequestId: "7",
      reason: text,
      requestedBy: text,
    },
    outcome: "forced",
    commits: { values: Array.from({ length: 50 }, () => ({ id: commitId, author: text, subject: text })), more: true },
    paths: { values: Array.from({ length: 100 }, () => text), more: true },
  },
  { outcome: "bypassed", event: { ...branch, by: text } },
  { outcome: "owner", request: { ...request }, commitId, folder: "f", check: fullCheck(text) },
  { outcome: "waivers", due: "ended", workload: text, waivers: Array.from({ length: 120 }, () => fullWaiver(text)) },
  {
    ...notCompliant,
    selfCheck: text,
    check: { folder: "f", workloads: Array.from({ length: 50 }, () => fullCheck(text)) },
    failed: Array.from({ length: 60 }, () => ({ workload: text, action: text, summary: text, link: text })),
  },
];
const messageFor = (notice: Notice) => snsMessage("arn", announcementOf(notice, names));

/** The lines of an e-mail, without the note on `[.]`. */
const linesOf = (notice: Notice): string[] =>
  announcementOf(notice, names)
    .email.replace(/\n\n\[\.\](,| and) .*/, "")
    .split("\n");

describe("hostile text", () => {
  it.each([
    "<b>Log in</b> at https://www.evil.example/login",
    "x\r\nBcc: attacker@evil.example",
    "\u001b[2J\u202e\u2066\u200b",
    "\ud800",
    "https://console.aws.amazon.com.evil.example/",
    "https://evil.example/?https://console.aws.amazon.com/",
  ])(
    "The e-mail of guardrail-merger gives the hostile text %j no link, no line of its own and no control character.",
    (text) => {
      for (const [index, notice] of full(text).entries()) {
        const { Subject, Message } = messageFor(notice);
        const { email, sms } = JSON.parse(Message);
        expect(Subject).toMatch(/^[ -~]{1,99}$/);
        expect(sms).toMatch(/^[ -~]{1,160}$/);
        expect(email).not.toMatch(/evil\.example|[^\P{C}\n]|^Bcc/mu);
        const harmless = full("x")[index] ?? notice;
        expect(linesOf(notice)).toHaveLength(linesOf(harmless).length);
      }
    },
  );

  it.each(["😀", "é", '"', "\\", "\u0000", "x"])(
    "An announcement of guardrail-merger full of %j keeps to the limit of SNS.",
    (character) => {
      for (const notice of full(character.repeat(5_000)))
        expect(messageBytes(messageFor(notice))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    },
  );
});

it("The e-mail of guardrail-merger ends with the link to a console of AWS, and leaves it a link.", () => {
  const links = [
    "https://us-east-1.console.aws.amazon.com/codesuite/codebuild/1/projects/p/build/p%3A1",
    "https://cn-north-1.console.amazonaws.cn/codesuite/",
    "https://us-gov-west-1.console.amazonaws-us-gov.com/codesuite/",
  ];
  const failed = links.map((link) => ({ workload: "w", action: "ComplianceCheck_w", summary: "", link }));
  const { email } = announcementOf({ ...notCompliant, failed }, names);
  expect(email.endsWith(links.map((link) => `\n  workload w\n    ${link}`).join(""))).toBe(true);
});

it("The e-mail of guardrail-merger leaves out a link that is too long for a message, since a part of it would lead nowhere.", () => {
  const link = `https://us-east-1.console.aws.amazon.com/${"a".repeat(500)}`;
  const failed = [{ workload: "w", action: "ComplianceCheck_w", summary: "", link }];
  const { data, email } = announcementOf({ ...notCompliant, failed }, names);
  expect(data.failed).toMatchObject([{ link: "" }]);
  expect(email.match(/https:/g)).toHaveLength(1);
});

it("The e-mail of guardrail-merger says that there is more than it has room for.", () => {
  const [forced, , , waivers, failed] = full("x").map((notice) => announcementOf(notice, names));
  expect(waivers?.data).toMatchObject({ moreWaivers: true });
  expect(forced?.email.match(/^ {2}and more$/gm)).toHaveLength(2);
  expect(forced?.data).toMatchObject({ moreCommits: true, morePaths: true });
  expect(failed?.email.match(/^ {2}and more/gm)).toHaveLength(2);
  expect(failed?.data).toMatchObject({ moreFailed: true });
});

it.each<[subject: string, Notice]>([
  ["guardrails active: 1 new commit on main", merged],
  ["guardrails active: new commits on main", { ...merged, commits: undefined }],
  [
    "guardrails active: more than 2 new commits on main",
    { ...merged, commits: { values: [...one.values, ...one.values], more: true } },
  ],
  ["guardrails active: 1 new commit on main, combined untested", { ...merged, strategy: "three-way", combined: true }],
  ["guardrails already active: 74426ea", { request, outcome: "already active", commitId, commits: one }],
  ["guardrails not active: main has diverged from 74426ea", { request, outcome: "diverged", commitId, commits: one }],
  [
    "guardrails not active: 74426ea conflicts with main",
    { request, outcome: "conflict", commitId, paths: { values: ["p"], more: false } },
  ],
  ["guardrails not active: the pipeline failed", notCompliant],
  ["guardrails not active: 1 workload could not be checked against 74426ea", { ...notCompliant, unchecked: 1 }],
  ["guardrails not active: 74426ea did not pass its own check", { ...notCompliant, selfCheck: "It passes." }],
  [
    "main of guardrails was changed by Dev/eve",
    { outcome: "bypassed", event: { ...branch, by: "arn:aws:sts::1:assumed-role/Dev/eve" } },
  ],
  [
    "main of guardrails was deleted by somebody unknown",
    { outcome: "bypassed", event: { ...branch, change: "referenceDeleted", by: "" } },
  ],
  ["1 waiver of web ended", { outcome: "waivers", due: "ended", workload: "web", waivers: [fullWaiver("x")] }],
  [
    "2 waivers will end soon",
    { outcome: "waivers", due: "ending", workload: undefined, waivers: [fullWaiver("x"), fullWaiver("y")] },
  ],
  [
    "web could not be checked against the guardrails of 74426ea",
    { outcome: "owner", request, commitId, folder: "f", check: { workload: "web", owner: "o", couldNotCheck: "No." } },
  ],
  [
    "web complies with the guardrails of 74426ea",
    {
      outcome: "owner",
      request,
      commitId,
      folder: "f",
      check: { workload: "web", owner: "o", compliance: complianceOf("web", commitId) },
    },
  ],
  ["guardrails not active: 1 workload does not comply with 74426ea", stopped],
  ["guardrails active: 2 workloads do not comply with 74426ea", { ...stopped, active: true, stopped: 2 }],
  ["guardrails forced: 1 new commit on main", { ...merged, outcome: "forced" }],
  ["guardrails not active: 74426ea refused", { request, outcome: "refused", commitId, reason: "R.", steps: ["S."] }],
  ["guardrails not active", { request, outcome: "refused", commitId: undefined, reason: "R.", steps: ["S."] }],
])("The e-mail of guardrail-merger says what came of an event in the subject %j.", (subject, notice) => {
  const { subject: written, sms, email } = announcementOf(notice, names);
  expect([written, sms]).toEqual([`[palisade] ${subject}`, `[palisade] ${subject}`]);
  expect(email.split("\n")[0]).toBe(subject);
});

it("The e-mail of guardrail-merger has reason, facts and steps, and each command on a line of its own.", () => {
  const { email } = announcementOf(
    {
      ...stopped,
      failed: [{ workload: "web", action: "ComplianceCheck_web", summary: "2 scenarios failed", link: "" }],
    },
    names,
  );
  expect(email).toBe(`guardrails not active: 1 workload does not comply with 74426ea

  repository    guardrails
  commit        ${commitId}
  execution     ${request.executionId}

WHY

The workloads below do not comply with the guardrails. The guardrails are not active.

FAILED

  workload web
    2 scenarios failed

WHAT TO DO NEXT

Ask the owners to make their workloads comply, or to agree on a waiver.
When the workloads comply, retry the failed stage of the pipeline.
Or activate the guardrails all the same, if the commit is on develop:
  npm run force-merge -- --repository guardrails --commit ${commitId} --reason "..."

LINKS

  execution
    https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/guardrails-develop/executions/${request.executionId}/timeline?region=us-east-1`);
});

it.each<[string, Notice, RegExp]>([
  [
    "a forced fast-forward",
    { ...merged, outcome: "forced" },
    /Somebody forced this merge(?![\s\S]*had diverged)[\s\S]*Talk to the owners/,
  ],
  [
    "a three-way merge",
    { ...merged, strategy: "three-way", combined: true },
    /main had diverged from the commit\. The result combines[\s\S]*Merge main into develop and push\./,
  ],
  ["a three-way merge to the same files", { ...merged, strategy: "three-way" }, /exactly the files of the commit/],
  [
    "a conflict",
    { request, outcome: "conflict", commitId, paths: { values: ["p"], more: false } },
    /FILES IN CONFLICT\n\n {2}p\n[\s\S]*resolve the conflicts and push/,
  ],
  ["commits that could not be read", { ...merged, commits: undefined }, /COMMITS\n\n {2}The commits could not be read/],
  ["a merge under another id", { ...merged, mergedCommitId: "b".repeat(40) }, /merged as {5}b{40}\n/],
])("The e-mail of guardrail-merger about %s says so.", (_what, notice, text) => {
  expect(announcementOf(notice, names).email).toMatch(text);
});

it("An announcement of guardrail-merger has a body for machines that keeps to the published schema.", () => {
  const schema = z.fromJSONSchema(schemaFile as Parameters<typeof z.fromJSONSchema>[0]);
  const refused = { request, outcome: "refused", commitId: undefined, reason: "R.", steps: ["S."] } as const;
  for (const notice of [merged, notCompliant, refused, ...full("x")]) {
    const { data } = announcementOf(notice, names);
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
  }
});

it("The announcement holds the commit messages too: a forced merge has reason and requester in one line each, and a tested one neither.", () => {
  const force = {
    kind: "force merge",
    region: "us-east-1",
    repository: "r",
    pullRequestId: "7",
    reason: "a\nb",
    requestedBy: "c\nd",
  } as const;
  expect(commitMessageOf(force, "1")).toBe(
    "Force the guardrails of 1\n\nReason: a?b\nRequested by: c?d\nPull request: 7\n",
  );
  expect(commitMessageOf(request, "1")).toBe("Activate the guardrails of 1");
});

it("An announcement of guardrail-merger gives machines the true values, which its e-mail writes without links.", () => {
  const commits = {
    values: [{ id: commitId, author: "Ana <ana@example.com>", subject: "See www.example.com" }],
    more: false,
  };
  const { data, email } = announcementOf(
    { ...merged, commits, paths: { values: ["a/b.feature"], more: false } },
    names,
  );
  expect(data).toMatchObject({
    commits: [{ author: "Ana <ana@example.com>", subject: "See www.example.com" }],
    paths: ["a/b.feature"],
  });
  expect(email).toContain("See www[.]example[.]com (Ana <ana@example[.]com>)");
  expect(email).toContain("a/b[.]feature");
  const link = "https://ci.example.com/build/1";
  const other = announcementOf(
    { ...notCompliant, failed: [{ workload: undefined, action: "Scan", summary: "", link }] },
    names,
  );
  expect(other.data.failed).toEqual([{ action: "Scan", summary: "", link }]);
  expect(other.email).toContain("https[:]//ci[.]example[.]com/build/1");
});
