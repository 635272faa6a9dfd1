import { UpdatePullRequestStatusCommand } from "@aws-sdk/client-codecommit";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import {
  ANA,
  branchEvent,
  checkResult,
  createGuardrailWorld,
  forceEvent,
  GUARDRAILS,
  type GuardrailWorld,
  pipelineEvent,
  waiversEvent,
} from "../../support/guardrail-merger.ts";

// The whole story through the real SDK clients, merging in a real git repository.

let world: GuardrailWorld;
beforeEach(async () => {
  world = await createGuardrailWorld();
});
afterEach(() => world.close());

const kinds = () => world.messages().map(({ data }) => data.kind);

/** The lines that an operator finds for events that came to these results. */
const handled = (...results: object[]) =>
  results.map((result) => ({ level: "INFO", message: "event handled", ...result }));

/** The same world, whose function may merge by three ways. */
async function allowThreeWay(): Promise<void> {
  await world.close();
  world = await createGuardrailWorld({ ON_DIVERGENCE: "three-way" });
}

describe("a tested commit that is ahead of main", () => {
  it("The handler of guardrail-merger makes a tested commit that is ahead of main the head of main, byte for byte, wherever develop points.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    expect(world.head("develop")).not.toBe(GUARDRAILS.ahead);
    const result = {
      outcome: "merged",
      commitId: GUARDRAILS.ahead,
      mergedCommitId: GUARDRAILS.ahead,
      strategy: "fast-forward",
    };
    expect(await world.invoke(pipelineEvent())).toEqual(result);
    expect(world.head("main")).toBe(GUARDRAILS.ahead);
    expect(world.logged()).toMatchObject(handled(result));
  });

  it("The handler of guardrail-merger does not merge a commit that was pushed to develop during the test.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    const untested = world.commit("develop", "Pushed during the test", { "features/late.feature": "late\n" });
    world.push("develop", untested);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ mergedCommitId: GUARDRAILS.ahead });
    expect(world.head("main")).toBe(GUARDRAILS.ahead);
    expect(world.git("branch", "--contains", untested, "--format=%(refname:short)")).toBe("develop");
  });

  it("The handler of guardrail-merger sends a message of the commits and the files that became active.", async () => {
    world.addExecution(GUARDRAILS.furtherAhead);
    await world.invoke(pipelineEvent());
    const [message, ...others] = world.messages();
    expect(others).toEqual([]);
    expect(message).toMatchObject({
      subject: "[palisade] guardrails active: 4 new commits on main",
      data: {
        kind: "guardrails-activated",
        reason: "",
        commits: [
          {
            commitId: GUARDRAILS.furtherAhead,
            subject: "Forbid public addresses",
            author: "Ben Sample <ben@example.com>",
          },
          { subject: "Take the exception from main" },
          { subject: "Require encryption of volumes" },
          { subject: "Require tags on instances" },
        ],
        moreCommits: false,
        paths: ["features/encryption.feature", "features/network.feature", "features/tags.feature"],
        morePaths: false,
      },
      MessageAttributes: { kind: { StringValue: "guardrails-activated" }, outcome: { StringValue: "merged" } },
    });
    expect(message?.email).toContain("\n  77fd303 Forbid public addresses (Ben Sample <ben@example[.]com>)\n");
  });

  it("The handler of guardrail-merger merges the commit of the source action's artifact, where an execution has several.", async () => {
    world.addExecution(GUARDRAILS.ahead, {
      artifactRevisions: [
        { name: "WorkloadCode", revisionId: GUARDRAILS.furtherAhead },
        { name: "Source", revisionId: GUARDRAILS.ahead },
      ],
    });
    expect(await world.invoke(pipelineEvent())).toMatchObject({ mergedCommitId: GUARDRAILS.ahead });
  });
});

describe("what was merged before is seen in the repository", () => {
  it("The handler of guardrail-merger merges once for the same event three times, and says so.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    const results = [
      await world.invoke(pipelineEvent()),
      await world.invoke(pipelineEvent()),
      await world.invoke(pipelineEvent()),
    ];
    expect(results.map(({ outcome }) => outcome)).toEqual(["merged", "already active", "already active"]);
    expect(world.head("main")).toBe(GUARDRAILS.ahead);
    expect(kinds()).toEqual(["guardrails-activated", "guardrails-already-active", "guardrails-already-active"]);
    expect(world.logged()).toMatchObject(handled(...results));
  });

  it("The handler of guardrail-merger never moves main backwards where two executions end in the wrong order.", async () => {
    const [older, newer] = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"];
    world.addExecution(GUARDRAILS.ahead, { pipelineExecutionId: older });
    world.addExecution(GUARDRAILS.furtherAhead, { pipelineExecutionId: newer });
    expect(await world.invoke(pipelineEvent("SUCCEEDED", newer))).toMatchObject({ outcome: "merged" });
    expect(await world.invoke(pipelineEvent("SUCCEEDED", older))).toEqual({
      outcome: "already active",
      commitId: GUARDRAILS.ahead,
    });
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
  });

  it("The handler of guardrail-merger reports the merge in the retry, where the topic failed after it.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.fail("SNS", "Publish", "InternalFailure", { times: MAX_ATTEMPTS });
    await expect(world.invoke(pipelineEvent())).rejects.toThrow("PublishCommand on topic");
    expect(world.logged()).toMatchObject([{ level: "ERROR", message: "invocation failed" }]);
    expect(world.head("main")).toBe(GUARDRAILS.ahead);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "fast-forward" });
    expect(world.messages()).toMatchObject([
      { subject: "[palisade] guardrails active: 3 new commits on main", data: { kind: "guardrails-activated" } },
    ]);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "already active" });
  });
});

