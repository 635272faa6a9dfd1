import { expect, it } from "vitest";
import { type MergeNotice, resultOf } from "../../../functions/guardrail-merger/outcome.ts";

const commitId = "74426ea12a49e29618b8894af2f730e9e1c96252";
const request = { kind: "pipeline", region: "us-east-1", pipeline: "p", executionId: "e" } as const;

it.each<[object, MergeNotice, string[]]>([
  [
    { outcome: "forced", commitId, mergedCommitId: "b", strategy: "three-way" },
    {
      ...{ request, outcome: "forced", commitId, mergedCommitId: "b", strategy: "three-way", combined: true },
      ...{ commits: undefined, paths: undefined },
    },
    [],
  ],
  [
    { outcome: "already active", commitId, owners: ["web"] },
    { request, outcome: "already active", commitId, commits: undefined },
    ["web"],
  ],
  [{ outcome: "refused" }, { request, outcome: "refused", commitId: undefined, reason: "R.", steps: [] }, []],
])(
  "An outcome becomes the result %j, which has what is known of commit, merge and owners, and nothing else.",
  (result, notice, owners) => {
    expect(resultOf(notice, owners)).toEqual(result);
    expect(Object.keys(resultOf(notice, owners))).toEqual(Object.keys(result));
  },
);
