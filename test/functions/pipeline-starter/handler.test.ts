import { describe, expect, it, vi } from "vitest";
import { MAX_ATTEMPTS } from "../../../shared/aws-client.ts";
import { COMMITS, requestEvent, tagEvent, useReleaseWorld } from "../../support/pipeline-starter.ts";

// The whole story through the real SDK clients, against the local AWS with the sample repository.

const HOUR = 3_600_000;
const TIME_LIMIT = 60_000;

/** How many records are completed before the one of the start. */
const BEFORE_START = 1;

const STARTED = { level: "INFO", message: "event handled", outcome: "started" };

describe("a release", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter starts the pipeline of a release tag's environment with the tagged commit, and sends one message.", async () => {
    const tag = world.newTag();
    const result = await world.container().invoke(tagEvent(tag));
    expect(result).toEqual({
      outcome: "started",
      tag,
      pipeline: "dev-infrastructure",
      executionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(world.starts()).toEqual([
      expect.objectContaining({
        pipeline: "dev-infrastructure",
        sourceRevisions: [{ actionName: "Source", revisionType: "COMMIT_ID", revisionValue: COMMITS.roles }],
      }),
    ]);
    expect(world.kinds()).toEqual(["release-started"]);
    expect(world.logged()).toEqual([expect.objectContaining({ ...STARTED, ...result })]);
  });

  it("The handler of pipeline-starter releases the commit that the tag points to, and not the head of the branch.", async () => {
    const tag = world.newTag(COMMITS.database, "qa_eu-central-1/risk");
    await world.container().invoke(tagEvent(tag, { commitId: COMMITS.database }));
    expect(world.starts()[0]?.variables.COMMIT_ID).toBe(COMMITS.database);
    expect(COMMITS.database).not.toBe(COMMITS.head);
  });

  it.each([
    ["the id of the tag", "a1f8dd59a8962bc8d78eb8b8d7361e809c87ab1b"],
    ["the id of its commit", COMMITS.head],
    ["no id", undefined],
  ])(
    "The handler of pipeline-starter releases the commit of an annotated tag where the event names %s.",
    async (_id, commitId) => {
      const tag = world.newTag("prod_global/tooling/1.0", "prod_global/tooling");
      await world.container().invoke(tagEvent(tag, { commitId }));
      expect(world.starts()[0]?.variables).toMatchObject({ COMMIT_ID: COMMITS.head, REGION: "us-east-1" });
    },
  );

  it("The handler of pipeline-starter needs two calls for a release besides the calls for idempotency and the message.", async () => {
    await world.container().invoke(tagEvent(world.newTag()));
    expect(world.operations()).toEqual([
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

  it.each([
    ["of the same commit to another region", COMMITS.roles, "dev_eu-central-1/research"],
    ["of another commit to the same environment", COMMITS.head, "dev_global/tooling"],
  ])(
    "The handler of pipeline-starter loses no release when one %s starts at the same time.",
    async (_what, commitId, beginning) => {
      const tags = [world.newTag(), world.newTag(commitId, beginning)];
      const { invoke } = world.container();
      const results = await Promise.all(tags.map((tag) => invoke(tagEvent(tag))));
      expect(results.map(({ outcome }) => outcome)).toEqual(["started", "started"]);
      expect(new Set(world.starts().map(({ variables }) => variables.TAG))).toEqual(new Set(tags));
      for (const { executionId } of results)
        expect(await world.statusOf("dev-infrastructure", executionId)).toBe("InProgress");
    },
  );
});

describe("metrics", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter counts each outcome in a metric of its own.", async () => {
    const added = vi.spyOn(world.platform().metrics, "addMetric");
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    for (const one of [event, event, tagEvent("dev_us-east-1"), tagEvent("v1.0")]) await invoke(one);
    expect(added.mock.calls).toEqual(
      ["Started", "AlreadyStarted", "Refused", "Ignored"].map((name) => [name, "Count", 1]),
    );
  });

  it("The handler of pipeline-starter counts requests to release again, whatever comes of them.", async () => {
    const added = vi.spyOn(world.platform().metrics, "addMetric");
    const { invoke } = world.container();
    for (const one of [requestEvent(world.newTag()), requestEvent("v1.0")]) await invoke(one);
    expect(added.mock.calls.map(([name]) => name)).toEqual(["Started", "Requested", "Refused", "Requested"]);
  });
});