describe("main that has diverged from the tested commit", () => {
  it("The handler of guardrail-merger leaves main that has diverged as it is, and its e-mail lists what the commit lacks and what to do.", async () => {
    world.addExecution(GUARDRAILS.divergedInOtherFile);
    const result = { outcome: "diverged", commitId: GUARDRAILS.divergedInOtherFile };
    expect(await world.invoke(pipelineEvent())).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.head("main")).toBe(GUARDRAILS.main);
    const [message] = world.messages();
    expect(message?.data).toMatchObject({
      kind: "guardrails-not-activated",
      commits: [{ commitId: GUARDRAILS.main, subject: "Except the log bucket" }],
    });
    expect(message?.email).toContain("\nCOMMITS OF main THAT THE TESTED COMMIT LACKS\n");
    expect(message?.email).toContain("\nMerge main into develop and push. ");
    expect(message?.email).toContain(
      `\n  npm run force-merge -- --repository guardrails --commit ${GUARDRAILS.divergedInOtherFile} --reason "..."\n`,
    );
  });

  it("The handler of guardrail-merger reports a three-way merge that is allowed and has no conflict as a combination.", async () => {
    await allowThreeWay();
    world.addExecution(GUARDRAILS.divergedInOtherFile);
    const result = await world.invoke(pipelineEvent());
    expect(result).toEqual({
      outcome: "merged",
      commitId: GUARDRAILS.divergedInOtherFile,
      mergedCommitId: world.head("main"),
      strategy: "three-way",
    });
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.git("rev-parse", "main^@").split("\n")).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInOtherFile]);
    expect(world.git("show", "--no-patch", "--format=%B", "main")).toBe(
      `Activate the guardrails of ${GUARDRAILS.divergedInOtherFile}`,
    );
    expect(world.git("show", "main:features/encryption.feature")).toContain("except that of logs");
    expect(world.git("show", "main:features/tags.feature")).toContain("tags on instances");
    expect(world.messages()).toMatchObject([
      {
        subject: "[palisade] guardrails active: 1 new commit on main, combined untested",
        data: { commits: [{ commitId: GUARDRAILS.divergedInOtherFile }], paths: ["features/tags.feature"] },
        email: expect.stringMatching(/This combination was never tested\.[\s\S]*\nMerge main into develop and push\. /),
      },
    ]);
  });

  it("The handler of guardrail-merger does not report a three-way merge that results in the tested files as a combination.", async () => {
    await allowThreeWay();
    world.push(
      "main",
      world.commit("main", "Back", { "features/encryption.feature": "Feature: encryption of buckets\n" }),
    );
    world.addExecution(GUARDRAILS.divergedInOtherFile);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "three-way" });
    expect(world.messages()[0]?.email).toContain("The result has exactly the files of the commit.");
    expect(world.messages()[0]?.subject).not.toContain("combined");
  });

  it("The handler of guardrail-merger does not merge a commit with conflicts, and its message lists the first hundred files.", async () => {
    await allowThreeWay();
    const names = Array.from({ length: 130 }, (_, index) => `features/many/${String(index).padStart(3, "0")}.feature`);
    const files = (text: string) => Object.fromEntries(names.map((name) => [name, `${text}\n`]));
    const tested = world.commit("main", "Ours", files("ours"));
    const onMain = world.commit("main", "Theirs", files("theirs"));
    world.push("main", onMain);
    world.push("develop", tested);
    world.addExecution(tested);
    const result = { outcome: "conflict", commitId: tested };
    expect(await world.invoke(pipelineEvent())).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.head("main")).toBe(onMain);
    expect(world.operations().filter((operation) => operation === "GetMergeConflicts")).toHaveLength(2);
    expect(world.messages()).toMatchObject([
      {
        data: {
          outcome: "conflict",
          paths: names.slice(0, 100),
          morePaths: true,
        },
      },
    ]);
  });
});

