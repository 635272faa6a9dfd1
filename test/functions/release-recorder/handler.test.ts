import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  APPLIED,
  APPROVED,
  APPROVER,
  actionOf,
  approvalEvent,
  at,
  createRecorderWorld,
  EXECUTION_ID,
  executionEvent,
  executionOf,
  LINT,
  PLAN,
  PLAN_RESULT,
  RELEASE,
  type RecorderWorld,
  resultOf,
  SOURCE,
  scheduleEvent,
  summaryOf,
  TOKEN,
  WAITING,
} from "../../support/release-recorder.ts";

let world: RecorderWorld;
beforeEach(async () => {
  world = await createRecorderWorld();
});
afterEach(() => world.close());

const PLANNED = [SOURCE, LINT, PLAN];
const waits = () => world.give([executionOf("InProgress", [...PLANNED, WAITING])], [PLAN_RESULT]);
const released = () =>
  world.give(
    [executionOf("Succeeded", [...PLANNED, APPROVED, APPLIED])],
    [PLAN_RESULT, resultOf("Apply", { details: { appliedAt: at("10:34:30"), made: [], notMade: [], moved: [] } })],
  );
const ANOTHER = "3f0c7a10-5d2b-4f6e-9a31-000000000000";
const about = { environment: "prod", tag: RELEASE.tag, executionId: EXECUTION_ID };