describe("repeated events", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter starts and sends nothing for an event that comes again after 35 hours, and logs it as already started.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    const first = await invoke(event);
    const calls = world.calls().length;
    vi.setSystemTime(Date.now() + 35 * HOUR);
    expect(await invoke(event)).toEqual({ ...first, outcome: "already started" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started"]);
    // The SDK may repeat a call, since the clock of the local AWS has not moved.
    expect(new Set(world.operations().slice(calls))).toEqual(new Set(["DynamoDB.PutItem"]));
    expect(world.logged()).toMatchObject([STARTED, { ...STARTED, outcome: "already started" }]);
  });

  it("The handler of pipeline-starter starts and sends nothing for an event that comes again after its tag was deleted.", async () => {
    const tag = world.newTag();
    const event = tagEvent(tag);
    const { invoke } = world.container();
    await invoke(event);
    world.git("tag", "--delete", tag);
    await invoke(tagEvent(tag, { event: "referenceDeleted", commitId: undefined, oldCommitId: COMMITS.roles }));
    expect(await invoke(event)).toMatchObject({ outcome: "already started" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started", "tag-deleted"]);
  });

  it("The handler of pipeline-starter fails for one of two copies of an event at the same time, and the retry finds the release started.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    const both = await Promise.allSettled([invoke(event), invoke(event)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await invoke(event)).toMatchObject({ outcome: "already started" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started"]);
  });

  it("The handler of pipeline-starter starts nothing for a tag that is pushed again on the same commit, and sends a message that says so.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    const first = await invoke(tagEvent(tag));
    expect(await invoke(tagEvent(tag))).toEqual({ ...first, outcome: "already started" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started", "release-repeated"]);
  });

  it("The handler of pipeline-starter makes another release of a tag that was deleted and pushed on another commit.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    await invoke(tagEvent(tag));
    world.git("tag", "--force", tag, COMMITS.head);
    expect(await invoke(tagEvent(tag, { commitId: COMMITS.head }))).toMatchObject({ outcome: "started" });
    expect(world.starts().map(({ variables }) => variables.COMMIT_ID)).toEqual([COMMITS.roles, COMMITS.head]);
  });

  it.each([
    ["for another tag", (_tag: string) => tagEvent(world.newTag(), { id: "1" }), "release-started"],
    ["about a move", (tag: string) => tagEvent(tag, { id: "1", event: "referenceUpdated" }), "tag-moved"],
    ["for another commit", (tag: string) => tagEvent(tag, { id: "1", commitId: COMMITS.head }), "release-started"],
  ])(
    "The handler of pipeline-starter takes an event %s for another event even with the same id.",
    async (_what, other, kind) => {
      const tag = world.newTag();
      const { invoke } = world.container();
      await invoke(tagEvent(tag, { id: "1" }));
      await invoke(other(tag));
      expect(world.kinds()).toEqual(["release-started", kind]);
    },
  );
});

