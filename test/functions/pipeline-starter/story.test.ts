import { createServer, type Server } from "node:http";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { listen } from "../../../local/gateway/loopback.ts";
import { COMMITS, createReleaseEstate, tagEvent } from "../../support/pipeline-starter.ts";

// The whole story through the real SDK clients, against the local AWS with the sample repository.

const HOUR = 3_600_000;
const TAG = "dev_us-east-1/research/1.0";

let estate: Awaited<ReturnType<typeof createReleaseEstate>>;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  estate = await createReleaseEstate();
});
afterEach(async () => {
  vi.useRealTimers();
  await estate.close();
});

/** How many records are completed before the one of the start. */
const BEFORE_START = 1;

const connectionsOf = (server: Server) =>
  new Promise<number>((resolve) => {
    server.getConnections((_error, count) => resolve(count));
  });

const operations = () => estate.calls.map(({ service, operation }) => `${service}.${operation}`);
const kindsTold = () => estate.told().map(({ data }) => data.kind);

describe("a release", () => {
  it("starts the pipeline of its environment with the tagged commit, and people are told", async () => {
    expect(await estate.invoke(tagEvent(TAG))).toEqual({
      outcome: "started",
      tag: TAG,
      pipeline: "dev-infrastructure",
      executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(estate.started()).toEqual([
      expect.objectContaining({
        pipeline: "dev-infrastructure",
        sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: COMMITS.roles }],
      }),
    ]);
    expect(kindsTold()).toEqual(["release-started"]);
  });

  it("is of the commit that the tag points to, not of the head of the branch", async () => {
    await estate.invoke(tagEvent("qa_eu-central-1/risk/1.4.2", { commitId: COMMITS.database }));
    expect(estate.started()[0]?.variables.COMMIT_ID).toBe(COMMITS.database);
    expect(COMMITS.database).not.toBe(COMMITS.head);
  });

  it.each([
    ["the id of the tag", "a1f8dd59a8962bc8d78eb8b8d7361e809c87ab1b"],
    ["the id of its commit", COMMITS.head],
    ["nothing", undefined],
  ])("of an annotated tag is of its commit, where the event names %s", async (_what, commitId) => {
    await estate.invoke(tagEvent("prod_global/tooling/1.0", { commitId }));
    expect(estate.started()[0]?.variables).toMatchObject({ COMMIT_ID: COMMITS.head, REGION: "us-east-1" });
  });

  it("asks for the whole names of tag and branch, since each may have a namesake", async () => {
    await estate.invoke(tagEvent(TAG));
    expect(estate.calls.find(({ service }) => service === "CodeCommit")?.input).toEqual({
      repositoryName: "infrastructure",
      sourceCommitSpecifier: `refs/tags/${TAG}`,
      destinationCommitSpecifier: "refs/heads/main",
    });
  });

  it("needs two calls besides those of idempotency and the message", async () => {
    await estate.invoke(tagEvent(TAG));
    expect(operations()).toEqual([
      "DynamoDB.PutItem",
      "DynamoDB.PutItem",
      "CodeCommit.GetMergeOptions",
      "DynamoDB.UpdateItem",
      "DynamoDB.PutItem",
      "CodePipeline.StartPipelineExecution",
      "DynamoDB.UpdateItem",
      "SNS.Publish",
      "DynamoDB.UpdateItem",
    ]);
  });

  it("is not lost where another region is released from the same commit at once", async () => {
    const [one, other] = ["dev_us-east-1/research/9.0", "dev_eu-central-1/research/9.0"];
    for (const tag of [one, other]) estate.git("tag", tag, COMMITS.roles);
    const results = await Promise.all([estate.invoke(tagEvent(one)), estate.invoke(tagEvent(other))]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["started", "started"]);
    expect(
      estate
        .started()
        .map(({ variables }) => variables.REGION)
        .sort(),
    ).toEqual(["eu-central-1", "us-east-1"]);
    for (const { executionId } of results)
      expect(await estate.statusOf("dev-infrastructure", executionId ?? "")).toBe("InProgress");
  });

  it("is not lost where another one of the environment follows at once", async () => {
    const results = await Promise.all([
      estate.invoke(tagEvent(TAG)),
      estate.invoke(tagEvent("dev_global/tooling/1.1")),
    ]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["started", "started"]);
    expect(new Set(estate.started().map(({ variables }) => variables.TAG))).toEqual(
      new Set([TAG, "dev_global/tooling/1.1"]),
    );
  });

  it("of a team that is not on the list is refused", async () => {
    const limited = await createReleaseEstate({ TEAMS: '["risk"]' });
    expect(await limited.invoke(tagEvent(TAG))).toMatchObject({
      outcome: "refused",
      reason: "The team is one of risk.",
    });
    expect(limited.started()).toEqual([]);
    await limited.close();
  });

  it("has to be on the configured branch", async () => {
    const other = await createReleaseEstate({ BRANCH: "larger-database" });
    expect(await other.invoke(tagEvent("dev_us-east-1/risk/1.5.0"))).toMatchObject({ outcome: "started" });
    expect(await other.invoke(tagEvent(TAG))).toMatchObject({ outcome: "refused" });
    await other.close();
  });
});

