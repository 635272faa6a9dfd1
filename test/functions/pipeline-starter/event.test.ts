import { expect, it } from "vitest";
import { readTagEvent } from "../../../functions/pipeline-starter/event.ts";
import { COMMITS, tagEvent } from "../../support/pipeline-starter.ts";

const TAG = "dev_us-east-1/research/1.0";

it("An event of pipeline-starter is read with the name of its tag, without refs/tags/.", () => {
  expect(readTagEvent(tagEvent(TAG, { id: "1", oldCommitId: COMMITS.head }))).toMatchObject({
    id: "1",
    region: "us-east-1",
    tag: TAG,
    event: "referenceCreated",
    repositoryName: "infrastructure",
    commitId: COMMITS.roles,
    oldCommitId: COMMITS.head,
    callerUserArn: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
  });
});

it("An event of pipeline-starter that has the full name of the tag as referenceName is read alike.", () => {
  const event = tagEvent(TAG, { referenceName: `refs/tags/${TAG}`, referenceFullName: undefined });
  expect(readTagEvent(event)).toHaveProperty("tag", TAG);
});

it.each(["commitId", "oldCommitId", "callerUserArn"])(
  "An event of pipeline-starter with a wrong %s is read without it.",
  (field) => {
    expect(readTagEvent(tagEvent(TAG, { [field]: 1 }))).toMatchObject({ tag: TAG, [field]: undefined });
  },
);

it("An event of pipeline-starter with a commit id that is no id is read without it.", () => {
  expect(readTagEvent(tagEvent(TAG, { commitId: "HEAD" }))).toHaveProperty("commitId", undefined);
});

it.each([
  ["a branch", tagEvent("main", { referenceType: "branch" })],
  ["a pull request", { source: "aws.codecommit", "detail-type": "CodeCommit PullRequest State Change", detail: {} }],
  ["another service", { source: "aws.s3", "detail-type": "Object Created", detail: {} }],
])("An event about %s is none of pipeline-starter, since it is not about a tag.", (_what, event) => {
  expect(readTagEvent(event)).toBeUndefined();
});

it.each([null, {}, "text", { Records: [] }, { source: "aws.codecommit" }])(
  "The input %j is no event of pipeline-starter.",
  (input) => {
    expect(() => readTagEvent(input)).toThrow("not an event of EventBridge: correct what invokes this function");
  },
);

it.each([
  ["id", { ...tagEvent(TAG), id: undefined }],
  ["region", { ...tagEvent(TAG), region: "us-east-1.evil.example/" }],
  ["detail.event", tagEvent(TAG, { event: "referenceRenamed" })],
  ["detail.repositoryName", tagEvent(TAG, { repositoryName: undefined })],
  ["detail.referenceName", tagEvent(TAG, { referenceName: 1 })],
])("An event of pipeline-starter with a wrong %s is an error that names the field.", (field, event) => {
  expect(() => readTagEvent(event)).toThrow(`→ at ${field}`);
});