describe("an execution that failed merges nothing", () => {
  const failing = (workload: string, commitId: string) => ({
    [`ComplianceCheck_${workload}`]: checkResult(workload, commitId, {
      "Volumes are encrypted": { addresses: ["aws_ebs_volume.data"] },
    }),
  });
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

  it("The handler of guardrail-merger e-mails which workloads fail in a failed execution, why, how to force, and last of all where to read more.", async () => {
    world.addExecution(
      GUARDRAILS.ahead,
      {
        status: "Failed",
        actionExecutions: [
          action("ComplianceCheck_payments", "Failed", "2026-10-14T12:00:40Z", "2 scenarios failed"),
          action("ComplianceCheck_orders", "Succeeded", "2026-10-14T12:00:40Z"),
          action("Source", "Succeeded", "2026-10-14T12:00:01Z"),
        ],
      },
      failing("payments", GUARDRAILS.ahead),
    );
    const result = { outcome: "not compliant", commitId: GUARDRAILS.ahead, owners: ["payments"] };
    expect(await world.invoke(pipelineEvent("FAILED"))).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.head("main")).toBe(GUARDRAILS.main);
    const link = "https://us-east-1.console.aws.amazon.com/codebuild/ComplianceCheck_payments";
    expect(world.messages()).toMatchObject([
      { subject: "[palisade] payments does not comply with the guardrails of 74426ea" },
      {
        subject: "[palisade] guardrails not active: 1 workload does not comply with 74426ea",
        data: {
          failed: [{ workload: "payments", action: "ComplianceCheck_payments", summary: "2 scenarios failed", link }],
        },
      },
    ]);
    const [, email = ""] = world.messages().map((message) => message.email);
    expect(email).toMatch(
      /\n {2}payments does not comply .*\n {4}failed \(block\): encryption: Volumes are encrypted\n {6}aws_ebs_volume\[\.\]data/,
    );
    expect(email).toMatch(/The guardrails are not active\.\n[\s\S]*\n {2}npm run force-merge .*"\n/);
    expect(email).toMatch(
      new RegExp(
        `\\nLINKS\\n\\n {2}execution\\n.*\\n {2}page of this check\\n.*\\n {2}workload payments\\n {4}${link}$`,
      ),
    );
  });

  it("The handler of guardrail-merger proposes no force merge for a failed execution whose source failed: it has no commit.", async () => {
    world.addExecution(GUARDRAILS.ahead, {
      status: "Failed",
      artifactRevisions: [],
      actionExecutions: [action("Source", "Failed", "2026-10-14T12:00:40Z", "Not authorized")],
    });
    expect(await world.invoke(pipelineEvent("FAILED"))).toEqual({ outcome: "could not check" });
    const [message] = world.messages();
    expect(message?.email).toMatch(/\n {2}action Source\n {4}Not authorized\n/);
    expect(message?.email).not.toContain("force-merge");
  });

  it("The handler of guardrail-merger reports a commit that fails but is active all the same as active.", async () => {
    world.addExecution(
      GUARDRAILS.first,
      {
        status: "Failed",
        actionExecutions: [action("ComplianceCheck_web", "Failed", "2026-10-14T12:00:40Z")],
      },
      failing("web", GUARDRAILS.first),
    );
    expect(await world.invoke(pipelineEvent("FAILED"))).toMatchObject({ outcome: "not compliant" });
    const [, message] = world.messages();
    expect(message?.subject).toBe("[palisade] guardrails active: 1 workload does not comply with 7de2d6c");
    expect(message?.email).toContain("The guardrails are active all the same");
    expect(message?.email).not.toContain("force-merge");
  });

  it("The handler of guardrail-merger reports an execution that failed outside the checks of workloads as not completely tested.", async () => {
    world.addExecution(GUARDRAILS.ahead, {
      status: "Failed",
      actionExecutions: [action("PullCode_payments", "Failed", "2026-10-14T12:00:40Z", "Clone failed")],
    });
    expect(await world.invoke(pipelineEvent("FAILED"))).toEqual({
      outcome: "could not check",
      commitId: GUARDRAILS.ahead,
    });
    expect(world.messages()[0]?.email).toMatch(
      /were not tested completely[\s\S]*\n {2}action PullCode_payments\n {4}Clone failed\n/,
    );
  });
});

describe("an execution that tested no guardrails", () => {
  it.each([
    ["is a rollback", { executionType: "ROLLBACK" }],
    ["has not succeeded", { status: "Failed" }],
    ["names no commit", { artifactRevisions: [] }],
  ])(
    "The handler of guardrail-merger refuses an execution that %s before it reads the repository.",
    async (_what, execution) => {
      world.addExecution(GUARDRAILS.ahead, execution);
      expect(await world.invoke(pipelineEvent())).toEqual({ outcome: "refused" });
      expect(world.logged()).toMatchObject(handled({ outcome: "refused" }));
      expect(kinds()).toEqual(["guardrails-not-activated"]);
      expect(world.operations()).toEqual(["GetPipelineExecution", "Publish"]);
    },
  );
});