describe("a request to release again", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter starts a released tag once more on request, and its message says who asked and why.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    const first = await invoke(tagEvent(tag));
    const again = await invoke(requestEvent(tag, { requestId: "r-1" }));
    expect(again).toEqual({ ...first, requestId: "r-1", executionId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(again.executionId).not.toBe(first.executionId);
    const [pushed, requested] = world.starts();
    expect(requested?.sourceRevisions).toEqual(pushed?.sourceRevisions);
    expect(requested?.variables).toEqual({
      ...pushed?.variables,
      REASON: "The apply failed",
      REQUESTED_AT: "2026-11-25T11:00:00Z",
    });
    expect(world.messages().at(-1)).toMatchObject({
      subject: "[palisade] dev: release 9.1 of research started on request in us-east-1",
      data: { kind: "release-started", requestId: "r-1", requestReason: "The apply failed" },
      email: expect.stringMatching(
        /requested by +arn:aws:sts:.*mary\n +request +r-1\n +its reason +The apply failed\n/,
      ),
    });
    expect(world.logged().at(-1)).toMatchObject({ ...STARTED, ...again });
  });

  it("The handler of pipeline-starter starts a request once, even if it comes twice as different events and the tag was moved in between.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    const first = await invoke(requestEvent(tag, { requestId: "r-2" }));
    world.git("tag", "--force", tag, COMMITS.head);
    expect(await invoke(requestEvent(tag, { requestId: "r-2" }))).toEqual({ ...first, outcome: "already started" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started"]);
  });

  it("The handler of pipeline-starter starts each request, also for the same tag.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    for (const requestId of ["r-3", "r-4"]) await invoke(requestEvent(tag, { requestId }));
    expect(world.starts()).toHaveLength(2);
    expect(world.kinds()).toEqual(["release-started", "release-started"]);
  });

  it("The handler of pipeline-starter takes a request of the same id for another tag for another request.", async () => {
    const { invoke } = world.container();
    for (const tag of [world.newTag(), world.newTag()]) await invoke(requestEvent(tag, { requestId: "r-5" }));
    expect(world.starts()).toHaveLength(2);
  });

  it("The handler of pipeline-starter releases the commit that the tag points to at the time of the request.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    await invoke(tagEvent(tag));
    world.git("tag", "--force", tag, COMMITS.head);
    await invoke(requestEvent(tag));
    expect(world.starts().map(({ variables }) => variables.COMMIT_ID)).toEqual([COMMITS.roles, COMMITS.head]);
  });

  it("The handler of pipeline-starter starts one execution and reports it, where the record of a requested start fails and the request comes again.", async () => {
    const event = requestEvent(world.newTag());
    const { invoke } = world.container();
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: BEFORE_START });
    await expect(invoke(event)).rejects.toThrow("UpdateItemCommand");
    vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
    const result = await invoke(event);
    const [first, second, ...others] = world.starts();
    expect(first).toEqual(second);
    expect(others).toEqual([]);
    expect(world.messages()).toMatchObject([{ data: { kind: "release-started", executionId: result.executionId } }]);
  });

  it.each([
    [
      "for a tag that does not exist",
      () => requestEvent("dev_us-east-1/research/77.0"),
      /finds no commit for this tag/,
    ],
    ["for a tag without an environment", () => requestEvent("v1.0"), /begins with the name of an environment/],
    ["for a tag that breaks the rules", () => requestEvent("dev_us-east-1/Research/1"), /Only these teams/],
    [
      "for a commit off the release branch",
      () => requestEvent(world.newTag(COMMITS.side)),
      /does not contain the commit/,
    ],
    ["without a reason", () => requestEvent(world.newTag(), { reason: "" }), /needs a reason/],
  ])("The handler of pipeline-starter refuses a request %s, and reports it.", async (_what, event, reason) => {
    const result = await world.container().invoke(event());
    expect(result).toMatchObject({ outcome: "refused", reason: expect.stringMatching(reason) });
    expect(world.starts()).toEqual([]);
    expect(world.messages()).toMatchObject([{ data: { kind: "release-refused", reason: result.reason } }]);
  });

  it.each([
    ["account", { account: "999999999999" }],
    ["region", { region: "eu-central-1" }],
  ])("The handler of pipeline-starter ignores a request from another %s, and calls nothing.", async (_what, from) => {
    expect(await world.container().invoke(requestEvent(world.newTag(), from))).toMatchObject({ outcome: "ignored" });
    expect(world.calls()).toEqual([]);
  });
});