describe("the story of a release", () => {
  it("A release that starts is in the ledger, and nobody gets an e-mail.", async () => {
    world.give([executionOf("InProgress", [SOURCE])]);
    expect(await world.invoke(executionEvent("STARTED"))).toEqual({ outcome: "running", ...about, emailed: [] });
    expect(await world.history()).toMatchObject([{ ...RELEASE, outcome: "running" }]);
    expect(world.messages()).toEqual([]);
  });

  it("People get one e-mail about a release that waits for approval, with the whole plan and the command that answers.", async () => {
    waits();
    const first = await world.invoke(approvalEvent("STARTED"));
    expect(first).toEqual({ outcome: "waiting", ...about, emailed: ["approval-needed"] });
    expect(await world.invoke(approvalEvent("STARTED"))).toEqual({ ...first, emailed: [] });
    const [message, ...others] = world.messages();
    expect(others).toEqual([]);
    expect(message?.email).toContain(`--token ${TOKEN} `);
    expect(message?.email).toContain("aws_db_instance.ledger".replace(".l", "[.]l"));
    expect(message?.data).toMatchObject({ token: TOKEN, plan: { changes: { left: 0 } } });
    expect(message?.MessageAttributes).toMatchObject({
      kind: { StringValue: "approval-needed" },
      environment: { StringValue: "prod" },
      team: { StringValue: "risk" },
    });
    expect(await world.history()).toMatchObject([
      { outcome: "waiting", changes: 3, plannedAt: at("10:02:00"), planSha256: "a".repeat(64) },
    ]);
  });

  it("An approval is in the ledger with the approver, and nobody gets an e-mail.", async () => {
    world.give(
      [executionOf("InProgress", [...PLANNED, APPROVED, actionOf("Apply", "InProgress", { start: "10:30:10" })])],
      [PLAN_RESULT],
    );
    expect(await world.invoke(approvalEvent("SUCCEEDED"))).toMatchObject({ outcome: "running", emailed: [] });
    expect(await world.history()).toMatchObject([
      { outcome: "running", approver: APPROVER, approvedAt: at("10:30:00") },
    ]);
  });

  it("People get one e-mail about a release, with what changed and the time from tag to applied.", async () => {
    released();
    expect(await world.invoke(executionEvent("SUCCEEDED"))).toMatchObject({
      outcome: "released",
      emailed: ["released"],
    });
    expect(await world.invoke(executionEvent("SUCCEEDED"))).toMatchObject({ outcome: "released", emailed: [] });
    expect(world.messages()).toMatchObject([
      { data: { kind: "released", tagToApplied: 2_070_000, answeredBy: APPROVER } },
    ]);
  });

  it("For events in any order and repeated people get each e-mail at most once, and the ledger keeps the end.", async () => {
    released();
    for (const event of [
      executionEvent("SUCCEEDED"),
      approvalEvent("STARTED"),
      executionEvent("STARTED"),
      approvalEvent("SUCCEEDED"),
      scheduleEvent(),
      executionEvent("SUCCEEDED"),
    ])
      await world.invoke(event);
    expect(world.kinds()).toEqual(["released"]);
    expect(await world.history()).toMatchObject([{ outcome: "released", endedAt: at("10:35:00") }]);
  });

  it("A plan with nothing to change is e-mailed as released without changes.", async () => {
    const plan = { ...PLAN, output: { outputVariables: { CHANGES: "0" } } };
    world.give(
      [executionOf("Succeeded", [SOURCE, LINT, plan])],
      [resultOf("Plan", { details: { summary: summaryOf({ applyable: false, changes: [] }) } })],
    );
    expect(await world.invoke(executionEvent("SUCCEEDED"))).toMatchObject({ emailed: ["released"] });
    expect(world.messages()[0]?.email).toContain("changes nothing in eu-central-1");
  });

  it("A release with nothing to change is written as what is there now only when its pipeline has succeeded.", async () => {
    const nothing = (status: string, lint = LINT) => {
      const plan = { ...PLAN, output: { outputVariables: { CHANGES: "0", PLAN_SHA256: "a".repeat(64) } } };
      const details = { summary: summaryOf({ applyable: false, changes: [] }), plannedAt: at("10:01:59") };
      world.give([executionOf(status, [SOURCE, lint, plan])], [resultOf("Plan", { details })]);
    };
    nothing("InProgress");
    await world.invoke(executionEvent("STARTED"));
    nothing("Failed", actionOf("Lint", "Failed"));
    await world.invoke(executionEvent("FAILED"));
    expect(await world.ledger.current(RELEASE)).toBeUndefined();

    const again = actionOf("Lint", "Succeeded", { id: "Lint-2", start: "10:03:00", end: "10:04:00" });
    nothing("Succeeded", again);
    await world.invoke(scheduleEvent());
    const now = { ...RELEASE, outcome: "released", changes: 0, appliedAt: at("10:01:59") };
    expect(await world.ledger.current(RELEASE)).toMatchObject({ ...now, planSha256: "a".repeat(64) });
    expect(await world.history()).toMatchObject([now]);
    const writes = () => world.operations().filter((operation) => operation === "UpdateItem").length;
    const before = writes();
    await world.invoke(scheduleEvent());
    expect(writes() - before).toBe(1);
  });

  it("A release with nothing to change does not replace a newer apply, and the log says so.", async () => {
    const applied = { outcome: "released", changes: 1, planSha256: "b", planFingerprint: "b" } as const;
    await world.ledger.applied(
      { ...RELEASE, version: "2.0", executionId: ANOTHER },
      { ...applied, appliedAt: at("10:02:30") },
    );
    const plan = { ...PLAN, output: { outputVariables: { CHANGES: "0" } } };
    const details = { summary: summaryOf({ applyable: false }), plannedAt: at("10:01:59") };
    world.give([executionOf("Succeeded", [SOURCE, LINT, plan])], [resultOf("Plan", { details })]);
    await world.invoke(executionEvent("SUCCEEDED"));
    expect(await world.ledger.current(RELEASE)).toMatchObject({ version: "2.0" });
    expect(world.logged()).toContainEqual(expect.objectContaining({ message: "a newer apply is there" }));
  });

  it("Where Apply could not write the ledger, the function does, and people read that the release is in place.", async () => {
    const details = { changes: 3, made: ["a"], notMade: [], moved: [], approver: APPROVER, appliedAt: at("10:34:30") };
    const failed = actionOf("Apply", "Failed", { start: "10:30:10", end: "10:35:00" });
    world.give(
      [executionOf("Failed", [...PLANNED, APPROVED, failed])],
      [PLAN_RESULT, resultOf("Apply", { outcome: "failed", sentence: "The ledger could not be written.", details })],
    );
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ outcome: "released", emailed: ["released"] });
    expect(world.messages()[0]?.email).toContain("Apply says: The ledger could not be written.");
    expect(await world.ledger.current(RELEASE)).toMatchObject({
      ...{ outcome: "released", changes: 3, approver: APPROVER, appliedAt: at("10:34:30") },
    });
  });

  it("A release that failed half-way is written as such where Apply could not, also if it only failed to make outputs.", async () => {
    const details = { made: ["a"], notMade: [], destroyedOnly: [], moved: [], appliedAt: at("10:34:30") };
    const failed = actionOf("Apply", "Failed", { start: "10:30:10", end: "10:35:00" });
    world.give(
      [executionOf("Failed", [...PLANNED, APPROVED, failed])],
      [PLAN_RESULT, resultOf("Apply", { outcome: "failed", details })],
    );
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ emailed: ["release-failed"] });
    expect(await world.ledger.current(RELEASE)).toMatchObject({ outcome: "failed", version: RELEASE.version });
  });

  it.each(["Failed", "Stopped"])(
    "A release that Apply wrote into the ledger stays released where its execution is %s and no result came.",
    async (status) => {
      const applied = { outcome: "released", changes: 3, planSha256: "a", planFingerprint: "f" } as const;
      await world.ledger.applied(RELEASE, { ...applied, appliedAt: at("10:34:30") });
      const failed = actionOf("Apply", "Failed", { start: "10:30:10", end: "10:35:00" });
      world.give([executionOf(status, [...PLANNED, APPROVED, failed])], [PLAN_RESULT]);
      expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({
        outcome: "released",
        emailed: ["released"],
      });
      expect(world.messages()[0]?.email).toContain("only after Terraform had applied everything");
      expect(await world.history()).toMatchObject([{ outcome: "released" }]);
    },
  );

  it("A try of Apply that is refused after one that applied a part is a failure, which says that a part is there.", async () => {
    const applied = { outcome: "failed", changes: 3, planSha256: "a", planFingerprint: "f" } as const;
    await world.ledger.applied(RELEASE, { ...applied, appliedAt: at("10:30:30") });
    const failed = actionOf("Apply", "Failed", { start: "10:31:10", end: "10:35:00" });
    world.give(
      [executionOf("Failed", [...PLANNED, APPROVED, failed])],
      [PLAN_RESULT, resultOf("Apply", { outcome: "refused", sentence: "Nothing was applied." })],
    );
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({
      outcome: "failed",
      emailed: ["release-failed"],
    });
    expect(world.messages()[0]?.email).toContain("An earlier try of Apply has applied a part");
  });

  it("The summary of another plan, which another build could leave, is not used.", async () => {
    const plan = { ...PLAN, output: { outputVariables: { CHANGES: "3", PLAN_SHA256: "b".repeat(64) } } };
    world.give([executionOf("InProgress", [SOURCE, LINT, plan, WAITING])], [PLAN_RESULT]);
    await world.invoke(approvalEvent("STARTED"));
    expect(world.messages()[0]?.email).toContain("The summary of the plan could not be read.");
    expect(world.messages()[0]?.data).not.toHaveProperty("plan");
  });

  it("While an execution goes on, release-recorder writes nothing as what is there now: a retry of Apply may be at it.", async () => {
    const details = { made: ["a"], notMade: ["b"], destroyedOnly: [], moved: [], appliedAt: at("10:34:30") };
    const failed = actionOf("Apply", "Failed", { start: "10:30:10", end: "10:35:00" });
    world.give(
      [executionOf("InProgress", [...PLANNED, APPROVED, failed])],
      [PLAN_RESULT, resultOf("Apply", { outcome: "failed", details })],
    );
    expect(await world.invoke(executionEvent("RESUMED"))).toMatchObject({ outcome: "running" });
    expect(await world.ledger.current(RELEASE)).toBeUndefined();
  });

  it("What an older look says changes nothing after a newer one, and sends no e-mail.", async () => {
    released();
    await world.invoke(executionEvent("SUCCEEDED"));
    waits();
    expect(await world.invoke(approvalEvent("STARTED"))).toMatchObject({ outcome: "released", emailed: [] });
    expect(world.kinds()).toEqual(["released"]);
  });
});

