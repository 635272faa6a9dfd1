import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { Replayed } from "../../local/runtime/replay.ts";
import { alertRecord, hostnamesEvent, payload, scheduledEvent } from "../support/firewall-records.ts";
import { runReplay } from "../support/replay.ts";
import { publishedIn } from "../support/sni-collector.ts";

const folder = mkdtempSync(join(tmpdir(), "palisade-replay-"));
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (name: string, content: unknown): string => {
  const file = join(folder, `${name}.json`);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};

/** Replays for the sni-collector and reads the lines. */
async function lines(...args: string[]): Promise<{ code: number; lines: Omit<Replayed, "log">[] }> {
  const { code, stdout } = await runReplay("--json", "--function", "sni-collector", ...args);
  return {
    code,
    lines: stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  };
}

const first = sample("first", hostnamesEvent("a.example.com"));
const second = sample("second", hostnamesEvent("b.example.com"));
const flush = sample("flush", scheduledEvent);
const broken = sample("broken", { awslogs: { data: "!" } });

describe.concurrent("--json prints one line per event", () => {
  it("with the members that other programs rely on", async () => {
    const { code, lines: replayed } = await lines(first);
    expect(code).toBe(0);
    expect(replayed).toEqual([
      {
        event: first,
        function: "sni-collector",
        result: expect.objectContaining({ outcome: "announced", records: 1, names: 1, new: 1 }),
        error: null,
        calls: expect.any(Array),
        durationMs: expect.any(Number),
      },
    ]);
    for (const call of replayed[0]?.calls ?? [])
      expect(Object.keys(call)).toEqual(["service", "operation", "input", "error"]);
    expect(replayed[0]?.calls).toContainEqual({
      service: "SNS",
      operation: "Publish",
      input: expect.objectContaining({
        TopicArn: "arn:aws:sns:us-east-1:111122223333:egress",
        MessageStructure: "json",
        MessageAttributes: expect.objectContaining({ blocked: { DataType: "String", StringValue: "true" } }),
      }),
      error: null,
    });
  });

  it("and an error where the function threw: exit code 1, and the others still run", async () => {
    const { code, lines: replayed } = await lines(broken, first);
    expect(code).toBe(1);
    expect(replayed.map(({ result, error }) => ({ result, error }))).toEqual([
      { result: null, error: { name: "Error", message: "Payload is not base64" } },
      { result: expect.objectContaining({ outcome: "announced" }), error: null },
    ]);
  });
});

it.concurrent("events of one run happen in order, in one world", async () => {
  const { lines: replayed } = await lines(first, second, first, flush);
  expect(replayed.map(({ result }) => (result as { outcome: string }).outcome)).toEqual([
    "announced",
    "recorded",
    "nothing new",
    "flushed",
  ]);
});

