import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";
import { announcementOf, NOTICE_KINDS, type Notice } from "../../../functions/release-recorder/announcement.ts";
import schemaFile from "../../../functions/release-recorder/release-progress.schema.json" with { type: "json" };
import type { Situation } from "../../../functions/release-recorder/situation.ts";
import { MAX_MESSAGE_BYTES, messageBytes, snsContent } from "../../../shared/sns-message.ts";
import { APPROVER, at, RELEASE, summaryOf, TOKEN } from "../../support/release-recorder.ts";

const situation: Situation = {
  outcome: "waiting",
  asOf: at("10:02:10"),
  plannedAt: at("10:02:00"),
  appliedAt: undefined,
  changes: 3,
  summary: summaryOf(),
  approval: { id: "Approve-1", token: TOKEN, startedAt: at("10:02:10"), by: "", comment: "" },
  reason: "",
  failed: [],
  notes: [],
  approvedAt: undefined,
  there: undefined,
  resources: undefined,
};
const noticeOf = (kind: Notice["kind"], changed: Partial<Situation> = {}, release = {}): Notice => ({
  kind,
  release: { ...RELEASE, region: "eu-central-1", reason: "", ...release },
  situation: { ...situation, ...changed },
  environment: {
    pipeline: "prod-infrastructure",
    artifactBucket: "artifacts",
    approval: { roleArn: "arn:aws:iam::111122223333:role/palisade-approve-prod", days: 2 },
  },
  region: "us-east-1",
});
const emailOf = (...args: Parameters<typeof noticeOf>) => announcementOf(noticeOf(...args)).email;
const machine = z.fromJSONSchema(schemaFile as Parameters<typeof z.fromJSONSchema>[0]);
const ended = { outcome: "failed", approval: undefined, summary: undefined } as const;

it.each(NOTICE_KINDS)("The message of %s keeps to its schema, with and without a plan.", (kind) => {
  const full = {
    approval: {
      ...situation.approval,
      id: "a",
      token: TOKEN,
      startedAt: at("10:02:10"),
      by: APPROVER,
      comment: "As planned",
    },
    appliedAt: at("10:30:00"),
    reason: "Stopped",
    failed: [{ action: "Apply", sentence: "It failed.", nextSteps: [], link: "" }],
    resources: { made: ["a"], notMade: ["b"], moved: ["c"], tainted: ["e"], destroyedOnly: ["d"] },
  };
  for (const changed of [{}, full, { summary: undefined, approval: undefined, changes: undefined }])
    expect(machine.parse(announcementOf(noticeOf(kind, changed)).data)).toMatchObject({ kind, tag: RELEASE.tag });
});

it("The e-mail of an approval lists destroys before replacements and everything else, and when it ends.", () => {
  const email = emailOf("approval-needed", {
    summary: summaryOf({
      changes: [
        { address: "new", action: "create" },
        { address: "gone", action: "destroy" },
        { address: "other", action: "replace", deposed: "1a2b" },
      ],
    }),
  });
  expect(email).toMatch(
    /WILL BE DESTROYED\n\n {2}gone\n\nWILL BE REPLACED\n\n {2}other \(deposed 1a2b\)\n\nWILL BE CREATED\n\n {2}new\n/,
  );
  expect(email).toContain("\n  expires      2026-11-26 10:02 UTC\n");
  expect(email).toContain("in a session of the role arn:aws:iam::111122223333:role/palisade-approve-prod.");
});

it("The e-mail of an approval without a token has no command, and one without a summary says so.", () => {
  const email = emailOf("approval-needed", {
    summary: undefined,
    approval: { id: "a", token: "", startedAt: at("10:02:10"), by: "", comment: "" },
  });
  expect(email).not.toContain("put-approval-result");
  expect(email).toContain("The summary of the plan could not be read.");
});

it("The e-mail says loudly that a release is a step back, and who asked for it why.", () => {
  const email = emailOf(
    "approval-needed",
    { summary: summaryOf({ direction: "back" }) },
    { reason: "1.5.0 is broken" },
  );
  expect(email).toContain("step         BACK: the commit is older than the one that is there now\n");
  expect(email).toContain("because      1.5.0 is broken\n");
});

it.each([
  ["48 s", "10:00:48"],
  ["35 min", "10:34:30"],
  ["2 h 5 min", "12:05:00"],
])("The e-mail of a release says that it took %s from tag to applied.", (words, time) => {
  expect(emailOf("released", { outcome: "released", appliedAt: at(time) })).toContain(
    `took         ${words} from tag to applied`,
  );
});

it("The e-mail of a failure quotes each stage with its steps once, and otherwise says how to start again.", () => {
  const steps = ["Remove the cause.", '  npm run release-again -- x --reason "..."'];
  const failed = ["Lint", "Plan"].map((action) => ({
    action,
    sentence: `${action} failed.`,
    nextSteps: steps,
    link: "",
  }));
  const email = emailOf("release-failed", { ...ended, failed });
  expect(email).toContain("LINT SAYS\n\nLint failed.\n\nPLAN SAYS\n\nPlan failed.\n");
  expect(email.match(/Remove the cause/g)).toHaveLength(1);
  expect(emailOf("release-failed", ended)).toContain(`\n  npm run release-again -- ${RELEASE.tag} --reason "..."`);
});