describe("a stage that is retried", () => {
  const failed = [...PLANNED, APPROVED, actionOf("Apply", "Failed", { start: "10:30:10", end: "10:31:00" })];
  const again = (status: string, end: string, id = "Apply-2") =>
    actionOf("Apply", status, { start: "10:40:00", end, id });

  it("People get an e-mail about the end of a retried stage, also about a second failure.", async () => {
    world.give([executionOf("Failed", failed)], [PLAN_RESULT]);
    await world.invoke(executionEvent("FAILED"));
    world.give([executionOf("InProgress", [...failed, again("InProgress", "10:40:00")])]);
    expect(await world.invoke(executionEvent("RESUMED"))).toMatchObject({ outcome: "running", emailed: [] });
    expect((await world.history())[0]).not.toHaveProperty("endedAt");
    world.give([executionOf("Failed", [...failed, again("Failed", "10:45:00")])]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ emailed: ["release-failed"] });
    expect(world.kinds()).toEqual(["release-failed", "release-failed"]);
  });

  it("An end that comes late is neither e-mailed nor written as what is there now, where the release goes on meanwhile.", async () => {
    world.give([executionOf("InProgress", [...failed, again("InProgress", "10:40:00")])], [PLAN_RESULT]);
    await world.invoke(executionEvent("RESUMED"));
    const details = { made: ["a"], notMade: ["b"], destroyedOnly: [], moved: [], appliedAt: at("10:30:50") };
    world.give([executionOf("Failed", failed)], [resultOf("Apply", { outcome: "failed", details })]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ outcome: "running", emailed: [] });
    expect(world.messages()).toEqual([]);
    expect(await world.ledger.current(RELEASE)).toBeUndefined();
  });

  it("A try that left no result is not reported with the result of the try before.", async () => {
    world.give(
      [executionOf("Failed", [...failed, again("Failed", "10:45:00")])],
      [PLAN_RESULT, resultOf("Apply", { outcome: "refused", sentence: "Of the first try." }, { time: "10:31:00" })],
    );
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ outcome: "failed" });
    expect(world.messages()[0]?.email).not.toContain("Of the first try");
  });
});

