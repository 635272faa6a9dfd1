import { describe, expect, it, onTestFinished } from "vitest";
import { hasMessage, report, summary, total } from "../../../cli/replay/report.ts";
import type { Call } from "../../../local/gateway/gateway.ts";
import type { Replayed } from "../../../local/runtime/replay.ts";

const replayed = (parts: Partial<Replayed> = {}): Replayed => ({
  event: "events/a-function/announced-case.json",
  function: "a-function",
  result: { outcome: "announced" },
  error: null,
  calls: [],
  durationMs: 7,
  log: "",
  ...parts,
});
const call = (operation: string, input: unknown, parts: Partial<Call> = {}): Call => ({
  service: "SNS",
  operation,
  input,
  error: null,
  ...parts,
});
const publish = (Message: string, parts?: Partial<Call>) =>
  call("Publish", { TopicArn: "arn:aws:sns:us-east-1:111122223333:egress", Subject: "A subject", Message }, parts);
const toMachines = call("Publish", {
  TopicArn: "arn:aws:sns:us-east-1:111122223333:egress",
  Subject: "For machines\u001b",
  Message: "{}",
  MessageAttributes: { audience: { DataType: "String", StringValue: "machines" } },
});
const email = (text: string) => JSON.stringify({ default: "{}", email: text });
const HANDED_OVER = { outcome: "published", message: { Subject: "Rules", Message: email("Two rules.") } };

/** The lines inside the boxes, without their frames. */
const rowsOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line.startsWith("│"))
    .map((line) => line.slice(2, -2));

describe("a summary", () => {
  it("The report of replay has a summary that counts lists and numbers of a result, and leaves out what is zero or an object.", () => {
    const result = {
      outcome: "flushed",
      records: 2,
      names: ["a", "b"],
      new: 0,
      details: { a: 1 },
      tag: "v1",
      none: null,
    };
    expect(summary(replayed({ result, calls: [publish("a")] }))).toBe(
      "✓ flushed  a-function  announced-case.json  records 2, names 2, tag v1  1 AWS call, 7 ms",
    );
  });

  it.each([null, "text", [], { outcome: 1 }])(
    "The report of replay has the summary done for the result %j.",
    (result) => {
      expect(summary(replayed({ result }))).toMatch(/^✓ done {2}a-function /);
    },
  );

  it("The report of replay has the error of a failed event on a second line of its summary.", () => {
    const error = { name: "TypeError", message: "no\nsecond \u001b[2J" };
    expect(summary(replayed({ result: null, error }))).toBe(
      "✗ failed  a-function  announced-case.json  0 AWS calls, 7 ms\n  TypeError: no?second ?[2J",
    );
  });

  it("The report of replay has a summary without a control character of an event or its result.", () => {
    const text = summary(replayed({ event: "a\u001b.json", result: { outcome: "\u001b[2J", tag: "\u202e" } }));
    expect(text).not.toMatch(/\p{C}/u);
  });
});

