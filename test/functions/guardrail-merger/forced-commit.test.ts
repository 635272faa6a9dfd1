import { expect, it } from "vitest";
import {
  commitToForce,
  forceMergeCommand,
  refuseOffBranch,
} from "../../../functions/guardrail-merger/forced-commit.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const request = { kind: "force merge", repository: "rails", commitId, reason: "Audit", requestedBy: "ana" } as const;

it("The forced commit is the one that a request with commit, reason and requester names.", () => {
  expect(commitToForce(request)).toBe(commitId);
});

it.each([
  ["without a reason", { reason: "" }, "needs a reason"],
  ["with a blank reason", { reason: " \n\t" }, "needs a reason"],
  ["with an invisible reason", { reason: "\u200b\u2060\u00ad" }, "needs a reason"],
  ["without a requester", { requestedBy: "" }, "does not say who asks"],
  ["of a branch", { commitId: "develop" }, "names no commit"],
  ["of an abbreviated id", { commitId: commitId.slice(0, 12) }, "names no commit"],
  ["of an id in capitals", { commitId: commitId.toUpperCase() }, "names no commit"],
  ["of an id with text around it", { commitId: `x${commitId}` }, "names no commit"],
  ["of an id with a line behind it", { commitId: `${commitId}\nx` }, "names no commit"],
])("A request %s names no forced commit, and is refused with the command that asks again.", (_what, change, reason) => {
  expect(() => commitToForce({ ...request, ...change })).toThrow(
    expect.objectContaining({
      name: "Refusal",
      message: expect.stringContaining(reason),
      steps: expect.arrayContaining(['  npm run force-merge -- --repository rails --commit ID --reason "..."']),
    }),
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
