import { expect, it } from "vitest";
import { readReleaseEvent } from "../../../functions/pipeline-starter/event.ts";
import { COMMITS, requestEvent, tagEvent } from "../../support/pipeline-starter.ts";

const TAG = "dev_us-east-1/research/1.0";

it("An event of pipeline-starter is read with the name of its tag, without refs/tags/.", () => {
  expect(readReleaseEvent(tagEvent(TAG, { id: "1", oldCommitId: COMMITS.head }))).toMatchObject({
    id: "1",
    account: "111122223333",
    region: "us-east-1",
    time: "2026-11-24T10:00:00Z",
    resources: ["arn:aws:codecommit:us-east-1:111122223333:infrastructure"],
    tag: TAG,
    event: "referenceCreated",
    repositoryName: "infrastructure",
    commitId: COMMITS.roles,
    oldCommitId: COMMITS.head,
    by: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
  });
});

it("An event of pipeline-starter that has the full name of the tag as referenceName is read alike.", () => {
  const event = tagEvent(TAG, { referenceName: `refs/tags/${TAG}`, referenceFullName: undefined });
  expect(readReleaseEvent(event)).toHaveProperty("tag", TAG);
});

it.each(["commitId", "oldCommitId"])("An event of pipeline-starter with a wrong %s is read without it.", (field) => {
  expect(readReleaseEvent(tagEvent(TAG, { [field]: 1 }))).toMatchObject({ tag: TAG, [field]: undefined });
});

it.each([
  1,
  undefined,
  "",
  "mary",
  "arn:aws:sts::111122223333:x\nBcc: all",
  `arn:aws:sts::111122223333:${"x".repeat(801)}`,
])("An event of pipeline-starter with the caller %j names nobody.", (callerUserArn) => {
  expect(readReleaseEvent(tagEvent(TAG, { callerUserArn }))).toMatchObject({ tag: TAG, by: "" });
  expect(readReleaseEvent(requestEvent(TAG, { requestedBy: callerUserArn }))).toHaveProperty("by", "");
});

it("A request for a release is read with its tag, id, reason, who asks and when.", () => {
  expect(readReleaseEvent(requestEvent(`refs/tags/${TAG}`, { requestId: "r-1" }))).toEqual({
    event: "releaseRequested",
    id: "r-1",
    account: "111122223333",
    region: "us-east-1",
    time: "2026-11-25T11:00:00Z",
    tag: TAG,
    reason: "The apply failed",
    by: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
  });
});

it("A request for a release that lacks a field is read with an empty one, so that whoever asks gets an answer.", () => {
  const fields = { requestId: 7, reason: null, requestedBy: undefined };
  expect(readReleaseEvent(requestEvent(TAG, { id: "e-1", ...fields, tag: [] }))).toMatchObject({
    tag: "",
    reason: "",
    by: "",
  });
});

it("A request for a release without an id has the id of its event.", () => {
  for (const requestId of ["", undefined])
    expect(readReleaseEvent(requestEvent(TAG, { id: "e-1", requestId }))).toHaveProperty("id", "e-1");
});

it("An event of pipeline-starter with a commit id that is no id is read without it.", () => {
  expect(readReleaseEvent(tagEvent(TAG, { commitId: "HEAD" }))).toHaveProperty("commitId", undefined);
});

it.each([
  ["a branch", tagEvent("main", { referenceType: "branch" })],
  ["a pull request", { source: "aws.codecommit", "detail-type": "CodeCommit PullRequest State Change", detail: {} }],
  ["a force merge", { ...requestEvent(TAG), "detail-type": "Guardrail Force Merge Requested" }],
  ["another service", { source: "aws.s3", "detail-type": "Object Created", detail: {} }],
])(
  "An event about %s is none of pipeline-starter, since it is neither about a tag nor a request for a release.",
  (_what, event) => {
    expect(readReleaseEvent(event)).toBeUndefined();
  },
);

it.each([null, {}, "text", { Records: [] }, { source: "aws.codecommit" }])(
  "The input %j is no event of pipeline-starter.",
  (input) => {
    expect(() => readReleaseEvent(input)).toThrow("not an event of EventBridge: correct what invokes this function");
  },
);

it.each([
  ["id", { ...tagEvent(TAG), id: undefined }],
  ["region", { ...tagEvent(TAG), region: "us-east-1.evil.example/" }],
  ["account", { ...tagEvent(TAG), account: undefined }],
  ["time", { ...tagEvent(TAG), time: "today" }],
  ["resources", { ...tagEvent(TAG), resources: undefined }],
  ["time", { ...requestEvent(TAG), time: "2026-11-25T11:00:00Z#" }],
  ["account", { ...requestEvent(TAG), account: undefined }],
  ["region", { ...requestEvent(TAG), region: "us-east-1.evil.example/" }],
  ["detail", { ...requestEvent(TAG), detail: undefined }],
  ["detail.event", tagEvent(TAG, { event: "referenceRenamed" })],
  ["detail.repositoryName", tagEvent(TAG, { repositoryName: undefined })],
  ["detail.referenceName", tagEvent(TAG, { referenceName: 1 })],
])("An event of pipeline-starter with a wrong %s is an error that names the field.", (field, event) => {
  expect(() => readReleaseEvent(event)).toThrow(`→ at ${field}`);
});
