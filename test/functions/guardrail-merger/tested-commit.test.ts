import { expect, it } from "vitest";
import { commitToMerge, refuseUntested, testedCommit } from "../../../functions/guardrail-merger/tested-commit.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const other = "77fd303631de0481cce8ff3b895f1cd0550aa104";

it.each([
  ["SUCCEEDED", "Succeeded"],
  ["FAILED", "Failed"],
] as const)("A standard execution whose status agrees with the event %s has a tested commit.", (state, status) => {
  expect(() => refuseUntested({ executionType: "STANDARD", status }, state, 0)).not.toThrow();
});

it.each([
  ["is a rollback", { executionType: "ROLLBACK", status: "Succeeded" }, "the type ROLLBACK, not STANDARD"],
  ["has no type", { status: "Succeeded" }, "the type unknown, not STANDARD"],
  ["failed, while the event says that it succeeded", { executionType: "STANDARD", status: "Failed" }, "status Failed"],
  ["has no status", { executionType: "STANDARD" }, "status unknown"],
] as const)("An execution that %s has no tested commit, and is refused.", (_what, execution, reason) => {
  expect(() => refuseUntested(execution, "SUCCEEDED", 0)).toThrow(
    expect.objectContaining({ name: "Refusal", message: expect.stringContaining(reason) }),
  );
});

it("An execution that succeeded, while the event says that it failed, is refused for its tested commit.", () => {
  expect(() => refuseUntested({ executionType: "STANDARD", status: "Succeeded" }, "FAILED", 0)).toThrow(
    "The event has the status Failed, but CodePipeline has the status Succeeded",
  );
});

it.each([
  [
    "the source artifact among several",
    [
      { name: "Code", revisionId: other },
      { name: "Source", revisionId: commitId },
    ],
  ],
  ["a single artifact of any name", [{ name: "Other", revisionId: commitId }]],
])("The tested commit is the revision of %s.", (_what, artifactRevisions) => {
  expect(testedCommit({ artifactRevisions }, "Source")).toBe(commitId);
  expect(commitToMerge({ artifactRevisions }, "Source")).toBe(commitId);
});

it.each([
  ["no artifact", []],
  [
    "several artifacts of other names",
    [
      { name: "A", revisionId: commitId },
      { name: "B", revisionId: commitId },
    ],
  ],
  ["an artifact whose revision is a branch", [{ name: "Source", revisionId: "main" }]],
  ["an artifact whose revision holds more than a commit id", [{ name: "Source", revisionId: `${commitId}0` }]],
  ["an artifact without a revision", [{ name: "Source" }]],
])(
  "An execution with %s names no tested commit, and is refused where there must be one.",
  (_what, artifactRevisions) => {
    expect(testedCommit({ artifactRevisions }, "Source")).toBeUndefined();
    expect(() => commitToMerge({ artifactRevisions }, "Source")).toThrow(
      expect.objectContaining({
        name: "Refusal",
        message: "The artifact Source of the execution names no commit.",
        steps: expect.arrayContaining(["  SOURCE_ARTIFACT"]),
      }),
    );
  },
);

it.each([0, 60_000, 149_999, -5_000])(
  "The tested commit of an execution in progress is asked for again while the event is %d ms old.",
  (age) => {
    expect(() => refuseUntested({ executionType: "STANDARD", status: "InProgress" }, "SUCCEEDED", age)).toThrow(
      expect.objectContaining({ name: "Error", message: expect.stringContaining("Lambda asks again") }),
    );
  },
);

it("The tested commit of an execution that is still in progress at the last try of Lambda is refused.", () => {
  expect(() => refuseUntested({ executionType: "STANDARD", status: "InProgress" }, "SUCCEEDED", 150_000)).toThrow(
    expect.objectContaining({ name: "Refusal" }),
  );
});