describe.concurrent("options", () => {
  it("--set changes a setting", async () => {
    const { lines: replayed } = await lines("--set", "DIGEST_MINUTES=0", "--set", "DEFANG=false", first, second);
    const published = publishedIn(replayed.flatMap(({ calls }) => calls));
    expect(published.map(({ names }) => names)).toEqual([["a.example.com"], ["b.example.com"]]);
    expect(published[0]?.email).toContain("a.example.com");
  });

  it("--set with wrong values names all settings at once, and no value", async () => {
    const { code, lines: replayed } = await lines(
      "--set",
      "TABLE_NAME=",
      "--set",
      "TOPIC_ARN=s3cret",
      "--set",
      "TTL_DAYS=never",
      first,
    );
    expect(code).toBe(1);
    const message = replayed[0]?.error?.message ?? "";
    expect(message).toContain(
      "TABLE_NAME is missing; TOPIC_ARN: must be the ARN of a standard SNS topic; TTL_DAYS: must be",
    );
    expect(message).not.toMatch(/s3cret|never/);
  });

  it("--fail lets the next calls fail, and each attempt of the SDK is a call", async () => {
    const { code, lines: replayed } = await lines("--fail", "SNS.Publish=Throttling:2", first);
    expect(code).toBe(0);
    expect(
      replayed[0]?.calls.filter(({ operation }) => operation === "Publish").map(({ error }) => error?.name ?? null),
    ).toEqual(["Throttling", "Throttling", null]);
  });

  it("--fail may be given several times, and outlast the SDK", async () => {
    const { code, lines: replayed } = await lines(
      "--fail",
      "sns.publish=InternalError:4",
      "--fail",
      "DynamoDB.Query=ProvisionedThroughputExceededException",
      first,
      first,
    );
    expect(code).toBe(1);
    expect(replayed.map(({ result, error }) => error?.name ?? (result as { outcome: string }).outcome)).toEqual([
      "InternalErrorException",
      "announced",
    ]);
  });

  it("--lose lets the next calls take effect and loses their answers, which makes the SDK try again", async () => {
    const { code, lines: replayed } = await lines("--lose", "SNS.Publish:2", first);
    expect(code).toBe(0);
    const publications = replayed[0]?.calls.filter(({ operation }) => operation === "Publish") ?? [];
    expect(publications.map(({ error, fault }) => [error, fault])).toEqual([
      [null, "lose"],
      [null, "lose"],
      [null, undefined],
    ]);
    expect(Object.keys(publications[0] ?? {})).toEqual(["service", "operation", "input", "error", "fault"]);
  });

  it("--crash-after ends the invocation right after the call, and the next event finds what it did", async () => {
    const args = ["--crash-after", "DynamoDB.TransactWriteItems", "--set", "DIGEST_MINUTES=0"];
    const { code, lines: replayed } = await lines(...args, first, first);
    expect(code).toBe(1);
    expect(replayed[0]).toMatchObject({ result: null, error: { name: "Runtime.ExitError" } });
    expect(replayed[0]?.calls.at(-1)).toMatchObject({
      operation: "TransactWriteItems",
      error: null,
      fault: "crash-after",
    });
    expect(replayed[1]).toMatchObject({ result: { outcome: "announced", names: 1, new: 0 }, error: null });
  });

  it("a fault that never happened, or not as often as asked, is reported at the end", async () => {
    const { code, stdout, stderr } = await runReplay(
      ...[
        "--fail",
        "DynamoDB.PutItem=Throttling:3",
        "--lose",
        "SNS.Publish:5",
        "--crash-after",
        "STS.GetCallerIdentity",
      ],
      ...["--json", "--function", "sni-collector", first],
    );
    expect([code, stdout.split("\n").length]).toEqual([1, 2]);
    expect(stderr).toBe(
      [
        "--fail DynamoDB.PutItem=Throttling:3 never happened: no event made such a call.",
        "--lose SNS.Publish:5 happened 4 of 5 times: the events made no more such calls.",
        "--crash-after STS.GetCallerIdentity never happened: no event made such a call.",
        "",
      ].join("\n"),
    );
  });

  it("--state keeps what was recorded between runs", async () => {
    const state = join(folder, "state");
    await lines("--state", state, first);
    const { lines: replayed } = await lines("--state", state, first, second);
    expect(replayed.map(({ result }) => (result as { outcome: string }).outcome)).toEqual(["nothing new", "recorded"]);
    const { lines: later } = await lines("--state", state, "--set", "DIGEST_MINUTES=0", flush);
    expect(publishedIn(later[0]?.calls ?? [])).toEqual([]);
  });

  it("the function is the folder of the event unless named", async () => {
    const { stdout } = await runReplay("--json", "events/sni-collector/nothing-new-icmp.json");
    expect(JSON.parse(stdout)).toMatchObject({
      function: "sni-collector",
      result: { outcome: "nothing new", nameless: 1 },
    });
  });
});

