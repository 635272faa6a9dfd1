import fc from "fast-check";
import { expect, it } from "vitest";
import * as z from "zod";
import {
  announcementOf as announcementIn,
  type Notice,
  reasonOf,
} from "../../../functions/pipeline-starter/announcement.ts";
import schemaFile from "../../../functions/pipeline-starter/release-message.schema.json" with { type: "json" };
import { snsMessage } from "../../../shared/sns-message.ts";
import { RELEASE } from "../../support/pipeline-starter.ts";

const announcementOf = (notice: Notice) => announcementIn(notice, "infrastructure");

const release = RELEASE;
const origin = { id: "1", account: "111122223333", region: "us-east-1", time: "2026-11-24T10:00:00Z" };
const event = {
  ...origin,
  resources: ["arn:aws:codecommit:us-east-1:111122223333:infrastructure"],
  tag: release.tag,
  event: "referenceCreated" as const,
  repositoryName: "infrastructure",
  commitId: "98180b5656644d8b712112613b9e73a63ed0048f",
  by: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
};
const executionId = "611a1915-7ce7-d4f0-55d9-db989acd71d8";
const started: Notice = {
  kind: "release-started",
  event,
  environment: "dev",
  release,
  commitId: event.commitId,
  pipeline: "dev-infrastructure",
  executionId,
};
const refused: Notice = {
  kind: "release-refused",
  event,
  environment: "dev",
  commitId: undefined,
  reason: "A reason.",
  steps: ["A step:", "  command"],
};
const moved: Notice = {
  kind: "tag-moved",
  event: { ...event, event: "referenceUpdated", oldCommitId: "a".repeat(40) },
  environment: "dev",
};
const deleted: Notice = { kind: "tag-deleted", event: { ...event, event: "referenceDeleted" }, environment: "dev" };

const request = {
  ...origin,
  event: "releaseRequested" as const,
  id: "6f0c1a52-5f0e-4f0e-9a51-1b7c2d3e4f50",
  tag: release.tag,
  reason: "The apply failed half-way",
  by: event.by,
};
const startedOnRequest: Notice = { ...started, event: request };
const refusedRequest: Notice = { ...refused, event: request };

it("The e-mail of pipeline-starter about a release that was requested says so, by whom and why.", () => {
  const { subject, email, data } = announcementOf(startedOnRequest);
  expect(subject).toBe("[palisade] dev: release 1.0 of research started on request in us-east-1");
  expect(email).toContain(
    [
      "dev: release 1.0 of research started on request in us-east-1",
      "",
      "  tag           dev_us-east-1/research/1.0",
      "  repository    infrastructure",
      "  commit        98180b5656644d8b712112613b9e73a63ed0048f",
      "  requested by  arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
      "  request       6f0c1a52-5f0e-4f0e-9a51-1b7c2d3e4f50",
      "  its reason    The apply failed half-way",
      "  pipeline      dev-infrastructure",
    ].join("\n"),
  );
  expect(data).toMatchObject({ kind: "release-started", requestId: request.id, requestReason: request.reason });
  expect(data).not.toHaveProperty("reason");
});

it("The e-mail of pipeline-starter about a refused request names its tag, says why and what to do.", () => {
  const { subject, email, data } = announcementOf(refusedRequest);
  expect(subject).toBe("[palisade] dev: request refused: dev_us-east-1/research/1.0");
  expect(email).toMatch(/ {2}its reason {4}The apply failed half-way\n\nWHY\n\nA reason\.\n/);
  expect(data).toMatchObject({ kind: "release-refused", environment: "dev", reason: "A reason." });
});

it("The e-mail of pipeline-starter about a request whose tag has no environment names none.", () => {
  const { subject, data, attributes } = announcementOf({ ...refusedRequest, environment: undefined });
  expect(subject).toBe("[palisade] request refused: dev_us-east-1/research/1.0");
  expect(data).not.toHaveProperty("environment");
  expect(attributes).toEqual({ kind: "release-refused" });
  const nameless = announcementOf({ ...refusedRequest, environment: undefined, event: { ...request, tag: "" } });
  expect(nameless.subject).toBe("[palisade] request refused: it names no tag");
});

it("The e-mail of pipeline-starter about a started release lists its facts, says what to do, and ends with the link.", () => {
  expect(announcementOf(started).email).toBe(
    [
      "dev: release 1.0 of research started in us-east-1",
      "",
      "  tag         dev_us-east-1/research/1.0",
      "  repository  infrastructure",
      "  commit      98180b5656644d8b712112613b9e73a63ed0048f",
      "  tagged by   arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
      "  pipeline    dev-infrastructure",
      `  execution   ${executionId}`,
      "",
      "WHAT TO DO NEXT",
      "",
      "Follow the execution in CodePipeline. Where it waits for an approval, read the plan first.",
      "",
      "LINKS",
      "",
      "  execution",
      `    https://us-east-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/dev-infrastructure/executions/${executionId}/timeline?region=us-east-1`,
    ].join("\n"),
  );
});

it("The e-mail of pipeline-starter about a refused tag says why and what to do.", () => {
  expect(announcementOf(refused).email).toBe(
    [
      "dev: tag refused: dev_us-east-1/research/1.0",
      "",
      "  tag         dev_us-east-1/research/1.0",
      "  repository  infrastructure",
      "  points to   98180b5656644d8b712112613b9e73a63ed0048f",
      "  tagged by   arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
      "",
      "WHY",
      "",
      "A reason.",
      "",
      "WHAT TO DO NEXT",
      "",
      "A step:",
      "  command",
    ].join("\n"),
  );
});