describe("a force merge", () => {
  it("The handler of guardrail-merger moves main by a force merge to a commit of develop that is ahead of it.", async () => {
    const result = {
      outcome: "forced",
      commitId: GUARDRAILS.furtherAhead,
      mergedCommitId: GUARDRAILS.furtherAhead,
      strategy: "fast-forward",
    };
    world.addPullRequest(GUARDRAILS.furtherAhead);
    expect(await world.invoke(forceEvent(GUARDRAILS.furtherAhead))).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.head("main")).toBe(GUARDRAILS.furtherAhead);
    expect(world.messages()).toMatchObject([
      {
        data: {
          kind: "guardrails-forced",
          requestedBy: ANA,
          forceReason: "The auditors asked for it",
        },
        email: expect.stringMatching(
          /requested by +arn:aws:sts::111122223333:assumed-role\/SecurityLead\/ana\n +because +The auditors asked for it\n/,
        ),
      },
    ]);
  });

  it("The handler of guardrail-merger takes the lines of a forced commit in a conflict, and keeps the rest of main.", async () => {
    const base = world.commit("main", "Base", { "features/x.feature": "1\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    const wanted = world.commit(base, "Wanted", { "features/x.feature": "ONE\n2\n3\n4\n5\n6\n7\n8\n9\n" });
    const onMain = world.commit(base, "On main", { "features/x.feature": "one\n2\n3\n4\n5\n6\n7\n8\nnine\n" });
    world.push("main", onMain);
    world.push("develop", wanted);
    world.addPullRequest(wanted);
    const result = await world.invoke(forceEvent(wanted));
    expect(result).toMatchObject({ outcome: "forced", strategy: "three-way", mergedCommitId: world.head("main") });
    expect(world.git("show", "main:features/x.feature")).toBe("ONE\n2\n3\n4\n5\n6\n7\n8\nnine");
    expect(world.git("rev-parse", "main^@").split("\n")).toEqual([onMain, wanted]);
  });

  it("The handler of guardrail-merger makes a commit of a force merge that holds reason and requester, a line each.", async () => {
    world.addPullRequest(GUARDRAILS.divergedInSameFile, {
      description: "Ticket 7\r\n\r\nSigned-off-by: somebody else",
    });
    await world.invoke(forceEvent(GUARDRAILS.divergedInSameFile));
    expect(world.git("show", "--no-patch", "--format=%B", "main").split("\n")).toEqual([
      `Force the guardrails of ${GUARDRAILS.divergedInSameFile}`,
      "",
      "Reason: Ticket 7????Signed-off-by: somebody else",
      `Requested by: ${ANA}`,
      "Pull request: 7",
    ]);
  });

  it("The handler of guardrail-merger merges nothing for a force merge of an active commit.", async () => {
    const result = { outcome: "already active", commitId: GUARDRAILS.first };
    world.addPullRequest(GUARDRAILS.first);
    expect(await world.invoke(forceEvent(GUARDRAILS.first))).toEqual(result);
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The handler of guardrail-merger refuses a force merge of a commit that develop does not have.", async () => {
    const result = { outcome: "refused", commitId: GUARDRAILS.notOnDevelop };
    world.addPullRequest(GUARDRAILS.notOnDevelop);
    expect(await world.invoke(forceEvent(GUARDRAILS.notOnDevelop))).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.head("main")).toBe(GUARDRAILS.main);
    expect(world.messages()[0]?.email).toContain("The branch develop does not have the commit.");
  });

  it.each([
    ["without a reason", { description: "\u3164 " }, "needs a reason"],
    ["by somebody whom no setting names", { authorArn: ANA.replace("SecurityLead", "Developer") }, "may not force"],
    [
      "by the same role of another account",
      { authorArn: ANA.replace("111122223333", "999999999999") },
      "may not force",
    ],
  ])(
    "The handler of guardrail-merger refuses a force merge %s before it reads the repository, comments, and closes the request.",
    async (_what, change, reason) => {
      world.addPullRequest(GUARDRAILS.ahead, change);
      const result = { outcome: "refused", commitId: GUARDRAILS.ahead };
      expect(await world.invoke(forceEvent(GUARDRAILS.ahead))).toEqual(result);
      expect(world.operations()).toEqual([
        "GetPullRequest",
        "Publish",
        "PostCommentForPullRequest",
        "UpdatePullRequestStatus",
        "Query",
      ]);
      expect(world.messages()[0]?.data.reason).toContain(reason);
      expect(world.calls[2]?.input).toMatchObject({ content: expect.stringContaining(reason) });
      expect(world.calls[3]?.input).toEqual({ pullRequestId: "7", pullRequestStatus: "CLOSED" });
      expect(world.head("main")).toBe(GUARDRAILS.main);
    },
  );

  it("The handler of guardrail-merger refuses a force merge whose branch somebody moved after it was opened.", async () => {
    world.addPullRequest(GUARDRAILS.ahead);
    world.push("force/74426ea", GUARDRAILS.furtherAhead);
    expect(await world.invoke(forceEvent(GUARDRAILS.ahead))).toMatchObject({ outcome: "refused" });
    expect(world.messages()[0]?.data.reason).toContain("has moved since");
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The handler of guardrail-merger says on the pull request what it merged, and closes it; a copy of the event does nothing.", async () => {
    world.addPullRequest(GUARDRAILS.furtherAhead);
    await world.invoke(forceEvent(GUARDRAILS.furtherAhead));
    const comment = world.calls.find(({ operation }) => operation === "PostCommentForPullRequest");
    expect(comment?.input).toMatchObject({
      content: expect.stringContaining("guardrails forced: 4 new commits on main."),
      beforeCommitId: GUARDRAILS.main,
      afterCommitId: GUARDRAILS.furtherAhead,
    });
    expect(world.operations()).toContain("UpdatePullRequestStatus");
    expect(await world.invoke(forceEvent(GUARDRAILS.furtherAhead), "copy")).toEqual({ outcome: "ignored" });
    expect(kinds()).toEqual(["guardrails-forced"]);
  });

  it("The handler of guardrail-merger merges nothing for a pull request that was closed before.", async () => {
    world.addPullRequest(GUARDRAILS.ahead, { pullRequestStatus: "CLOSED" });
    expect(await world.invoke(forceEvent(GUARDRAILS.ahead))).toEqual({ outcome: "ignored" });
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The handler of guardrail-merger does not merge a pull request that was closed while its first invocation failed.", async () => {
    world.addPullRequest(GUARDRAILS.ahead);
    world.fail("CodeCommit", "MergeBranchesByFastForward", "AccessDeniedException");
    await expect(world.invoke(forceEvent(GUARDRAILS.ahead))).rejects.toThrow("MergeBranchesByFastForward");
    await world.codecommit.send(
      new UpdatePullRequestStatusCommand({ pullRequestId: "7", pullRequestStatus: "CLOSED" }),
    );
    expect(await world.invoke(forceEvent(GUARDRAILS.ahead))).toMatchObject({ outcome: "refused" });
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The handler of guardrail-merger refuses a force merge of a commit that the repository does not have.", async () => {
    const commitId = "0".repeat(40);
    world.addPullRequest(commitId);
    world.fail("CodeCommit", "PostCommentForPullRequest", "BeforeCommitIdAndAfterCommitIdAreSameException");
    expect(await world.invoke(forceEvent(commitId))).toEqual({ outcome: "refused", commitId });
    expect(world.messages()[0]?.data.reason).toContain(
      `Commit ${commitId}, branch main, repository guardrails: The repository has no such commit`,
    );
  });
});