describe.concurrent("wrong usage ends with exit code 2 and says what is wrong", () => {
  it.each([
    ["an unknown option", ["--nonsense", first], "unknown option '--nonsense'"],
    ["a fault without an error", ["--fail", "SNS.Publish", first], "Write SERVICE.OPERATION=ERROR"],
    ["a setting without a value", ["--set", "DIGEST_MINUTES", first], "Write NAME=VALUE"],
    ["a missing file", ["no-such-event.json"], "no-such-event.json is not a sample event"],
    ["a file that is not JSON", [sample("text", "{")], "is not a sample event"],
    [
      "a fault of a service that is not there",
      ["--fail", "S4.PutObject=Foo", "--function", "sni-collector", first],
      "The local AWS has no service S4. Did you mean S3?",
    ],
    [
      "a fault of an operation that is not there",
      ["--fail", "SNS.PutObject=Foo", "--function", "sni-collector", first],
      "The local AWS has no operation PutObject of SNS. It has Publish.",
    ],
    ["a fault for no call", ["--fail", "SNS.Publish=Foo:0", first], "Write SERVICE.OPERATION=ERROR"],
    ["a lost answer with an error", ["--lose", "SNS.Publish=Foo", first], "Write SERVICE.OPERATION or"],
    ["a crash after no call", ["--crash-after", "SNS.Publish:0", first], "Write SERVICE.OPERATION or"],
    [
      "a lost answer of an operation that is nearly there",
      ["--lose", "DynamoDB.PutItems", "--function", "sni-collector", first],
      "Did you mean PutItem?",
    ],
    [
      "a function without samples",
      ["--function", "no-such-function"],
      "no sample events of a function no-such-function",
    ],
    ["a function outside dist", ["--function", "../dist/sni-collector", first], "Name the one to run: --function NAME"],
    ["a state that is not a folder", ["--state", "/dev/null", "--function", "sni-collector", first], "/dev/null"],
    ["a state without events", ["--state", folder], "name the events"],
    ["a function that does not exist", [first], "Name the one to run: --function NAME"],
    ["repositories that are not a folder", ["--repositories", join(folder, "none"), first], "It is not a folder."],
  ])("%s", async (_what, args, message) => {
    const { code, stdout, stderr } = await runReplay(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });

  it("but asking for help is no fault", async () => {
    const { code, stdout } = await runReplay("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("--fail");
  });
});

it.concurrent("a reader that has seen enough ends it as a signal would, and other lost output is an error", async () => {
  const script = (redirection: string) =>
    new Promise<number>((resolve) => {
      execFile(
        "sh",
        [
          "-c",
          `"$0" cli/replay.ts --json --function sni-collector "$@" ${redirection}`,
          process.execPath,
          ...Array(3).fill(first),
        ],
        (error) => {
          resolve(typeof error?.code === "number" ? error.code : 0);
        },
      );
    });
  expect(await script("| true")).toBe(0);
  expect(await script("> /dev/full")).not.toBe(0);
});

describe.concurrent("a sample may be", () => {
  it("the bare event, unpacked", async () => {
    const { lines: replayed } = await lines(sample("unpacked", payload([alertRecord()])));
    expect(replayed[0]?.result).toMatchObject({ outcome: "announced" });
  });

  it("annotated with what is given and what to expect", async () => {
    const annotated = { given: { executions: [] }, event: payload([alertRecord()]), expect: { outcome: "flushed" } };
    const { lines: replayed } = await lines(sample("annotated", annotated));
    expect(replayed[0]?.result).toMatchObject({ outcome: "announced" });
  });
});

describe.concurrent("every sample of a function, without files", () => {
  const every = (...args: string[]) => runReplay("--function", "pipeline-starter", ...args);
  const boxes = (stdout: string) => stdout.split("\n").filter((line) => line.startsWith("╭")).length;
  const samples = readdirSync("events/pipeline-starter").length;

  it("is a line each, but for the first e-mail, which is whole", async () => {
    const { code, stdout } = await every();
    expect([code, boxes(stdout)]).toEqual([0, 1]);
    const others = stdout.split("\n").filter((line) => !/^[╭│├╰]/.test(line));
    expect(others.filter((line) => line.startsWith("✓ "))).toHaveLength(samples);
    expect(others.slice(-3)).toEqual([
      expect.stringMatching(/^\d+ events, 0 failed, \d+ e-mails to operators$/),
      "See every e-mail whole: npm run replay -- --all",
      "",
    ]);
  });

  it("is shown with all of its e-mails by --all", async () => {
    const { stdout } = await every("--all");
    const [, emails] = /, (\d+) e-mails to operators\n$/.exec(stdout) ?? [];
    expect(boxes(stdout)).toBe(Number(emails));
    expect(boxes(stdout)).toBeGreaterThan(10);
  });
});

describe.concurrent("for people it shows", () => {
  it("a summary line, the e-mail in a box and a total, without colour where there is no terminal", async () => {
    const { code, stdout } = await runReplay("--function", "sni-collector", first, broken);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^✓ announced {2}sni-collector {2}first\.json {2}records 1, names 1, new 1 {2}7 AWS calls, \d+ ms\n/,
    );
    expect(stdout).toContain("│ Subject: [palisade] 1 new hostname, 1 blocked, via egress-firewall");
    expect(stdout).toContain("│   a.example[.]com");
    expect(stdout).toContain("✗ failed  sni-collector  broken.json");
    expect(stdout).toContain("  Error: Payload is not base64");
    expect(stdout).toContain("2 events, 1 failed, 1 e-mail to operators");
    expect(stdout).not.toContain("\u001b");
    const box = stdout.split("\n").filter((line) => /^[╭│├╰]/.test(line));
    expect(new Set(box.map((line) => line.length)).size).toBe(1);
  });

  it("the log of the function on request: JSON lines and metrics", async () => {
    const { stderr } = await runReplay(
      "--logs",
      "--function",
      "sni-collector",
      sample("unreadable", payload(["{", alertRecord({ sni: "<b>" })])),
    );
    const logged = stderr
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: "WARN",
        message: "records are not readable",
        eventIds: ["0".repeat(56)],
        function_request_id: expect.any(String),
      }),
    );
    expect(logged).toContainEqual(
      expect.objectContaining({
        service: "sni-collector",
        Records: 2,
        Names: 0,
        NewNames: 0,
        UnreadableRecords: 1,
        RejectedNames: 1,
        NamelessRecords: 0,
        Digests: 0,
      }),
    );
  });

  it("in the metrics, how many names were blocked", async () => {
    const blogRecords = "events/sni-collector/announced-blog-blocked-and-allowed.json";
    const { stderr } = await runReplay("--logs", blogRecords);
    expect(stderr).toMatch(/"Names":2\b/);
    expect(stderr).toMatch(/"BlockedNames":1\b/);
  });

  it("a failed invocation in the log, with its reason", async () => {
    const { stderr } = await runReplay("--logs", "--function", "sni-collector", broken);
    const logged = stderr
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    expect(logged).toContainEqual(
      expect.objectContaining({
        level: "ERROR",
        message: "invocation failed",
        error: expect.objectContaining({ message: "Payload is not base64" }),
      }),
    );
  });
});