it.each(NOTICE_KINDS)("The e-mail of %s has the notes of Plan, with no link in them.", (kind) => {
  const notes = ["The waiver of AWS-0107 for evil.example fits no finding: take it out.", "Another note."];
  const email = emailOf(kind, { summary: summaryOf({ notes }) });
  expect(email).toContain(
    "\n\nNOTES OF PLAN\n\n  The waiver of AWS-0107 for evil[.]example fits no finding: take it out.\n  Another note.\n",
  );
});

it("A note that is a next step of the stage is not said twice.", () => {
  const notes = ["The waiver of AWS-0107 for aws_vpc.a expired on 2026-11-23, and does not count.", "Another note."];
  const failed = [{ action: "Plan", sentence: "A finding.", nextSteps: notes.slice(0, 1), link: "" }];
  const email = emailOf("stage-refused", { outcome: "refused", failed, summary: summaryOf({ notes }) });
  expect(email.match(/and does not count/g)).toHaveLength(1);
  expect(email).toContain("NOTES OF PLAN\n\n  Another note.\n");
});

it("The lists of a plan that is too large for SNS are cut, and say how much is left out.", () => {
  const address = (index: number) => `module.estate["${"ü".repeat(60)}"].aws_s3_bucket.data[${index}]`;
  const changes = Array.from({ length: 5_000 }, (_, index) => ({ address: address(index), action: "create" as const }));
  const announcement = announcementOf(
    noticeOf("approval-needed", { summary: summaryOf({ changes, drift: changes.map((change) => change.address) }) }),
  );
  expect(messageBytes(snsContent(announcement))).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  const { values, left } = (announcement.data as { plan: { changes: { values: unknown[]; left: number } } }).plan
    .changes;
  expect(values.length).toBeGreaterThan(50);
  expect(values.length + left).toBe(5_000);
  expect(announcement.email).toContain(`\n  and ${left} more: see summary[.]json in the artifact of Plan\n`);
});

it("A message fits into SNS and holds no control character and no link from outside, whatever the texts.", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3_000 }),
    fc.constantFrom("https://evil.example/\r\nBcc: x\u202e", "\u{1f4a9}".repeat(2_000), '"\\'.repeat(5_000)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...NOTICE_KINDS), text, (kind, hostile) => {
      const finding = { tool: "trivy", check: hostile, severity: null, title: hostile, address: hostile } as const;
      const waived = [{ ...finding, waiver: { reason: hostile, expires: hostile } }];
      const announcement = announcementOf(
        noticeOf(
          kind,
          {
            reason: hostile,
            summary: summaryOf({
              from: { version: hostile, commitId: hostile, tag: hostile, executionId: hostile },
              changes: Array.from({ length: 40 }, () => ({
                address: hostile,
                action: "destroy" as const,
                deposed: hostile,
              })),
              drift: [hostile],
              unstable: [hostile],
              notes: [hostile],
              scan: { stopping: [finding], waived, other: [finding] },
              ...{ planSha256: hostile, planFingerprint: hostile },
            }),
            approval: { id: "a", token: TOKEN, startedAt: at("10:02:10"), by: hostile, comment: hostile },
            failed: Array.from({ length: 12 }, () => ({
              action: hostile,
              sentence: hostile,
              nextSteps: [hostile],
              link: hostile,
            })),
            resources: {
              made: [hostile],
              notMade: [hostile],
              moved: [hostile],
              tainted: [hostile],
              destroyedOnly: [hostile],
            },
          },
          { taggedBy: hostile, reason: hostile },
        ),
      );
      const content = snsContent(announcement);
      expect(messageBytes(content)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
      expect(announcement.email.replaceAll("\n", "")).not.toMatch(/\p{C}|evil\.example/u);
      expect(JSON.stringify(announcement.data)).not.toMatch(/\p{C}|\\u00/u);
      machine.parse(announcement.data);
    }),
    { numRuns: 100 },
  );
});

it("An e-mail about a release that was asked for again does not say that its sender tagged it.", () => {
  const email = emailOf("approval-needed", {}, { reason: "a lock was held" });
  expect(email).toContain(`asked by     ${RELEASE.taggedBy}, by their own word`);
  expect(email).not.toContain("tagged by");
  expect(emailOf("approval-needed")).not.toContain("by their own word");
});

it("What was destroyed and not made again, and what is there but not whole, have sections of their own.", () => {
  const resources = {
    made: ["made"],
    notMade: [],
    moved: [],
    tainted: ["aws_vpc.half"],
    destroyedOnly: ["aws_vpc.gone"],
  };
  expect(emailOf("release-failed", { ...ended, resources })).toMatch(
    /DESTROYED AND NOT MADE AGAIN\n\n {2}aws_vpc\[\.\]gone[\s\S]*MADE\n[\s\S]*MADE, BUT A PROVISIONER DID NOT SUCCEED\n\n {2}aws_vpc\[\.\]half/,
  );
});
