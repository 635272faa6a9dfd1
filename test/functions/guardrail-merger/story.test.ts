import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createGuardrailEstate, forceEvent, GUARDRAILS, pipelineEvent } from "../../support/guardrail-merger.ts";

// The whole story through the real SDK clients, merging in a real git repository.

type Estate = Awaited<ReturnType<typeof createGuardrailEstate>>;
let estate: Estate;
beforeEach(async () => {
  estate = await createGuardrailEstate();
});
afterEach(() => estate.close());

const kindsTold = () => estate.told().map(({ data }) => data.kind);

/** The same story, where three-way merges are allowed. */
async function withThreeWay(story: (estate: Estate) => Promise<void>): Promise<void> {
  const other = await createGuardrailEstate({ ON_DIVERGENCE: "three-way" });
  try {
    await story(other);
  } finally {
    await other.close();
  }
}

describe("a tested commit that is ahead of main", () => {
  it("becomes main, byte for byte, whatever develop points to", async () => {
    estate.tried(GUARDRAILS.ahead);
    expect(estate.head("develop")).not.toBe(GUARDRAILS.ahead);
    expect(await estate.invoke(pipelineEvent())).toEqual({
      outcome: "merged",
      commitId: GUARDRAILS.ahead,
      mergedCommitId: GUARDRAILS.ahead,
      strategy: "fast-forward",
    });
    expect(estate.head("main")).toBe(GUARDRAILS.ahead);
  });

  it("is told with the commits and the files that became active", async () => {
    estate.tried(GUARDRAILS.furtherAhead);
    await estate.invoke(pipelineEvent());
    const [message, ...others] = estate.told();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      subject: "[palisade] guardrails active: 4 new commits on main",
      data: {
        kind: "guardrails-activated",
        commits: [
          {
            commitId: GUARDRAILS.furtherAhead,
            subject: "Forbid public addresses",
            author: "Ben Sample <ben@example[.]com>",
          },
          { subject: "Take the exception from main" },
          { subject: "Require encryption of volumes" },
          { subject: "Require tags on instances" },
        ],
        moreCommits: false,
        paths: ["features/encryption[.]feature", "features/network[.]feature", "features/tags[.]feature"],
        morePaths: false,
      },
      MessageAttributes: { kind: { StringValue: "guardrails-activated" }, outcome: { StringValue: "merged" } },
    });
    expect(message?.email).toContain("  77fd303 Forbid public addresses (Ben Sample <ben@example[.]com>)");
  });

  it("is that of the source artifact, where there are several", async () => {
    estate.tried(GUARDRAILS.ahead, {
      artifactRevisions: [
        { name: "WorkloadCode", revisionId: GUARDRAILS.furtherAhead },
        { name: "Source", revisionId: GUARDRAILS.ahead },
      ],
    });
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ mergedCommitId: GUARDRAILS.ahead });
  });

  it("is told with its commits where its files cannot be read", async () => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("CodeCommit", "GetDifferences", "AccessDeniedException");
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
    expect(estate.told()[0]?.data.commits).toHaveLength(3);
  });

  it("is merged and told where it takes too long to read its commits", async () => {
    const other = await createGuardrailEstate({}, () => AbortSignal.abort());
    other.tried(GUARDRAILS.ahead);
    expect(await other.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
    expect(other.told()[0]?.subject).toBe("[palisade] guardrails active: new commits on main");
    expect(other.operations()).not.toContain("GetCommit");
    await other.close();
  });

  it("is merged and told where its commits cannot be read", async () => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("CodeCommit", "GetCommit", "ThrottlingException", 4);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
    expect(estate.told()[0]?.subject).toBe("[palisade] guardrails active: new commits on main");
    expect(estate.told()[0]?.email).toContain("They could not be read: look into the repository.");
  });
});