describe("a report", () => {
  it("The report of replay shows each call that failed or met a fault.", () => {
    const error = { name: "Throttling", message: "Slow down" };
    const faults = [
      { error },
      { error, fault: "fail" },
      { fault: "lose" },
      { fault: "crash-after" },
      { fault: "hang" },
      {},
    ] as const;
    const calls = faults.map((parts) => call("GetItem", {}, { service: "DynamoDB", ...parts }));
    expect(report(replayed({ calls })).split("\n").slice(1)).toEqual([
      "  ! DynamoDB.GetItem Throttling",
      "  ! DynamoDB.GetItem Throttling, as --fail asked",
      "  ! DynamoDB.GetItem its answer was lost, as --lose asked",
      "  ! DynamoDB.GetItem the invocation ended, as --crash-after asked",
      "  ! DynamoDB.GetItem no answer",
    ]);
  });

  it("The report of replay shows the pipelines that were started, with their variables.", () => {
    const start = (input: unknown, parts?: Partial<Call>) => call("StartPipelineExecution", input, parts);
    const calls = [
      start({
        name: "dev",
        variables: [
          { name: "ENV", value: "dev" },
          { name: "A", value: "\u001b" },
        ],
      }),
      start({ name: "qa" }),
      start({ name: "no" }, { error: { name: "E", message: "" } }),
    ];
    expect(report(replayed({ calls })).split("\n").slice(2)).toEqual([
      "  ▶ starts the pipeline dev with",
      "    ENV  dev",
      "    A    ?",
      "  ▶ starts the pipeline qa",
    ]);
  });

  it("The report of replay shows the objects, commits and pull requests that were written.", () => {
    const calls = [
      call("PutObject", { Bucket: "code", Key: "a.zip" }),
      call("CreateCommit", {
        repositoryName: "infrastructure",
        branchName: "new",
        putFiles: [{ filePath: "a\u001b.tf" }],
        deleteFiles: [{ filePath: "b.tf" }],
      }),
      call("CreatePullRequest", { title: "Two rules", description: "First.\n\nSecond." }),
      call("PutObject", { Bucket: "code", Key: "refused.zip" }, { error: { name: "NoSuchBucket", message: "" } }),
    ];
    const text = report(replayed({ calls }));
    expect(text.split("\n").filter((line) => /^ {2,}[▶+-]/.test(line))).toEqual([
      "  ▶ puts a.zip into the bucket code",
      "  ▶ commits to new of infrastructure",
      "    + a?.tf",
      "    - b.tf",
      "  ▶ opens the pull request",
    ]);
    expect(rowsOf(text).map((row) => row.trim())).toEqual(["Two rules", "First.", "", "Second."]);
  });

  it("The report of replay shows an e-mail in a box with topic, subject and SMS.", () => {
    const Message = JSON.stringify({ default: "{}", email: "Two lines.\nThe second.", sms: "Short" });
    const text = report(replayed({ calls: [publish(Message)] }));
    expect(rowsOf(text).map((row) => row.trim())).toEqual([
      "To:      subscribers of the topic egress",
      "Subject: A subject",
      "SMS:     Short",
      "Two lines.",
      "The second.",
    ]);
    const widths = text
      .split("\n")
      .slice(2)
      .map((line) => line.length);
    expect(new Set(widths).size).toBe(1);
  });

  it.each([
    ["JSON without an e-mail", JSON.stringify({ default: "the default" }), "the default"],
    ["plain text", "plain", "plain"],
    ["JSON that is not a set of bodies", "[1]", "[1]"],
  ])("The report of replay shows the text of a message that is %s.", (_what, Message, shown) => {
    expect(
      rowsOf(report(replayed({ calls: [publish(Message)] })))
        .at(-1)
        ?.trim(),
    ).toBe(shown);
  });

  it("The report of replay shows the message that a function hands to a state machine.", () => {
    const text = report(replayed({ result: HANDED_OVER }));
    expect(text).toContain("\n  ▶ has the state machine send\n╭");
    expect(rowsOf(text).map((row) => row.trim())).toEqual(["Subject: Rules", "Two rules."]);
  });

  it("The report of replay cuts an e-mail after 60 lines, and says how many are left.", () => {
    const bodyOf = (lines: number) =>
      rowsOf(report(replayed({ calls: [publish(email(Array(lines).fill("x").join("\n")))] }))).slice(2);
    expect(bodyOf(60)).toHaveLength(60);
    const cut = bodyOf(62);
    expect([cut.length, cut.at(-1)?.trim()]).toEqual([61, "... and 2 more lines; --json has them all."]);
  });

  it("The report of replay breaks long lines between words, and long words where the box ends.", () => {
    const body = (text: string) => rowsOf(report(replayed({ calls: [publish(email(text))] }))).slice(2);
    expect(body(`${"a".repeat(90)} ${"b".repeat(10)}`).map((row) => row.trim())).toEqual([
      "a".repeat(90),
      "b".repeat(10),
    ]);
    expect(body("c".repeat(100)).map((row) => row.trim())).toEqual(["c".repeat(96), "c".repeat(4)]);
    expect(body("")).toEqual([" ".repeat(96)]);
  });

  it.each([
    [60, 60],
    [20, 40],
    [200, 100],
    [0, 100],
  ])("The report of replay on a terminal of %i columns has boxes of %i columns.", (columns, width) => {
    const before = Object.getOwnPropertyDescriptor(process.stdout, "columns");
    Object.defineProperty(process.stdout, "columns", { value: columns, configurable: true });
    onTestFinished(() => {
      Object.defineProperty(process.stdout, "columns", before ?? { value: undefined, configurable: true });
    });
    const [, , edge = ""] = report(replayed({ calls: [publish("a")] })).split("\n");
    expect(edge).toHaveLength(width);
  });

  it("The report of replay shows no control character of an e-mail.", () => {
    const text = report(replayed({ calls: [publish(email("a\u001b[2J\n\u202eb\nc\rd"))] }));
    expect(
      rowsOf(text)
        .slice(2)
        .map((row) => row.trim()),
    ).toEqual(["a?[2J", "?b", "c?d"]);
  });

  it("The report of replay leaves out a message that SNS refused.", () => {
    const calls = [publish("a", { error: { name: "NotFound", message: "" } })];
    expect(rowsOf(report(replayed({ calls })))).toEqual([]);
    expect(hasMessage(replayed({ calls }))).toBe(false);
  });
});

it("The report of replay has a message of an event where SNS took one, or where the function hands one to a state machine.", () => {
  const runs = [replayed(), replayed({ calls: [publish("a")] }), replayed({ result: HANDED_OVER })];
  expect(runs.map(hasMessage)).toEqual([false, true, true]);
});

it("The report of replay has a total that counts events, failures and messages, in singular and plural.", () => {
  const one = replayed({ calls: [publish("a")] });
  expect(total([one])).toBe("1 event, 0 failed, 1 e-mail to operators");
  const failed = replayed({ error: { name: "E", message: "" } });
  expect(total([one, failed, replayed({ result: HANDED_OVER })])).toBe("3 events, 1 failed, 2 e-mails to operators");
});

it("The report of replay shows a message to machines in a line, and does not count it as an e-mail.", () => {
  const one = replayed({ calls: [toMachines] });
  expect(report(one)).toMatch(/\n {2}▶ sends data: For machines\?$/);
  expect(hasMessage(one)).toBe(false);
  expect(total([one])).toBe("1 event, 0 failed, 0 e-mails to operators");
});