describe("a fault between two calls", () => {
  it.each([
    ["GetMergeOptions", "ThrottlingException"],
    ["MergeBranchesByFastForward", "ThrottlingException"],
    ["MergeBranchesByFastForward", "EncryptionKeyUnavailableException"],
    ["MergeBranchesByFastForward", "AccessDeniedException"],
  ])(
    "The handler of guardrail-merger fails where %s ends with %s, and merges in the retry.",
    async (operation, errorName) => {
      world.addExecution(GUARDRAILS.ahead);
      world.fail("CodeCommit", operation, errorName, { times: errorName === "ThrottlingException" ? MAX_ATTEMPTS : 1 });
      await expect(world.invoke(pipelineEvent())).rejects.toThrow(
        `${operation}Command on repository guardrails failed: `,
      );
      expect(world.head("main")).toBe(GUARDRAILS.main);
      expect(world.messages()).toEqual([]);
      expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
      expect(world.logged()).toMatchObject([
        { level: "ERROR", message: "invocation failed", error: { name: errorName } },
        { message: "event handled", outcome: "merged" },
      ]);
    },
  );

  it("The handler of guardrail-merger fails for a branch that keeps moving, after waits of up to 200 ms more each time.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.fail("CodeCommit", "MergeBranchesByFastForward", "ConcurrentReferenceUpdateException", { times: 5 });
    await expect(world.invoke(pipelineEvent())).rejects.toThrow("moved 5 times");
    expect(world.waits).toEqual([200, 400, 600, 800]);
    expect(world.messages()).toEqual([]);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  });

  it("The handler of guardrail-merger refuses a commit that can never be merged, and its e-mail says why.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.fail("CodeCommit", "GetMergeOptions", "TipsDivergenceExceededException");
    const result = { outcome: "refused", commitId: GUARDRAILS.ahead };
    expect(await world.invoke(pipelineEvent())).toEqual(result);
    expect(world.logged()).toMatchObject(handled(result));
    expect(world.messages()).toMatchObject([
      { email: expect.stringContaining("too far apart for CodeCommit to compare") },
    ]);
  });

  it("The handler of guardrail-merger reports a merge whose answer is lost once, with all its commits.", async () => {
    world.addExecution(GUARDRAILS.furtherAhead);
    world.lose("CodeCommit", "MergeBranchesByFastForward");
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged", strategy: "fast-forward" });
    expect(world.messages()).toMatchObject([{ data: { outcome: "merged", commits: [{}, {}, {}, {}] } }]);
  });

  it("The handler of guardrail-merger makes and reports a forced three-way merge whose answer is lost once.", async () => {
    world.addPullRequest(GUARDRAILS.divergedInSameFile);
    world.lose("CodeCommit", "MergeBranchesByThreeWay");
    world.addPullRequest(GUARDRAILS.divergedInSameFile);
    expect(await world.invoke(forceEvent(GUARDRAILS.divergedInSameFile))).toMatchObject({
      outcome: "forced",
      mergedCommitId: world.head("main"),
    });
    expect(world.git("rev-parse", "main^@").split("\n")).toEqual([GUARDRAILS.main, GUARDRAILS.divergedInSameFile]);
    expect(kinds()).toEqual(["guardrails-forced"]);
  });

  it("The handler of guardrail-merger sends a message whose answer is lost again, and merges nothing again.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.lose("SNS", "Publish");
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
    expect(kinds()).toEqual(["guardrails-activated", "guardrails-activated"]);
    expect(world.operations().filter((operation) => operation.startsWith("MergeBranches"))).toHaveLength(1);
  });
});