describe("an invocation that ends in the middle", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter starts nothing in the retry after a fault of the topic, and sends the message of the start.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    world.fail("SNS", "Publish", "InternalFailure", { times: MAX_ATTEMPTS });
    await expect(invoke(event)).rejects.toThrow(/PublishCommand on topic .*:releases failed/);
    expect(world.starts()).toHaveLength(1);
    expect(world.logged()).toMatchObject([
      {
        level: "ERROR",
        message: "invocation failed",
        error: { message: expect.stringMatching(/^PublishCommand on topic .*:releases failed: /) },
      },
    ]);

    expect(await invoke(event)).toMatchObject({ outcome: "already started", pipeline: "dev-infrastructure" });
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started"]);
    await invoke(event);
    expect(world.kinds()).toEqual(["release-started"]);
  });

  it.each([
    ["moved", (tag: string) => world.git("tag", "--force", tag, COMMITS.head)],
    ["deleted", (tag: string) => world.git("tag", "--delete", tag)],
  ])(
    "The handler of pipeline-starter reports in the retry after a fault of the topic the commit that was started, even if the tag was %s.",
    async (_what, change) => {
      const tag = world.newTag();
      const event = tagEvent(tag);
      const { invoke } = world.container();
      world.fail("SNS", "Publish", "InternalFailure", { times: MAX_ATTEMPTS });
      await expect(invoke(event)).rejects.toThrow("PublishCommand");
      change(tag);
      expect(await invoke(event)).toMatchObject({ outcome: "already started" });
      expect(world.starts().map(({ variables }) => variables.COMMIT_ID)).toEqual([COMMITS.roles]);
      expect(world.messages()).toMatchObject([{ data: { kind: "release-started", commitId: COMMITS.roles } }]);
    },
  );

  it("The handler of pipeline-starter starts one execution and reports it, where the record of the start fails and the event comes again.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: BEFORE_START });
    await expect(invoke(event)).rejects.toThrow(/UpdateItemCommand on table palisade-starts failed/);
    // Until the deadline of the invocation that ended, nobody knows whether it goes on.
    await expect(invoke(event)).rejects.toThrow("already an execution in progress");
    vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
    const result = await invoke(event);
    expect(result).toMatchObject({ outcome: "started" });
    const [first, second, ...others] = world.starts();
    expect(first).toEqual(second);
    expect(others).toEqual([]);
    expect(world.messages().map(({ data }) => [data.kind, data.executionId])).toEqual([
      ["release-started", result.executionId],
    ]);
  });

  it("The handler of pipeline-starter releases the same commit where the record of the start fails, even if the tag was moved.", async () => {
    const tag = world.newTag();
    const event = tagEvent(tag);
    const { invoke } = world.container();
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: BEFORE_START });
    await expect(invoke(event)).rejects.toThrow("UpdateItemCommand");
    world.git("tag", "--force", tag, COMMITS.head);
    vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
    await invoke(event);
    expect(new Set(world.starts().map(({ variables }) => variables.COMMIT_ID))).toEqual(new Set([COMMITS.roles]));
    expect(new Set(world.starts().map(({ clientRequestToken }) => clientRequestToken)).size).toBe(1);
  });

  it("The handler of pipeline-starter sends the message once more and starts nothing after a fault right behind the message.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    world.fail("DynamoDB", "UpdateItem", "InternalServerError", { times: MAX_ATTEMPTS, skip: BEFORE_START + 1 });
    await expect(invoke(event)).rejects.toThrow("UpdateItemCommand");
    vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
    await invoke(event);
    expect(world.starts()).toHaveLength(1);
    expect(world.kinds()).toEqual(["release-started", "release-started"]);
  });
});

