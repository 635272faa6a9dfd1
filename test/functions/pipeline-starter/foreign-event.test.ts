import { expect, it } from "vitest";
import { foreignness } from "../../../functions/pipeline-starter/foreign-event.ts";
import { readEvent, requestEvent, tagEvent } from "../../support/pipeline-starter.ts";

const home = {
  accountId: "111122223333",
  repository: "infrastructure",
  repositoryArn: "arn:aws:codecommit:us-east-1:111122223333:infrastructure",
};
const TAG = "dev_us-east-1/research/1.0";
const reasonFor = (event: unknown) => foreignness(readEvent(event), home);

it("An event about a tag of the repository is ours, and so is a request in its account and region.", () => {
  expect(reasonFor(tagEvent(TAG))).toBeUndefined();
  expect(reasonFor(tagEvent(TAG, { resources: ["arn:aws:other", home.repositoryArn] }))).toBeUndefined();
  expect(reasonFor(requestEvent(TAG))).toBeUndefined();
});

it.each([
  ["tag", tagEvent(TAG, { account: "999999999999" })],
  ["request", requestEvent(TAG, { account: "999999999999" })],
])("A %s of another account is foreign, even where all else is ours.", (_what, event) => {
  expect(reasonFor(event)).toBe("The event is not from the account 111122223333.");
});

it.each([
  ["in another region", ["arn:aws:codecommit:eu-central-1:111122223333:infrastructure"]],
  ["in another account", ["arn:aws:codecommit:us-east-1:999999999999:infrastructure"]],
  ["in another partition", ["arn:aws-cn:codecommit:us-east-1:111122223333:infrastructure"]],
  ["whose name begins alike", ["arn:aws:codecommit:us-east-1:111122223333:infrastructure2"]],
  ["that is not named", []],
])("A tag of a repository %s is foreign.", (_what, resources) => {
  expect(reasonFor(tagEvent(TAG, { resources }))).toBe(`The tag is not in the repository ${home.repositoryArn}.`);
});

it("A tag of a repository of another name is foreign.", () => {
  expect(reasonFor(tagEvent(TAG, { repositoryName: "other" }))).toContain("The tag is not in the repository");
});

it("A request in another region is foreign.", () => {
  expect(reasonFor(requestEvent(TAG, { region: "eu-central-1" }))).toBe(
    `The request is not from the region of the repository ${home.repositoryArn}.`,
  );
});