describe("an approval", () => {
  const ended = (end: string, by?: string, comment?: string) =>
    actionOf("Approve", "Failed", {
      start: "10:02:10",
      end,
      ...(by !== undefined && { updatedBy: by }),
      result: { externalExecutionId: TOKEN, ...(comment !== undefined && { externalExecutionSummary: comment }) },
    });

  it("The e-mail about a rejection says who rejected, with the comment.", async () => {
    world.give([executionOf("Failed", [...PLANNED, ended("10:20:00", APPROVER, "Not on a Friday")])], [PLAN_RESULT]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({
      outcome: "rejected",
      emailed: ["approval-rejected"],
    });
    expect(world.messages()[0]?.email).toContain("Not on a Friday");
    expect(world.messages()[0]?.email).toContain(`rejected by  ${APPROVER}`);
  });

  it("An approval that nobody answered is e-mailed as expired.", async () => {
    world.give([executionOf("Failed", [...PLANNED, ended("2026-11-26T10:02:11.000Z")])], [PLAN_RESULT]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({
      outcome: "expired",
      emailed: ["approval-expired"],
    });
  });

  it("A schedule reminds once of an approval that ends soon, and not before.", async () => {
    waits();
    expect(await world.invoke(scheduleEvent("2026-11-24T11:00:00Z"))).toEqual({
      outcome: "checked",
      executions: 1,
      emailed: ["approval-needed"],
    });
    expect(await world.invoke(scheduleEvent("2026-11-25T22:02:09Z"))).toMatchObject({ emailed: [] });
    expect(await world.invoke(scheduleEvent("2026-11-25T22:02:10Z"))).toMatchObject({ emailed: ["approval-expiring"] });
    expect(await world.invoke(scheduleEvent("2026-11-26T09:00:00Z"))).toMatchObject({ emailed: [] });
    expect(world.kinds()).toEqual(["approval-needed", "approval-expiring"]);
  });
});

describe("what no event came for", () => {
  it("A schedule e-mails people about releases that ended lately, and leaves older ones alone.", async () => {
    released();
    expect(await world.invoke(scheduleEvent("2026-11-24T16:35:02Z"))).toEqual({
      outcome: "checked",
      executions: 0,
      emailed: [],
    });
    expect(await world.invoke(scheduleEvent("2026-11-24T16:35:01Z"))).toMatchObject({
      executions: 1,
      emailed: ["released"],
    });
  });

  it("A schedule looks at an execution that is stopping, however long its last action takes.", async () => {
    const applying = actionOf("Apply", "InProgress", { start: "10:30:10" });
    world.give([executionOf("Stopping", [...PLANNED, APPROVED, applying])], [PLAN_RESULT]);
    expect(await world.invoke(scheduleEvent("2026-11-25T10:00:00Z"))).toMatchObject({ executions: 1 });
  });

  it("A schedule looks at all executions although the e-mail about one fails, and fails at the end.", async () => {
    const other = { ...RELEASE, environment: "qa", pipeline: "qa-infrastructure", tag: "qa_eu-central-1/risk/1.4.2" };
    world.give([
      executionOf("InProgress", [...PLANNED, WAITING]),
      executionOf("InProgress", [...PLANNED, WAITING], { of: { ...other, executionId: ANOTHER } }),
    ]);
    world.fail("SNS", "Publish", "AuthorizationError");
    await expect(world.invoke(scheduleEvent())).rejects.toThrow("PublishCommand");
    expect(world.kinds()).toHaveLength(1);
    expect(await world.invoke(scheduleEvent())).toMatchObject({ executions: 2, emailed: ["approval-needed"] });
    expect(world.kinds()).toHaveLength(2);
  });
});

describe("CodePipeline that is behind its own event", () => {
  it("The function looks again until CodePipeline knows that the execution ended.", async () => {
    world.give([executionOf("InProgress", [...PLANNED, APPROVED, APPLIED])], [PLAN_RESULT]);
    world.whileItWaits(released);
    expect(await world.invoke(executionEvent("SUCCEEDED"))).toMatchObject({ emailed: ["released"] });
    expect(world.waits).toEqual([2_000]);
  });

  it("The function looks again until CodePipeline lists the approval with its token.", async () => {
    world.give([executionOf("InProgress", PLANNED)], [PLAN_RESULT]);
    world.whileItWaits(() => world.give([executionOf("InProgress", [...PLANNED, actionOf("Approve", "InProgress")])]));
    world.whileItWaits(waits);
    expect(await world.invoke(approvalEvent("STARTED"))).toMatchObject({ emailed: ["approval-needed"] });
    expect(world.waits).toEqual([2_000, 2_000]);
  });

  it("The function gives up after three looks, and leaves the rest to the schedule.", async () => {
    world.give([executionOf("InProgress", PLANNED)], [PLAN_RESULT]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ outcome: "running", emailed: [] });
    expect(world.operations().filter((operation) => operation === "GetPipelineExecution")).toHaveLength(3);
  });
});

describe("events of others", () => {
  it.each([
    ["another account", { ...executionEvent("SUCCEEDED"), account: "999999999999" }],
    ["another region", { ...executionEvent("SUCCEEDED"), region: "eu-west-1" }],
    ["another pipeline", executionEvent("SUCCEEDED", { pipeline: "guardrails-develop" })],
    ["another action", approvalEvent("STARTED", { category: "Build" })],
    ["a schedule of another account", scheduleEvent(undefined, "999999999999")],
    ["somebody who calls it one of CodePipeline", { ...executionEvent("SUCCEEDED"), source: "made.up" }],
    ["another service", { source: "aws.codebuild", "detail-type": "CodeBuild Build State Change" }],
  ])("An event of %s is ignored, without a call.", async (_what, event) => {
    released();
    expect(await world.invoke(event)).toMatchObject({ outcome: "ignored" });
    expect(world.calls).toEqual([]);
  });

  it.each([
    ["of another environment", { ENV: "dev", TAG: "dev_eu-central-1/risk/1.4.2" }],
    ["whose tag says something else", { TEAM: "research" }],
    ["without variables of a release", { REQUESTED_AT: "-" }],
  ])("An execution %s is ignored: pipeline-starter did not start it.", async (_what, variables) => {
    world.give([executionOf("Failed", [SOURCE], { variables })]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ outcome: "ignored" });
    expect(world.messages()).toEqual([]);
  });

  it("An execution that CodePipeline does not know is ignored.", async () => {
    expect(await world.invoke(executionEvent("FAILED", { id: ANOTHER }))).toEqual({
      outcome: "ignored",
      reason: "CodePipeline has no such execution.",
    });
  });

  it.each([
    ["no event", {}, "not an event of EventBridge"],
    [
      "an event without its execution",
      { ...executionEvent("FAILED"), detail: { pipeline: "prod-infrastructure" } },
      "execution-id",
    ],
    ["a schedule that no scheduler sent", { ...scheduleEvent(), source: "made.up" }, "source"],
    ["an execution that is a path", executionEvent("FAILED", { id: "../../x" }), "execution-id"],
  ])("Input that is %s fails the invocation.", async (_what, event, complaint) => {
    await expect(world.invoke(event)).rejects.toThrow(complaint);
  });
});