describe("a lost answer", () => {
  const world = useReleaseWorld();

  it("The handler of pipeline-starter repeats a start whose answer is lost with the same token, and reports one execution.", async () => {
    world.lose("CodePipeline", "StartPipelineExecution");
    const result = await world.container().invoke(tagEvent(world.newTag()));
    expect(result).toMatchObject({ outcome: "started" });
    const [first, second, ...others] = world.starts();
    expect(first).toEqual(second);
    expect(others).toEqual([]);
    expect(await world.statusOf("dev-infrastructure", result.executionId)).toBe("InProgress");
    expect(world.messages().map(({ data }) => data.executionId)).toEqual([result.executionId]);
  });

  it("The handler of pipeline-starter sends a message whose answer is lost once more, and starts nothing again.", async () => {
    const event = tagEvent(world.newTag());
    const { invoke } = world.container();
    world.lose("SNS", "Publish");
    expect(await invoke(event)).toMatchObject({ outcome: "started" });
    await invoke(event);
    expect(world.starts()).toHaveLength(1);
    const [first, second, ...others] = world.messages();
    expect(first).toEqual(second);
    expect(others).toEqual([]);
  });

  it.each([
    ["event", 0],
    ["commit", 1],
    ["start", 2],
  ])(
    "The handler of pipeline-starter fails where the answer to the first record of the %s is lost, and releases in the retry after the time limit.",
    async (_record, skip) => {
      const event = tagEvent(world.newTag());
      const { invoke } = world.container();
      world.lose("DynamoDB", "PutItem", { skip });
      await expect(invoke(event)).rejects.toThrow("already an execution in progress");
      expect(world.starts()).toEqual([]);
      expect(world.messages()).toEqual([]);
      vi.setSystemTime(Date.now() + TIME_LIMIT + 1);
      expect(await invoke(event)).toMatchObject({ outcome: "started" });
      expect(world.starts()).toHaveLength(1);
      expect(world.kinds()).toEqual(["release-started"]);
    },
  );

  it.each([
    ["commit", 0],
    ["start", 1],
    ["event", 2],
  ])(
    "The handler of pipeline-starter releases once where the answer to the completed record of the %s is lost.",
    async (_record, skip) => {
      const event = tagEvent(world.newTag());
      const { invoke } = world.container();
      world.lose("DynamoDB", "UpdateItem", { skip });
      expect(await invoke(event)).toMatchObject({ outcome: "started" });
      expect(await invoke(event)).toMatchObject({ outcome: "already started" });
      expect(world.starts()).toHaveLength(1);
      expect(world.kinds()).toEqual(["release-started"]);
    },
  );

  it("The handler of pipeline-starter releases a tag that is pushed again, where the answer to the deletion of its record was lost.", async () => {
    const tag = world.newTag();
    const { invoke } = world.container();
    world.fail("CodePipeline", "StartPipelineExecution", "ValidationException");
    world.lose("DynamoDB", "DeleteItem");
    expect(await invoke(tagEvent(tag))).toMatchObject({ outcome: "refused" });
    expect(world.kinds()).toEqual(["release-refused"]);
    expect(await invoke(tagEvent(tag))).toMatchObject({ outcome: "started" });
  });
});