it("The handler of guardrail-merger counts each handled event once, in the metric of its outcome.", async () => {
  const DIVERGED = "11111111-1234-4234-8bcd-12345678abcd";
  const FAILED = "22222222-1234-4234-8bcd-12345678abcd";
  const counted: unknown[] = [];
  const counting = () => {
    vi.spyOn(world.metrics, "addMetric").mockImplementation((...metric) => {
      counted.push(metric);
      return world.metrics;
    });
  };
  counting();
  world.addExecution(GUARDRAILS.divergedInSameFile, { pipelineExecutionId: DIVERGED });
  await world.invoke(pipelineEvent("SUCCEEDED", DIVERGED));
  world.addExecution(GUARDRAILS.ahead);
  await world.invoke(pipelineEvent());
  world.addPullRequest(GUARDRAILS.ahead);
  await world.invoke(forceEvent(GUARDRAILS.ahead));
  world.addPullRequest(GUARDRAILS.furtherAhead, { pullRequestId: "8", authorArn: "" });
  await world.invoke(forceEvent(GUARDRAILS.furtherAhead, { pullRequestId: "8" }));
  await world.invoke(pipelineEvent("STARTED"));
  world.addExecution(GUARDRAILS.ahead, { pipelineExecutionId: FAILED, status: "Failed" });
  await world.invoke(pipelineEvent("FAILED", FAILED));
  await world.invoke(branchEvent(undefined));
  await world.invoke(waiversEvent());
  world.addPullRequest(GUARDRAILS.furtherAhead, { pullRequestId: "9" });
  await world.invoke(forceEvent(GUARDRAILS.furtherAhead, { pullRequestId: "9" }));
  await allowThreeWay();
  counting();
  world.addExecution(GUARDRAILS.divergedInSameFile);
  await world.invoke(pipelineEvent());
  expect(counted).toEqual(
    [
      "Diverged",
      "Merged",
      "AlreadyActive",
      "Refused",
      "Ignored",
      "CouldNotCheck",
      "Bypassed",
      "Checked",
      "Forced",
      "Conflicts",
    ].map((name) => [name, "Count", 1]),
  );
});

describe("a success that CodePipeline does not know of yet", () => {
  const YOUNG = () => Date.parse("2026-10-14T12:01:10Z");

  it("The handler of guardrail-merger fails for it, so that Lambda asks again, and merges when CodePipeline knows.", async () => {
    await world.close();
    world = await createGuardrailWorld({}, undefined, YOUNG);
    world.addExecution(GUARDRAILS.ahead, { status: "InProgress" });
    await expect(world.invoke(pipelineEvent())).rejects.toThrow("does not know yet that the execution ended");
    expect(world.messages()).toEqual([]);
    world.addExecution(GUARDRAILS.ahead);
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  });

  it("The handler of guardrail-merger refuses it when Lambda tries for the last time.", async () => {
    await world.close();
    world = await createGuardrailWorld({}, undefined, () => YOUNG() + 180_000);
    world.addExecution(GUARDRAILS.ahead, { status: "InProgress" });
    expect(await world.invoke(pipelineEvent())).toEqual({ outcome: "refused" });
    expect(world.messages()[0]?.email).toContain("CodePipeline has the status InProgress");
  });
});