describe("faults", () => {
  it("An e-mail is sent again where the ledger could not note it: at worst it comes twice.", async () => {
    waits();
    world.fail("DynamoDB", "UpdateItem", "AccessDeniedException", { skip: 1 });
    await expect(world.invoke(approvalEvent("STARTED"))).rejects.toThrow("table palisade-releases");
    expect(await world.invoke(approvalEvent("STARTED"))).toMatchObject({ emailed: ["approval-needed"] });
    expect(await world.invoke(approvalEvent("STARTED"))).toMatchObject({ emailed: [] });
    expect(world.kinds()).toEqual(["approval-needed", "approval-needed"]);
  });

  it("An e-mail that SNS did not take is sent by the retry.", async () => {
    released();
    world.fail("SNS", "Publish", "AuthorizationError");
    await expect(world.invoke(executionEvent("SUCCEEDED"))).rejects.toThrow("topic arn:aws:sns");
    expect(await world.invoke(executionEvent("SUCCEEDED"))).toMatchObject({ emailed: ["released"] });
  });

  it.each(["NoSuchKey", "AccessDenied"])(
    "A stage's result that S3 answers with %s is missing, and people get an e-mail all the same.",
    async (error) => {
      world.give(
        [
          executionOf("Failed", [
            SOURCE,
            actionOf("Plan", "Failed", { result: { externalExecutionSummary: "Build terminated" } }),
          ]),
        ],
        [PLAN_RESULT],
      );
      world.fail("S3", "GetObject", error);
      expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ emailed: ["release-failed"] });
      expect(world.messages()[0]?.email).toContain("CodePipeline says: Build terminated");
    },
  );

  it("A result that is not readable counts as missing, and is logged.", async () => {
    world.give([executionOf("Failed", [SOURCE, actionOf("Plan", "Failed")])], [{ ...PLAN_RESULT, content: "{" }]);
    expect(await world.invoke(executionEvent("FAILED"))).toMatchObject({ emailed: ["release-failed"] });
    expect(world.logged()).toContainEqual(expect.objectContaining({ message: "result of a stage is not readable" }));
  });

  it("A fault of CodePipeline or of S3 fails the invocation.", async () => {
    released();
    world.fail("CodePipeline", "GetPipelineExecution", "AccessDeniedException");
    await expect(world.invoke(executionEvent("SUCCEEDED"))).rejects.toThrow();
    world.fail("S3", "GetObject", "InvalidRequest");
    await expect(world.invoke(executionEvent("SUCCEEDED"))).rejects.toThrow();
    expect(world.messages()).toEqual([]);
  });
});

it("Metrics count the e-mails, and the times from tag to plan and from tag to applied once for each release.", async () => {
  const add = vi.spyOn(world.metrics, "addMetric");
  waits();
  await world.invoke(approvalEvent("STARTED"));
  released();
  await world.invoke(executionEvent("SUCCEEDED"));
  await world.invoke(executionEvent("SUCCEEDED"));
  await world.invoke(executionEvent("SUCCEEDED", { pipeline: "another" }));
  await world.invoke(scheduleEvent());
  expect(add.mock.calls).toEqual([
    ["Waiting", "Count", 1],
    ["TagToPlan", "Milliseconds", 120_000],
    ["Released", "Count", 1],
    ["TagToApplied", "Milliseconds", 2_070_000],
    ["ApprovalToApplied", "Milliseconds", 270_000],
    ["Unchanged", "Count", 1],
    ["Ignored", "Count", 1],
    ["Checked", "Count", 1],
  ]);
});