describe("a transient fault", () => {
  const world = useReleaseWorld();

  it.each([
    ["CodeCommit", "GetMergeOptions", "ThrottlingException", 4, /GetMergeOptionsCommand on repository infrastructure/],
    ["CodeCommit", "GetMergeOptions", "EncryptionKeyUnavailableException", 1, /on repository infrastructure/],
    ["CodePipeline", "StartPipelineExecution", "ThrottlingException", 4, /The pipeline dev-infrastructure could not/],
    ["CodePipeline", "StartPipelineExecution", "ConflictException", 1, /The pipeline dev-infrastructure could not/],
    [
      "CodePipeline",
      "StartPipelineExecution",
      "ConcurrentPipelineExecutionsLimitExceededException",
      1,
      /The pipeline dev-infrastructure could not/,
    ],
    ["CodePipeline", "StartPipelineExecution", "AccessDeniedException", 1, /The pipeline dev-infrastructure could not/],
    ["DynamoDB", "PutItem", "InternalServerError", 4, /PutItemCommand on table palisade-starts failed/],
    ["DynamoDB", "PutItem", "ThrottlingException", 4, /PutItemCommand on table palisade-starts failed/],
  ])(
    "The handler of pipeline-starter fails with the transient fault %s.%s=%s, and the retry starts the release.",
    async (...fault) => {
      const [service, operation, errorName, attempts, message] = fault;
      const event = tagEvent(world.newTag());
      const { invoke } = world.container();
      world.fail(service, operation, errorName, { times: attempts });
      await expect(invoke(event)).rejects.toThrow(message);
      expect(world.starts()).toEqual([]);
      expect(world.messages()).toEqual([]);
      expect(world.logged()).toMatchObject([
        { level: "ERROR", message: "invocation failed", error: { message: expect.stringMatching(message) } },
      ]);

      expect(await invoke(event)).toMatchObject({ outcome: "started" });
      expect(world.starts()).toHaveLength(1);
      expect(world.kinds()).toEqual(["release-started"]);
    },
  );
});