describe("what the checks left behind", () => {
  const fails = { "Volumes are encrypted": { addresses: ["aws_ebs_volume.a", "aws_ebs_volume.b"] } };
  const FIRST = "00000000-0000-4000-8000-000000000001";
  const SECOND = "00000000-0000-4000-8000-000000000002";
  const second = () => ({ ...pipelineEvent("SUCCEEDED", SECOND), time: "2026-10-15T12:01:07Z" });

  it.each<[string, Record<string, unknown>]>([
    ["a result is missing", { ComplianceCheck_web: undefined }],
    ["a result is not readable", { ComplianceCheck_web: "<html>" }],
    ["a result has no verdicts", { ComplianceCheck_web: { ...checkResult("web", GUARDRAILS.ahead), details: {} } }],
    ["a result is of another commit", { ComplianceCheck_web: checkResult("web", GUARDRAILS.furtherAhead) }],
    ["a result is of another workload", { ComplianceCheck_web: checkResult("orders", GUARDRAILS.ahead) }],
    ["a check failed", { ComplianceCheck_web: { ...checkResult("web", GUARDRAILS.ahead), outcome: "failed" } }],
    ["a guardrail cannot fail", { SelfCheck: { action: "SelfCheck", outcome: "refused", sentence: "It passes." } }],
    ["the guardrails were not checked themselves", { SelfCheck: undefined }],
  ])(
    "The handler of guardrail-merger merges nothing where %s, even if the pipeline succeeded.",
    async (_what, results) => {
      world.addExecution(GUARDRAILS.ahead, {}, results);
      expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "could not check" });
      expect(world.head("main")).toBe(GUARDRAILS.main);
      expect(kinds()).toContain("guardrails-not-activated");
    },
  );

  it("The handler of guardrail-merger does not believe a result that is older than the last try of its check.", async () => {
    const actionExecutions = [
      {
        actionName: "ComplianceCheck_web",
        stageName: "ComplianceCheck",
        status: "Failed",
        startTime: "2026-10-14T12:00:59Z",
      },
    ];
    world.addExecution(GUARDRAILS.ahead, { actionExecutions });
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "could not check", owners: ["web"] });
    expect(world.messages()[0]?.email).toContain("The last try of the check left no result.");
  });

  it("The handler of guardrail-merger fails where there is no configuration, and merges in the retry.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.fail("S3", "GetObject", "NoSuchKey");
    await expect(world.invoke(pipelineEvent())).rejects.toThrow("GetObjectCommand on bucket");
    expect(await world.invoke(pipelineEvent())).toMatchObject({ outcome: "merged" });
  });

  it("The handler of guardrail-merger does not merge a tested commit that is no more on develop.", async () => {
    world.addExecution(GUARDRAILS.ahead);
    world.push("develop", GUARDRAILS.main);
    expect(await world.invoke(pipelineEvent())).toEqual({ outcome: "refused", commitId: GUARDRAILS.ahead });
    expect(world.messages()[0]?.email).toContain("The branch develop does not have the commit.");
    expect(world.head("main")).toBe(GUARDRAILS.main);
  });

  it("The handler of guardrail-merger tells an owner what changed for the workload and nothing of others, once, and the team the whole matrix.", async () => {
    const results = {
      ComplianceCheck_payments: checkResult("payments", GUARDRAILS.ahead, fails),
      ComplianceCheck_web: checkResult("web", GUARDRAILS.ahead, {
        "Instances are small": { level: "warn", addresses: ["aws_instance.w"] },
      }),
    };
    world.addExecution(GUARDRAILS.ahead, { pipelineExecutionId: FIRST, status: "Failed" }, results);
    expect(await world.invoke(pipelineEvent("FAILED", FIRST))).toMatchObject({ owners: ["payments", "web"] });
    const [payments, web, team] = world.messages();
    expect(payments?.MessageAttributes).toEqual({
      kind: { DataType: "String", StringValue: "workload-verdict-changed" },
      outcome: { DataType: "String", StringValue: "does not comply" },
      audience: { DataType: "String", StringValue: "owner" },
      workload: { DataType: "String", StringValue: "payments" },
    });
    expect(payments?.email).toContain("aws_ebs_volume[.]b");
    expect(payments?.email).not.toMatch(/\bweb\b|orders|aws_instance/);
    expect(web?.MessageAttributes).toMatchObject({ outcome: { StringValue: "complies" } });
    expect(team?.MessageAttributes).toMatchObject({ audience: { StringValue: "team" } });
    expect(team?.email).toMatch(/would stop 1 of 3 workloads, 2 resources; owner team payments\n\n {2}orders complies/);
    // Nothing changed for payments, and web complies without a warning.
    world.addExecution(
      GUARDRAILS.ahead,
      { pipelineExecutionId: SECOND },
      {
        ComplianceCheck_payments: checkResult("payments", GUARDRAILS.ahead, fails),
      },
    );
    expect(await world.invoke(second())).toMatchObject({ outcome: "not compliant", owners: ["web"] });
    // A copy of the first event comes late.
    expect(await world.invoke(pipelineEvent("FAILED", FIRST))).toEqual({
      outcome: "not compliant",
      commitId: GUARDRAILS.ahead,
    });
  });

  it("The handler of guardrail-merger writes the page and the data of the run, with the trend and the run of the active guardrails.", async () => {
    world.addExecution(GUARDRAILS.ahead, { pipelineExecutionId: FIRST });
    await world.invoke(pipelineEvent("SUCCEEDED", FIRST));
    world.addExecution(
      GUARDRAILS.furtherAhead,
      { pipelineExecutionId: SECOND },
      {
        ComplianceCheck_web: checkResult("web", GUARDRAILS.furtherAhead, fails),
      },
    );
    await world.invoke(second());
    const [, data = ""] = world.reports("compliance.json");
    expect(JSON.parse(data)).toMatchObject({
      repository: "guardrails",
      commitId: GUARDRAILS.furtherAhead,
      execution: SECOND,
      outcome: "guardrails not active: 1 workload does not comply with 77fd303",
      workloads: [{ workload: "orders" }, { workload: "payments" }, { workload: "web", owner: "web@example.com" }],
    });
    const [, page] = world.reports("guardrails.html");
    expect(page).toContain("<!doctype html>");
    expect(page).toContain(GUARDRAILS.ahead.slice(0, 7));
    const folder = `2026-10-15T12-01-07Z-${SECOND}`;
    const team = world.messages().at(-1);
    expect(team?.email).toContain(
      `\n  aws s3 cp s3://palisade-guardrail-reports-111122223333-us-east-1/${folder}/guardrails.html .\n`,
    );
    expect(team?.email).toContain(
      `https://us-east-1.console.aws.amazon.com/s3/object/palisade-guardrail-reports-111122223333-us-east-1?region=us-east-1&prefix=${folder}%2Fguardrails.html`,
    );
  });
});

