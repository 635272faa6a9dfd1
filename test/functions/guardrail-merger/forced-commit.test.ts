import { expect, it } from "vitest";
import { forceMergeCommand, refuseForce, refuseOffBranch } from "../../../functions/guardrail-merger/forced-commit.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const allowed = { repository: "rails", principals: ["arn:aws:iam::111122223333:role/a/Lead"] };
const request = {
  authorArn: "arn:aws:sts::111122223333:assumed-role/Lead/ana",
  description: "Audit",
  pullRequestTargets: [{ sourceCommit: commitId }],
};

it("The forced commit is the one of a pull request with a reason, by somebody who may.", () => {
  expect(() => refuseForce(request, commitId, allowed)).not.toThrow();
});

it.each([
  ["without an author", { authorArn: undefined }, "may not force a merge"],
  ["by another role", { authorArn: "arn:aws:sts::111122223333:assumed-role/Leader/ana" }, "may not force a merge"],
  ["without a reason", { description: undefined }, "needs a reason"],
  ["with a blank reason", { description: " \n\t" }, "needs a reason"],
  ["with an invisible reason", { description: "\u200b\u2060\u00ad\u3164\u2800" }, "needs a reason"],
  ["whose branch moved", { pullRequestTargets: [{ sourceCommit: "0".repeat(40) }] }, "has moved since"],
  ["whose branch is gone", { pullRequestTargets: [{}] }, "has moved since"],
  ["without a target", { pullRequestTargets: [] }, "has moved since"],
])("A pull request %s names no forced commit, and is refused.", (_what, change, reason) => {
  expect(() => refuseForce({ ...request, ...change }, commitId, allowed)).toThrow(
    expect.objectContaining({ name: "Refusal", message: expect.stringContaining(reason) }),
  );
});

it("The command that asks for a forced commit names repository and commit.", () => {
  expect(forceMergeCommand("rails", commitId)).toBe(
    `npm run force-merge -- --repository rails --commit ${commitId} --reason "..."`,
  );
});

it("A forced commit that the source branch does not have is refused, with the branch to push to.", () => {
  expect(() => refuseOffBranch(true, "develop")).not.toThrow();
  expect(() => refuseOffBranch(false, "develop")).toThrow(
    expect.objectContaining({
      message: "The branch develop does not have the commit.",
      steps: [expect.stringContaining("Push the commit to develop first.")],
    }),
  );
});