describe("a refusal", () => {
  const world = useReleaseWorld();

  it.each([
    ["CodeCommit", "GetMergeOptions", "CommitDoesNotExistException", /finds no commit/],
    ["CodePipeline", "StartPipelineExecution", "PipelineNotFoundException", /refused to start/],
    ["CodePipeline", "StartPipelineExecution", "ValidationException", /refused to start/],
  ])(
    "The handler of pipeline-starter reports the permanent fault %s.%s=%s once, and releases the tag when it is pushed again.",
    async (...fault) => {
      const [service, operation, errorName, reason] = fault;
      const tag = world.newTag();
      const event = tagEvent(tag);
      const { invoke } = world.container();
      world.fail(service, operation, errorName);
      const result = await invoke(event);
      expect(result).toEqual({ outcome: "refused", tag, reason: expect.stringMatching(reason) });
      expect(world.messages()).toMatchObject([{ data: { kind: "release-refused", reason: result.reason } }]);
      expect(world.logged()).toMatchObject([{ level: "INFO", message: "event handled", ...result }]);

      expect(await invoke(event)).toEqual(result);
      expect(world.starts()).toEqual([]);
      expect(world.kinds()).toEqual(["release-refused"]);
      expect(await invoke(tagEvent(tag))).toMatchObject({ outcome: "started" });
    },
  );

  it("The handler of pipeline-starter reports a refusal even where its record cannot be deleted.", async () => {
    const tag = world.newTag();
    world.fail("CodePipeline", "StartPipelineExecution", "ValidationException");
    world.fail("DynamoDB", "DeleteItem", "InternalServerError", { times: MAX_ATTEMPTS });
    expect(await world.container().invoke(tagEvent(tag))).toMatchObject({ outcome: "refused" });
    expect(world.kinds()).toEqual(["release-refused"]);
  });

  it("The handler of pipeline-starter starts nothing for a tag whose commit is not on the release branch, and its message names the commit.", async () => {
    const tag = world.newTag(COMMITS.side);
    expect(await world.container().invoke(tagEvent(tag))).toMatchObject({
      outcome: "refused",
      reason: expect.stringContaining(COMMITS.side),
    });
    expect(world.starts()).toEqual([]);
    expect(world.messages()).toMatchObject([{ data: { kind: "release-refused", commitId: COMMITS.side } }]);
  });

  it("The handler of pipeline-starter starts nothing for a tag that breaks the rules, and does not ask CodeCommit for it.", async () => {
    const result = await world.container().invoke(tagEvent("dev_us-east-1/Research/1"));
    expect(result).toEqual({
      outcome: "refused",
      tag: "dev_us-east-1/Research/1",
      reason: expect.stringContaining("team"),
    });
    expect(world.operations()).toEqual(["DynamoDB.PutItem", "SNS.Publish", "DynamoDB.UpdateItem"]);
  });

  it("The handler of pipeline-starter reports a refusal in the retry where the topic failed.", async () => {
    const event = tagEvent("dev_us-east-1");
    const { invoke } = world.container();
    world.fail("SNS", "Publish", "InternalFailure", { times: MAX_ATTEMPTS });
    await expect(invoke(event)).rejects.toThrow("PublishCommand");
    expect(await invoke(event)).toMatchObject({ outcome: "refused" });
    expect(world.kinds()).toEqual(["release-refused"]);
  });

  it("The handler of pipeline-starter starts nothing for a moved tag, and its message says who moved it, from where and to where.", async () => {
    const tag = world.newTag(COMMITS.head);
    const moved = tagEvent(tag, { event: "referenceUpdated", commitId: COMMITS.head, oldCommitId: COMMITS.roles });
    const result = await world.container().invoke(moved);
    expect(result).toMatchObject({ outcome: "refused", reason: expect.stringMatching("was moved") });
    expect(world.operations()).toEqual(["DynamoDB.PutItem", "SNS.Publish", "DynamoDB.UpdateItem"]);
    expect(world.messages()).toMatchObject([
      {
        subject: `[palisade] dev: tag moved: ${tag}`,
        data: {
          kind: "tag-moved",
          oldCommitId: COMMITS.roles,
          commitId: COMMITS.head,
          by: "arn:aws:sts::111122223333:assumed-role/CloudOps/mary",
        },
        email: expect.stringMatching(
          new RegExp(`pointed to +${COMMITS.roles}\\n +points to +${COMMITS.head}\\n +moved by +arn:aws:sts:.*mary`),
        ),
      },
    ]);
    expect(world.logged()).toMatchObject([{ level: "INFO", message: "event handled", ...result }]);
  });

  it("The handler of pipeline-starter starts nothing for a deleted tag, and its message says who deleted it.", async () => {
    const deleted = tagEvent(world.newTag(), {
      event: "referenceDeleted",
      commitId: undefined,
      oldCommitId: COMMITS.roles,
    });
    expect(await world.container().invoke(deleted)).toMatchObject({ outcome: "refused" });
    expect(world.operations()).toEqual(["DynamoDB.PutItem", "SNS.Publish", "DynamoDB.UpdateItem"]);
    expect(world.messages()).toMatchObject([
      {
        data: { kind: "tag-deleted", oldCommitId: COMMITS.roles },
        email: expect.stringMatching(/deleted by +arn:aws:sts:.*mary/),
      },
    ]);
  });

  it.each([
    ["a tag without an environment", tagEvent("v1.0"), "v1.0"],
    ["a tag of another repository", tagEvent("dev_us-east-1/a/1", { repositoryName: "other" }), "dev_us-east-1/a/1"],
    ["a tag of another account", tagEvent("dev_us-east-1/a/1", { account: "999999999999" }), "dev_us-east-1/a/1"],
    [
      "a tag of a repository of the same name in another region",
      tagEvent("dev_us-east-1/a/1", { resources: ["arn:aws:codecommit:eu-central-1:111122223333:infrastructure"] }),
      "dev_us-east-1/a/1",
    ],
    ["a branch", tagEvent("main", { referenceType: "branch" }), null],
  ])(
    "The handler of pipeline-starter ignores an event about %s, calls nothing, and logs the reason.",
    async (_what, event, tag) => {
      const result = await world.container().invoke(event);
      expect(result).toEqual({ outcome: "ignored", tag, reason: expect.any(String) });
      expect(world.calls()).toEqual([]);
      expect(world.logged()).toMatchObject([
        { level: "INFO", message: "event handled", outcome: "ignored", reason: result.reason },
      ]);
    },
  );
});