describe("a write to main", () => {
  it.each([
    ["a developer", "arn:aws:sts::111122223333:assumed-role/Developer/eve", "Developer/eve"],
    ["nobody that it names", undefined, "somebody unknown"],
    [
      "a session that is called like the role of guardrail-merger",
      "arn:aws:sts::111122223333:assumed-role/Eve/palisade-guardrail-merger-us-east-1",
      "Eve/palisade",
    ],
  ])("The handler of guardrail-merger e-mails a write by %s.", async (_what, by, who) => {
    expect(await world.invoke(branchEvent(by))).toEqual({ outcome: "bypassed", commitId: GUARDRAILS.ahead });
    expect(world.messages()).toMatchObject([
      {
        data: { kind: "guardrails-bypassed", audience: "team" },
        email: expect.stringContaining(`was changed by ${who}`),
      },
    ]);
  });

  it.each(["palisade-guardrail-merger-us-east-1", "palisade-break-glass"])(
    "The handler of guardrail-merger is silent about a write by the role %s.",
    async (role) => {
      const by = `arn:aws:sts::111122223333:assumed-role/${role}/session`;
      expect(await world.invoke(branchEvent(by))).toEqual({ outcome: "ignored" });
      expect(world.calls).toEqual([]);
    },
  );
});

describe("waivers", () => {
  const at = async (day: string) => {
    const invoked = await createGuardrailWorld({ TARGET_BRANCH: "waived" }, undefined, () => Date.parse(day));
    await world.close();
    world = invoked;
  };

  it("The handler of guardrail-merger e-mails a waiver to owner and team once in the fortnight before its end.", async () => {
    await at("2026-01-18T00:00:00Z");
    expect(await world.invoke(waiversEvent())).toEqual({ outcome: "checked", waivers: 1 });
    expect(world.messages().map(({ MessageAttributes }) => MessageAttributes)).toMatchObject([
      {
        kind: { StringValue: "waivers-ending" },
        audience: { StringValue: "owner" },
        workload: { StringValue: "payments" },
      },
      { kind: { StringValue: "waivers-ending" }, audience: { StringValue: "team" } },
    ]);
    expect(world.messages()[0]?.email).toContain("2026-01-31 payments: Volumes are encrypted");
    expect(await world.invoke(waiversEvent())).toEqual({ outcome: "checked", waivers: 0 });
    expect(world.logged()).toMatchObject([{ message: "a file of waivers is wrong", file: "web.json" }, {}, {}, {}]);
  });

  it("The handler of guardrail-merger e-mails a waiver that ended again, and one that is not due not at all.", async () => {
    await at("2026-02-01T00:00:00Z");
    expect(await world.invoke(waiversEvent())).toEqual({ outcome: "checked", waivers: 1 });
    expect(world.messages()[0]?.subject).toBe("[palisade] 1 waiver of payments ended");
    await at("2026-01-17T00:00:00Z");
    expect(await world.invoke(waiversEvent())).toEqual({ outcome: "checked", waivers: 0 });
  });

  it("The handler of guardrail-merger e-mails a waiver in the retry where the topic failed.", async () => {
    await at("2026-02-01T00:00:00Z");
    world.fail("SNS", "Publish", "InternalFailure", { skip: 1, times: MAX_ATTEMPTS });
    await expect(world.invoke(waiversEvent())).rejects.toThrow("PublishCommand on topic");
    expect(await world.invoke(waiversEvent())).toEqual({ outcome: "checked", waivers: 1 });
  });
});

it("The handler of guardrail-merger ignores an event that is not ours without any call, and logs it.", async () => {
  const event = { ...pipelineEvent(), detail: { ...pipelineEvent().detail, pipeline: "other" } };
  expect(await world.invoke(event)).toEqual({ outcome: "ignored" });
  expect(world.calls).toEqual([]);
  expect(world.logged()).toMatchObject(handled({ outcome: "ignored" }));
});

it("The handler of guardrail-merger fails for what is no event, and logs it without its content.", async () => {
  await expect(world.invoke({ secret: "s3cret" })).rejects.toThrow("This is not an event of EventBridge");
  expect(world.calls).toEqual([]);
  expect(world.logged()).toMatchObject([{ level: "ERROR", message: "invocation failed" }]);
  expect(JSON.stringify(world.logged())).not.toContain("s3cret");
});