describe("what was merged before is seen in the repository", () => {
  it("the same event three times merges once, and says so", async () => {
    estate.tried(GUARDRAILS.ahead);
    const results = [
      await estate.invoke(pipelineEvent()),
      await estate.invoke(pipelineEvent()),
      await estate.invoke(pipelineEvent()),
    ];
    expect(results.map(({ outcome }) => outcome)).toEqual(["merged", "already active", "already active"]);
    expect(estate.head("main")).toBe(GUARDRAILS.ahead);
    expect(kindsTold()).toEqual(["guardrails-activated", "guardrails-already-active", "guardrails-already-active"]);
  });

  it("two executions that end in the wrong order never move main backwards", async () => {
    const [older, newer] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
    estate.tried(GUARDRAILS.ahead, { pipelineExecutionId: older });
    estate.tried(GUARDRAILS.furtherAhead, { pipelineExecutionId: newer });
    expect(await estate.invoke(pipelineEvent("SUCCEEDED", newer))).toMatchObject({ outcome: "merged" });
    expect(await estate.invoke(pipelineEvent("SUCCEEDED", older))).toEqual({
      outcome: "already active",
      commitId: GUARDRAILS.ahead,
    });
    expect(estate.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("where the topic fails after the merge, the retry tells that the commit is active", async () => {
    estate.tried(GUARDRAILS.ahead);
    estate.fail("SNS", "Publish", "InternalFailure", 4);
    await expect(estate.invoke(pipelineEvent())).rejects.toThrow("PublishCommand on topic");
    expect(estate.head("main")).toBe(GUARDRAILS.ahead);
    expect(await estate.invoke(pipelineEvent())).toMatchObject({ outcome: "already active" });
    expect(estate.told()).toEqual([
      expect.objectContaining({
        data: expect.objectContaining({
          kind: "guardrails-already-active",
          commits: [expect.objectContaining({ subject: "Take the exception from main" })],
        }),
      }),
    ]);
  });
});

describe("main that has diverged from the tested commit", () => {
  it("stays as it is, and people are told what the commit lacks and what to do", async () => {
    estate.tried(GUARDRAILS.divergedInOtherFile);
    expect(await estate.invoke(pipelineEvent())).toEqual({
      outcome: "diverged",
      commitId: GUARDRAILS.divergedInOtherFile,
    });
    expect(estate.head("main")).toBe(GUARDRAILS.main);
    const [message] = estate.told();
    expect(message?.data).toMatchObject({
      kind: "guardrails-not-activated",
      commits: [{ commitId: GUARDRAILS.main, subject: "Except the log bucket" }],
    });
    expect(message?.email).toContain("COMMITS OF main THAT IT LACKS");
    expect(message?.email).toContain("Merge main into develop and push it");
    expect(message?.email).toContain(
      `npm run force-merge -- --commit ${GUARDRAILS.divergedInOtherFile} --reason "..."`,
    );
  });

  it("takes a clean three-way merge where that is allowed, which is said to be a combination", () =>
    withThreeWay(async (other) => {
      other.tried(GUARDRAILS.divergedInOtherFile);
      const result = await other.invoke(pipelineEvent());
      expect(result).toMatchObject({ outcome: "merged", strategy: "three-way", mergedCommitId: other.head("main") });
      expect(other.git("rev-parse", "main^@").split("\n")).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
      expect(other.git("show", "main:features/encryption.feature")).toContain("except that of logs");
      expect(other.git("show", "main:features/tags.feature")).toContain("tags on instances");
      expect(other.told()[0]?.email).toMatch(/a combination of it and the commit, which was never tested as a whole/);
      expect(other.told()[0]).toMatchObject({
        subject: "[palisade] guardrails active: 1 new commit on main, combined untested",
        data: { commits: [{ commitId: GUARDRAILS.divergedInOtherFile }], paths: ["features/tags[.]feature"] },
      });
    }));

  it("says so where the merge comes to the tested tree after all", () =>
    withThreeWay(async (other) => {
      const reverted = other.commit("main", "Back", {
        "features/encryption.feature": "Feature: encryption of buckets\n",
      });
      other.push("main", reverted);
      other.tried(GUARDRAILS.divergedInOtherFile);
      expect(await other.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "three-way" });
      expect(other.told()[0]?.email).toContain("file by file, that of the commit alone");
      expect(other.told()[0]?.subject).not.toContain("combined");
    }));

  it("is not merged where a file was changed on both sides, all of which are told", () =>
    withThreeWay(async (other) => {
      const names = Array.from(
        { length: 130 },
        (_, index) => `features/many/${String(index).padStart(3, "0")}.feature`,
      );
      const files = (text: string) => Object.fromEntries(names.map((name) => [name, `${text}\n`]));
      const [tested, onMain] = [
        other.commit("main", "Ours", files("ours")),
        other.commit("main", "Theirs", files("theirs")),
      ];
      other.push("main", onMain);
      other.tried(tested);
      expect(await other.invoke(pipelineEvent())).toEqual({ outcome: "conflict", commitId: tested });
      expect(other.head("main")).toBe(onMain);
      expect(other.operations().filter((operation) => operation === "GetMergeConflicts")).toHaveLength(2);
      const [message] = other.told();
      expect(message?.data).toMatchObject({ outcome: "conflict", morePaths: true });
      expect(message?.data.paths).toEqual(names.slice(0, 100).map((name) => name.replace(".feature", "[.]feature")));
    }));

  it("two changes of one file are a conflict, wherever in the file they are", () =>
    withThreeWay(async (other) => {
      const file = (first: string, last: string) => ({
        "features/long.feature": `${[first, ..."bcdefgh", last].join("\n")}\n`,
      });
      const base = other.commit("main", "Base", file("a", "i"));
      const tested = other.commit(base, "First line", file("A", "i"));
      other.push("main", other.commit(base, "Last line", file("a", "I")));
      other.tried(tested);
      expect(await other.invoke(pipelineEvent())).toMatchObject({ outcome: "conflict" });
    }));
});

describe("an execution that failed merges nothing", () => {
  const action = (actionName: string, status: string, startTime: string, summary = "") => ({
    actionName,
    status,
    startTime,
    output: {
      executionResult: {
        externalExecutionSummary: summary,
        externalExecutionUrl: `https://us-east-1.console.aws.amazon.com/codebuild/${actionName}`,
      },
    },
  });

  it("and the team is told which workloads fail, why, where, and how to force", async () => {
    estate.tried(GUARDRAILS.ahead, {
      status: "Failed",
      actionExecutions: [
        action("ComplianceCheck_payments", "Failed", "2026-10-14T12:00:02Z", "2 scenarios failed"),
        action("ComplianceCheck_orders", "Succeeded", "2026-10-14T12:00:02Z"),
        action("Source", "Succeeded", "2026-10-14T12:00:01Z"),
      ],
    });
    expect(await estate.invoke(pipelineEvent("FAILED"))).toEqual({
      outcome: "not compliant",
      commitId: GUARDRAILS.ahead,
    });
    expect(estate.head("main")).toBe(GUARDRAILS.main);
    expect(estate.told()).toEqual([
      expect.objectContaining({
        subject: "[palisade] guardrails not active: 1 workload does not comply with 74426ea",
        data: expect.objectContaining({
          failed: [
            {
              workload: "payments",
              action: "ComplianceCheck_payments",
              summary: "2 scenarios failed",
              link: "https://us-east-1.console.aws.amazon.com/codebuild/ComplianceCheck_payments",
            },
          ],
        }),
        email: expect.stringMatching(
          /workload payments\n {4}2 scenarios failed\n {4}https:.*\n[\s\S]*npm run force-merge/,
        ),
      }),
    ]);
  });

  it("of more than a hundred actions all pages are read, and the last try of each counts", async () => {
    const many = (status: string, hour: string) =>
      Array.from({ length: 80 }, (_, index) =>
        action(`ComplianceCheck_w${index}`, status, `2026-10-14T${hour}:00:00Z`),
      );
    estate.tried(GUARDRAILS.ahead, {
      status: "Failed",
      actionExecutions: [
        ...many("Succeeded", "13").slice(1),
        action("ComplianceCheck_w0", "Failed", "2026-10-14T13:00:00Z"),
        ...many("Failed", "12"),
      ],
    });
    await estate.invoke(pipelineEvent("FAILED"));
    expect(estate.operations().filter((operation) => operation === "ListActionExecutions")).toHaveLength(2);
    expect(estate.told()[0]?.data.failed).toEqual([expect.objectContaining({ workload: "w0" })]);
  });

  it("nor does it where the source itself failed, so that there is no commit", async () => {
    estate.tried(GUARDRAILS.ahead, {
      status: "Failed",
      artifactRevisions: [],
      actionExecutions: [action("Source", "Failed", "2026-10-14T12:00:02Z", "Not authorized")],
    });
    expect(await estate.invoke(pipelineEvent("FAILED"))).toEqual({ outcome: "not compliant" });
    const [message] = estate.told();
    expect(message?.email).toMatch(/action Source\n {4}Not authorized/);
    expect(message?.email).not.toContain("force-merge");
  });

  it("and a commit that is active all the same is said to be", async () => {
    estate.tried(GUARDRAILS.first, {
      status: "Failed",
      actionExecutions: [action("ComplianceCheck_web", "Failed", "2026-10-14T12:00:02Z")],
    });
    expect(await estate.invoke(pipelineEvent("FAILED"))).toMatchObject({ outcome: "not compliant" });
    expect(estate.told()[0]).toMatchObject({
      subject: "[palisade] guardrails active: 1 workload does not comply with 7de2d6c",
      email: expect.stringContaining("These are active all the same"),
    });
    expect(estate.told()[0]?.email).not.toContain("force-merge");
  });

  it("nor does it where no check failed: the guardrails were not tried to the end", async () => {
    estate.tried(GUARDRAILS.ahead, {
      status: "Failed",
      actionExecutions: [action("PullCode_payments", "Failed", "2026-10-14T12:00:02Z", "Clone failed")],
    });
    expect(await estate.invoke(pipelineEvent("FAILED"))).toMatchObject({ outcome: "not compliant" });
    expect(estate.told()[0]?.email).toMatch(
      /were not tried to the end[\s\S]*action PullCode_payments\n {4}Clone failed/,
    );
  });
});

describe("an execution that tried no guardrails is refused and told", () => {
  it.each([
    ["a rollback", { executionType: "ROLLBACK" }],
    ["one of unknown type", { executionType: undefined }],
    ["one that has not succeeded", { status: "Failed" }],
    ["one without a revision", { artifactRevisions: [] }],
    ["one with a revision that is no commit", { artifactRevisions: [{ name: "Source", revisionId: "main" }] }],
  ])("%s", async (_what, execution) => {
    estate.tried(GUARDRAILS.ahead, execution);
    expect(await estate.invoke(pipelineEvent())).toEqual({ outcome: "refused" });
    expect(estate.head("main")).toBe(GUARDRAILS.main);
    expect(kindsTold()).toEqual(["guardrails-not-activated"]);
    expect(estate.operations()).not.toContain("GetMergeOptions");
  });

  it("one that is unknown", async () => {
    expect(await estate.invoke(pipelineEvent())).toEqual({ outcome: "refused" });
    expect(kindsTold()).toEqual(["guardrails-not-activated"]);
  });
});

describe("a force merge", () => {
  it("moves main to a commit of develop that is ahead of it", async () => {
    expect(await estate.invoke(forceEvent(GUARDRAILS.furtherAhead))).toEqual({
      outcome: "forced",
      commitId: GUARDRAILS.furtherAhead,
      mergedCommitId: GUARDRAILS.furtherAhead,
      strategy: "fast-forward",
    });
    expect(estate.head("main")).toBe(GUARDRAILS.furtherAhead);
    expect(estate.told()[0]).toMatchObject({
      data: {
        kind: "guardrails-forced",
        requestedBy: "arn:aws:iam::111122223333:user/ana",
        forceReason: "The auditors asked for it",
      },
      email: expect.stringMatching(
        /requested by +arn:aws:iam::111122223333:user\/ana\n +because +The auditors asked for it/,
      ),
    });
  });

  it("takes the lines of the commit where main has others, and keeps the rest of main", async () => {
    const base = estate.commit("main", "Base", { "features/x.feature": "1\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    const wanted = estate.commit(base, "Wanted", { "features/x.feature": "ONE\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    const onMain = estate.commit(base, "On main", { "features/x.feature": "one\n2\n3\n4\n5\n6\n7\n8\nnine\n" });
    estate.push("main", onMain);
    estate.push("develop", wanted);
    const result = await estate.invoke(forceEvent(wanted));
    expect(result).toMatchObject({ outcome: "forced", strategy: "three-way", mergedCommitId: estate.head("main") });
    expect(estate.git("show", "main:features/x.feature")).toBe("ONE\n2\n3\n4\n5\n6\n7\n8\nnine");
    expect(estate.git("rev-parse", "main^@").split("\n")).toEqual([onMain, wanted]);
  });

  it("writes reason and requester into the merge commit, on a line each", async () => {
    const reason = "Ticket 7\r\n\r\nSigned-off-by: somebody else";
    await estate.invoke(forceEvent(GUARDRAILS.divergedInSameFile, { reason, requestedBy: "ana\nReason: none" }));
    expect(estate.git("show", "--no-patch", "--format=%B", "main").split("\n")).toEqual([
      `Force the guardrails of ${GUARDRAILS.divergedInSameFile}`,
      "",
      "Reason: Ticket 7????Signed-off-by: somebody else",
      "Requested by: ana?Reason: none",
    ]);
  });

  it("of an active commit merges nothing", async () => {
    expect(await estate.invoke(forceEvent(GUARDRAILS.first))).toEqual({
      outcome: "already active",
      commitId: GUARDRAILS.first,
    });
    expect(estate.head("main")).toBe(GUARDRAILS.main);
  });

  it.each([
    ["of a commit that is not on develop", GUARDRAILS.notOnDevelop, {}, /not on the branch develop/],
    ["of a commit that is not there", "a".repeat(40), {}, /no such commit/],
    ["without a reason", GUARDRAILS.ahead, { reason: "" }, /needs a reason/],
    ["with an empty reason", GUARDRAILS.ahead, { reason: " \n\t" }, /needs a reason/],
    ["with a reason that nobody sees", GUARDRAILS.ahead, { reason: "\u200b\u2060\u00ad" }, /needs a reason/],
    ["with a reason that is none", GUARDRAILS.ahead, { reason: undefined }, /needs a reason/],
    ["by nobody", GUARDRAILS.ahead, { requestedBy: "" }, /does not say who asks/],
    ["of what is no text", GUARDRAILS.ahead, { commitId: 7 }, /names no commit/],
    ["of a branch", "develop", {}, /names no commit/],
    ["of an abbreviated id", GUARDRAILS.ahead.slice(0, 12), {}, /names no commit/],
  ])("%s is refused and told", async (_what, commitId, detail, reason) => {
    expect(await estate.invoke(forceEvent(commitId, detail))).toMatchObject({ outcome: "refused" });
    expect(estate.head("main")).toBe(GUARDRAILS.main);
    expect(estate.told()[0]?.email).toMatch(reason);
  });
});

describe("what is none of our business is ignored, and calls nothing", () => {
  it.each<readonly [string, unknown]>([
    ["another pipeline", { ...pipelineEvent(), detail: { ...pipelineEvent().detail, pipeline: "other" } }],
    ...["STARTED", "RESUMED", "STOPPING", "STOPPED", "CANCELED", "SUPERSEDED", "constructor"].map(
      (state) => [`the state ${state}`, pipelineEvent(state)] as const,
    ),
    ["a stage", { ...pipelineEvent(), "detail-type": "CodePipeline Stage Execution State Change" }],
    [
      "the notification form",
      { source: "aws.codepipeline", detailType: "CodePipeline Pipeline Execution State Change" },
    ],
    ["our event from another source", { ...forceEvent(GUARDRAILS.ahead), source: "elsewhere" }],
    ["another repository", forceEvent(GUARDRAILS.ahead, { repository: "other" })],
  ])("%s", async (_what, event) => {
    expect(await estate.invoke(event)).toEqual({ outcome: "ignored" });
    expect(estate.calls).toEqual([]);
  });
});

describe("what is no event fails the invocation", () => {
  it.each([null, {}, "text", []])("%j", async (event) => {
    await expect(estate.invoke(event)).rejects.toThrow(
      "not an event of EventBridge: correct what invokes this function",
    );
  });

  it.each([
    ["detail.execution-id", { ...pipelineEvent(), detail: { pipeline: "guardrails-develop", state: "SUCCEEDED" } }],
    ["region", { ...pipelineEvent(), region: "us-east-1.evil.example/" }],
  ])("nor one of ours with a wrong %s", async (field, event) => {
    await expect(estate.invoke(event)).rejects.toThrow(
      `→ at ${field.replace("detail.execution-id", 'detail["execution-id"]')}`,
    );
    expect(estate.calls).toEqual([]);
  });
});