describe("a release is started once and told once", () => {
  it("where the event comes again, hours later", async () => {
    const event = tagEvent(TAG);
    const first = await estate.invoke(event);
    vi.setSystemTime(Date.now() + 35 * HOUR);
    expect(await estate.invoke(event)).toEqual({ ...first, outcome: "already started" });
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started"]);
    expect(new Set(operations().slice(9))).toEqual(new Set(["DynamoDB.PutItem"]));
  });

  it("where it comes again after the tag was moved or deleted", async () => {
    const event = tagEvent(TAG);
    await estate.invoke(event);
    await estate.invoke(tagEvent(TAG, { event: "referenceDeleted", commitId: undefined, oldCommitId: COMMITS.roles }));
    estate.fail("CodeCommit", "GetMergeOptions", "CommitDoesNotExistException");
    expect(await estate.invoke(event)).toMatchObject({ outcome: "already started" });
    expect(kindsTold()).toEqual(["release-started", "tag-deleted"]);
  });

  it("where two copies come at the same time: the other one fails, and Lambda tries it again", async () => {
    const event = tagEvent(TAG);
    const both = await Promise.allSettled([estate.invoke(event), estate.invoke(event)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await estate.invoke(event)).toMatchObject({ outcome: "already started" });
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started"]);
  });

  it("where the tag is pushed again on the same commit: that people are told", async () => {
    const first = await estate.invoke(tagEvent(TAG));
    expect(await estate.invoke(tagEvent(TAG))).toEqual({ ...first, outcome: "already started" });
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started", "release-repeated"]);
  });

  it("where the topic fails after the start: the retry tells of the start", async () => {
    const event = tagEvent(TAG);
    estate.fail("SNS", "Publish", "InternalFailure");
    await expect(estate.invoke(event)).rejects.toThrow(/PublishCommand on topic .*:releases failed/);
    expect(estate.started()).toHaveLength(1);
    expect(await estate.invoke(event)).toMatchObject({ outcome: "already started", pipeline: "dev-infrastructure" });
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started"]);
    await estate.invoke(event);
    expect(kindsTold()).toEqual(["release-started"]);
  });

  it.each([
    ["moved", () => estate.git("tag", "--force", TAG, COMMITS.head)],
    ["deleted", () => estate.git("tag", "--delete", TAG)],
  ])("where the topic fails after the start, and the tag is %s before the retry", async (_what, change) => {
    const event = tagEvent(TAG);
    estate.fail("SNS", "Publish", "InternalFailure");
    await expect(estate.invoke(event)).rejects.toThrow("PublishCommand");
    change();
    expect(await estate.invoke(event)).toMatchObject({ outcome: "already started" });
    expect(estate.started().map(({ variables }) => variables.COMMIT_ID)).toEqual([COMMITS.roles]);
    expect(estate.told()).toMatchObject([{ data: { kind: "release-started", commitId: COMMITS.roles } }]);
  });

  it("where it ends between the start and its record, and the tag is moved before the retry", async () => {
    const event = tagEvent(TAG);
    estate.fail("DynamoDB", "UpdateItem", "InternalServerError", 4, BEFORE_START);
    await expect(estate.invoke(event)).rejects.toThrow("UpdateItemCommand");
    estate.git("tag", "--force", TAG, COMMITS.head);
    vi.setSystemTime(Date.now() + 60_001);
    await estate.invoke(event);
    expect(new Set(estate.started().map(({ variables }) => variables.COMMIT_ID))).toEqual(new Set([COMMITS.roles]));
    expect(new Set(estate.started().map(({ clientRequestToken }) => clientRequestToken)).size).toBe(1);
  });

  it("where it ends between the start and its record: CodePipeline knows the repeat by its token", async () => {
    const event = tagEvent(TAG);
    estate.fail("DynamoDB", "UpdateItem", "InternalServerError", 4, BEFORE_START);
    await expect(estate.invoke(event)).rejects.toThrow(/UpdateItemCommand on table palisade-releases failed/);
    // Until the deadline of the invocation that ended, nobody knows whether it goes on.
    await expect(estate.invoke(event)).rejects.toThrow("already an execution in progress");
    vi.setSystemTime(Date.now() + 60_001);
    const result = await estate.invoke(event);
    expect(result).toMatchObject({ outcome: "started" });
    const [first, second, ...others] = estate.started();
    expect(first).toEqual(second);
    expect(others).toEqual([]);
    expect(estate.told().map(({ data }) => [data.kind, data.executionId])).toEqual([
      ["release-started", result.executionId],
    ]);
  });

  it("but where it ends right after the message, that comes twice", async () => {
    const event = tagEvent(TAG);
    estate.fail("DynamoDB", "UpdateItem", "InternalServerError", 4, BEFORE_START + 1);
    await expect(estate.invoke(event)).rejects.toThrow("UpdateItemCommand");
    vi.setSystemTime(Date.now() + 60_001);
    await estate.invoke(event);
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started", "release-started"]);
  });

  it("but a tag that was deleted and pushed on another commit is another release", async () => {
    await estate.invoke(tagEvent(TAG));
    estate.git("tag", "--force", TAG, COMMITS.head);
    expect(await estate.invoke(tagEvent(TAG, { commitId: COMMITS.head }))).toMatchObject({ outcome: "started" });
    expect(estate.started().map(({ variables }) => variables.COMMIT_ID)).toEqual([COMMITS.roles, COMMITS.head]);
  });

  it("and is remembered for 36 hours", async () => {
    await estate.invoke(tagEvent(TAG));
    const { Items = [] } = await new DynamoDBClient(estate.client).send(
      new ScanCommand({ TableName: "palisade-releases" }),
    );
    const hours = Items.map(({ expiration }) => (Number(expiration?.N) * 1_000 - Date.now()) / HOUR);
    expect(hours).toHaveLength(3);
    for (const remembered of hours) expect(remembered).toBeCloseTo(36, 2);
  });

  it.each([
    ["of another tag", tagEvent("dev_global/tooling/1.1", { id: "1" }), "release-started"],
    ["of a move", tagEvent(TAG, { id: "1", event: "referenceUpdated" }), "tag-moved"],
    ["of another commit", tagEvent(TAG, { id: "1", commitId: COMMITS.head }), "release-started"],
  ])("an event that tells %s is another one, whatever its id", async (_what, event, kind) => {
    await estate.invoke(tagEvent(TAG, { id: "1" }));
    await estate.invoke(event);
    expect(kindsTold()).toEqual(["release-started", kind]);
  });
});

describe("a transient fault fails the invocation, and the retry starts the release", () => {
  it.each([
    ["CodeCommit", "GetMergeOptions", "ThrottlingException", /GetMergeOptionsCommand on repository infrastructure/],
    ["CodeCommit", "GetMergeOptions", "EncryptionKeyUnavailableException", /on repository infrastructure/],
    ["CodePipeline", "StartPipelineExecution", "ThrottlingException", /The pipeline dev-infrastructure could not/],
    ["CodePipeline", "StartPipelineExecution", "ConflictException", /The pipeline dev-infrastructure could not/],
    [
      "CodePipeline",
      "StartPipelineExecution",
      "ConcurrentPipelineExecutionsLimitExceededException",
      /The pipeline dev-infrastructure could not/,
    ],
    ["CodePipeline", "StartPipelineExecution", "AccessDeniedException", /The pipeline dev-infrastructure could not/],
    ["DynamoDB", "PutItem", "InternalServerError", /PutItemCommand on table palisade-releases failed/],
    ["DynamoDB", "PutItem", "ThrottlingException", /PutItemCommand on table palisade-releases failed/],
  ])("%s.%s: %s", async (service, operation, errorName, message) => {
    const event = tagEvent(TAG);
    const attempts = [
      "ConflictException",
      "ConcurrentPipelineExecutionsLimitExceededException",
      "AccessDeniedException",
      "EncryptionKeyUnavailableException",
    ].includes(errorName)
      ? 1
      : 4;
    estate.fail(service, operation, errorName, attempts);
    await expect(estate.invoke(event)).rejects.toThrow(message);
    expect(estate.started()).toEqual([]);
    expect(estate.told()).toEqual([]);

    expect(await estate.invoke(event)).toMatchObject({ outcome: "started" });
    expect(estate.started()).toHaveLength(1);
    expect(kindsTold()).toEqual(["release-started"]);
  });
});

describe("a permanent fault is refused and told, and not tried again", () => {
  it.each([
    ["CodeCommit", "GetMergeOptions", "CommitDoesNotExistException", /finds no commit/],
    ["CodeCommit", "GetMergeOptions", "InvalidCommitException", /finds no commit/],
    ["CodeCommit", "GetMergeOptions", "TipsDivergenceExceededException", /too far apart/],
    ["CodeCommit", "GetMergeOptions", "MaximumItemsToCompareExceededException", /too far apart/],
    ["CodeCommit", "GetMergeOptions", "MaximumFileContentToLoadExceededException", /too far apart/],
    ["CodeCommit", "GetMergeOptions", "RepositoryDoesNotExistException", /no repository infrastructure/],
    ["CodePipeline", "StartPipelineExecution", "PipelineNotFoundException", /refused to start dev-infrastructure/],
    ["CodePipeline", "StartPipelineExecution", "ValidationException", /refused to start dev-infrastructure/],
  ])("%s.%s: %s", async (service, operation, errorName, reason) => {
    const event = tagEvent(TAG);
    estate.fail(service, operation, errorName, 1);
    const result = await estate.invoke(event);
    expect(result).toEqual({ outcome: "refused", tag: TAG, reason: expect.stringMatching(reason) });
    expect(estate.told()).toMatchObject([{ data: { kind: "release-refused", reason: result.reason } }]);

    // A copy of the event changes nothing; the tag that is pushed again after the correction releases.
    expect(await estate.invoke(event)).toEqual(result);
    expect(estate.started()).toEqual([]);
    expect(kindsTold()).toEqual(["release-refused"]);
    expect(await estate.invoke(tagEvent(TAG))).toMatchObject({ outcome: "started" });
  });

  it("is told even where its record cannot be deleted", async () => {
    estate.fail("CodePipeline", "StartPipelineExecution", "ValidationException", 1);
    estate.fail("DynamoDB", "DeleteItem", "InternalServerError");
    expect(await estate.invoke(tagEvent(TAG))).toMatchObject({ outcome: "refused" });
    expect(kindsTold()).toEqual(["release-refused"]);
  });

  it("says what the pipeline has to be", async () => {
    estate.fail("CodePipeline", "StartPipelineExecution", "ValidationException", 1);
    await estate.invoke(tagEvent(TAG));
    expect(estate.told()[0]?.email).toMatch(/type V2 with execution mode QUEUED, have the source action Source/);
  });

  it("says how to release a commit that is not on the branch", async () => {
    expect(await estate.invoke(tagEvent("dev_us-east-1/risk/1.5.0"))).toMatchObject({
      outcome: "refused",
      reason: `Its commit ${COMMITS.side} is not on the branch main.`,
    });
    expect(estate.told()[0]?.email).toContain("Merge the change to main. Then push a tag with a new version");
    expect(estate.started()).toEqual([]);
  });

  it("is told by the retry where the topic failed", async () => {
    const event = tagEvent("dev_us-east-1");
    estate.fail("SNS", "Publish", "InternalFailure");
    await expect(estate.invoke(event)).rejects.toThrow("PublishCommand");
    expect(await estate.invoke(event)).toMatchObject({ outcome: "refused" });
    expect(kindsTold()).toEqual(["release-refused"]);
  });
});

describe("a tag never changes", () => {
  it("a moved one starts nothing, and people are told who moved it from where to where", async () => {
    const moved = tagEvent(TAG, { event: "referenceUpdated", commitId: COMMITS.head, oldCommitId: COMMITS.roles });
    expect(await estate.invoke(moved)).toMatchObject({
      outcome: "refused",
      reason: expect.stringMatching("was moved"),
    });
    expect(estate.started()).toEqual([]);
    expect(estate.told()).toEqual([
      expect.objectContaining({
        subject: `[palisade] dev: tag moved: ${TAG}`,
        data: expect.objectContaining({
          kind: "tag-moved",
          oldCommitId: COMMITS.roles,
          commitId: COMMITS.head,
          by: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
        }),
        email: expect.stringMatching(
          new RegExp(`pointed to +${COMMITS.roles}\\n +points to +${COMMITS.head}\\n +moved by +arn:aws:sts:.*mary`),
        ),
      }),
    ]);
  });

  it("a deleted one starts nothing, and people are told who deleted it", async () => {
    const deleted = tagEvent(TAG, { event: "referenceDeleted", commitId: undefined, oldCommitId: COMMITS.roles });
    expect(await estate.invoke(deleted)).toMatchObject({ outcome: "refused" });
    expect(operations()).not.toContain("CodeCommit.GetMergeOptions");
    expect(estate.told()[0]).toMatchObject({
      data: { kind: "tag-deleted", oldCommitId: COMMITS.roles },
      email: expect.stringMatching(/deleted by +arn:aws:sts:.*mary/),
    });
  });
});

describe("the time limit", () => {
  it.each(["codecommit", "codepipeline", "sns"] as const)(
    "ends a call to %s that is not answered, and leaves its record to the deadline",
    async (service) => {
      vi.useRealTimers();
      const silent = createServer();
      const endpoint = await listen(silent);
      const other = await createReleaseEstate({}, { [service]: endpoint });
      await expect(other.invoke(tagEvent(TAG), 2_000)).rejects.toThrow("The time limit of the function was near");
      // A call that is not given up would keep its connection until its own limit of 5 s.
      await vi.waitFor(async () => expect(await connectionsOf(silent)).toBe(0), { timeout: 2_000 });
      expect(other.calls.map(({ operation }) => operation)).not.toContain("DeleteItem");
      silent.close();
      await other.close();
    },
  );
});

describe("what is none of our business is ignored, and calls nothing", () => {
  it.each([
    ["a tag without an environment", tagEvent("v1.0")],
    ["a tag of another repository", tagEvent(TAG, { repositoryName: "other" })],
    ["a branch", tagEvent("main", { referenceType: "branch" })],
    ["a pull request", { source: "aws.codecommit", "detail-type": "CodeCommit PullRequest State Change", detail: {} }],
    ["another service", { source: "aws.s3", "detail-type": "Object Created", detail: {} }],
  ])("%s", async (_what, event) => {
    expect(await estate.invoke(event)).toMatchObject({ outcome: "ignored", reason: expect.any(String) });
    expect(estate.calls).toEqual([]);
  });
});

describe("what is no event fails the invocation", () => {
  it.each([null, {}, "text", { Records: [] }, { source: "aws.codecommit" }])("%j", async (event) => {
    await expect(estate.invoke(event)).rejects.toThrow(
      "not an event of EventBridge: correct what invokes this function",
    );
  });

  it.each([
    ["id", { ...tagEvent(TAG), id: undefined }],
    ["region", { ...tagEvent(TAG), region: "us-east-1.evil.example/" }],
    ["detail.event", tagEvent(TAG, { event: "referenceRenamed" })],
    ["detail.repositoryName", tagEvent(TAG, { repositoryName: undefined })],
    ["detail.referenceName", tagEvent(TAG, { referenceName: 1 })],
  ])("nor one about a tag with a wrong %s", async (field, event) => {
    await expect(estate.invoke(event)).rejects.toThrow(`→ at ${field}`);
    expect(estate.calls).toEqual([]);
  });
});