it("The e-mail of pipeline-starter about a refused tag shows the commit that the function found, in the place of the id in the event.", () => {
  const commitId = "cde99aeb83c93c03e2af4eb9ab484b45feba61ce";
  const { email, data } = announcementOf({ ...refused, commitId });
  expect(email).toContain(`commit      ${commitId}\n`);
  expect(email).not.toContain(event.commitId);
  expect(data).toMatchObject({ commitId, reason: "A reason." });
});

it("The e-mail of pipeline-starter about a repeated release says how to release the commit once more.", () => {
  const { subject, email, data } = announcementOf({ ...started, kind: "release-repeated" });
  expect(subject).toBe("[palisade] dev: not released again: dev_us-east-1/research/1.0");
  expect(email).toMatch(
    /To release the commit once more:\n {2}npm run release-again -- dev_us-east-1\/research\/1\.0 --reason "\.\.\."\n/,
  );
  expect(data).toMatchObject({ executionId, reason: expect.stringContaining("already released this commit") });
});

it("The e-mail of pipeline-starter about a moved tag says from where to where, and that nothing was started.", () => {
  const { subject, email } = announcementOf(moved);
  expect(subject).toBe("[palisade] dev: tag moved: dev_us-east-1/research/1.0");
  expect(email).toMatch(/pointed to +a{40}\n +points to +98180b\w+\n +moved by +arn:/);
  expect(email).toContain("so the move starts nothing.");
});

it("The e-mail of pipeline-starter about a deleted tag says that nothing was started.", () => {
  const { subject, email } = announcementOf(deleted);
  expect(subject).toBe("[palisade] dev: tag deleted: dev_us-east-1/research/1.0");
  expect(email).toMatch(/deleted by +arn:/);
  expect(email).toContain("This starts nothing, and it does not undo a release.");
});

it("An announcement of pipeline-starter gives the reason of its notice, and a start has none.", () => {
  for (const notice of [refused, moved, deleted])
    expect(announcementOf(notice).data).toHaveProperty("reason", reasonOf(notice));
  expect(reasonOf(refused)).toBe("A reason.");
  expect(reasonOf(started)).toBe("");
  expect(announcementOf(started).data).not.toHaveProperty("reason");
});

it("The e-mail of pipeline-starter says so where the event names nobody.", () => {
  const { email, data } = announcementOf({ ...started, event: { ...event, by: "" } });
  expect(email).toContain("tagged by   unknown: the event names nobody\n");
  expect(data).not.toHaveProperty("by");
});

it("The e-mail of pipeline-starter about a global release has the region in its subject too.", () => {
  const { subject } = announcementOf({ ...started, release: { ...release, scope: "global" } });
  expect(subject).toBe("[palisade] dev: release 1.0 of research started in global (us-east-1)");
});

it("An announcement of pipeline-starter has kind, environment and team as attributes, so that a subscription can choose.", () => {
  expect(announcementOf({ ...refused, team: "research" }).attributes).toEqual({
    kind: "release-refused",
    environment: "dev",
    team: "research",
  });
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

const messageFor = (text: string, from: Notice["event"] = event) =>
  snsMessage("arn", announcementOf({ ...refused, event: { ...from, tag: text, by: text } }));

it.each(hostile)(
  "The e-mail of pipeline-starter gives the hostile tag and caller %j no link, no line of their own and no control character.",
  (text) => {
    const { Subject, Message } = messageFor(text);
    const { email, sms, default: data } = JSON.parse(Message);
    expect(Subject).toMatch(/^[ -~]{1,99}$/);
    expect(sms).toMatch(/^[ -~]{1,160}$/);
    expect(email).not.toMatch(/evil[.\u3002]example|:\/\/|[^\P{C}\n]/u);
    expect(email).not.toMatch(/^Bcc/m);
    expect(JSON.parse(data).tag).toMatch(/^\P{C}{1,256}$/u);
    expect(JSON.parse(data).by).toMatch(/^\P{C}{1,256}$/u);
  },
);

it.each(hostile)(
  "The e-mail of pipeline-starter gives the hostile request id and reason %j no link, no line of their own and no control character.",
  (text) => {
    const hostileRequest = { ...request, id: text, reason: text };
    const { email, default: data } = JSON.parse(messageFor(text, hostileRequest).Message);
    expect(email).not.toMatch(/evil[.\u3002]example|:\/\/|[^\P{C}\n]/u);
    expect(email).not.toMatch(/^Bcc/m);
    expect(JSON.parse(data).requestId).toMatch(/^\P{C}{1,256}$/u);
    expect(JSON.parse(data).requestReason).toMatch(/^\P{C}{1,1000}$/u);
  },
);

it("The e-mail of pipeline-starter has no more lines for a tag, a caller and a request of any text.", () => {
  const lines = (text: string) =>
    JSON.parse(messageFor(text, { ...request, id: text, reason: text }).Message).email.split("\n").length;
  const plain = lines("x");
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
      // The note on `[.]` is two lines.
      expect([plain, plain + 2]).toContain(lines(text));
    }),
  );
});

it("An announcement of pipeline-starter has a part for machines that keeps to the published schema.", () => {
  const schema = z.fromJSONSchema(schemaFile as Parameters<typeof z.fromJSONSchema>[0]);
  for (const notice of [
    started,
    { ...started, kind: "release-repeated" } as const,
    refused,
    moved,
    deleted,
    startedOnRequest,
    { ...refusedRequest, environment: undefined },
  ]) {
    const { data } = announcementOf(notice);
    expect(schema.safeParse(data)).toMatchObject({ success: true });
    expect(schema.safeParse({ ...data, other: 1 })).toMatchObject({ success: false });
  }
});
