import { expect, it } from "vitest";
import { type Notice, resultOf } from "../../../functions/guardrail-merger/outcome.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const event = {
  kind: "force merge",
  repository: "guardrails",
  commitId,
  reason: "Audit",
  requestedBy: "ana",
} as const;

it.each<[object, Notice | undefined]>([
  [
    { outcome: "forced", commitId, mergedCommitId: "b", strategy: "three-way" },
    {
      event,
      outcome: "forced",
      commitId,
      mergedCommitId: "b",
      strategy: "three-way",
      combined: true,
      commits: undefined,
      paths: undefined,
    },
  ],
  [
    { outcome: "already active", commitId },
    { event, outcome: "already active", commitId, commits: undefined },
  ],
  [{ outcome: "refused" }, { event, outcome: "refused", commitId: undefined, reason: "R.", steps: [] }],
  [{ outcome: "ignored" }, undefined],
])(
  "An outcome becomes the result %j, which has what is known of commit and merge, and nothing else.",
  (result, notice) => {
    expect(resultOf(notice)).toEqual(result);
    expect(Object.keys(resultOf(notice))).toEqual(Object.keys(result));
  },
);
